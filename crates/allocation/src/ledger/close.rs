//! Closing a month: its settlement, the corrections of earlier months, a statement per party.

use std::collections::{BTreeMap, BTreeSet};

use vocabulary::{Cents, Month, PartyId};

use super::causes::causes;
use super::{Ledger, OpenTime, Version};
use crate::settle::{self, overflow, settle_under};
use crate::terms::History;
use crate::{
    Adjustment, EDITION, Expense, FigureUsed, Line, PoolShare, Refusal, Settlement, Statement,
    Terms, Usage,
};

/// What a close comes to. Nothing has happened yet: the shell records it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// The closed month.
    pub month: Month,
    /// The edition of the rules.
    pub edition: u32,
    /// The month's split.
    pub settlement: Settlement,
    /// Corrections of earlier months, by party; kept also where they cancel out across parties.
    pub adjustments: BTreeMap<PartyId, Vec<Adjustment>>,
    /// One per party: the towns in the order of the agreement, then the provider, then whoever is
    /// no party any more and still has corrections.
    pub statements: Vec<Statement>,
}

impl Ledger {
    /// Closes a month on everything known, or says why it cannot be closed.
    pub fn close(&self, month: Month, open: &[OpenTime]) -> Result<Close, Refusal> {
        self.closable(month)?;
        let history = self.history(month)?;
        let settlement = settle_under(&history, month, &self.facts)?;
        let adjustments = self.adjustments(&history)?;
        let parties = settlement.totals.iter().map(|total| total.party.clone());
        let mut parties: Vec<PartyId> = parties.collect();
        for party in adjustments.keys() {
            if !parties.contains(party) {
                parties.push(party.clone());
            }
        }
        let mut open = open.to_vec();
        open.sort();
        let statements = parties
            .into_iter()
            .map(|party| {
                let adjustments = adjustments.get(&party).cloned().unwrap_or_default();
                statement(&settlement, party, adjustments, &open)
            })
            .collect::<Result<_, _>>()?;
        Ok(Close {
            month,
            edition: EDITION,
            settlement,
            adjustments,
            statements,
        })
    }

    /// Settles a month on everything known, closed or not, without closing it.
    pub fn settle(&self, month: Month) -> Result<Settlement, Refusal> {
        let signed = self.signed.as_ref().ok_or(Refusal::NotSigned)?;
        if month < Month::of(signed.starts_on) {
            return Err(Refusal::BeforeStart {
                month,
                starts_on: signed.starts_on,
            });
        }
        settle_under(&self.history(month)?, month, &self.facts)
    }

    /// Why a month cannot be closed, as far as its place in the calendar says.
    pub fn closable(&self, month: Month) -> Result<(), Refusal> {
        let signed = self.signed.as_ref().ok_or(Refusal::NotSigned)?;
        let starts_on = signed.starts_on;
        if month < Month::of(starts_on) {
            return Err(Refusal::BeforeStart { month, starts_on });
        }
        if self.closed.contains_key(&month) {
            return Err(Refusal::AlreadyClosed { month });
        }
        // One more statement after the last month: the premium of the last week, late facts.
        if let (Some(ended_on), Some(closing)) = (signed.ends_on, signed.closing)
            && month > closing
        {
            return Err(Refusal::AfterEnd { month, ended_on });
        }
        match self.next_month() {
            Some(next) if next != month => Err(Refusal::NotNext { month, next }),
            _ => Ok(()),
        }
    }

    /// Whether an expense can be settled: its day lies within the agreement, whose closing
    /// statement is not out yet, and the terms of that month know its pool or party. The service
    /// asks before it records one.
    pub fn check_expense(&self, expense: &Expense) -> Result<(), Refusal> {
        let signed = self.signed.as_ref().ok_or(Refusal::NotSigned)?;
        let month = Month::of(expense.date);
        if month < Month::of(signed.starts_on) {
            return Err(Refusal::BeforeStart {
                month,
                starts_on: signed.starts_on,
            });
        }
        if let Some(ended_on) = signed.ends_on
            && (expense.date > ended_on
                || signed
                    .closing
                    .is_some_and(|closing| self.closed.contains_key(&closing)))
        {
            return Err(Refusal::AfterEnd { month, ended_on });
        }
        settle::check_expense(self.terms(month)?, expense)
    }

    /// The terms of a month.
    pub fn terms(&self, month: Month) -> Result<&Terms, Refusal> {
        let history = self.history(month)?;
        let terms = history.in_force(month);
        terms.ok_or_else(|| unreachable!("a history is made for a month that has terms"))
    }

    /// All versions up to a month, the month itself having one.
    fn history(&self, month: Month) -> Result<History<'_>, Refusal> {
        let first_day = self.signed.as_ref().map(|signed| signed.starts_on);
        let mut versions: Vec<&Version> = self.versions.iter().collect();
        versions.sort_by_key(|v| (Month::of(v.from), v.version, &v.source));
        let known = match versions.first() {
            None => "there are none yet".to_owned(),
            Some(v) => format!("version {} takes effect on {}", v.version, v.from),
        };
        versions.retain(|v| Month::of(v.from) <= month);
        if versions.is_empty() {
            return Err(Refusal::NoTerms { month, known });
        }
        let mut dated = vec![];
        for v in versions {
            if v.from.day() != 1 && Some(v.from) != first_day {
                return Err(Refusal::TermsMidMonth {
                    version: v.version,
                    on: v.from,
                });
            }
            let terms = v.terms.as_ref().map_err(|problems| {
                let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
                Refusal::TermsUnreadable {
                    version: v.version,
                    problems: problems.join("; "),
                }
            })?;
            if let Some(signed) = &self.signed
                && terms.agreement != signed.agreement
            {
                return Err(Refusal::Impossible {
                    what: format!("version {} of the terms", v.version),
                    why: format!("it is for the agreement {}", terms.agreement),
                });
            }
            dated.push((Month::of(v.from), terms));
        }
        let ends_on = self.signed.as_ref().and_then(|signed| signed.ends_on);
        Ok(History::new(dated, ends_on).starting(first_day))
    }

    /// For every closed month that something was learnt about, what its lines come to now less
    /// what has been charged for them.
    fn adjustments(
        &self,
        history: &History<'_>,
    ) -> Result<BTreeMap<PartyId, Vec<Adjustment>>, Refusal> {
        let mut adjustments: BTreeMap<PartyId, Vec<Adjustment>> = BTreeMap::new();
        // A month moves by its own facts and, through running totals, by those of earlier ones.
        let Some(first) = self.learnt.iter().map(|learnt| learnt.from).min() else {
            return Ok(adjustments);
        };
        for (&month, &edition) in self.closed.range(first..) {
            if edition != EDITION {
                return Err(Refusal::UnknownEdition { month, edition });
            }
            let now = settle_under(history, month, &self.facts)?;
            for adjustment in self.differences(history, &now)? {
                let (_, party) = adjustment.key.rsplit_once('/').unwrap_or_default();
                let party = party.parse().expect("a line's key ends with its party");
                adjustments.entry(party).or_default().push(adjustment);
            }
        }
        Ok(adjustments)
    }

    fn differences(
        &self,
        history: &History<'_>,
        now: &Settlement,
    ) -> Result<Vec<Adjustment>, Refusal> {
        let month = now.month;
        let terms = history
            .in_force(month)
            .expect("the month has been settled by them");
        let none = BTreeMap::new();
        let issued = self.issued.get(&month).unwrap_or(&none);
        let lines: BTreeMap<&str, &Line> = now.lines.iter().map(|l| (l.key.as_str(), l)).collect();
        let keys = issued
            .keys()
            .map(String::as_str)
            .chain(lines.keys().copied());
        let keys: BTreeSet<&str> = keys.collect();
        let mut differences = vec![];
        for key in keys {
            let line = lines.get(key).copied();
            let now_cents = line.map(|line| line.cents).unwrap_or_default();
            let issued = issued.get(key).copied().unwrap_or_default();
            let moved = i128::from(now_cents.0) - issued;
            if moved == 0 {
                continue;
            }
            let fits = |amount: i128| {
                let amount = i64::try_from(amount).map(Cents);
                amount.map_err(|_| overflow(format!("the correction of {key} in {month}")))
            };
            differences.push(Adjustment {
                month,
                key: key.to_owned(),
                cents: fits(moved)?,
                issued_cents: fits(issued)?,
                now_cents,
                causes: causes(&self.learnt, month, key, terms),
                line: line.cloned(),
            });
        }
        Ok(differences)
    }
}

fn statement(
    settlement: &Settlement,
    party: PartyId,
    adjustments: Vec<Adjustment>,
    open: &[OpenTime],
) -> Result<Statement, Refusal> {
    let too_much = |_| overflow(format!("the statement of {party}"));
    let lines = settlement.lines.iter().filter(|line| line.party == party);
    let lines: Vec<Line> = lines.cloned().collect();
    let charges = Cents::sum(lines.iter().map(|line| line.cents)).map_err(too_much)?;
    let corrections = Cents::sum(adjustments.iter().map(|a| a.cents)).map_err(too_much)?;
    let total = charges.checked_add(corrections).map_err(too_much)?;
    let used = settlement.usage.iter().find(|usage| usage.party == party);
    let used = used
        .cloned()
        .unwrap_or_else(|| Usage::nothing(party.clone()));
    let pools = settlement.pools.iter();
    let pools = pools.filter_map(|pool| {
        let share = pool.shares.iter().find(|share| share.party == party)?;
        Some(PoolShare {
            pool: pool.pool.clone(),
            basis: pool.basis.clone(),
            pool_cents: pool.amount_cents,
            figures: without_sources(&share.figures),
            share: share.share.clone(),
            charge_cents: share.cents,
        })
    });
    Ok(Statement {
        edition: settlement.edition,
        agreement: settlement.agreement.clone(),
        month: settlement.month,
        total_cents: total,
        charges_cents: charges,
        adjustments_cents: corrections,
        terms_version: settlement.terms_version,
        rounding: settlement.rounding.clone(),
        minutes: used.minutes,
        travel_minutes: used.travel_minutes,
        calls: used.calls,
        incident_minutes: used.incident_minutes,
        pools: pools.collect(),
        lines,
        adjustments,
        open: open.to_vec(),
        promised: settlement
            .promises
            .iter()
            .find(|p| p.party == party)
            .cloned(),
        party,
    })
}

/// The line of the share cites them.
fn without_sources(figures: &[FigureUsed]) -> Vec<FigureUsed> {
    let figures = figures.iter().cloned();
    figures
        .map(|figure| FigureUsed {
            sources: vec![],
            ..figure
        })
        .collect()
}

impl Usage {
    /// Of a party that used nothing.
    pub(crate) fn nothing(party: PartyId) -> Self {
        Self {
            party,
            minutes: vocabulary::Minutes::ZERO,
            travel_minutes: vocabulary::Minutes::ZERO,
            calls: 0,
            incident_minutes: vocabulary::Minutes::ZERO,
        }
    }
}
