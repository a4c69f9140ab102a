use std::collections::BTreeSet;

use eventlog::testing::given;
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use vocabulary::{Access, Role, Scope, TokenHash};

use super::{Change, Command, Event, Give, Grant, Revoke, Rotate, Unknown};

const TODAY: Date = date(2026, 11, 2);

fn access(roles: &[Role]) -> Access {
    Access::try_new(roles.iter().copied().collect(), Scope::Provider).unwrap()
}

fn clerk() -> Access {
    let towns = Scope::Towns(BTreeSet::from(["barlow".parse().unwrap()]));
    Access::try_new(BTreeSet::from([Role::Town]), towns).unwrap()
}

fn give() -> Give {
    Give {
        actor: "clerk-1".parse().unwrap(),
        access: clerk(),
        token: TokenHash::of("first"),
        token_known: false,
        expires_on: Some(date(2027, 6, 30)),
        unknown: Unknown::default(),
        on: TODAY,
    }
}

fn given_first() -> Event {
    Event::Given {
        actor: "clerk-1".parse().unwrap(),
        access: clerk(),
        token: TokenHash::of("first"),
        expires_on: Some(date(2027, 6, 30)),
        on: TODAY,
    }
}

fn change(access: Access) -> Change {
    Change {
        actor: "clerk-1".parse().unwrap(),
        access,
        expires_on: None,
        unknown: Unknown::default(),
        own_last_admin: false,
        on: TODAY,
    }
}

fn at() -> Timestamp {
    "2026-11-02T15:00:00Z".parse().unwrap()
}

fn rotate(token: &str, minutes: i64) -> Rotate {
    Rotate {
        actor: "clerk-1".parse().unwrap(),
        token: TokenHash::of(token),
        token_known: false,
        overlap: SignedDuration::from_mins(minutes),
        at: at(),
        on: TODAY,
    }
}

fn revoke() -> Revoke {
    Revoke {
        actor: "clerk-1".parse().unwrap(),
        own_last_admin: false,
        on: TODAY,
    }
}

fn revoked() -> Event {
    Event::Revoked { on: TODAY }
}

#[test]
fn access_is_given_once_and_again_after_it_was_taken_away() {
    given::<Grant>([])
        .when(Command::Give(give()))
        .then([given_first()]);
    let refusal = given::<Grant>([given_first()])
        .when(Command::Give(give()))
        .then_refused("ACCESS_ALREADY_GRANTED");
    assert!(refusal.to_string().contains("rotate its token"));
    given::<Grant>([given_first(), revoked()])
        .when(Command::Give(give()))
        .then([given_first()]);
}

#[test]
fn a_token_is_never_given_out_twice() {
    let again = Give {
        token_known: true,
        ..give()
    };
    let refusal = given::<Grant>([given_first(), revoked()])
        .when(Command::Give(again))
        .then_refused("TOKEN_GIVEN_OUT");
    let shown = TokenHash::of("first").to_string();
    assert!(!refusal.to_string().contains(&shown), "{refusal}");
    let rotated = Rotate {
        token_known: true,
        ..rotate("second", 0)
    };
    given::<Grant>([given_first()])
        .when(Command::Rotate(rotated))
        .then_refused("TOKEN_GIVEN_OUT");
}

#[test]
fn a_scope_that_nobody_registered_is_refused_by_name() {
    let towns = ["barlow", "oakham"].map(|town| town.parse().unwrap());
    let unknown = Unknown {
        towns: towns.into(),
        officer: None,
    };
    let refusal = given::<Grant>([])
        .when(Command::Give(Give { unknown, ..give() }))
        .then_refused("TOWN_UNKNOWN");
    assert!(refusal.to_string().contains("barlow, oakham"), "{refusal}");
    let unknown = Unknown {
        towns: BTreeSet::new(),
        officer: Some("cso-9".parse().unwrap()),
    };
    given::<Grant>([given_first()])
        .when(Command::Change(Change {
            unknown,
            ..change(clerk())
        }))
        .then_refused("OFFICER_UNKNOWN");
}

#[test]
fn the_role_service_is_not_granted() {
    let access = access(&[Role::Service, Role::Admin]);
    given::<Grant>([])
        .when(Command::Give(Give { access, ..give() }))
        .then_refused("SERVICE_ROLE");
}

#[test]
fn a_grant_that_has_ended_is_not_given_and_can_be_prolonged() {
    let expires_on = Some(date(2026, 11, 1));
    given::<Grant>([])
        .when(Command::Give(Give {
            expires_on,
            ..give()
        }))
        .then_refused("ALREADY_EXPIRED");
    let today = Some(TODAY);
    given::<Grant>([given_first()])
        .when(Command::Change(Change {
            expires_on: today,
            ..change(clerk())
        }))
        .then([Event::Changed {
            access: clerk(),
            expires_on: today,
            on: TODAY,
        }]);
}

#[test]
fn a_change_says_all_of_the_grant_and_nothing_if_nothing_changes() {
    let hr = access(&[Role::Hr]);
    let changed = Event::Changed {
        access: hr.clone(),
        expires_on: None,
        on: TODAY,
    };
    given::<Grant>([given_first()])
        .when(Command::Change(change(hr.clone())))
        .then([changed.clone()]);
    given::<Grant>([given_first(), changed])
        .when(Command::Change(change(hr)))
        .then_nothing();
}

#[test]
fn a_rotated_token_leaves_the_old_one_valid_for_as_long_as_asked() {
    let rotated = |former_until: Option<&str>| Event::TokenRotated {
        token: TokenHash::of("second"),
        former_until: former_until.map(|until| until.parse().unwrap()),
        on: TODAY,
    };
    given::<Grant>([given_first()])
        .when(Command::Rotate(rotate("second", 0)))
        .then([rotated(None)]);
    given::<Grant>([given_first()])
        .when(Command::Rotate(rotate("second", 90)))
        .then([rotated(Some("2026-11-02T16:30:00Z"))]);
    given::<Grant>([given_first()])
        .when(Command::Rotate(rotate("second", 10_081)))
        .then_refused("OVERLAP_TOO_LONG");
    given::<Grant>([given_first()])
        .when(Command::Rotate(rotate("first", 0)))
        .then_nothing();
}

#[test]
fn the_last_administrator_stays() {
    let mut own = revoke();
    own.own_last_admin = true;
    given::<Grant>([given_first()])
        .when(Command::Revoke(own))
        .then_refused("LAST_ADMIN");
    let mut own = change(access(&[Role::Hr]));
    own.own_last_admin = true;
    given::<Grant>([given_first()])
        .when(Command::Change(own.clone()))
        .then_refused("LAST_ADMIN");
    // What keeps the role is no loss.
    own.access = access(&[Role::Hr, Role::Admin]);
    let kept = Event::Changed {
        access: own.access.clone(),
        expires_on: None,
        on: TODAY,
    };
    given::<Grant>([given_first()])
        .when(Command::Change(own))
        .then([kept]);
}

#[test]
fn what_was_taken_away_is_neither_changed_nor_rotated() {
    let past = [given_first(), revoked()];
    given::<Grant>(past.clone())
        .when(Command::Change(change(clerk())))
        .then_refused("GRANT_REVOKED");
    given::<Grant>(past.clone())
        .when(Command::Rotate(rotate("second", 0)))
        .then_refused("GRANT_REVOKED");
    given::<Grant>(past)
        .when(Command::Revoke(revoke()))
        .then_nothing();
    given::<Grant>([given_first()])
        .when(Command::Revoke(revoke()))
        .then([revoked()]);
}

#[test]
fn nobody_without_a_grant_has_one_to_change() {
    given::<Grant>([])
        .when(Command::Change(change(clerk())))
        .then_refused("GRANT_UNKNOWN");
    given::<Grant>([])
        .when(Command::Rotate(rotate("second", 0)))
        .then_refused("GRANT_UNKNOWN");
    let refusal = given::<Grant>([])
        .when(Command::Revoke(revoke()))
        .then_refused("GRANT_UNKNOWN");
    assert!(refusal.to_string().contains("clerk-1"));
}
