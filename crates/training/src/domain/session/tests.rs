use std::collections::{BTreeMap, BTreeSet};

use eligibility::{CredentialState, Name, Outcome};
use eventlog::testing::given;
use jiff::civil::{Date, date};
use vocabulary::OfficerId;

use super::{
    Act, Assess, Command, Employed, Enrol, Event, Instructor, IssueOutcomes, Part, Schedule, Seat,
    Session, State,
};
use crate::domain::samples::core;

mod any_order;
mod learning;
mod standby;

const MONDAY: Date = date(2026, 10, 5);
const TUESDAY: Date = date(2026, 10, 6);
const BEFORE: Date = date(2026, 9, 7);

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn officer(text: &str) -> OfficerId {
    text.parse().unwrap()
}

fn part(block: &str, on: Date, minutes: u32, instructor: &str) -> Part {
    Part {
        block: name(block),
        on,
        starts: format!("{on}T13:00:00Z").parse().unwrap(),
        minutes,
        instructor: officer(instructor),
    }
}

fn parts() -> Vec<Part> {
    vec![
        part("law", MONDAY, 240, "cso-101"),
        part("baton-drill", TUESDAY, 120, "cso-102"),
    ]
}

fn valid() -> Option<CredentialState> {
    Some(CredentialState::Valid { until: None })
}

fn instructor(text: &str, credential: Option<CredentialState>) -> Instructor {
    Instructor {
        officer: officer(text),
        employed: true,
        credential,
    }
}

fn schedule_of(seats: u32) -> Schedule {
    Schedule {
        course: name("core"),
        version: 1,
        curriculum: core(),
        town: "barlow".parse().unwrap(),
        place: name("town-hall"),
        presenter: name("provider"),
        seats,
        parts: parts(),
        instructors: vec![instructor("cso-101", None), instructor("cso-102", valid())],
    }
}

fn on(today: Date, act: Act) -> Command {
    Command {
        session: name("core-2026-10"),
        today,
        act,
    }
}

fn schedule(schedule: Schedule) -> Command {
    on(BEFORE, Act::Schedule(Box::new(schedule)))
}

fn scheduled(seats: u32) -> Event {
    Event::Scheduled {
        session: name("core-2026-10"),
        course: name("core"),
        version: 1,
        curriculum: core(),
        town: "barlow".parse().unwrap(),
        place: name("town-hall"),
        presenter: name("provider"),
        seats,
        parts: parts(),
        on: BEFORE,
    }
}

fn enrol_of(who: &str, class: u8) -> Enrol {
    Enrol {
        officer: officer(who),
        class,
        employed: Employed::Yes,
        completed: BTreeSet::new(),
    }
}

fn seated(who: &str) -> [Event; 2] {
    let officer = officer(who);
    [
        Event::SeatRequested {
            officer: officer.clone(),
            class: 1,
            on: BEFORE,
        },
        Event::SeatConfirmed {
            officer,
            on: BEFORE,
        },
    ]
}

#[test]
fn a_session_is_scheduled_block_by_block() {
    given::<Session>([])
        .when(schedule(schedule_of(12)))
        .then([scheduled(12)]);
    given::<Session>([scheduled(12)])
        .when(schedule(schedule_of(12)))
        .then_refused("SESSION_ALREADY_SCHEDULED");
    given::<Session>([])
        .when(schedule(schedule_of(0)))
        .then_refused("SESSION_WITHOUT_SEATS");
}

#[test]
fn a_session_with_no_qualified_instructor_is_refused_by_block_day_and_credential() {
    let lapsed = date(2026, 9, 30);
    let states = [
        (None, "has no baton-instructor"),
        (
            Some(CredentialState::Expired { on: lapsed }),
            "has baton-instructor to 2026-09-30 only",
        ),
        (
            Some(CredentialState::Late {
                expired: lapsed,
                renewable_until: TUESDAY,
            }),
            "has baton-instructor to 2026-09-30 only",
        ),
        (
            Some(CredentialState::Suspended { since: MONDAY }),
            "has baton-instructor suspended since 2026-10-05",
        ),
        (
            Some(CredentialState::Revoked { on: MONDAY }),
            "lost baton-instructor on 2026-10-05",
        ),
        (
            Some(CredentialState::NotYet {
                from: date(2026, 11, 1),
            }),
            "has baton-instructor from 2026-11-01 only",
        ),
    ];
    for (state, lacking) in states {
        let mut new = schedule_of(12);
        new.instructors[1].credential = state;
        let refusal = given::<Session>([])
            .when(schedule(new))
            .then_refused("INSTRUCTOR_NOT_QUALIFIED");
        assert_eq!(
            refusal.to_string(),
            format!(
                "Not by these instructors: part 2, baton-drill on 2026-10-06: cso-102 {lacking}."
            )
        );
    }
    let mut gone = schedule_of(12);
    gone.instructors[0].employed = false;
    given::<Session>([])
        .when(schedule(gone))
        .then_refused("INSTRUCTOR_NOT_QUALIFIED");
}

#[test]
fn every_block_gets_its_time_and_nobody_teaches_in_two_places() {
    let mut short = schedule_of(12);
    short.parts[1].minutes = 90;
    given::<Session>([])
        .when(schedule(short))
        .then_refused("BLOCK_TOO_SHORT");
    let mut missing = schedule_of(12);
    missing.parts.truncate(1);
    given::<Session>([])
        .when(schedule(missing))
        .then_refused("BLOCK_TOO_SHORT");
    let mut other = schedule_of(12);
    other.parts[0].block = name("first-aid");
    given::<Session>([])
        .when(schedule(other))
        .then_refused("BLOCK_UNKNOWN");
    let mut both = schedule_of(12);
    both.parts[1] = part("baton-drill", MONDAY, 120, "cso-101");
    given::<Session>([])
        .when(schedule(both))
        .then_refused("INSTRUCTOR_IN_TWO_PLACES");
    let mut crowded = schedule_of(12);
    crowded.curriculum.blocks[1].learners_max = Some(8);
    given::<Session>([])
        .when(schedule(crowded))
        .then_refused("TOO_MANY_SEATS");
}

#[test]
fn another_instructor_must_be_qualified_on_the_day_too() {
    let change = |credential| Act::ChangeInstructor {
        part: 2,
        instructor: instructor("cso-103", credential),
    };
    given::<Session>([scheduled(12)])
        .when(on(MONDAY, change(None)))
        .then_refused("INSTRUCTOR_NOT_QUALIFIED");
    let after = given::<Session>([scheduled(12)])
        .when(on(MONDAY, change(valid())))
        .then([Event::InstructorChanged {
            part: 2,
            instructor: officer("cso-103"),
            on: MONDAY,
        }]);
    let State::Known(known) = after else {
        panic!("scheduled");
    };
    assert_eq!(known.parts[1].instructor, officer("cso-103"));
}

#[test]
fn what_was_held_is_not_cancelled_and_what_is_cancelled_takes_nobody() {
    let cancel = || Act::Cancel {
        because: name("no-range"),
    };
    let cancelled = Event::Cancelled {
        because: name("no-range"),
        on: MONDAY,
    };
    given::<Session>([scheduled(12)])
        .when(on(MONDAY, cancel()))
        .then([cancelled.clone()]);
    given::<Session>([scheduled(12), cancelled])
        .when(on(MONDAY, Act::Enrol(enrol_of("cso-114", 1))))
        .then_refused("SESSION_CANCELLED");
    let held = Event::AttendanceRecorded {
        part: 1,
        minutes: BTreeMap::new(),
        on: MONDAY,
    };
    given::<Session>([scheduled(12), held])
        .when(on(MONDAY, cancel()))
        .then_refused("SESSION_HELD");
    given::<Session>([])
        .when(on(MONDAY, cancel()))
        .then_refused("SESSION_UNKNOWN");
}
