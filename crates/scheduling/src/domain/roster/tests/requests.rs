use eventlog::testing::given;
use jiff::civil::date;

use super::world::*;
use crate::domain::RequestId;
use crate::domain::roster::{Act, Asked, Event, Roster, Slot, Standing, When};

fn r(n: u64) -> RequestId {
    RequestId::nth(n)
}

fn made(n: u64, officer: u32, asked: Asked) -> Event {
    Event::RequestMade {
        request: r(n),
        officer: cso(officer),
        asked,
        on: date(2026, 11, 1),
    }
}

fn approved(n: u64, officer: u32) -> Event {
    Event::RequestApproved {
        request: r(n),
        officer: cso(officer),
        on: date(2026, 11, 1),
    }
}

fn leave(from: &str, to: &str) -> Asked {
    Asked::Leave {
        start: at(from),
        end: at(to),
        kind: "vacation".parse().unwrap(),
    }
}

fn week() -> Asked {
    leave("2026-11-09T00:00", "2026-11-16T00:00")
}

fn approving(n: u64) -> Act {
    Act::Approve { request: r(n) }
}

fn swap(slot: &Slot, colleague: u32, in_return: Option<&Slot>) -> Asked {
    Asked::Swap {
        shift: slot.shift.id().clone(),
        colleague: cso(colleague),
        in_return: in_return.map(|slot| slot.shift.id().clone()),
    }
}

fn agreed(n: u64, officer: u32) -> Event {
    Event::SwapAgreed {
        request: r(n),
        officer: cso(officer),
        on: date(2026, 11, 1),
    }
}

#[test]
fn approved_leave_keeps_shifts_away() {
    let past = [made(1, 1, week()), approved(1, 1)];
    let slot = day("b1", "2026-11-10", Some(1));
    let past: Vec<Event> = past.into_iter().chain([drafted(&slot)]).collect();
    let refusal = given::<Roster>(past)
        .when(command(publishing(&[&slot])))
        .then_refused("REQUIREMENTS_UNMET");
    assert!(
        refusal.to_string().contains("on approved leave"),
        "{refusal}"
    );
}

#[test]
fn leave_over_published_shifts_is_not_approved_before_they_are_given_away() {
    let slot = day("b1", "2026-11-10", Some(1));
    let past: Vec<Event> = published(&slot)
        .into_iter()
        .chain([made(1, 1, week())])
        .collect();
    let refusal = given::<Roster>(past)
        .when(command(approving(1)))
        .then_refused("OFFICER_HAS_SHIFTS");
    assert!(refusal.to_string().contains("cso-1 has b1"), "{refusal}");
}

#[test]
fn leave_is_told_when_it_is_approved_and_when_it_is_given_up() {
    let done = given::<Roster>([made(1, 1, week())]).when(command(approving(1)));
    assert_eq!(done.facts()[0].kind, "LeaveApproved");
    let withdraw = Act::Withdraw {
        officer: cso(1),
        request: r(1),
    };
    let past = [made(1, 1, week()), approved(1, 1)];
    let done = given::<Roster>(past.clone()).when(command(withdraw.clone()));
    assert_eq!(done.facts()[0].kind, "LeaveCancelled");
    let never = given::<Roster>([made(1, 1, week())]).when(command(withdraw.clone()));
    assert!(never.facts().is_empty());
    let mut later = known(&[]);
    later.now = at("2026-11-16T00:00");
    given::<Roster>(past)
        .when(knowing(later, withdraw))
        .then_refused("TIME_OVER");
}

#[test]
fn leave_that_meets_other_leave_is_refused() {
    let again = Act::Ask {
        officer: cso(1),
        asked: leave("2026-11-15T12:00", "2026-11-20T00:00"),
    };
    given::<Roster>([made(1, 1, week())])
        .when(command(again))
        .then_refused("LEAVE_OVERLAPS");
}

#[test]
fn leave_that_ends_before_it_begins_is_refused() {
    let asked = leave("2026-11-15T12:00", "2026-11-15T12:00");
    let act = Act::Ask {
        officer: cso(1),
        asked,
    };
    given::<Roster>([])
        .when(command(act))
        .then_refused("ENDS_BEFORE_START");
}

#[test]
fn who_signs_up_for_an_open_shift_gets_it_once_the_provider_approves_and_others_do_not() {
    let open = day("b1", "2026-11-09", None);
    let sign_up = Asked::SignUp {
        shift: open.shift.id().clone(),
    };
    let past: Vec<Event> = published(&open)
        .into_iter()
        .chain([made(1, 1, sign_up.clone()), made(2, 2, sign_up)])
        .collect();
    let state = given::<Roster>(past.clone())
        .when(command(approving(2)))
        .then([
            Event::ShiftChanged {
                slot: Slot {
                    officer: Some(cso(2)),
                    ..open.clone()
                },
                former_officer: None,
                former_town: town("barlow"),
                notice_minutes: Some(vocabulary::Minutes(188 * 60)),
            },
            Event::RequestDeclined {
                request: r(1),
                officer: cso(1),
                on: date(2026, 11, 1),
            },
            approved(2, 2),
        ]);
    assert_eq!(state.requests[&1].standing, Standing::Declined);
    given::<Roster>(past)
        .when(knowing(known(&[2]), approving(2)))
        .then_refused("REQUIREMENTS_UNMET");
}

#[test]
fn a_swap_needs_the_colleague_and_then_the_provider() {
    let (mine, theirs) = (
        day("b1", "2026-11-09", Some(1)),
        day("b2", "2026-11-10", Some(2)),
    );
    let mut past = published(&mine);
    past.extend(published(&theirs));
    past.push(made(1, 1, swap(&mine, 2, Some(&theirs))));
    given::<Roster>(past.clone())
        .when(command(approving(1)))
        .then_refused("SWAP_NOT_AGREED");
    let stranger = Act::Agree {
        officer: cso(3),
        request: r(1),
    };
    given::<Roster>(past.clone())
        .when(command(stranger))
        .then_refused("REQUEST_UNKNOWN");
    let agree = Act::Agree {
        officer: cso(2),
        request: r(1),
    };
    given::<Roster>(past.clone())
        .when(command(agree))
        .then([agreed(1, 1)]);
    past.push(agreed(1, 1));
    let done = given::<Roster>(past).when(command(approving(1)));
    let kinds: Vec<_> = done.facts().into_iter().map(|fact| fact.kind).collect();
    assert_eq!(kinds, ["ShiftChanged", "ShiftChanged"]);
}

#[test]
fn two_overlapping_shifts_can_be_swapped_for_each_other() {
    let (mine, theirs) = (
        day("b1", "2026-11-09", Some(1)),
        slot(
            "c1",
            "corbin",
            "2026-11-09T08:00",
            "2026-11-09T16:00",
            Some(2),
        ),
    );
    let mut past = published(&mine);
    past.extend(published(&theirs));
    past.push(made(1, 1, swap(&mine, 2, Some(&theirs))));
    past.push(agreed(1, 1));
    let done = given::<Roster>(past).when(command(approving(1)));
    assert_eq!(done.facts().len(), 2);
}

#[test]
fn what_was_decided_is_not_decided_again() {
    let past = [made(1, 1, week()), approved(1, 1)];
    given::<Roster>(past)
        .when(command(approving(1)))
        .then_refused("REQUEST_ALREADY_DECIDED");
    let decline = Act::Decline { request: r(9) };
    given::<Roster>([])
        .when(command(decline))
        .then_refused("REQUEST_UNKNOWN");
}

#[test]
fn nobody_takes_back_what_is_not_theirs() {
    let withdraw = Act::Withdraw {
        officer: cso(2),
        request: r(1),
    };
    given::<Roster>([made(1, 1, week())])
        .when(command(withdraw))
        .then_refused("REQUEST_UNKNOWN");
}

#[test]
fn an_officer_cannot_be_unavailable_on_a_published_shift_but_may_wish_to_be() {
    let slot = day("b1", "2026-11-10", Some(1));
    let when = When::Once {
        start: at("2026-11-10T12:00"),
        end: at("2026-11-10T13:00"),
    };
    let add = |wish| Act::AddUnavailable {
        officer: cso(1),
        when: when.clone(),
        wish,
    };
    given::<Roster>(published(&slot))
        .when(command(add(false)))
        .then_refused("OFFICER_HAS_SHIFTS");
    let state = given::<Roster>(published(&slot)).when(command(add(true)));
    let state = state.then([Event::UnavailableAdded {
        entry: "a1".parse().unwrap(),
        officer: cso(1),
        when,
        wish: true,
        on: date(2026, 11, 1),
    }]);
    assert!(
        state
            .away(&cso(1), at("2026-11-01T00:00"), at("2026-12-01T00:00"))
            .is_empty()
    );
}

#[test]
fn unavailable_again_and_again_keeps_shifts_away_each_time() {
    let pattern = "DTSTART;TZID=America/Chicago:20261103T180000\n\
                   DURATION:PT4H\nRRULE:FREQ=WEEKLY;COUNT=10";
    let pattern = roster::Pattern::parse(pattern).unwrap();
    let entry = Event::UnavailableAdded {
        entry: "a1".parse().unwrap(),
        officer: cso(1),
        when: When::Pattern { pattern },
        wish: false,
        on: date(2026, 11, 1),
    };
    let slot = slot(
        "b1",
        "barlow",
        "2026-11-17T16:00",
        "2026-11-17T23:00",
        Some(1),
    );
    let refusal = given::<Roster>([entry, drafted(&slot)])
        .when(command(publishing(&[&slot])))
        .then_refused("REQUIREMENTS_UNMET");
    assert!(refusal.to_string().contains("not available"), "{refusal}");
}
