use jiff::civil::date;
use vocabulary::{Fraction, Minutes};

use super::world::*;
use crate::domain::timesheet::*;

const WEEK: &str = "2026-10-04";

/// Monday to Friday, 9 h 12 min each: 46 hours, of which two days in corbin.
fn overtime_week() -> Vec<Act> {
    let towns = ["barlow", "barlow", "barlow", "corbin", "corbin"];
    let mut acts = Vec::new();
    for (day, town) in (5..).zip(towns) {
        let location = format!("town:{town}");
        acts.push(record(
            &format!("2026-10-{day:02} 08:00"),
            &format!("2026-10-{day:02} 17:12"),
            &location,
        ));
    }
    acts
}

fn signed(acts: Vec<Act>) -> Vec<Act> {
    let mut acts = acts;
    acts.push(submit(WEEK));
    acts
}

fn costs(events: &[Event]) -> Vec<&LabourCosted> {
    events
        .iter()
        .filter_map(|event| match event {
            Event::LabourCosted(costed) => Some(costed.as_ref()),
            _ => None,
        })
        .collect()
}

#[test]
fn approval_costs_the_week_with_its_premium_apart() {
    let events = decided(&after(signed(overtime_week())), approve(WEEK));
    let [Event::WeekApproved { from, to, .. }, ..] = events.as_slice() else {
        panic!("{events:?}");
    };
    assert_eq!((*from, *to), (date(2026, 10, 4), date(2026, 10, 10)));
    let [costed] = costs(&events)[..] else {
        panic!("{events:?}");
    };
    assert_eq!(costed.revision, 1);
    assert_eq!(costed.premium_on, date(2026, 10, 10));
    assert_eq!(costed.slices.len(), 5);
    // 46 h × $20.00, a fifth of burden on it; 6 h × half of $20.00.
    let cost = Fraction::sum(costed.slices.iter().map(|slice| &slice.cost_cents));
    assert_eq!(cost, Fraction::from(110_400));
    assert_eq!(costed.premium_cents, Fraction::from(6_000));
    assert_eq!(costed.totals.overtime_minutes, Minutes(360));
    let past: Vec<_> = costed
        .slices
        .iter()
        .map(|slice| slice.past_threshold_minutes.0)
        .collect();
    assert_eq!(past, [0, 0, 0, 0, 360]);
}

#[test]
fn the_premium_is_split_among_accounts_by_minutes() {
    let mut acts = overtime_week();
    acts[4] = record("2026-10-09 08:00", "2026-10-09 17:12", "training");
    let events = decided(&after(signed(acts)), approve(WEEK));
    let parts: Vec<_> = costs(&events)
        .iter()
        .map(|costed| (costed.account.to_string(), costed.premium_cents.to_string()))
        .collect();
    assert_eq!(
        parts,
        [
            ("agreement:three-rivers".into(), "4800/1".into()),
            ("provider".into(), "1200/1".into()),
        ]
    );
}

#[test]
fn days_up_to_a_months_end_are_approved_alone_and_the_rest_later() {
    let week = "2026-09-27";
    let mut acts: Vec<_> = (28..=30)
        .map(|day| {
            record(
                &format!("2026-09-{day} 08:00"),
                &format!("2026-09-{day} 22:00"),
                "town:barlow",
            )
        })
        .collect();
    acts.push(submit(week));
    acts.push(approve_days(week, "2026-09-27", "2026-09-30"));
    let past = after(acts);
    let september = &past.state().weeks[&date(2026, 9, 27)];
    assert_eq!(september.status, Status::Approved);
    assert_eq!(september.accepted.len(), 3);

    // The week goes on in October: its minutes reopen it, and the premium counts the whole week.
    let events = {
        let mut acts: Vec<_> = (28..=30)
            .map(|day| {
                record(
                    &format!("2026-09-{day} 08:00"),
                    &format!("2026-09-{day} 22:00"),
                    "town:barlow",
                )
            })
            .collect();
        acts.push(submit(week));
        acts.push(approve_days(week, "2026-09-27", "2026-09-30"));
        acts.push(record(
            "2026-10-01 08:00",
            "2026-10-01 12:00",
            "town:barlow",
        ));
        acts.push(submit(week));
        decided(&after(acts), approve(week))
    };
    let [costed] = costs(&events)[..] else {
        panic!("{events:?}");
    };
    assert_eq!(costed.revision, 2);
    assert_eq!(costed.slices.len(), 4);
    assert_eq!(costed.totals.minutes, Minutes(46 * 60));
    assert_eq!(costed.totals.overtime_minutes, Minutes(6 * 60));
}

#[test]
fn what_was_approved_stays_in_force_until_the_correction_is_approved_too() {
    // Monday is approved at 9:12 and corrected to 5 hours; Tuesday is approved on its own.
    let monday_end = |end: &str| Act::CorrectDuty {
        duty: "cso-114.1".parse().unwrap(),
        start: None,
        end: Some(at(end)),
        location: None,
        account: None,
        reason: reason(),
    };
    let mut acts = signed(overtime_week());
    acts.push(approve_days(WEEK, "2026-10-05", "2026-10-05"));
    acts.push(monday_end("2026-10-05 13:00"));
    acts.push(submit(WEEK));
    let events = decided(&after(acts), approve_days(WEEK, "2026-10-06", "2026-10-06"));
    let [costed] = costs(&events)[..] else {
        panic!("{events:?}");
    };
    let minutes: Vec<_> = costed.slices.iter().map(|slice| slice.minutes.0).collect();
    assert_eq!(minutes, [552, 552]);

    let mut acts = signed(overtime_week());
    acts.push(approve(WEEK));
    acts.push(monday_end("2026-10-05 13:00"));
    acts.push(submit(WEEK));
    let events = decided(&after(acts), approve(WEEK));
    let [costed] = costs(&events)[..] else {
        panic!("{events:?}");
    };
    assert_eq!(costed.revision, 2);
    assert_eq!(costed.slices[0].minutes, Minutes(300));
}

#[test]
fn an_account_that_lost_its_minutes_gets_an_empty_costing() {
    let mut acts = vec![record(
        "2026-10-05 08:00",
        "2026-10-05 12:00",
        "town:barlow",
    )];
    acts.push(submit(WEEK));
    acts.push(approve(WEEK));
    acts.push(Act::CorrectDuty {
        duty: "cso-114.1".parse().unwrap(),
        start: None,
        end: None,
        location: Some(location("training")),
        account: Some("provider".parse().unwrap()),
        reason: reason(),
    });
    acts.push(submit(WEEK));
    let events = decided(&after(acts), approve(WEEK));
    let shapes: Vec<_> = costs(&events)
        .iter()
        .map(|costed| {
            (
                costed.account.to_string(),
                costed.revision,
                costed.slices.len(),
            )
        })
        .collect();
    assert_eq!(
        shapes,
        [
            ("agreement:three-rivers".into(), 2, 0),
            ("provider".into(), 2, 1),
        ]
    );
}

#[test]
fn a_week_that_lost_its_only_duty_is_approved_empty() {
    let past = after([
        record("2026-10-05 08:00", "2026-10-05 12:00", "town:barlow"),
        submit(WEEK),
        approve(WEEK),
        Act::RemoveDuty {
            duty: "cso-114.1".parse().unwrap(),
            reason: reason(),
        },
        submit(WEEK),
    ]);
    let events = decided(&past, approve(WEEK));
    let [costed] = costs(&events)[..] else {
        panic!("{events:?}");
    };
    assert!(costed.slices.is_empty());
    assert!(costed.premium_cents.is_zero());
}

#[test]
fn the_order_of_entry_makes_no_difference_to_the_cost() {
    let forward = decided(&after(signed(overtime_week())), approve(WEEK));
    let mut acts = overtime_week();
    acts.reverse();
    let backward = decided(&after(signed(acts)), approve(WEEK));
    let numbers = |events: &[Event]| {
        costs(events)
            .iter()
            .flat_map(|costed| costed.slices.clone())
            .map(|slice| (slice.start, slice.past_threshold_minutes, slice.cost_cents))
            .collect::<Vec<_>>()
    };
    assert_eq!(numbers(&forward), numbers(&backward));
}

#[test]
fn the_rate_of_each_day_is_the_one_in_force_on_it() {
    let mut known = known();
    known.rates.push(PayRate {
        from: date(2026, 10, 7),
        cents_per_hour: "2400".parse().unwrap(),
        burden: "1/5".parse().unwrap(),
        burden_on_premium: true,
    });
    let past = after(signed(overtime_week()));
    let events = {
        use eventlog::Decider;
        Timesheet::decide(past.state(), &ask_knowing(known, approve(WEEK))).unwrap()
    };
    let [costed] = costs(&events)[..] else {
        panic!("{events:?}");
    };
    let rates: Vec<_> = costed
        .slices
        .iter()
        .map(|slice| slice.cents_per_hour.to_string())
        .collect();
    assert_eq!(rates, ["2000/1", "2000/1", "2400/1", "2400/1", "2400/1"]);
}

#[test]
fn nobody_approves_their_own_week() {
    let own = |by: &str, by_officer: Option<&str>| Act::Approve {
        week: WEEK.parse().unwrap(),
        from: None,
        to: None,
        by: by.parse().unwrap(),
        by_officer: by_officer.map(|id| id.parse().unwrap()),
    };
    says(
        after(signed(overtime_week())).when(ask(own("cso-114", None))),
        "OWN_TIMESHEET",
        "cso-114 cannot approve their own week: somebody else must.",
    );
    after(signed(overtime_week()))
        .when(ask(own("jdoe", Some("cso-114"))))
        .then_refused("OWN_TIMESHEET");
    after(signed(overtime_week()))
        .when(ask(own("asmith", Some("cso-115"))))
        .facts();
}

#[test]
fn a_week_is_approved_only_signed_and_only_once() {
    says(
        after(overtime_week()).when(ask(approve(WEEK))),
        "WEEK_NOT_SUBMITTED",
        "cso-114's week of 2026-10-04 is not submitted: it must be signed first.",
    );
    let mut acts = signed(overtime_week());
    acts.push(approve(WEEK));
    says(
        after(acts).when(ask(approve(WEEK))),
        "WEEK_ALREADY_APPROVED",
        "cso-114's week of 2026-10-04 is already approved: correct the duty that is wrong.",
    );
    nothing()
        .when(ask(approve(WEEK)))
        .then_refused("WEEK_EMPTY");
}

#[test]
fn days_under_an_open_duty_are_not_approved() {
    // The duty came after the signature and has no minutes yet, so the signature stands.
    let mut acts = signed(overtime_week());
    acts.push(clock_in("2026-10-10 08:00", "town:barlow"));
    says(
        after(acts).when(ask(approve(WEEK))),
        "DUTY_OPEN",
        "Duty cso-114.6 in barlow is still open since 2026-10-10 08:00 CDT: give its end, or \
         clock out.",
    );
    let mut acts = signed(overtime_week());
    acts.push(clock_in("2026-10-10 08:00", "town:barlow"));
    after(acts)
        .when(ask(approve_days(WEEK, "2026-10-04", "2026-10-09")))
        .facts();
}

#[test]
fn a_duty_over_24_hours_blocks_approval_of_its_days() {
    let acts = || {
        vec![
            record("2026-10-05 08:00", "2026-10-06 08:01", "town:barlow"),
            record("2026-10-08 08:00", "2026-10-08 12:00", "town:barlow"),
            submit(WEEK),
        ]
    };
    says(
        after(acts()).when(ask(approve(WEEK))),
        "DUTY_OVER_24_HOURS",
        "Duty cso-114.1 lasts 24:01 hours, more than 24: correct it before its days can be \
         approved.",
    );
    after(acts())
        .when(ask(approve_days(WEEK, "2026-10-07", "2026-10-10")))
        .facts();
}

#[test]
fn hours_clocked_past_an_agreements_last_day_block_the_approval_of_that_day() {
    let mut ended = known();
    ended.agreements[0].until = Some(date(2026, 10, 7));
    let past = || {
        after([
            clock_in("2026-10-07 22:00", "town:barlow"),
            clock_out("2026-10-08 06:00"),
            submit("2026-10-04"),
        ])
    };
    says(
        past().when(ask_knowing(ended.clone(), approve("2026-10-04"))),
        "AGREEMENT_NOT_IN_FORCE",
        "Duty cso-114.1 is charged to three-rivers on 2026-10-08, when it is not in force: correct \
         the duty before that day can be approved.",
    );
    let first_days = approve_days("2026-10-04", "2026-10-04", "2026-10-07");
    past().when(ask_knowing(ended, first_days)).facts();
}

#[test]
fn a_day_without_a_pay_rate_is_refused_by_officer_and_date() {
    let mut known = known();
    known.rates[0].from = date(2026, 10, 7);
    says(
        after(signed(overtime_week())).when(ask_knowing(known, approve(WEEK))),
        "PAY_RATE_MISSING",
        "cso-114 has no pay rate in force on 2026-10-05: set one from that day or earlier.",
    );
}

#[test]
fn a_cost_beyond_64_bits_is_refused() {
    let mut known = known();
    known.rates[0].cents_per_hour = i64::MAX.to_string().parse().unwrap();
    after(signed(overtime_week()))
        .when(ask_knowing(known, approve(WEEK)))
        .then_refused("COST_TOO_LARGE");
}

#[test]
fn days_that_are_outside_the_week_or_not_over_or_settled_are_refused() {
    let past = || after(signed(overtime_week()));
    past()
        .when(ask(approve_days(WEEK, "2026-10-04", "2026-10-11")))
        .then_refused("DAYS_OUTSIDE_WEEK");
    past()
        .when(ask(approve_days(WEEK, "2026-10-06", "2026-10-05")))
        .then_refused("DAYS_OUTSIDE_WEEK");
    says(
        past().when(ask(approve_days(WEEK, "2026-10-10", "2026-10-10"))),
        "NOTHING_TO_APPROVE",
        "No day from 2026-10-10 to 2026-10-10 waits for approval.",
    );
    let mut known = known();
    known.now = at("2026-10-09 23:00");
    says(
        past().when(ask_knowing(
            known,
            approve_days(WEEK, "2026-10-04", "2026-10-09"),
        )),
        "DAY_NOT_OVER",
        "2026-10-09 is not over: approve the days before 2026-10-09.",
    );
}
