//! A small world: three towns of one agreement, a fourth without one, one enrolled officer.

use eventlog::testing::{Given, When, given};
use jiff::Timestamp;
use jiff::civil::Weekday;
use vocabulary::{Location, OfficerId, Workweek, Zone};

use crate::domain::timesheet::*;

pub(super) type Past = Given<Timesheet>;

pub(super) fn officer() -> OfficerId {
    OfficerId::new("cso-114").unwrap()
}

/// An instant from local time, its offset spelled: `2026-10-05 08:00`, in summer time unless said.
pub(super) fn at(local: &str) -> Timestamp {
    let text = local.replace(' ', "T");
    if text.len() == 16 {
        format!("{text}:00-05:00").parse().unwrap()
    } else {
        text.parse().unwrap()
    }
}

pub(super) fn zone() -> Zone {
    "America/Chicago".parse().unwrap()
}

/// Known on Sunday 15 November 2026 at noon: everything of October is past.
pub(super) fn known() -> Known {
    let slugs = ["barlow", "corbin", "dexter"];
    Known {
        now: at("2026-11-15T12:00:00-06:00"),
        workweek: Workweek {
            starts_on: Weekday::Sunday,
            zone: zone(),
        },
        employment: Some(Employment {
            from: "2026-01-01".parse().unwrap(),
            until: None,
        }),
        rates: vec![PayRate {
            from: "2026-01-01".parse().unwrap(),
            cents_per_hour: "2000".parse().unwrap(),
            burden: "1/5".parse().unwrap(),
            burden_on_premium: false,
        }],
        assignments: vec![Assignment {
            from: "2026-01-01".parse().unwrap(),
            until: None,
            account: "provider".parse().unwrap(),
        }],
        towns: ["barlow", "corbin", "dexter", "elsewhere"]
            .iter()
            .map(|id| id.parse().unwrap())
            .collect(),
        agreements: vec![Agreement {
            id: "three-rivers".parse().unwrap(),
            towns: slugs.iter().map(|id| id.parse().unwrap()).collect(),
            from: "2026-07-01".parse().unwrap(),
            until: None,
        }],
    }
}

/// Asks one thing in the usual world.
pub(super) fn ask(act: Act) -> Command {
    ask_knowing(known(), act)
}

pub(super) fn ask_knowing(known: Known, act: Act) -> Command {
    Command {
        officer: officer(),
        known,
        act,
    }
}

pub(super) fn clock_in(when: &str, location: &str) -> Act {
    Act::ClockIn {
        at: at(when),
        location: Some(location.parse().unwrap()),
        account: None,
    }
}

pub(super) fn clock_out(when: &str) -> Act {
    Act::ClockOut { at: at(when) }
}

pub(super) fn record(start: &str, end: &str, location: &str) -> Act {
    Act::RecordDuty {
        start: at(start),
        end: at(end),
        location: Some(location.parse().unwrap()),
        account: None,
        reason: reason(),
    }
}

pub(super) fn reason() -> Option<Reason> {
    Some(Reason("token-1".into()))
}

pub(super) fn submit(week: &str) -> Act {
    Act::Submit {
        week: week.parse().unwrap(),
    }
}

pub(super) fn approve(week: &str) -> Act {
    Act::Approve {
        week: week.parse().unwrap(),
        from: None,
        to: None,
        by: "hr-2".parse().unwrap(),
        by_officer: None,
    }
}

pub(super) fn approve_days(week: &str, from: &str, to: &str) -> Act {
    Act::Approve {
        week: week.parse().unwrap(),
        from: Some(from.parse().unwrap()),
        to: Some(to.parse().unwrap()),
        by: "hr-2".parse().unwrap(),
        by_officer: None,
    }
}

pub(super) fn correct(duty: &str) -> Act {
    Act::CorrectDuty {
        duty: duty.parse().unwrap(),
        start: None,
        end: None,
        location: None,
        account: None,
        reason: reason(),
    }
}

/// The past that follows from doing these things in the usual world, each of which must succeed.
pub(super) fn after(acts: impl IntoIterator<Item = Act>) -> Past {
    given::<Timesheet>(events_of(acts))
}

pub(super) fn events_of(acts: impl IntoIterator<Item = Act>) -> Vec<Event> {
    use eventlog::Decider;
    let mut state = State::default();
    let mut events = Vec::new();
    for act in acts {
        let decided = Timesheet::decide(&state, &ask(act)).expect("the past must be possible");
        for event in decided {
            Timesheet::evolve(&mut state, &event);
            events.push(event);
        }
    }
    events
}

pub(super) fn piece(number: u32, day: &str, week: &str, start: &str, end: &str) -> Piece {
    Piece {
        number,
        day: day.parse().unwrap(),
        week: week.parse().unwrap(),
        start: at(start),
        end: at(end),
    }
}

pub(super) fn location(text: &str) -> Location {
    text.parse().unwrap()
}

/// What was decided, for looking at a part of it.
pub(super) fn decided(past: &Past, act: Act) -> Vec<Event> {
    use eventlog::Decider;
    match Timesheet::decide(past.state(), &ask(act)) {
        Ok(events) => events,
        Err(refusal) => panic!("refused: {refusal}"),
    }
}

pub(super) fn nothing() -> Past {
    given::<Timesheet>([])
}

#[track_caller]
pub(super) fn says(when: When<Timesheet>, reason: &str, sentence: &str) {
    assert_eq!(when.then_refused(reason).to_string(), sentence);
}
