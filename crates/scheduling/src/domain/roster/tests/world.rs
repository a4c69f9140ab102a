//! Two towns, three officers, a gate that can be told whom to refuse; it is Sunday noon.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Weekday;
use roster::{Limits, Shift, Travel};
use vocabulary::local_time::parse;
use vocabulary::{Account, Minutes, OfficerId, TownId, Workweek, Zone};

use crate::domain::gate::{Ask, Gate, Unmet};
use crate::domain::roster::{
    Act, Agreement, Command, Draft, Employment, Event, Holder, Known, Slot,
};

/// Refuses these officers everything, for want of `core`.
struct Refuses(BTreeSet<OfficerId>);

impl Gate for Refuses {
    fn unmet(&self, ask: &Ask) -> Option<Unmet> {
        self.0.contains(ask.officer).then(|| Unmet {
            missing: vec!["core".parse().unwrap()],
            words: vec!["Core training: missing.".to_owned()],
        })
    }
}

pub(super) fn zone() -> Zone {
    "America/Chicago".parse().unwrap()
}

/// On Chicago's clock.
pub(super) fn at(text: &str) -> Timestamp {
    parse(text, &zone()).unwrap()
}

pub(super) fn cso(n: u32) -> OfficerId {
    format!("cso-{n}").parse().unwrap()
}

pub(super) fn town(text: &str) -> TownId {
    text.parse().unwrap()
}

/// What is known on Sunday 1 November 2026 at noon, when the gate refuses these officers.
pub(super) fn known(refused: &[u32]) -> Known {
    let towns = ["barlow", "corbin"].map(town);
    let employment = Employment {
        from: "2026-01-01".parse().unwrap(),
        until: None,
    };
    Known {
        now: at("2026-11-01T12:00"),
        limits: Limits {
            rest_minutes: Minutes(8 * 60),
            stretch_minutes_max: Minutes(14 * 60),
            days_in_a_row_max: 6,
            weekly_minutes_max: None,
            overtime_after_minutes: Minutes(40 * 60),
            workweek: Workweek {
                starts_on: Weekday::Sunday,
                zone: zone(),
            },
        },
        notice: Minutes(72 * 60),
        weekly_minutes: Minutes(40 * 60),
        officers: BTreeMap::from([1, 2, 3].map(|n| (cso(n), employment))),
        towns: towns.iter().map(|town| (town.clone(), zone())).collect(),
        agreements: vec![Agreement {
            id: "two-rivers".parse().unwrap(),
            towns: towns.into(),
            from: "2026-01-01".parse().unwrap(),
            until: None,
        }],
        travel: Travel {
            between: BTreeMap::new(),
            otherwise: Minutes(25),
        },
        gate: Arc::new(Refuses(refused.iter().map(|n| cso(*n)).collect())),
    }
}

pub(super) fn command(act: Act) -> Command {
    knowing(known(&[]), act)
}

pub(super) fn knowing(known: Known, act: Act) -> Command {
    let known = Arc::new(known);
    Command { known, act }
}

pub(super) fn slot(id: &str, place: &str, from: &str, to: &str, officer: Option<u32>) -> Slot {
    let (id, kind) = (id.parse().unwrap(), "patrol".parse().unwrap());
    let shift = Shift::new(id, town(place), kind, at(from), at(to)).unwrap();
    Slot {
        day: zone().day_of(shift.start()),
        shift,
        officer: officer.map(cso),
        equipment: vec![],
        account: Account::Agreement("two-rivers".parse().unwrap()),
    }
}

/// A draft of one day's shift from eight to four in Barlow.
pub(super) fn day(id: &str, date: &str, officer: Option<u32>) -> Slot {
    let (from, to) = (format!("{date}T08:00"), format!("{date}T16:00"));
    slot(id, "barlow", &from, &to, officer)
}

pub(super) fn drafted(slot: &Slot) -> Event {
    Event::ShiftDrafted { slot: slot.clone() }
}

pub(super) fn published(slot: &Slot) -> Vec<Event> {
    let told = Event::ShiftPublished {
        shift: slot.shift.id().clone(),
        day: slot.day,
    };
    vec![drafted(slot), told]
}

pub(super) fn draft(slot: &Slot) -> Draft {
    Draft {
        id: Some(slot.shift.id().clone()),
        town: slot.shift.town().clone(),
        kind: slot.shift.kind().clone(),
        start: slot.shift.start(),
        end: slot.shift.end(),
        officer: slot.officer.clone(),
        equipment: slot.equipment.clone(),
        account: None,
    }
}

pub(super) fn adding(slots: &[&Slot]) -> Act {
    Act::Draft {
        drafts: slots.iter().map(|slot| draft(slot)).collect(),
        passing: false,
    }
}

pub(super) fn publishing(slots: &[&Slot]) -> Act {
    Act::Publish {
        shifts: slots.iter().map(|slot| slot.shift.id().clone()).collect(),
    }
}

pub(super) fn giving(slot: &Slot, officer: u32) -> Act {
    Act::Change {
        shift: slot.shift.id().clone(),
        start: None,
        end: None,
        holder: Holder::Officer(cso(officer)),
        short_notice: false,
    }
}
