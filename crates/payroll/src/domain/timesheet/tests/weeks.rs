use jiff::civil::date;

use super::world::*;
use crate::domain::timesheet::*;

const WEEK: &str = "2026-10-04";

fn worked() -> Act {
    record("2026-10-05 08:00", "2026-10-05 12:00", "town:barlow")
}

fn send_back(reason: Option<Reason>) -> Act {
    Act::Return {
        week: WEEK.parse().unwrap(),
        reason,
    }
}

#[test]
fn any_day_of_the_week_names_it_for_signing() {
    after([worked()])
        .when(ask(submit("2026-10-08")))
        .then([Event::WeekSubmitted {
            officer: officer(),
            week: date(2026, 10, 4),
            on: date(2026, 11, 15),
        }]);
}

#[test]
fn a_week_that_has_not_begun_is_not_signed() {
    says(
        nothing().when(ask(submit("2026-11-25"))),
        "WEEK_NOT_STARTED",
        "The week of 2026-11-22 has not begun: today is 2026-11-15.",
    );
}

#[test]
fn a_week_without_minutes_is_not_signed() {
    says(
        nothing().when(ask(submit(WEEK))),
        "WEEK_EMPTY",
        "cso-114 has no minutes in the week of 2026-10-04.",
    );
}

#[test]
fn signing_twice_is_refused() {
    says(
        after([worked(), submit(WEEK)]).when(ask(submit(WEEK))),
        "WEEK_ALREADY_SUBMITTED",
        "cso-114's week of 2026-10-04 is already submitted and waits for approval.",
    );
    after([worked(), submit(WEEK), approve(WEEK)])
        .when(ask(submit(WEEK)))
        .then_refused("WEEK_ALREADY_APPROVED");
}

#[test]
fn a_week_is_not_signed_while_the_officer_is_on_duty_in_it() {
    after([worked(), clock_in("2026-10-06 08:00", "town:barlow")])
        .when(ask(submit(WEEK)))
        .then_refused("DUTY_OPEN");
    // A duty begun after the week does not stop it.
    after([worked(), clock_in("2026-10-11 08:00", "town:barlow")])
        .when(ask(submit(WEEK)))
        .facts();
}

#[test]
fn any_change_voids_the_signature() {
    let past = after([
        worked(),
        submit(WEEK),
        record("2026-10-06 08:00", "2026-10-06 12:00", "town:barlow"),
    ]);
    assert_eq!(past.state().weeks[&date(2026, 10, 4)].status, Status::Open);
    past.when(ask(approve(WEEK)))
        .then_refused("WEEK_NOT_SUBMITTED");
}

#[test]
fn a_week_goes_back_with_a_reason_and_can_be_signed_again() {
    after([worked(), submit(WEEK)])
        .when(ask(send_back(reason())))
        .then([Event::WeekReturned {
            officer: officer(),
            week: date(2026, 10, 4),
            on: date(2026, 11, 15),
            reason: reason().unwrap(),
        }]);
    after([worked(), submit(WEEK), send_back(reason())])
        .when(ask(submit(WEEK)))
        .facts();
}

#[test]
fn a_week_stays_sent_back_until_it_is_signed_again() {
    let past = after([
        worked(),
        submit(WEEK),
        send_back(reason()),
        record("2026-10-06 08:00", "2026-10-06 12:00", "town:barlow"),
    ]);
    let week = &past.state().weeks[&date(2026, 10, 4)];
    assert_eq!(week.status, Status::Returned);
}

#[test]
fn sending_back_needs_a_reason_and_a_signed_week() {
    says(
        after([worked(), submit(WEEK)]).when(ask(send_back(None))),
        "REASON_MISSING",
        "Returning a week needs a reason.",
    );
    says(
        after([worked()]).when(ask(send_back(reason()))),
        "WEEK_NOT_SUBMITTED",
        "cso-114's week of 2026-10-04 is not submitted: it must be signed first.",
    );
    nothing()
        .when(ask(send_back(reason())))
        .then_refused("WEEK_EMPTY");
}
