//! When an officer's record may be erased.

use eventlog::testing::given;
use jiff::civil::{Date, date};
use vocabulary::{Keep, KeptFrom};

use super::{HALLOWEEN, enrolled};
use crate::domain::officer::{Command, Erase, Event, Officer};

fn erase(today: Date) -> Command {
    let keep = |rule: &str, months| Keep {
        rule: rule.to_owned(),
        months,
        from: KeptFrom::LastDay,
    };
    Command::Erase(Erase {
        officer: "cso-114".parse().unwrap(),
        grounds: "request".parse().unwrap(),
        today,
        keep: vec![keep("29 CFR 516.6", 24), keep("29 CFR 516.5", 36)],
        replayed: false,
    })
}

fn ended() -> [Event; 2] {
    [enrolled(), Event::Ended { on: HALLOWEEN }]
}

fn erased(on: Date) -> Event {
    let grounds = "request".parse().unwrap();
    Event::Erased { grounds, on }
}

#[test]
fn a_record_is_kept_while_its_officer_is_employed() {
    given::<Officer>([enrolled()])
        .when(erase(HALLOWEEN))
        .then_refused("OFFICER_STILL_EMPLOYED");
    given::<Officer>(ended())
        .when(erase(HALLOWEEN))
        .then_refused("OFFICER_STILL_EMPLOYED");
}

#[test]
fn the_longest_retention_decides_and_its_refusal_names_rule_and_day() {
    let refusal = given::<Officer>(ended())
        .when(erase(date(2029, 10, 31)))
        .then_refused("RETENTION_RUNS");
    assert_eq!(
        refusal.to_string(),
        "The record of cso-114 must be kept until 2029-10-31 (29 CFR 516.5): it can be erased \
         from 2029-11-01 on."
    );
    given::<Officer>(ended())
        .when(erase(date(2029, 11, 1)))
        .then([erased(date(2029, 11, 1))]);
}

#[test]
fn nobody_is_erased_twice() {
    let [first, second] = ended();
    given::<Officer>([first, second, erased(date(2029, 11, 1))])
        .when(erase(date(2029, 11, 2)))
        .then_refused("OFFICER_ALREADY_ERASED");
}

#[test]
fn a_restored_log_is_told_whatever_it_lost() {
    let Command::Erase(command) = erase(HALLOWEEN) else {
        unreachable!("it was made as one");
    };
    let replayed = Command::Erase(Erase {
        replayed: true,
        ..command
    });
    given::<Officer>([enrolled()])
        .when(replayed)
        .then([erased(HALLOWEEN)]);
}
