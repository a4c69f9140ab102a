//! What holds after any sequence of commands, refused ones included.

use eventlog::Decider;
use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;
use vocabulary::{Fraction, Minutes};

use super::world::*;
use crate::domain::timesheet::*;

/// The days played with: the last of October and the first of November, with their clock change.
const START: &str = "2026-10-29 00:00";
const WEEKS: [&str; 2] = ["2026-10-25", "2026-11-01"];

fn ticks(n: i64) -> jiff::Timestamp {
    at(START) + SignedDuration::from_mins(30 * n)
}

/// One thing asked, or a few that belong together.
fn any_acts() -> impl Strategy<Value = Vec<Act>> {
    let tick = 0i64..300;
    let place = prop::sample::select(vec![
        "town:barlow",
        "town:corbin",
        "training",
        "travel:dexter",
    ]);
    let duty = (1u64..8).prop_map(|n| officer().duty(n));
    let week = prop::sample::select(WEEKS.to_vec());
    let one = prop_oneof![
        (tick.clone(), place.clone()).prop_map(|(n, place)| Act::ClockIn {
            at: ticks(n),
            location: Some(location(place)),
            account: None,
        }),
        tick.clone().prop_map(|n| Act::ClockOut { at: ticks(n) }),
        tick.clone().prop_map(|n| Act::Move {
            town: "corbin".parse().unwrap(),
            leave_at: ticks(n),
            arrive_at: None,
            account: None,
        }),
        tick.clone().prop_map(|n| Act::Arrive { at: ticks(n) }),
        duty.clone().prop_map(|duty| Act::RemoveDuty {
            duty,
            reason: reason()
        }),
    ];
    let recorded = (tick.clone(), 1i64..40, place.clone());
    let corrected = (duty, tick, 1i64..40, prop::option::of(place));
    prop_oneof![
        2 => one.prop_map(|act| vec![act]),
        4 => recorded.prop_map(|(n, length, place)| vec![Act::RecordDuty {
            start: ticks(n),
            end: ticks(n + length),
            location: Some(location(place)),
            account: None,
            reason: reason(),
        }]),
        2 => corrected.prop_map(|(duty, n, length, place)| vec![Act::CorrectDuty {
            duty,
            start: Some(ticks(n)),
            end: Some(ticks(n + length)),
            location: place.map(location),
            account: None,
            reason: reason(),
        }]),
        3 => week.prop_map(|week| vec![submit(week), approve(week)]),
        1 => Just(vec![
            submit(WEEKS[0]),
            approve_days(WEEKS[0], "2026-10-25", "2026-10-30"),
        ]),
    ]
}

/// The last costing of each week, by account.
#[derive(Default)]
struct Charged(std::collections::BTreeMap<(String, String), LabourCosted>);

impl Charged {
    fn take(&mut self, event: &Event) {
        if let Event::LabourCosted(costed) = event {
            let key = (costed.week.to_string(), costed.account.to_string());
            self.0.insert(key, costed.as_ref().clone());
        }
    }

    fn of(&self, week: &str) -> impl Iterator<Item = &LabourCosted> {
        self.0
            .iter()
            .filter(move |((of, _), _)| of == week)
            .map(|(_, costed)| costed)
    }
}

/// Every day's minutes stand as they were approved, or wait for it.
fn check_days(state: &State, first: Date, week: &Week) -> Result<(), TestCaseError> {
    for day in (0..7).map(|n| first + n.days()) {
        if week.awaiting.contains(&day) {
            continue;
        }
        let pieces = state.duties.values().flat_map(|duty| {
            let pieces = duty.pieces.iter().filter(|piece| piece.day == day);
            pieces.map(|piece| (duty.id.clone(), duty.location.clone(), piece.clone()))
        });
        let accepted = week.accepted.get(&day).into_iter().flatten();
        let accepted: Vec<_> = accepted
            .map(|a| (a.duty.clone(), a.location.clone(), a.piece.clone()))
            .collect();
        prop_assert_eq!(accepted, pieces.collect::<Vec<_>>());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn minutes_are_never_shared_lost_or_charged_twice(
        acts in prop::collection::vec(any_acts(), 1..60),
    ) {
        let mut state = State::default();
        let mut charged = Charged::default();
        for act in acts.into_iter().flatten() {
            let Ok(events) = Timesheet::decide(&state, &ask(act)) else { continue };
            for event in events {
                Timesheet::evolve(&mut state, &event);
                charged.take(&event);
            }
        }
        let mut spans: Vec<_> = state.duties.values().filter_map(Duty::span).collect();
        spans.sort();
        for pair in spans.windows(2) {
            prop_assert!(pair[0].1 <= pair[1].0, "{pair:?} share a minute");
        }
        for duty in state.duties.values() {
            if let Some((start, end)) = duty.span() {
                prop_assert_eq!(duty.minutes(), Minutes::between(start, end));
            }
        }
        for (first, week) in &state.weeks {
            check_days(&state, *first, week)?;
        }
        for (first, week) in &state.weeks {
            let accepted: Minutes =
                week.accepted.values().flatten().map(|a| a.piece.minutes()).sum();
            let first = first.to_string();
            let slices: Vec<_> = charged.of(&first).flat_map(|costed| &costed.slices).collect();
            let costed: Minutes = slices.iter().map(|slice| slice.minutes).sum();
            prop_assert_eq!(costed, accepted);
            let past: Minutes = slices.iter().map(|slice| slice.past_threshold_minutes).sum();
            prop_assert_eq!(past, (costed - overtime::THRESHOLD).max(Minutes::ZERO));
            let premium = Fraction::sum(charged.of(&first).map(|costed| &costed.premium_cents));
            let half = Fraction::from(1000) * past.hours();
            prop_assert_eq!(premium, half);
        }
    }

    #[test]
    fn a_timesheet_loads_from_its_stored_events(acts in prop::collection::vec(any_acts(), 1..30)) {
        let (mut state, mut loaded) = (State::default(), State::default());
        for act in acts.into_iter().flatten() {
            let Ok(events) = Timesheet::decide(&state, &ask(act)) else { continue };
            for event in events {
                Timesheet::evolve(&mut state, &event);
                let text = serde_json::to_string(&event).unwrap();
                Timesheet::evolve(&mut loaded, &serde_json::from_str(&text).unwrap());
            }
        }
        prop_assert_eq!(state, loaded);
    }
}
