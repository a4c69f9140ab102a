use jiff::civil::date;

use super::world::*;
use crate::domain::timesheet::*;

const WEEK: &str = "2026-10-04";

fn corrected(duty: &str, change: impl FnOnce(&mut Fields)) -> Act {
    let mut fields = Fields::default();
    change(&mut fields);
    Act::CorrectDuty {
        duty: duty.parse().unwrap(),
        start: fields.start.map(at),
        end: fields.end.map(at),
        location: fields.location.map(location),
        account: fields.account.map(|text| text.parse().unwrap()),
        reason: reason(),
    }
}

#[derive(Default)]
struct Fields {
    start: Option<&'static str>,
    end: Option<&'static str>,
    location: Option<&'static str>,
    account: Option<&'static str>,
}

#[test]
fn a_duty_entered_by_hand_is_complete_at_once() {
    nothing()
        .when(ask(record(
            "2026-10-05 08:00",
            "2026-10-05 12:00",
            "town:barlow",
        )))
        .then([
            Event::WeekOpened {
                officer: officer(),
                week: date(2026, 10, 4),
                day: date(2026, 10, 5),
            },
            Event::DutyEntered {
                duty: "cso-114.1".parse().unwrap(),
                location: location("town:barlow"),
                account: "agreement:three-rivers".parse().unwrap(),
                pieces: vec![piece(
                    1,
                    "2026-10-05",
                    WEEK,
                    "2026-10-05 08:00",
                    "2026-10-05 12:00",
                )],
                reason: reason().unwrap(),
            },
        ]);
}

#[test]
fn a_duty_entered_by_hand_needs_a_reason() {
    let Act::RecordDuty {
        start,
        end,
        location,
        account,
        ..
    } = record("2026-10-05 08:00", "2026-10-05 12:00", "town:barlow")
    else {
        unreachable!()
    };
    says(
        nothing().when(ask(Act::RecordDuty {
            start,
            end,
            location,
            account,
            reason: None,
        })),
        "REASON_MISSING",
        "A duty entered by hand needs a reason.",
    );
}

#[test]
fn a_duty_that_ends_before_it_starts_or_has_no_length_is_refused() {
    nothing()
        .when(ask(record(
            "2026-10-05 12:00",
            "2026-10-05 08:00",
            "town:barlow",
        )))
        .then_refused("ENDS_BEFORE_START");
    nothing()
        .when(ask(record(
            "2026-10-05 12:00",
            "2026-10-05 12:00",
            "town:barlow",
        )))
        .then_refused("NO_LENGTH");
}

#[test]
fn a_slip_of_the_year_is_refused() {
    nothing()
        .when(ask(record(
            "2026-05-05 12:00",
            "2026-10-05 12:00",
            "town:barlow",
        )))
        .then_refused("DUTY_TOO_LONG");
    nothing()
        .when(ask(record(
            "1926-10-05 08:00",
            "1926-10-05 12:00",
            "town:barlow",
        )))
        .then_refused("TIME_OUT_OF_RANGE");
}

#[test]
fn two_duties_never_share_a_minute_but_may_touch() {
    let past = || {
        after([record(
            "2026-10-05 08:00",
            "2026-10-05 12:00",
            "town:barlow",
        )])
    };
    says(
        past().when(ask(record(
            "2026-10-05 11:59",
            "2026-10-05 16:00",
            "town:corbin",
        ))),
        "DUTIES_OVERLAP",
        "It overlaps duty cso-114.1 in barlow, 2026-10-05 08:00 CDT to 2026-10-05 12:00 CDT.",
    );
    past()
        .when(ask(record(
            "2026-10-05 12:00",
            "2026-10-05 16:00",
            "town:corbin",
        )))
        .facts();
    past()
        .when(ask(record(
            "2026-10-05 07:00",
            "2026-10-05 08:00",
            "town:corbin",
        )))
        .facts();
}

#[test]
fn a_duty_by_hand_cannot_reach_into_the_open_one() {
    let past = || after([clock_in("2026-10-05 08:00", "town:barlow")]);
    says(
        past().when(ask(record(
            "2026-10-05 07:00",
            "2026-10-05 09:00",
            "town:corbin",
        ))),
        "DUTIES_OVERLAP",
        "It overlaps duty cso-114.1 in barlow, 2026-10-05 08:00 CDT to now.",
    );
    past()
        .when(ask(record(
            "2026-10-05 07:00",
            "2026-10-05 08:00",
            "town:corbin",
        )))
        .facts();
}

#[test]
fn a_correction_keeps_what_the_duty_was_before() {
    after([record(
        "2026-10-05 08:00",
        "2026-10-05 12:00",
        "town:barlow",
    )])
    .when(ask(corrected("cso-114.1", |f| {
        f.location = Some("town:corbin")
    })))
    .then([Event::DutyCorrected {
        duty: "cso-114.1".parse().unwrap(),
        location: location("town:corbin"),
        account: "agreement:three-rivers".parse().unwrap(),
        pieces: vec![piece(
            1,
            "2026-10-05",
            WEEK,
            "2026-10-05 08:00",
            "2026-10-05 12:00",
        )],
        before: vec![piece(
            1,
            "2026-10-05",
            WEEK,
            "2026-10-05 08:00",
            "2026-10-05 12:00",
        )],
        reason: reason().unwrap(),
    }]);
}

#[test]
fn a_correction_into_another_day_reopens_both() {
    let past = after([
        record("2026-10-05 08:00", "2026-10-05 12:00", "town:barlow"),
        submit(WEEK),
        approve(WEEK),
        corrected("cso-114.1", |f| {
            f.start = Some("2026-10-06 08:00");
            f.end = Some("2026-10-06 12:00");
        }),
    ]);
    let week = &past.state().weeks[&date(2026, 10, 4)];
    let awaiting: Vec<_> = week.awaiting.iter().map(ToString::to_string).collect();
    assert_eq!(awaiting, ["2026-10-05", "2026-10-06"]);
    assert_eq!(week.status, Status::Open);
}

#[test]
fn an_open_duty_is_corrected_by_giving_its_end() {
    let past = || after([clock_in("2026-10-05 08:00", "town:barlow")]);
    says(
        past().when(ask(corrected("cso-114.1", |f| {
            f.location = Some("town:corbin")
        }))),
        "DUTY_OPEN",
        "Duty cso-114.1 in barlow is still open since 2026-10-05 08:00 CDT: give its end, or \
         clock out.",
    );
    let past = after([
        clock_in("2026-10-05 08:00", "town:barlow"),
        corrected("cso-114.1", |f| f.end = Some("2026-10-05 12:00")),
    ]);
    assert_eq!(past.state().on_duty, None);
    assert_eq!(past.state().duties[&1].minutes().0, 240);
}

#[test]
fn a_correction_cannot_reach_into_another_duty() {
    let past = after([
        record("2026-10-05 08:00", "2026-10-05 12:00", "town:barlow"),
        record("2026-10-05 12:00", "2026-10-05 16:00", "town:corbin"),
    ]);
    past.when(ask(corrected("cso-114.1", |f| {
        f.end = Some("2026-10-05 12:01")
    })))
    .then_refused("DUTIES_OVERLAP");
}

#[test]
fn a_correction_that_changes_nothing_or_names_no_duty_is_refused() {
    let past = || {
        after([record(
            "2026-10-05 08:00",
            "2026-10-05 12:00",
            "town:barlow",
        )])
    };
    says(
        past().when(ask(correct("cso-114.1"))),
        "NOTHING_CHANGES",
        "Duty cso-114.1 already stands as it is said to be.",
    );
    says(
        past().when(ask(correct("cso-114.7"))),
        "DUTY_UNKNOWN",
        "cso-114 has no duty cso-114.7: look for it in the week\'s timesheet.",
    );
    past()
        .when(ask(correct("cso-115.1")))
        .then_refused("DUTY_UNKNOWN");
}

#[test]
fn a_correction_to_a_town_outside_the_agreement_asks_for_an_account() {
    let past = || {
        after([record(
            "2026-10-05 08:00",
            "2026-10-05 12:00",
            "town:barlow",
        )])
    };
    past()
        .when(ask(corrected("cso-114.1", |f| {
            f.location = Some("town:elsewhere");
        })))
        .then_refused("TOWN_NOT_IN_AGREEMENT");
    past()
        .when(ask(corrected("cso-114.1", |f| {
            f.location = Some("town:elsewhere");
            f.account = Some("provider");
        })))
        .facts();
}

#[test]
fn a_removed_duty_frees_its_minutes_and_cannot_be_corrected() {
    let remove = || Act::RemoveDuty {
        duty: "cso-114.1".parse().unwrap(),
        reason: reason(),
    };
    let past = || {
        after([
            record("2026-10-05 08:00", "2026-10-05 12:00", "town:barlow"),
            remove(),
        ])
    };
    past()
        .when(ask(record(
            "2026-10-05 08:00",
            "2026-10-05 12:00",
            "town:corbin",
        )))
        .facts();
    says(
        past().when(ask(correct("cso-114.1"))),
        "DUTY_REMOVED",
        "Duty cso-114.1 was removed: enter the duty anew.",
    );
    past().when(ask(remove())).then_refused("DUTY_REMOVED");
}

#[test]
fn an_open_duty_can_be_removed() {
    let past = after([
        clock_in("2026-10-05 08:00", "town:barlow"),
        Act::RemoveDuty {
            duty: "cso-114.1".parse().unwrap(),
            reason: reason(),
        },
        clock_in("2026-10-05 08:00", "town:corbin"),
    ]);
    assert_eq!(
        past.state().on_duty.as_ref().unwrap().id.as_str(),
        "cso-114.2"
    );
}

#[test]
fn removing_and_correcting_need_a_reason() {
    let past = || {
        after([record(
            "2026-10-05 08:00",
            "2026-10-05 12:00",
            "town:barlow",
        )])
    };
    past()
        .when(ask(Act::RemoveDuty {
            duty: "cso-114.1".parse().unwrap(),
            reason: None,
        }))
        .then_refused("REASON_MISSING");
    past()
        .when(ask(Act::CorrectDuty {
            duty: "cso-114.1".parse().unwrap(),
            start: None,
            end: Some(at("2026-10-05 11:00")),
            location: None,
            account: None,
            reason: None,
        }))
        .then_refused("REASON_MISSING");
}

#[test]
fn a_duty_over_an_agreements_last_day_is_entered_as_two() {
    let mut ended = known();
    ended.agreements[0].until = Some(date(2026, 10, 7));
    let night = record("2026-10-07 22:00", "2026-10-08 06:00", "town:barlow");
    says(
        nothing().when(ask_knowing(ended.clone(), night)),
        "AGREEMENT_NOT_IN_FORCE",
        "three-rivers is not in force on 2026-10-08: name another account, or enter that day's \
         hours as a duty of their own.",
    );
    let evening = record("2026-10-07 22:00", "2026-10-08 00:00", "town:barlow");
    nothing().when(ask_knowing(ended, evening)).facts();
}
