//! How terms are signed, and what the last signature does.

use eventlog::testing::given;

use super::super::{Agreement, Command, Event, SignTerms, State};
use super::{JANUARY, OCTOBER, TODAY, drafted, in_force, proposed, sign, signed, withdraw};

#[test]
fn a_party_signs_and_the_others_are_waited_for() {
    given::<Agreement>([drafted(), proposed(1, OCTOBER)])
        .when(sign(1, "barlow"))
        .then([signed(1, "barlow")]);
}

#[test]
fn the_last_signature_brings_the_agreement_into_force() {
    let events = [
        drafted(),
        proposed(1, OCTOBER),
        signed(1, "barlow"),
        signed(1, "provider"),
    ];
    given::<Agreement>(events).when(sign(1, "milford")).then([
        signed(1, "milford"),
        Event::BroughtIntoForce {
            version: 1,
            on: TODAY,
        },
    ]);
}

#[test]
fn the_last_signature_under_later_terms_amends_the_agreement() {
    let later = [
        proposed(2, JANUARY),
        signed(2, "barlow"),
        signed(2, "milford"),
    ];
    let state = given::<Agreement>([in_force(), later.to_vec()].concat())
        .when(sign(2, "provider"))
        .then([
            signed(2, "provider"),
            Event::Amended {
                version: 2,
                on: TODAY,
            },
        ]);
    let State::Known(known) = state else {
        panic!("a drafted agreement is known")
    };
    let versions: Vec<_> = known.in_force().map(|v| v.version).collect();
    assert_eq!(versions, [1, 2]);
}

#[test]
fn who_is_no_party_does_not_sign() {
    let refusal = given::<Agreement>([drafted(), proposed(1, OCTOBER)])
        .when(sign(1, "oakham"))
        .then_refused("NOT_A_PARTY");
    assert_eq!(
        refusal.to_string(),
        "oakham is no party of three-rivers: its parties are barlow, milford, provider."
    );
}

#[test]
fn nobody_signs_twice() {
    given::<Agreement>([drafted(), proposed(1, OCTOBER), signed(1, "barlow")])
        .when(sign(1, "barlow"))
        .then_refused("ALREADY_SIGNED");
}

#[test]
fn terms_that_were_never_proposed_are_not_known() {
    let past = [drafted(), proposed(1, OCTOBER)];
    for command in [sign(2, "barlow"), withdraw(2), sign(0, "barlow")] {
        given::<Agreement>(past.clone())
            .when(command)
            .then_refused("TERMS_UNKNOWN");
    }
}

#[test]
fn withdrawn_terms_are_not_signed() {
    let withdrawn = Event::TermsWithdrawn {
        version: 1,
        on: TODAY,
    };
    given::<Agreement>([drafted(), proposed(1, OCTOBER), withdrawn.clone()])
        .when(sign(1, "barlow"))
        .then_refused("TERMS_WITHDRAWN");
    given::<Agreement>([drafted(), proposed(1, OCTOBER), withdrawn])
        .when(withdraw(1))
        .then_refused("TERMS_WITHDRAWN");
}

#[test]
fn terms_in_force_are_neither_signed_again_nor_withdrawn() {
    for command in [sign(1, "barlow"), withdraw(1)] {
        given::<Agreement>(in_force())
            .when(command)
            .then_refused("TERMS_IN_FORCE");
    }
}

#[test]
fn a_signature_that_is_still_to_come_is_refused() {
    let Command::SignTerms(signature) = sign(1, "barlow") else {
        unreachable!()
    };
    let on = TODAY.tomorrow().unwrap();
    let refused = given::<Agreement>([drafted(), proposed(1, OCTOBER)])
        .when(Command::SignTerms(SignTerms { on, ..signature }))
        .then_refused("SIGNED_IN_FUTURE");
    assert_eq!(
        refused.to_string(),
        "A signature of 2026-09-08 is still to come: today is 2026-09-07. Record it once it is \
         given."
    );
}
