use jiff::civil::date;

use super::world::*;
use crate::domain::timesheet::*;

#[test]
fn an_officer_who_clocks_in_is_on_duty_for_the_towns_agreement() {
    nothing()
        .when(ask(clock_in("2026-10-05 08:00", "town:barlow")))
        .then([Event::ClockedIn {
            duty: "cso-114.1".parse().unwrap(),
            start: at("2026-10-05 08:00"),
            day: date(2026, 10, 5),
            location: location("town:barlow"),
            account: "agreement:three-rivers".parse().unwrap(),
        }]);
}

#[test]
fn clocking_out_completes_the_duty_and_opens_the_week() {
    let state = after([clock_in("2026-10-05 08:00", "town:barlow")])
        .when(ask(clock_out("2026-10-05 16:30")))
        .then([
            Event::WeekOpened {
                officer: officer(),
                week: date(2026, 10, 4),
                day: date(2026, 10, 5),
            },
            Event::ClockedOut {
                duty: "cso-114.1".parse().unwrap(),
                location: location("town:barlow"),
                account: "agreement:three-rivers".parse().unwrap(),
                pieces: vec![piece(
                    1,
                    "2026-10-05",
                    "2026-10-04",
                    "2026-10-05 08:00",
                    "2026-10-05 16:30",
                )],
            },
        ]);
    assert_eq!(state.on_duty, None);
}

#[test]
fn the_night_into_november_is_one_duty_in_two_weeks_with_its_extra_hour() {
    let state = after([clock_in("2026-10-31 22:00", "town:barlow")])
        .when(ask(clock_out("2026-11-01T06:00:00-06:00")))
        .then([
            Event::WeekOpened {
                officer: officer(),
                week: date(2026, 10, 25),
                day: date(2026, 10, 31),
            },
            Event::WeekOpened {
                officer: officer(),
                week: date(2026, 11, 1),
                day: date(2026, 11, 1),
            },
            Event::ClockedOut {
                duty: "cso-114.1".parse().unwrap(),
                location: location("town:barlow"),
                account: "agreement:three-rivers".parse().unwrap(),
                pieces: vec![
                    piece(
                        1,
                        "2026-10-31",
                        "2026-10-25",
                        "2026-10-31 22:00",
                        "2026-11-01 00:00",
                    ),
                    piece(
                        2,
                        "2026-11-01",
                        "2026-11-01",
                        "2026-11-01 00:00",
                        "2026-11-01T06:00:00-06:00",
                    ),
                ],
            },
        ]);
    assert_eq!(state.duties[&1].minutes().0, 9 * 60);
}

#[test]
fn moving_ends_the_duty_and_opens_travel_at_the_same_instant() {
    let events = decided(
        &after([clock_in("2026-10-05 08:00", "town:barlow")]),
        Act::Move {
            town: "corbin".parse().unwrap(),
            leave_at: at("2026-10-05 11:30"),
            arrive_at: None,
            account: None,
        },
    );
    let [
        Event::WeekOpened { .. },
        Event::ClockedOut { pieces, .. },
        Event::ClockedIn {
            start,
            location,
            duty,
            ..
        },
    ] = events.as_slice()
    else {
        panic!("{events:?}");
    };
    assert_eq!(pieces[0].end, *start);
    assert_eq!(location.to_string(), "travel:corbin");
    assert_eq!(duty.as_str(), "cso-114.2");
}

#[test]
fn moving_with_an_arrival_ends_on_duty_in_the_town() {
    let past = after([
        clock_in("2026-10-05 08:00", "town:barlow"),
        move_to("corbin", "2026-10-05 11:30", Some("2026-10-05 12:10")),
    ]);
    let state = past.state();
    let open = state.on_duty.as_ref().unwrap();
    assert_eq!(open.location.to_string(), "town:corbin");
    assert_eq!(open.start, at("2026-10-05 12:10"));
    assert_eq!(state.duties[&2].location.to_string(), "travel:corbin");
    assert_eq!(state.duties[&2].minutes().0, 40);
}

#[test]
fn arriving_ends_the_travel_in_the_town_travelled_to() {
    let past = after([
        clock_in("2026-10-05 08:00", "town:barlow"),
        move_to("corbin", "2026-10-05 11:30", None),
        Act::Arrive {
            at: at("2026-10-05 12:10"),
        },
    ]);
    let open = past.state().on_duty.clone().unwrap();
    assert_eq!(open.location.to_string(), "town:corbin");
    assert_eq!(open.id.as_str(), "cso-114.3");
}

#[test]
fn an_officer_on_the_way_can_be_sent_elsewhere() {
    let past = after([
        clock_in("2026-10-05 08:00", "town:barlow"),
        move_to("corbin", "2026-10-05 11:30", None),
        move_to("dexter", "2026-10-05 11:40", None),
    ]);
    let open = past.state().on_duty.clone().unwrap();
    assert_eq!(open.location.to_string(), "travel:dexter");
}

#[test]
fn coming_on_duty_twice_is_refused_and_names_the_open_duty() {
    let when = after([clock_in("2026-10-31 22:00", "town:barlow")])
        .when(ask(clock_in("2026-10-31 23:00", "town:corbin")));
    says(
        when,
        "ALREADY_ON_DUTY",
        "cso-114 is already on duty in barlow since 2026-10-31 22:00 CDT (cso-114.1): clock out, \
         or move.",
    );
}

#[test]
fn going_off_duty_without_having_come_is_refused() {
    says(
        nothing().when(ask(clock_out("2026-10-05 16:00"))),
        "NOT_ON_DUTY",
        "cso-114 is not on duty: clock in first, or enter the duty by hand.",
    );
    nothing()
        .when(ask(move_to("corbin", "2026-10-05 11:30", None)))
        .then_refused("NOT_ON_DUTY");
}

#[test]
fn going_off_duty_before_coming_or_in_the_same_minute_is_refused() {
    let past = || after([clock_in("2026-10-05 08:00", "town:barlow")]);
    says(
        past().when(ask(clock_out("2026-10-05 07:00"))),
        "ENDS_BEFORE_START",
        "It would end at 2026-10-05 07:00 CDT, before it starts at 2026-10-05 08:00 CDT.",
    );
    says(
        past().when(ask(clock_out("2026-10-05 08:00"))),
        "NO_LENGTH",
        "It would start and end at 2026-10-05 08:00 CDT: a duty has at least one minute.",
    );
}

#[test]
fn a_punch_in_the_future_is_refused() {
    says(
        nothing().when(ask(clock_in("2026-12-01T08:00:00-06:00", "town:barlow"))),
        "TIME_IN_FUTURE",
        "2026-12-01 08:00 CST lies in the future: it is 2026-11-15 12:00 CST.",
    );
    after([clock_in("2026-10-05 08:00", "town:barlow")])
        .when(ask(clock_out("2026-12-01T08:00:00-06:00")))
        .then_refused("TIME_IN_FUTURE");
}

#[test]
fn a_duty_without_a_place_is_refused() {
    let when = nothing().when(ask(Act::ClockIn {
        at: at("2026-10-05 08:00"),
        location: None,
        account: None,
    }));
    says(
        when,
        "LOCATION_MISSING",
        "A duty needs a place: a town, or travel, training, court, leave, administration, aid.",
    );
}

#[test]
fn an_unknown_town_is_refused_by_name() {
    says(
        nothing().when(ask(clock_in("2026-10-05 08:00", "town:atlantis"))),
        "TOWN_UNKNOWN",
        "No town atlantis is registered: register it; if that was just now, try again.",
    );
    after([clock_in("2026-10-05 08:00", "town:barlow")])
        .when(ask(move_to("atlantis", "2026-10-05 11:30", None)))
        .then_refused("TOWN_UNKNOWN");
}

#[test]
fn an_officer_nobody_enrolled_is_refused() {
    let mut known = known();
    known.employment = None;
    says(
        nothing().when(ask_knowing(
            known,
            clock_in("2026-10-05 08:00", "town:barlow"),
        )),
        "OFFICER_UNKNOWN",
        "No officer cso-114 is enrolled: enrol the officer; if that was just now, try again.",
    );
}

#[test]
fn an_officer_whose_employment_ended_cannot_come_on_duty_but_can_go_off() {
    let mut known = known();
    known.employment = Some(Employment {
        from: date(2026, 1, 1),
        until: Some(date(2026, 10, 4)),
    });
    let past = || after([clock_in("2026-10-04 22:00", "town:barlow")]);
    says(
        nothing().when(ask_knowing(
            known.clone(),
            clock_in("2026-10-05 08:00", "town:barlow"),
        )),
        "OFFICER_ENDED",
        "cso-114's employment ended on 2026-10-04, before 2026-10-05.",
    );
    past()
        .when(ask_knowing(
            known.clone(),
            move_to("corbin", "2026-10-05 01:00", None),
        ))
        .then_refused("OFFICER_ENDED");
    past()
        .when(ask_knowing(known, clock_out("2026-10-05 06:00")))
        .facts();
}

#[test]
fn an_officer_not_yet_enrolled_is_refused() {
    nothing()
        .when(ask(clock_in("2025-12-31T08:00:00-06:00", "town:barlow")))
        .then_refused("OFFICER_NOT_YET_ENROLLED");
}

#[test]
fn minutes_without_a_town_take_the_officers_assignment() {
    let events = decided(&nothing(), clock_in("2026-10-05 08:00", "training"));
    let [Event::ClockedIn { account, .. }] = events.as_slice() else {
        panic!("{events:?}");
    };
    assert_eq!(account.to_string(), "provider");
}

#[test]
fn minutes_that_nobody_is_charged_for_are_refused() {
    let mut known = known();
    known.assignments.clear();
    says(
        nothing().when(ask_knowing(known, clock_in("2026-10-05 08:00", "training"))),
        "ACCOUNT_MISSING",
        "Nothing says who is charged for cso-114 in training on 2026-10-05: name the account, or \
         assign cso-114 to one.",
    );
}

#[test]
fn an_agreement_is_charged_for_its_own_towns_while_it_is_in_force() {
    let charged = |town: &str, day: &str, agreement: &str| Act::ClockIn {
        at: at(&format!("{day} 08:00")),
        location: Some(location(&format!("town:{town}"))),
        account: Some(format!("agreement:{agreement}").parse().unwrap()),
    };
    says(
        nothing().when(ask(charged("elsewhere", "2026-10-05", "three-rivers"))),
        "TOWN_NOT_IN_AGREEMENT",
        "elsewhere is not a town of three-rivers on 2026-10-05, so its time cannot be charged to \
         it: name another account.",
    );
    nothing()
        .when(ask(charged("barlow", "2026-06-30", "three-rivers")))
        .then_refused("AGREEMENT_NOT_IN_FORCE");
    nothing()
        .when(ask(charged("barlow", "2026-10-05", "nowhere")))
        .then_refused("AGREEMENT_UNKNOWN");
}

#[test]
fn a_town_in_two_agreements_takes_the_assignment() {
    let mut known = known();
    let mut second = known.agreements[0].clone();
    second.id = "second".parse().unwrap();
    known.agreements.push(second);
    known.assignments[0].account = "agreement:second".parse().unwrap();
    let state = nothing()
        .when(ask_knowing(
            known,
            clock_in("2026-10-05 08:00", "town:barlow"),
        ))
        .then([Event::ClockedIn {
            duty: "cso-114.1".parse().unwrap(),
            start: at("2026-10-05 08:00"),
            day: date(2026, 10, 5),
            location: location("town:barlow"),
            account: "agreement:second".parse().unwrap(),
        }]);
    assert!(state.on_duty.is_some());
}

#[test]
fn moving_to_where_one_is_and_arriving_without_travel_are_refused() {
    let past = || after([clock_in("2026-10-05 08:00", "town:barlow")]);
    says(
        past().when(ask(move_to("barlow", "2026-10-05 11:30", None))),
        "ALREADY_THERE",
        "cso-114 is already in barlow (cso-114.1).",
    );
    says(
        past().when(ask(Act::Arrive {
            at: at("2026-10-05 11:30"),
        })),
        "NOT_TRAVELLING",
        "cso-114 is not travelling but in barlow (cso-114.1).",
    );
}

#[test]
fn coming_on_duty_inside_a_recorded_duty_is_refused() {
    let past = after([record(
        "2026-10-05 08:00",
        "2026-10-05 12:00",
        "town:barlow",
    )]);
    says(
        past.when(ask(clock_in("2026-10-05 11:00", "town:corbin"))),
        "DUTIES_OVERLAP",
        "It overlaps duty cso-114.1 in barlow, 2026-10-05 08:00 CDT to 2026-10-05 12:00 CDT.",
    );
}

#[test]
fn seconds_are_refused() {
    nothing()
        .when(ask(clock_in("2026-10-05T08:00:30-05:00", "town:barlow")))
        .then_refused("NOT_WHOLE_MINUTE");
}

#[test]
fn a_clock_out_over_24_hours_later_is_kept() {
    let past = after([
        clock_in("2026-10-05 08:00", "town:barlow"),
        clock_out("2026-10-06 09:00"),
    ]);
    assert_eq!(past.state().duties[&1].minutes().0, 25 * 60);
}

fn move_to(town: &str, leave: &str, arrive: Option<&str>) -> Act {
    Act::Move {
        town: town.parse().unwrap(),
        leave_at: at(leave),
        arrive_at: arrive.map(at),
        account: None,
    }
}
