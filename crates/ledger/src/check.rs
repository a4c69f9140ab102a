//! Recomputes everything that a log charged: each close on the facts that stood before it.

use std::collections::{BTreeMap, VecDeque};

use allocation::{EDITION, Entry, Ledger, Statement};
use vocabulary::{AgreementId, Cents, Month, TownId};

use crate::log::{Content, Copied, Issued, Log, Wrong};

/// What was recomputed, and came out the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The agreement.
    pub agreement: AgreementId,
    /// Closed months and the statements of each, in the order of issue.
    pub months: Vec<(Month, Vec<Statement>)>,
    /// Facts of other services in the log.
    pub facts_copied: usize,
}

impl Log {
    /// Recomputes every statement from the leaves before it. Byte for byte the same, or the first
    /// leaf that is wrong.
    pub fn check(&self) -> Result<Checked, Wrong> {
        let (agreement, towns) = self.signed()?;
        let mut checking = Checking {
            agreement,
            towns,
            ledger: Ledger::default(),
            copied: BTreeMap::new(),
            due: VecDeque::new(),
            months: Vec::new(),
        };
        for placed in &self.contents {
            checking
                .take(placed.seq, &placed.content)
                .map_err(|what| Wrong {
                    leaf: placed.seq,
                    what,
                })?;
            placed.content.apply(&mut checking.ledger);
        }
        if let Some(due) = checking.due.front() {
            let (party, month) = (&due.party, due.month);
            let what = format!("the log ends before {party}'s statement of {month}");
            return Err(Wrong {
                leaf: self.contents.last().map_or(0, |last| last.seq),
                what,
            });
        }
        Ok(Checked {
            agreement: checking.agreement,
            months: checking.months,
            facts_copied: checking.copied.len(),
        })
    }

    /// The agreement and its towns, as signed.
    fn signed(&self) -> Result<(AgreementId, Vec<TownId>), Wrong> {
        for placed in &self.contents {
            let Content::Copied(copied) = &placed.content else {
                continue;
            };
            let [
                Entry::AgreementSigned { agreement, .. },
                Entry::TermsInForce { toml, .. },
            ] = copied.entries.as_slice()
            else {
                continue;
            };
            let terms = allocation::Terms::parse(toml).map_err(|problems| Wrong {
                leaf: placed.seq,
                what: format!("the terms cannot be read: {}", first(&problems)),
            })?;
            return Ok((agreement.clone(), terms.towns));
        }
        Err(Wrong {
            leaf: self.contents.last().map_or(0, |last| last.seq),
            what: "the log holds no signed agreement".to_owned(),
        })
    }
}

fn first(problems: &[allocation::Problem]) -> String {
    problems
        .first()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// A log on its way through the check.
struct Checking {
    agreement: AgreementId,
    towns: Vec<TownId>,
    ledger: Ledger,
    /// Source positions and the leaf that holds each.
    copied: BTreeMap<(String, u64), u64>,
    /// Statements that a close has yet to be followed by.
    due: VecDeque<Statement>,
    months: Vec<(Month, Vec<Statement>)>,
}

impl Checking {
    /// Checks a leaf against those before it.
    fn take(&mut self, seq: u64, content: &Content) -> Result<(), String> {
        if let (Some(due), false) = (self.due.front(), matches!(content, Content::Issued(_))) {
            let (party, month) = (&due.party, due.month);
            return Err(format!("{party}'s statement of {month} should stand here"));
        }
        match content {
            Content::Copied(copied) => self.copied(seq, copied),
            Content::Expense(expense) => {
                let of = expense.id.as_str().rsplit_once(".e").map(|(of, _)| of);
                if of == Some(self.agreement.as_str()) {
                    Ok(())
                } else {
                    Err(format!("{} is no expense of this agreement", expense.id))
                }
            }
            Content::Closed {
                month,
                edition,
                open,
                ..
            } => self.closed(*month, *edition, open),
            Content::Issued(issued) => self.issued(issued),
        }
    }

    fn copied(&mut self, seq: u64, copied: &Copied) -> Result<(), String> {
        let (log, at) = (&copied.source.log, copied.source.seq);
        if let Some(before) = self.copied.insert((log.clone(), at), seq) {
            return Err(format!(
                "{log}:{at} is counted twice: leaf {before} holds it"
            ));
        }
        if copied.concern.reaches(&self.agreement, &self.towns) {
            Ok(())
        } else {
            let (kind, agreement) = (&copied.kind, &self.agreement);
            Err(format!("{kind} of {log}:{at} does not concern {agreement}"))
        }
    }

    fn closed(
        &mut self,
        month: Month,
        edition: u32,
        open: &[allocation::OpenTime],
    ) -> Result<(), String> {
        if edition != EDITION {
            return Err(format!(
                "{month} was closed by edition {edition} of the rules, which this program does \
                 not have"
            ));
        }
        let close = self.ledger.close(month, open);
        let close = close.map_err(|refusal| format!("{month} cannot be closed here: {refusal}"))?;
        self.due = close.statements.into();
        self.months.push((month, Vec::new()));
        Ok(())
    }

    fn issued(&mut self, issued: &Issued) -> Result<(), String> {
        let found = &issued.statement;
        let (party, month) = (&found.party, found.month);
        let Some(due) = self.due.pop_front() else {
            return Err(format!("{party}'s statement of {month} follows no close"));
        };
        if (&due.party, due.month) != (party, month) {
            let (party, month) = (&due.party, due.month);
            return Err(format!("{party}'s statement of {month} should stand here"));
        }
        if due.to_json() != issued.document {
            let whose = format!("{party}'s statement of {month}");
            return Err(difference(&whose, found, &due));
        }
        if let Some((_, statements)) = self.months.last_mut() {
            statements.push(due);
        }
        Ok(())
    }
}

/// Where a statement first departs from what the facts give, in money if it is in money.
pub fn difference(whose: &str, found: &Statement, due: &Statement) -> String {
    let (said, right) = (charges(found), charges(due));
    for (key, cents) in &said {
        match right.iter().find(|(other, _)| other == key) {
            None => return format!("{whose} charges {key}, which the facts do not give"),
            Some((_, other)) if other != cents => {
                return format!("{whose} charges {cents} for {key}, the facts give {other}");
            }
            Some(_) => {}
        }
    }
    if let Some((key, cents)) = right.iter().find(|line| !said.contains(line)) {
        return format!("{whose} leaves out {key}, for which the facts give {cents}");
    }
    if due.total_cents != found.total_cents {
        let (said, right) = (found.total_cents, due.total_cents);
        return format!("{whose} totals {said}, the facts give {right}");
    }
    format!("{whose} charges what the facts give, and explains it otherwise than they do")
}

fn charges(statement: &Statement) -> Vec<(String, Cents)> {
    let lines = statement.lines.iter();
    let lines = lines.map(|line| (line.key.clone(), line.cents));
    let adjustments = statement.adjustments.iter();
    let adjustments = adjustments.map(|a| (format!("{} for {}", a.key, a.month), a.cents));
    lines.chain(adjustments).collect()
}
