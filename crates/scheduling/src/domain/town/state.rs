//! Where a town's plan stands.

use std::collections::BTreeMap;

use eligibility::Name;
use jiff::civil::Date;
use roster::{Bought, Pattern, PatternId, ShiftKind};
use serde::{Deserialize, Serialize};
use vocabulary::{AgreementId, Minutes, TownId};

use super::event::{Event, Presence};
use crate::domain::Clause;

/// Where a town's plan stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// What it bought.
    pub coverage: Vec<Cover>,
    /// Its patterns.
    pub patterns: BTreeMap<PatternId, PatternOf>,
    /// Minutes of the ways to other towns.
    pub ways: BTreeMap<TownId, Minutes>,
}

/// What a town bought by one agreement from one day on; by both at most one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// By which agreement.
    pub agreement: AgreementId,
    /// Where it stands there.
    pub clause: Clause,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Option<Date>,
    /// Minutes in seven days.
    pub weekly_minutes: Minutes,
    /// Times at which they are wanted.
    pub windows: Vec<Presence>,
}

/// A pattern of shifts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternOf {
    /// What is done.
    pub kind: ShiftKind,
    /// The recurrence.
    pub text: Pattern,
    /// What is to be carried.
    pub equipment: Vec<Name>,
}

impl State {
    /// Minutes a week, dated: each entry ends before the next one of its agreement.
    pub fn bought(&self) -> Vec<Bought> {
        let ended = |cover: &Cover| {
            let later = self
                .coverage
                .iter()
                .filter(|other| other.agreement == cover.agreement && other.from > cover.from);
            let next = later.map(|other| other.from).min();
            let eve = next.and_then(|day| day.yesterday().ok());
            match (cover.until, eve) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            }
        };
        let each = self.coverage.iter().map(|cover| Bought {
            from: cover.from,
            until: ended(cover),
            weekly_minutes: cover.weekly_minutes,
        });
        each.filter(|one| one.until.is_none_or(|until| one.from <= until))
            .collect()
    }

    /// The windows that hold in a period: of each entry in force on a day of it.
    pub fn presence(&self, from: Date, to: Date) -> Vec<&Presence> {
        let bought = self.bought();
        let holds = |cover: &&Cover| {
            bought.iter().any(|one| {
                (one.from, one.weekly_minutes) == (cover.from, cover.weekly_minutes)
                    && one.from < to
                    && one.until.is_none_or(|until| from <= until)
            })
        };
        let covers = self.coverage.iter().filter(holds);
        covers.flat_map(|cover| &cover.windows).collect()
    }

    /// Applies one event.
    pub fn evolve(&mut self, event: &Event) {
        match event.clone() {
            Event::CoverageSet {
                agreement,
                clause,
                from,
                until,
                weekly_minutes,
                windows,
                ..
            } => {
                self.coverage
                    .retain(|c| (&c.agreement, c.from) != (&agreement, from));
                self.coverage.push(Cover {
                    agreement,
                    clause,
                    from,
                    until,
                    weekly_minutes,
                    windows,
                });
                self.coverage
                    .sort_by(|a, b| (a.from, &a.agreement).cmp(&(b.from, &b.agreement)));
            }
            Event::PatternSet {
                pattern,
                kind,
                text,
                equipment,
                ..
            } => {
                let own = PatternOf {
                    kind,
                    text: *text,
                    equipment,
                };
                self.patterns.insert(pattern, own);
            }
            Event::PatternRemoved { pattern, .. } => {
                self.patterns.remove(&pattern);
            }
            Event::TravelSet { to, minutes, .. } => {
                self.ways.insert(to, minutes);
            }
        }
    }
}
