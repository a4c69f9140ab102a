use std::collections::BTreeMap;

use eligibility::{CredentialState, Name};
use eventlog::testing::given;
use jiff::civil::{Date, date};
use vocabulary::OfficerId;

use super::{Act, Command, Event, Field, Phase};

const FIRST: Date = date(2026, 10, 5);
const LATER: Date = date(2026, 10, 19);
const TODAY: Date = date(2026, 11, 2);

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn officer(text: &str) -> OfficerId {
    text.parse().unwrap()
}

fn command(on: Date, act: Act) -> Command {
    Command {
        officer: officer("cso-114"),
        training: name("fto"),
        on,
        today: TODAY,
        act,
    }
}

fn phases() -> Vec<Phase> {
    [("I", false), ("II", true)]
        .map(|(name, deployable)| Phase {
            name: name.to_owned(),
            deployable,
        })
        .to_vec()
}

fn begin(phases: Option<Vec<Phase>>) -> Command {
    command(
        FIRST,
        Act::Begin {
            programme: "us-ca-fremont-cso".parse().unwrap(),
            phases,
            credential: Some(name("fto-trainer")),
            employed: true,
        },
    )
}

fn begun() -> Event {
    Event::Begun {
        officer: officer("cso-114"),
        training: name("fto"),
        programme: "us-ca-fremont-cso".parse().unwrap(),
        phases: phases(),
        credential: Some(name("fto-trainer")),
        on: FIRST,
    }
}

fn observation(trainer: &str, holds: Option<CredentialState>, points: u8) -> Command {
    command(
        FIRST,
        Act::Observe {
            trainer: officer(trainer),
            employed: true,
            holds,
            ratings: BTreeMap::from([(name("radio"), points)]),
            text: None,
        },
    )
}

fn observed(phase: &str) -> Event {
    Event::Observed {
        officer: officer("cso-114"),
        training: name("fto"),
        phase: phase.to_owned(),
        trainer: officer("cso-101"),
        ratings: BTreeMap::from([(name("radio"), 4)]),
        text: None,
        on: FIRST,
    }
}

fn sign_off(phase: &str, on: Date) -> Command {
    command(
        on,
        Act::SignOff {
            phase: phase.to_owned(),
            by: "trainer-1".parse().unwrap(),
        },
    )
}

fn signed_off(phase: &str, started: Date, on: Date) -> Event {
    Event::PhaseSignedOff {
        officer: officer("cso-114"),
        training: name("fto"),
        phase: phase.to_owned(),
        started,
        by: "trainer-1".parse().unwrap(),
        on,
    }
}

fn valid() -> Option<CredentialState> {
    Some(CredentialState::Valid { until: None })
}

#[test]
fn it_begins_with_the_phases_of_the_profile() {
    given::<Field>([])
        .when(begin(Some(phases())))
        .then([begun()]);
    for none in [None, Some(vec![])] {
        given::<Field>([])
            .when(begin(none))
            .then_refused("FIELD_TRAINING_UNKNOWN");
    }
    given::<Field>([begun()])
        .when(begin(Some(phases())))
        .then_refused("FIELD_TRAINING_BEGUN");
}

#[test]
fn a_trainer_is_qualified_on_the_day_and_is_somebody_else() {
    given::<Field>([begun()])
        .when(observation("cso-101", valid(), 4))
        .then([observed("I")]);
    let lapsed = Some(CredentialState::Expired {
        on: date(2026, 9, 30),
    });
    for holds in [None, lapsed] {
        given::<Field>([begun()])
            .when(observation("cso-101", holds, 4))
            .then_refused("TRAINER_NOT_QUALIFIED");
    }
    given::<Field>([begun()])
        .when(observation("cso-114", valid(), 4))
        .then_refused("OWN_TRAINER");
    for points in [0, 8] {
        given::<Field>([begun()])
            .when(observation("cso-101", valid(), points))
            .then_refused("RATING_OUT_OF_RANGE");
    }
    given::<Field>([])
        .when(observation("cso-101", valid(), 4))
        .then_refused("FIELD_TRAINING_NOT_BEGUN");
}

#[test]
fn phases_are_signed_off_in_order_each_after_an_observation() {
    given::<Field>([begun()])
        .when(sign_off("I", LATER))
        .then_refused("PHASE_NOT_OBSERVED");
    given::<Field>([begun(), observed("I")])
        .when(sign_off("II", LATER))
        .then_refused("ANOTHER_PHASE");
    given::<Field>([begun(), observed("I")])
        .when(sign_off("IX", LATER))
        .then_refused("PHASE_UNKNOWN");
    given::<Field>([begun(), observed("I")])
        .when(sign_off("I", LATER))
        .then([signed_off("I", FIRST, LATER)]);
    let second = [
        begun(),
        observed("I"),
        signed_off("I", FIRST, LATER),
        observed("II"),
    ];
    given::<Field>(second.clone())
        .when(sign_off("II", FIRST))
        .then_refused("BEFORE_THE_START");
    given::<Field>(second.clone())
        .when(sign_off("II", TODAY))
        .then([signed_off("II", LATER, TODAY)]);
    given::<Field>(second.into_iter().chain([signed_off("II", LATER, TODAY)]))
        .when(observation("cso-101", valid(), 4))
        .then_refused("ALL_SIGNED_OFF");
}

#[test]
fn who_left_begins_again_from_the_first_phase() {
    let end = || {
        command(
            LATER,
            Act::End {
                because: name("resigned"),
            },
        )
    };
    let ended = Event::Ended {
        officer: officer("cso-114"),
        training: name("fto"),
        because: name("resigned"),
        on: LATER,
    };
    given::<Field>([begun()]).when(end()).then([ended.clone()]);
    given::<Field>([begun(), ended.clone()])
        .when(end())
        .then_nothing();
    given::<Field>([begun(), ended.clone()])
        .when(observation("cso-101", valid(), 4))
        .then_refused("FIELD_TRAINING_NOT_BEGUN");
    given::<Field>([begun(), ended.clone()])
        .when(begin(Some(phases())))
        .then_refused("BEFORE_THE_START");
    let mut again = begin(Some(phases()));
    again.on = LATER;
    let begun_again = match begun() {
        Event::Begun {
            officer,
            training,
            programme,
            phases,
            credential,
            ..
        } => Event::Begun {
            officer,
            training,
            programme,
            phases,
            credential,
            on: LATER,
        },
        other => other,
    };
    given::<Field>([begun(), ended])
        .when(again)
        .then([begun_again]);
}

#[test]
fn nothing_is_recorded_of_a_day_to_come() {
    let tomorrow = TODAY.tomorrow().unwrap();
    given::<Field>([begun(), observed("I")])
        .when(sign_off("I", tomorrow))
        .then_refused("STILL_TO_COME");
}

#[test]
fn neighbours_learn_sign_offs_and_that_it_ended() {
    let kinds = |past: &[Event], command| -> Vec<&'static str> {
        let facts = given::<Field>(past.iter().cloned()).when(command).facts();
        facts.into_iter().map(|fact| fact.kind).collect()
    };
    let past = [begun(), observed("I")];
    assert_eq!(kinds(&past, sign_off("I", LATER)), ["PhaseSignedOff"]);
    assert!(kinds(&past, observation("cso-101", valid(), 4)).is_empty());
    let end = command(
        LATER,
        Act::End {
            because: name("resigned"),
        },
    );
    assert_eq!(kinds(&past, end), ["LearnerRemoved"]);
}
