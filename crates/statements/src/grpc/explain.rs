//! A statement's lines, step by step, as answers.

use allocation::{Adjustment, Citation, Line, Statement, Step};
use wire::convert::date_text;
use wire::statements::v1 as proto;

/// The derivation of the line of this key; of every line, if it is empty. A correction of an
/// earlier month's line is named `<month>:<line>`, and answers to the line's key as well.
pub(super) fn lines(statement: &Statement, key: &str) -> Vec<proto::Explanation> {
    let lines = statement.lines.iter();
    let lines = lines
        .filter(|line| key.is_empty() || line.key == key)
        .map(line);
    let adjustments = statement.adjustments.iter();
    let adjustments = adjustments
        .filter(|a| key.is_empty() || a.key == key || name(a) == key)
        .map(adjustment);
    lines.chain(adjustments).collect()
}

fn name(adjustment: &Adjustment) -> String {
    format!("{}:{}", adjustment.month, adjustment.key)
}

fn line(line: &Line) -> proto::Explanation {
    proto::Explanation {
        line: line.key.clone(),
        amount_cents: line.cents.0,
        steps: steps(allocation::explain(line)),
    }
}

fn adjustment(adjustment: &Adjustment) -> proto::Explanation {
    proto::Explanation {
        line: name(adjustment),
        amount_cents: adjustment.cents.0,
        steps: steps(allocation::explain_adjustment(adjustment)),
    }
}

fn steps(steps: Vec<Step>) -> Vec<proto::Step> {
    let step = |step: Step| proto::Step {
        what: step.what,
        value: step.value,
        from: cited(&step.facts),
    };
    steps.into_iter().map(step).collect()
}

/// Facts as a reader finds them: `payroll:412 duty cso-114.17/1 of 2026-10-05, 480 minutes`.
fn cited(facts: &[Citation]) -> String {
    let words = facts.iter().map(|fact| {
        let place = fact.source.as_ref();
        let place = place.map(|source| format!("{}:{} ", source.log, source.seq));
        let day = fact.date.map(|date| format!(" of {}", date_text(date)));
        let minutes = fact
            .minutes
            .map(|minutes| format!(", {} minutes", minutes.0));
        let cents = fact.cents.as_ref().map(|cents| format!(", {cents} cents"));
        [place, Some(fact.code.clone()), day, minutes, cents]
            .into_iter()
            .flatten()
            .collect::<String>()
    });
    words.collect::<Vec<_>>().join("; ")
}
