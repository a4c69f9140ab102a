//! A line's derivation, step by step, down to the facts.

use serde::{Deserialize, Serialize};
use vocabulary::Fraction;

use crate::basis::plain;
use crate::{Adjustment, Citation, Line};

/// One step of a derivation, in the order in which people reckon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What is reckoned: `terms`, `rule`, `amount`, `figure`, `share`, `exact`, `rounding`,
    /// `charge`; of a correction `charged`, `causes`, `now`, `adjustment` before them.
    pub what: String,
    /// What it comes to, in words and exact numbers.
    pub value: String,
    /// The facts it rests on.
    pub facts: Vec<Citation>,
}

/// How a line came about: terms version, rule, amount and its facts, figures and their sources,
/// share, exact part, rounding, charge.
pub fn explain(line: &Line) -> Vec<Step> {
    let mut steps = vec![
        step("terms", format!("version {}", line.terms_version), &[]),
        step("rule", line.rule.clone(), &[]),
        step(
            "amount",
            format!(
                "{} to split, exactly {} cents",
                line.pool_cents,
                plain(&line.pool_exact_cents)
            ),
            &line.facts,
        ),
    ];
    for figure in &line.figures {
        steps.push(step("figure", figure.to_string(), &figure.sources));
    }
    steps.push(step(
        "share",
        format!("{} (about {} %)", line.share, percent(&line.share)),
        &[],
    ));
    steps.push(step(
        "exact",
        format!(
            "{} × {} = {} cents",
            line.share,
            line.pool_cents.0,
            plain(&line.exact_cents)
        ),
        &[],
    ));
    let rounding = match line.moved_cent {
        0 => "nothing moved: the nearest whole cent".to_owned(),
        n => format!("{n:+} cent against the nearest, so that the parts equal the whole"),
    };
    steps.push(step("rounding", rounding, &[]));
    steps.push(step("charge", line.cents.to_string(), &[]));
    steps
}

/// How a correction came about: what had been charged, what is known now, what moved it; then the
/// derivation of the line as it comes out now.
pub fn explain_adjustment(adjustment: &Adjustment) -> Vec<Step> {
    let mut steps = vec![
        step(
            "charged",
            format!(
                "{} for {} so far",
                adjustment.issued_cents, adjustment.month
            ),
            &[],
        ),
        step(
            "causes",
            "learnt since the last close".to_owned(),
            &adjustment.causes,
        ),
        step("now", adjustment.now_cents.to_string(), &[]),
        step("adjustment", adjustment.cents.to_string(), &[]),
    ];
    steps.extend(adjustment.line.iter().flat_map(explain));
    steps
}

fn step(what: &str, value: String, facts: &[Citation]) -> Step {
    Step {
        what: what.to_owned(),
        value,
        facts: facts.to_vec(),
    }
}

fn percent(share: &Fraction) -> String {
    (share * &Fraction::from(100)).to_decimal(4)
}
