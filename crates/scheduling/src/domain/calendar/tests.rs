use eventlog::testing::given;
use jiff::civil::date;
use vocabulary::TokenHash;

use super::{Calendar, Command, Event};

fn opening(token: &str, employed: bool, taken: bool) -> Command {
    Command::Open {
        officer: "cso-1".parse().unwrap(),
        token_sha256: TokenHash::of(token),
        employed,
        taken,
        on: date(2026, 11, 1),
    }
}

fn opened(token: &str, former: Option<&str>) -> Event {
    Event::Opened {
        officer: "cso-1".parse().unwrap(),
        token_sha256: TokenHash::of(token),
        former: former.map(TokenHash::of),
        on: date(2026, 11, 1),
    }
}

#[test]
fn another_address_ends_the_former_one() {
    given::<Calendar>([opened("one", None)])
        .when(opening("two", true, false))
        .then([opened("two", Some("one"))]);
}

#[test]
fn a_used_token_and_an_unknown_officer_are_refused() {
    given::<Calendar>([])
        .when(opening("one", true, true))
        .then_refused("TOKEN_TAKEN");
    given::<Calendar>([])
        .when(opening("one", false, false))
        .then_refused("OFFICER_UNKNOWN");
}

#[test]
fn only_an_open_calendar_is_revoked() {
    let revoke = Command::Revoke {
        officer: "cso-1".parse().unwrap(),
        on: date(2026, 11, 2),
    };
    given::<Calendar>([])
        .when(revoke.clone())
        .then_refused("CALENDAR_NOT_OPEN");
    given::<Calendar>([opened("one", None)])
        .when(revoke)
        .then([Event::Revoked {
            officer: "cso-1".parse().unwrap(),
            token_sha256: TokenHash::of("one"),
            on: date(2026, 11, 2),
        }]);
}
