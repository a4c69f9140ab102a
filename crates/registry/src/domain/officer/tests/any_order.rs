//! What holds whatever is asked in whatever order.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::super::{Assign, Command, End, EndAssignment, Event, Officer, State};
use super::enrolled;
use eventlog::Decider;

fn day(n: i64) -> Date {
    date(2026, 9, 14).checked_add(n.days()).unwrap()
}

fn any_command() -> impl Strategy<Value = Command> {
    let officer = || "cso-114".parse().unwrap();
    let assign = (0..40_i64, proptest::option::of(-2..20_i64)).prop_map(move |(from, length)| {
        Command::Assign(Assign {
            officer: officer(),
            account: "provider".parse().unwrap(),
            from: day(from),
            until: length.map(|length| day(from + length)),
            standing: None,
        })
    });
    let end_assignment = (0..40_i64, -2..20_i64).prop_map(move |(from, length)| {
        let (from, until) = (day(from), day(from + length));
        Command::EndAssignment(EndAssignment {
            officer: officer(),
            from,
            until,
        })
    });
    let end = (0..60_i64).prop_map(move |on| {
        Command::End(End {
            officer: officer(),
            on: day(on),
        })
    });
    prop_oneof![6 => assign, 3 => end_assignment, 1 => end]
}

/// How many assignments cover each day up to a horizon.
fn covered(state: &State) -> BTreeMap<Date, usize> {
    let State::Known(known) = state else {
        return BTreeMap::new();
    };
    let mut days = BTreeMap::new();
    for (from, assignment) in &known.assignments {
        let mut next = *from;
        while next <= assignment.until.unwrap_or(day(120)) {
            *days.entry(next).or_default() += 1;
            next = next.tomorrow().unwrap();
        }
    }
    days
}

proptest! {
    #[test]
    fn no_day_has_two_payers_and_none_after_the_employment(
        commands in prop::collection::vec(any_command(), 1..40),
    ) {
        let mut state = State::default();
        Officer::evolve(&mut state, &enrolled());
        for command in commands {
            let events: Vec<Event> = Officer::decide(&state, &command).unwrap_or_default();
            for event in &events {
                Officer::evolve(&mut state, event);
            }
            let days = covered(&state);
            prop_assert!(days.values().all(|payers| *payers == 1), "{command:?}: {days:?}");
            if let State::Known(known) = &state && let Some(on) = known.ended_on {
                prop_assert!(days.keys().all(|covered| *covered <= on), "{command:?}");
            }
        }
    }
}
