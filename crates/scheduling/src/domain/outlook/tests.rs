use std::collections::BTreeMap;
use std::sync::Arc;

use eventlog::Decider;
use jiff::civil::{Weekday, date};
use jiff::{Timestamp, ToSpan};
use roster::{Limits, Shift, Travel};
use vocabulary::{Account, Minutes, OfficerId, TownId, Workweek, Zone};

use super::Outlook;
use crate::domain::gate::{Ask, Gate, Unmet};
use crate::domain::roster::{Employment, Event, Known, Roster, Slot, State};
use crate::domain::town;

/// Counts what it is asked, and refuses every third officer.
#[derive(Default)]
struct Counting(std::sync::atomic::AtomicUsize);

impl Gate for Counting {
    fn unmet(&self, ask: &Ask) -> Option<Unmet> {
        self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let (_, number) = ask.officer.as_str().split_once('-').unwrap();
        let refused = number.parse::<u32>().unwrap().is_multiple_of(3);
        refused.then(Unmet::default)
    }
}

fn zone() -> Zone {
    "America/Chicago".parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    vocabulary::local_time::parse(text, &zone()).unwrap()
}

fn cso(n: u32) -> OfficerId {
    format!("cso-{n}").parse().unwrap()
}

fn town(text: &str) -> TownId {
    text.parse().unwrap()
}

fn slot(id: &str, place: &str, start: Timestamp, hours: i64, officer: Option<u32>) -> Slot {
    let (id, kind) = (id.parse().unwrap(), "patrol".parse().unwrap());
    let end = start.checked_add(hours.hours()).unwrap();
    Slot {
        shift: Shift::new(id, town(place), kind, start, end).unwrap(),
        day: zone().day_of(start),
        officer: officer.map(cso),
        equipment: vec![],
        account: Account::Agreement("two-rivers".parse().unwrap()),
    }
}

fn outlook(officers: u32, slots: &[Slot], gate: Arc<dyn Gate>) -> Outlook {
    let employment = Employment {
        from: date(2026, 1, 1),
        until: None,
    };
    let mut state = State::default();
    for slot in slots {
        let told = Event::ShiftPublished {
            shift: slot.shift.id().clone(),
            day: slot.day,
        };
        Roster::evolve(&mut state, &Event::ShiftDrafted { slot: slot.clone() });
        Roster::evolve(&mut state, &told);
    }
    let known = Known {
        now: at("2026-10-25T12:00"),
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
        officers: (1..=officers).map(|n| (cso(n), employment)).collect(),
        towns: ["barlow", "corbin"].map(|t| (town(t), zone())).into(),
        agreements: vec![],
        travel: Travel {
            between: BTreeMap::new(),
            otherwise: Minutes(25),
        },
        gate,
    };
    Outlook {
        state,
        known,
        towns: BTreeMap::from([("barlow", 40), ("corbin", 8)].map(|(name, hours)| {
            let bought = town::Event::CoverageSet {
                town: town(name),
                agreement: "two-rivers".parse().unwrap(),
                clause: "exhibit-b-2".parse().unwrap(),
                from: date(2026, 11, 1),
                until: None,
                weekly_minutes: Minutes(hours * 60),
                windows: vec![],
            };
            let mut plan = town::State::default();
            plan.evolve(&bought);
            (town(name), plan)
        })),
    }
}

/// Five days of eight hours in Barlow, Monday to Friday.
fn week(officer: u32) -> Vec<Slot> {
    let days = (2..=6).map(|day| {
        let start = at(&format!("2026-11-0{day}T08:00"));
        slot(
            &format!("b{officer}.{day}"),
            "barlow",
            start,
            8,
            Some(officer),
        )
    });
    days.collect()
}

#[test]
fn overtime_is_borne_where_the_minutes_past_the_threshold_lie() {
    let view = outlook(2, &week(1), Arc::new(Counting::default()));
    // Saturday: past forty hours.
    let after = slot("c1", "corbin", at("2026-11-07T08:00"), 4, None);
    let found = view.preview(&cso(1), &after);
    assert_eq!(found.breaches, Vec::<String>::new());
    let week = &found.weeks[0];
    assert_eq!(week.start, date(2026, 11, 1));
    assert_eq!(
        (week.minutes_before.0, week.minutes_after.0),
        (2_400, 2_640)
    );
    assert_eq!((week.overtime_before.0, week.overtime_after.0), (0, 240));
    assert_eq!(week.bearers.len(), 1);
    assert_eq!(week.bearers[0].town, town("corbin"));
    // Sunday, the week's first day: Friday's last hours come to lie past the threshold.
    let before = slot("c2", "corbin", at("2026-11-01T08:00"), 4, None);
    let found = view.preview(&cso(1), &before);
    assert_eq!(found.weeks[0].bearers[0].town, town("barlow"));
    assert_eq!(found.weeks[0].bearers[0].overtime_minutes, Minutes(240));
}

#[test]
fn ranking_two_hundred_officers_asks_the_gate_once_for_each_and_day() {
    let mut slots: Vec<Slot> = (1..=200).flat_map(week).collect();
    let night = slot("n1", "barlow", at("2026-11-04T22:00"), 8, Some(3));
    slots.push(night.clone());
    let gate = Arc::new(Counting::default());
    let view = outlook(200, &slots, gate.clone());
    let ranked = view.candidates(&night);
    let asked = gate.0.load(std::sync::atomic::Ordering::SeqCst);
    assert!(asked <= 2 * 200, "{asked} questions");
    assert_eq!(ranked.possible.len() + ranked.refused.len(), 200);
    // Everybody works the day before and the day after: no rest on either side.
    assert!(ranked.possible.is_empty());
    let sunday = slot("s1", "barlow", at("2026-11-08T08:00"), 8, None);
    assert!(!view.candidates(&sunday).possible.is_empty());
}

#[test]
fn a_suggestion_is_the_same_for_the_same_seed_and_breaks_nothing() {
    let open = (2..=6).map(|day| {
        let start = at(&format!("2026-11-0{day}T08:00"));
        slot(&format!("o{day}"), "barlow", start, 8, None)
    });
    let slots: Vec<Slot> = open.collect();
    let view = outlook(3, &slots, Arc::new(Counting::default()));
    let period = (date(2026, 11, 1), date(2026, 11, 8));
    let one = view.suggest(period, 7, 500);
    assert_eq!(one, view.suggest(period, 7, 500));
    assert_eq!(one.assigned.len(), 5);
    assert!(one.assigned.iter().all(|a| a.officer != cso(3)));
    assert_eq!(view.breaches(period, &one.assigned), Vec::<String>::new());
}

#[test]
fn a_balance_compares_and_warns_before_the_month() {
    let mut slots = week(1);
    slots.push(slot("o1", "barlow", at("2026-11-09T08:00"), 8, None));
    let view = outlook(2, &slots, Arc::new(Counting::default()));
    let month = "2026-11".parse().unwrap();
    let worked = BTreeMap::from([(town("barlow"), Minutes(60))]);
    let found = view.balance(month, None, (&worked, &BTreeMap::new()));
    let barlow = &found.towns[0];
    assert_eq!(barlow.bought, Minutes(40 * 60 * 30 / 7));
    assert_eq!(barlow.planned, Minutes(40 * 60));
    assert_eq!(barlow.open, Minutes(8 * 60));
    assert_eq!(barlow.worked, Minutes(60));
    assert_eq!(found.warnings.len(), 2, "{:?}", found.warnings);
    assert!(
        found.warnings[0].contains("barlow bought"),
        "{:?}",
        found.warnings
    );
    let alone = outlook(1, &slots, Arc::new(Counting::default()));
    let found = alone.balance(month, None, (&worked, &BTreeMap::new()));
    assert!(
        found.warnings[0].contains("the towns bought"),
        "{:?}",
        found.warnings
    );
    let own = alone.balance(month, Some(&town("corbin")), (&worked, &BTreeMap::new()));
    assert_eq!(own.towns.len(), 1);
    assert!(
        own.warnings.iter().all(|w| w.contains("corbin")),
        "{:?}",
        own.warnings
    );
}
