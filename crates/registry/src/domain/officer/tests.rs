use eventlog::testing::given;
use jiff::civil::{Date, date};

use super::{Assign, Command, End, EndAssignment, Enrol, Event, Officer, SetPayRate, Standing};
use crate::domain::Person;

mod any_order;
mod erasing;

const HIRED: Date = date(2026, 9, 14);
const OCTOBER: Date = date(2026, 10, 1);
const HALLOWEEN: Date = date(2026, 10, 31);

fn person() -> Person {
    "0199bbbb-0000-7000-8000-000000000001".parse().unwrap()
}

fn enrolled() -> Event {
    Event::Enrolled {
        officer: "cso-114".parse().unwrap(),
        person: person(),
        from: HIRED,
    }
}

fn enrol() -> Command {
    let officer = "cso-114".parse().unwrap();
    Command::Enrol(Enrol {
        officer,
        person: person(),
        from: HIRED,
    })
}

fn end(on: Date) -> Command {
    Command::End(End {
        officer: "cso-114".parse().unwrap(),
        on,
    })
}

fn rate(from: Date, dollars: &str, burden: &str) -> Command {
    Command::SetPayRate(SetPayRate {
        officer: "cso-114".parse().unwrap(),
        from,
        dollars_per_hour: dollars.parse().unwrap(),
        burden: burden.parse().unwrap(),
        burden_on_premium: false,
    })
}

fn rate_set(from: Date, dollars: &str, burden: &str) -> Event {
    Event::PayRateSet {
        from,
        dollars_per_hour: dollars.parse().unwrap(),
        burden: burden.parse().unwrap(),
        burden_on_premium: false,
    }
}

fn rivers(starts_on: Date, ends_on: Option<Date>) -> Option<Standing> {
    Some(Standing {
        in_force: true,
        starts_on,
        ends_on,
    })
}

fn assign(from: Date, until: Option<Date>) -> Assign {
    Assign {
        officer: "cso-114".parse().unwrap(),
        account: "agreement:three-rivers".parse().unwrap(),
        from,
        until,
        standing: rivers(OCTOBER, None),
    }
}

fn assigned(from: Date, until: Option<Date>) -> Event {
    Event::Assigned {
        account: "agreement:three-rivers".parse().unwrap(),
        from,
        until,
    }
}

fn end_assignment(from: Date, until: Date) -> Command {
    let officer = "cso-114".parse().unwrap();
    Command::EndAssignment(EndAssignment {
        officer,
        from,
        until,
    })
}

#[test]
fn an_officer_is_enrolled_under_a_token() {
    given::<Officer>([]).when(enrol()).then([enrolled()]);
}

#[test]
fn a_badge_code_is_given_once() {
    let refusal = given::<Officer>([enrolled()])
        .when(enrol())
        .then_refused("OFFICER_ALREADY_ENROLLED");
    assert_eq!(
        refusal.to_string(),
        "The badge code cso-114 belongs to an officer enrolled from 2026-09-14: choose another."
    );
    let former = [enrolled(), Event::Ended { on: HALLOWEEN }];
    given::<Officer>(former)
        .when(enrol())
        .then_refused("OFFICER_ALREADY_ENROLLED");
}

#[test]
fn an_officer_who_was_never_enrolled_is_refused_everything() {
    let assign = Command::Assign(assign(OCTOBER, None));
    let rate = rate(OCTOBER, "21.50", "0.2235");
    for command in [
        end(HALLOWEEN),
        rate,
        assign,
        end_assignment(OCTOBER, HALLOWEEN),
    ] {
        let refusal = given::<Officer>([])
            .when(command)
            .then_refused("OFFICER_UNKNOWN");
        assert!(refusal.to_string().contains("cso-114"), "{refusal}");
    }
}

#[test]
fn an_employment_gets_its_last_day_once() {
    given::<Officer>([enrolled()])
        .when(end(HALLOWEEN))
        .then([Event::Ended { on: HALLOWEEN }]);
    given::<Officer>([enrolled(), Event::Ended { on: HALLOWEEN }])
        .when(end(date(2026, 11, 30)))
        .then_refused("OFFICER_ALREADY_ENDED");
}

#[test]
fn an_employment_does_not_end_before_it_began() {
    given::<Officer>([enrolled()])
        .when(end(date(2026, 9, 13)))
        .then_refused("BEFORE_EMPLOYMENT");
}

#[test]
fn assignments_end_with_the_employment() {
    let later = date(2026, 12, 1);
    given::<Officer>([
        enrolled(),
        assigned(OCTOBER, Some(date(2026, 11, 30))),
        assigned(later, None),
    ])
    .when(end(HALLOWEEN))
    .then([
        Event::AssignmentEnded {
            from: OCTOBER,
            until: HALLOWEEN,
        },
        Event::AssignmentEnded {
            from: later,
            until: date(2026, 11, 30),
        },
        Event::Ended { on: HALLOWEEN },
    ]);
}

#[test]
fn pay_and_burden_hold_from_a_day_on() {
    given::<Officer>([enrolled()])
        .when(rate(HIRED, "21.50", "0.2235"))
        .then([rate_set(HIRED, "21.50", "0.2235")]);
}

#[test]
fn the_same_day_again_takes_the_former_rates_place() {
    given::<Officer>([enrolled(), rate_set(HIRED, "21.50", "0.2235")])
        .when(rate(HIRED, "22.00", "0.2235"))
        .then([rate_set(HIRED, "22.00", "0.2235")]);
}

#[test]
fn the_same_rate_again_does_nothing() {
    given::<Officer>([enrolled(), rate_set(HIRED, "21.50", "0.2235")])
        .when(rate(HIRED, "21.5", "0.22350"))
        .then_nothing();
}

#[test]
fn a_rate_of_nothing_is_refused() {
    given::<Officer>([enrolled()])
        .when(rate(HIRED, "0.00", "0.2235"))
        .then_refused("RATE_IS_ZERO");
}

#[test]
fn a_burden_in_percents_is_refused_and_the_right_form_said() {
    let refusal = given::<Officer>([enrolled()])
        .when(rate(HIRED, "21.50", "22.35"))
        .then_refused("BURDEN_TOO_LARGE");
    assert!(
        refusal
            .to_string()
            .contains("such as 0.2235 for 22.35 percent"),
        "{refusal}"
    );
    given::<Officer>([enrolled()])
        .when(rate(HIRED, "21.50", "2"))
        .then([rate_set(HIRED, "21.50", "2")]);
}

#[test]
fn a_rate_outside_the_employment_is_refused() {
    let day_before = date(2026, 9, 13);
    given::<Officer>([enrolled()])
        .when(rate(day_before, "21.50", "0.2235"))
        .then_refused("BEFORE_EMPLOYMENT");
    given::<Officer>([enrolled(), Event::Ended { on: HALLOWEEN }])
        .when(rate(date(2026, 11, 1), "21.50", "0.2235"))
        .then_refused("AFTER_EMPLOYMENT");
}

#[test]
fn an_officer_is_assigned_to_an_agreement_in_force_or_to_the_provider() {
    given::<Officer>([enrolled()])
        .when(Command::Assign(assign(OCTOBER, None)))
        .then([assigned(OCTOBER, None)]);
    let account = "provider".parse().unwrap();
    given::<Officer>([enrolled()])
        .when(Command::Assign(Assign {
            account,
            standing: None,
            ..assign(HIRED, None)
        }))
        .then([Event::Assigned {
            account: "provider".parse().unwrap(),
            from: HIRED,
            until: None,
        }]);
}

#[test]
fn an_assignment_that_shares_a_day_with_another_is_refused_and_the_other_named() {
    let past = [enrolled(), assigned(OCTOBER, Some(HALLOWEEN))];
    let refusal = given::<Officer>(past.clone())
        .when(Command::Assign(assign(HALLOWEEN, None)))
        .then_refused("ASSIGNMENTS_OVERLAP");
    assert_eq!(
        refusal.to_string(),
        "cso-114 is assigned to agreement:three-rivers from 2026-10-01 until 2026-10-31: end that \
         assignment first."
    );
    given::<Officer>(past)
        .when(Command::Assign(assign(date(2026, 11, 1), None)))
        .then([assigned(date(2026, 11, 1), None)]);
    given::<Officer>([enrolled(), assigned(date(2026, 11, 1), None)])
        .when(Command::Assign(assign(OCTOBER, None)))
        .then_refused("ASSIGNMENTS_OVERLAP");
}

#[test]
fn a_cancelled_assignment_leaves_its_days_free() {
    let cancelled = Event::AssignmentEnded {
        from: OCTOBER,
        until: date(2026, 9, 30),
    };
    given::<Officer>([enrolled(), assigned(OCTOBER, None), cancelled])
        .when(Command::Assign(assign(OCTOBER, None)))
        .then([assigned(OCTOBER, None)]);
}

#[test]
fn an_assignment_outside_the_employment_is_refused() {
    let account = "provider".parse().unwrap();
    let early = Assign {
        account,
        ..assign(date(2026, 9, 1), None)
    };
    given::<Officer>([enrolled()])
        .when(Command::Assign(early))
        .then_refused("BEFORE_EMPLOYMENT");
    let leaving = [enrolled(), Event::Ended { on: HALLOWEEN }];
    given::<Officer>(leaving.clone())
        .when(Command::Assign(assign(OCTOBER, None)))
        .then_refused("AFTER_EMPLOYMENT");
    given::<Officer>(leaving.clone())
        .when(Command::Assign(assign(OCTOBER, Some(date(2026, 11, 1)))))
        .then_refused("AFTER_EMPLOYMENT");
    given::<Officer>(leaving)
        .when(Command::Assign(assign(OCTOBER, Some(HALLOWEEN))))
        .then([assigned(OCTOBER, Some(HALLOWEEN))]);
}

#[test]
fn an_assignment_that_ends_before_it_begins_is_refused() {
    given::<Officer>([enrolled()])
        .when(Command::Assign(assign(HALLOWEEN, Some(OCTOBER))))
        .then_refused("ENDS_BEFORE_IT_BEGINS");
}

#[test]
fn an_assignment_to_an_unknown_agreement_is_refused() {
    given::<Officer>([enrolled()])
        .when(Command::Assign(Assign {
            standing: None,
            ..assign(OCTOBER, None)
        }))
        .then_refused("AGREEMENT_UNKNOWN");
}

#[test]
fn an_assignment_to_an_agreement_that_somebody_has_not_signed_is_refused() {
    let standing = Some(Standing {
        in_force: false,
        starts_on: OCTOBER,
        ends_on: None,
    });
    given::<Officer>([enrolled()])
        .when(Command::Assign(Assign {
            standing,
            ..assign(OCTOBER, None)
        }))
        .then_refused("AGREEMENT_NOT_IN_FORCE");
}

#[test]
fn an_assignment_outlives_its_agreement_at_neither_end() {
    let standing = rivers(OCTOBER, Some(HALLOWEEN));
    for (from, until) in [
        (date(2026, 9, 30), Some(HALLOWEEN)),
        (OCTOBER, None),
        (OCTOBER, Some(date(2026, 11, 1))),
    ] {
        given::<Officer>([enrolled()])
            .when(Command::Assign(Assign {
                standing,
                ..assign(from, until)
            }))
            .then_refused("OUTSIDE_AGREEMENT");
    }
    given::<Officer>([enrolled()])
        .when(Command::Assign(Assign {
            standing,
            ..assign(OCTOBER, Some(HALLOWEEN))
        }))
        .then([assigned(OCTOBER, Some(HALLOWEEN))]);
}

#[test]
fn an_assignment_gets_its_last_day() {
    given::<Officer>([enrolled(), assigned(OCTOBER, None)])
        .when(end_assignment(OCTOBER, HALLOWEEN))
        .then([Event::AssignmentEnded {
            from: OCTOBER,
            until: HALLOWEEN,
        }]);
}

#[test]
fn the_same_last_day_again_does_nothing() {
    given::<Officer>([enrolled(), assigned(OCTOBER, Some(HALLOWEEN))])
        .when(end_assignment(OCTOBER, HALLOWEEN))
        .then_nothing();
}

#[test]
fn an_assignment_that_does_not_exist_is_not_ended() {
    given::<Officer>([enrolled(), assigned(OCTOBER, None)])
        .when(end_assignment(date(2026, 10, 2), HALLOWEEN))
        .then_refused("NOT_ASSIGNED");
}

#[test]
fn an_assignment_is_cut_shorter_never_made_longer() {
    let past = [enrolled(), assigned(OCTOBER, Some(HALLOWEEN))];
    given::<Officer>(past.clone())
        .when(end_assignment(OCTOBER, date(2026, 10, 15)))
        .then([Event::AssignmentEnded {
            from: OCTOBER,
            until: date(2026, 10, 15),
        }]);
    given::<Officer>(past.clone())
        .when(end_assignment(OCTOBER, date(2026, 11, 30)))
        .then_refused("ASSIGNMENT_ENDS_EARLIER");
    given::<Officer>(past)
        .when(end_assignment(OCTOBER, date(2026, 9, 29)))
        .then_refused("ENDS_BEFORE_IT_BEGINS");
}
