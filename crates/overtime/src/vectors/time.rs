//! Hours worked, midnights and the nights on which clocks change.

use jiff::Timestamp;
use jiff::civil::{Weekday, time};
use vocabulary::local_time::{Unclear, parse};
use vocabulary::{Minutes, Workweek, Zone};

use super::check;
use crate::hours::{HoursRules, Sleep, Travel, overnight_travel, travel, without};
use crate::line::Code;
use crate::samples::{FIRST, add, dollars, empty, hours, money, paid, shown, work};
use crate::{Piece, Refusal, cut};

fn chicago() -> Zone {
    "America/Chicago".parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    parse(text, &chicago()).unwrap()
}

fn sunday(zone: Zone) -> Workweek {
    Workweek {
        starts_on: Weekday::Sunday,
        zone,
    }
}

fn pieces(stretches: &[(Timestamp, Timestamp)]) -> Vec<Piece> {
    let week = sunday(chicago());
    let cuts = stretches
        .iter()
        .map(|(start, end)| cut(*start, *end, &week).unwrap());
    cuts.flatten().collect()
}

fn sum<'a>(pieces: impl IntoIterator<Item = &'a Piece>) -> Minutes {
    pieces.into_iter().map(Piece::minutes).sum()
}

fn decimal(minutes: Minutes, places: u32) -> String {
    minutes.hours().to_decimal(places)
}

#[test]
fn pay_dst_spring_counts_what_was_lived_through() {
    let (start, end) = (at("2026-03-07T23:00"), at("2026-03-08T07:30"));
    let meal = (at("2026-03-08T04:00"), at("2026-03-08T04:30"));
    let worked = pieces(&without(start, end, &[meal]));
    check(
        "PAY-DST-SPRING",
        &[
            ("hours_worked", decimal(sum(&worked), 1)),
            ("elapsed", decimal(Minutes::between(start, end), 1)),
        ],
    );
}

#[test]
fn pay_d_quadruple_edge_is_cut_at_midnight_month_week_and_clock_change_at_once() {
    let (start, end) = (at("2026-10-31T23:00"), at("2026-11-01T07:30"));
    let meal = (at("2026-11-01T04:00"), at("2026-11-01T04:30"));
    let worked = pieces(&without(start, end, &[meal]));
    let in_month = |month: &str| sum(worked.iter().filter(|p| p.month().to_string() == month));
    let in_week = |week: &str| sum(worked.iter().filter(|p| p.week.to_string() == week));
    check(
        "PAY-D-QUADRUPLE-EDGE",
        &[
            ("elapsed", decimal(Minutes::between(start, end), 1)),
            ("worked", decimal(sum(&worked), 1)),
            ("october_hours", decimal(in_month("2026-10"), 2)),
            ("november_hours", decimal(in_month("2026-11"), 2)),
            ("old_week_hours", decimal(in_week("2026-10-25"), 2)),
            ("new_week_hours", decimal(in_week("2026-11-01"), 2)),
        ],
    );
}

#[test]
fn pay_d_week_edge_cuts_a_shift_between_two_workweeks() {
    let cut = pieces(&[(at("2026-06-06T22:00"), at("2026-06-07T06:00"))]);
    let mut week = empty();
    week.first_day = cut[0].week;
    add(&mut week, "39", "20.00", "town:aa");
    let minutes = cut[0].minutes().0;
    week.work.push(work(
        9,
        cut[0].day,
        cut[0].start,
        minutes,
        "20.00",
        "town:aa",
    ));
    let week = paid(&week);
    check(
        "PAY-D-WEEK-EDGE",
        &[
            ("week1_hours", decimal(cut[0].minutes(), 2)),
            ("week2_hours", decimal(cut[1].minutes(), 2)),
            ("week1_total", decimal(week.costed.worked_minutes, 0)),
            ("week1_ot_hours", decimal(week.costed.overtime_minutes, 0)),
            ("week1_ot_premium", shown(&week.federal_premium_cents)),
        ],
    );
}

#[test]
fn pay_d_month_edge_cuts_a_shift_between_two_statements() {
    let cut = pieces(&[(at("2026-01-31T22:00"), at("2026-02-01T06:00"))]);
    let cost = |piece: &Piece| shown(&(piece.minutes().hours() * dollars("20.00")));
    check(
        "PAY-D-MONTH-EDGE",
        &[
            ("january_hours", decimal(cut[0].minutes(), 2)),
            ("february_hours", decimal(cut[1].minutes(), 2)),
            ("january_cost", cost(&cut[0])),
            ("february_cost", cost(&cut[1])),
        ],
    );
}

#[test]
fn pay_d_dst_fold_asks_which_of_two_hours_is_meant() {
    let typed = parse("2026-11-01T01:15", &chicago());
    assert!(matches!(typed, Err(Unclear::InFold { .. })));
    let minutes = Minutes::between(at("2026-11-01T00:30"), at("2026-11-01T01:15:second"));
    check("PAY-D-DST-FOLD", &[("hours", decimal(minutes, 2))]);
}

#[test]
fn pay_d_dst_gap_refuses_a_time_that_never_was() {
    let typed = parse("2026-03-08T02:30", &chicago());
    assert!(matches!(typed, Err(Unclear::InGap { .. })));
    check("PAY-D-DST-GAP", &[("valid", typed.is_ok().to_string())]);
    for (n, beside) in ["01:30", "03:30"].into_iter().enumerate() {
        assert!(parse(&format!("2026-03-08T{beside}"), &chicago()).is_ok());
        check(
            "PAY-D-DST-GAP",
            &[(format!("suggest/{n}").as_str(), beside.to_owned())],
        );
    }
}

#[test]
fn pay_d_dst_week_length_keeps_the_local_clock() {
    let zone = chicago();
    for (n, first) in ["2026-03-08", "2026-11-01"].into_iter().enumerate() {
        let first: jiff::civil::Date = first.parse().unwrap();
        let next = first.saturating_add(jiff::Span::new().days(7));
        let length = Minutes::between(zone.start_of(first), zone.start_of(next));
        let path = format!("local_week_hours/{n}");
        check(
            "PAY-D-DST-WEEK-LENGTH",
            &[(path.as_str(), decimal(length, 0))],
        );
    }
}

#[test]
fn pay_kimai_2844_the_day_of_the_change_has_25_hours() {
    let prague: Zone = "Europe/Prague".parse().unwrap();
    let start = parse("2021-10-31T00:00", &prague).unwrap();
    let end = parse("2021-11-01T00:00", &prague).unwrap();
    let day = cut(start, end, &sunday(prague)).unwrap();
    check("PAY-KIMAI-2844", &[("hours", decimal(sum(&day), 0))]);
    assert_eq!(day.len(), 1);
}

#[test]
fn one_minute_in_two_towns_is_refused() {
    // PAY-KIMAI-OVERLAP: 08:00-12:00 for one customer, 11:00-16:00 for another.
    let mut week = empty();
    let start = at("2026-10-05T08:00");
    week.work
        .push(work(0, FIRST, start, 240, "20.00", "town:aa"));
    let second = at("2026-10-05T11:00");
    week.work
        .push(work(1, FIRST, second, 300, "20.00", "town:bb"));
    let refused = crate::pay::compute(&week).unwrap_err();
    let overlap = |refusal: &_| matches!(refusal, Refusal::Overlap { .. });
    assert!(matches!(&refused, crate::pay::Refusal::Hours(hours) if overlap(hours)));
}

#[test]
fn pay_785_38_the_way_back_to_base_counts_and_the_way_home_does_not() {
    let (normal, done, back) = (
        at("2026-10-05T17:00"),
        at("2026-10-05T20:00"),
        at("2026-10-05T21:00"),
    );
    let job = Minutes::between(normal, done);
    let way = Minutes::between(done, back);
    let asked = travel(way, Travel::InTheDay);
    let home = travel(way, Travel::Commute);
    check(
        "PAY-785-38",
        &[
            (
                "extra_hours_required_return",
                decimal(job + asked.counted, 0),
            ),
            ("extra_hours_goes_home", decimal(job + home.counted, 0)),
        ],
    );
    assert_eq!(asked.citation, "29 CFR 785.38");
}

#[test]
fn pay_785_39_overnight_travel_counts_in_normal_hours_on_a_saturday_too() {
    let normal = (time(9, 0, 0, 0), time(17, 0, 0, 0));
    let (start, end) = (at("2026-10-10T13:00"), at("2026-10-10T19:00"));
    let judged = overnight_travel(start, end, normal, &chicago());
    check(
        "PAY-785-39",
        &[("hours_counted", decimal(judged.counted, 0))],
    );
    // From Friday 16:00 to Sunday 10:00: one hour, a whole day of eight, one hour.
    let (start, end) = (at("2026-10-09T16:00"), at("2026-10-11T10:00"));
    let judged = overnight_travel(start, end, normal, &chicago());
    assert_eq!(judged.counted, Minutes(600));
}

#[test]
fn pay_d_travel_between_towns_is_worked_and_who_bears_it_is_contract() {
    let mut week = empty();
    for (n, (start, minutes, location)) in [
        ("08:00", 210, "town:aa"),
        ("11:30", 40, "travel:bb"),
        ("12:10", 270, "town:bb"),
    ]
    .into_iter()
    .enumerate()
    {
        let start = at(&format!("2026-10-05T{start}"));
        week.work
            .push(work(n, FIRST, start, minutes, "20.00", location));
    }
    let week = paid(&week);
    let travel = week
        .lines
        .iter()
        .find(|line| line.minutes == Minutes(40))
        .unwrap();
    let cost = &travel.exact_cents;
    let towns = |shares: &[(&str, i64)]| {
        let half = |n| cost * &vocabulary::Fraction::new(n, 2).unwrap();
        let parts = shares
            .iter()
            .map(|(id, n)| (id.parse().unwrap(), half(*n)))
            .collect();
        crate::attribution::in_cents(&parts)
            .unwrap()
            .into_values()
            .collect::<Vec<_>>()
    };
    let (half, whole) = (
        towns(&[("aa", 1), ("bb", 1)]),
        towns(&[("aa", 0), ("bb", 2)]),
    );
    check(
        "PAY-D-TRAVEL",
        &[
            ("town_A_hours", decimal(week.costed.slices[0].minutes, 2)),
            ("travel_hours", decimal(travel.minutes, 4)),
            ("town_B_hours", decimal(week.costed.slices[2].minutes, 2)),
            ("hours_worked", decimal(week.costed.worked_minutes, 4)),
            ("travel_cost", money(travel.cents)),
            ("split_destination/A", money(whole[0])),
            ("split_destination/B", money(whole[1])),
            ("split_half/A", money(half[0])),
            ("split_half/B", money(half[1])),
            ("split_provider", money(towns(&[("provider", 2)])[0])),
        ],
    );
}

#[test]
fn pay_d_sleep_is_left_out_of_a_long_duty_unless_it_was_too_short() {
    let duty = |interrupted: i64| {
        let sleep = Sleep {
            duty: Minutes(24 * 60),
            agreed: true,
            facilities: true,
            scheduled: Minutes(8 * 60),
            interrupted: Minutes(interrupted * 60),
        };
        decimal(HoursRules::default().sleep(sleep).counted, 0)
    };
    check(
        "PAY-D-SLEEP",
        &[
            ("hours_worked_a", duty(2)),
            ("hours_worked_b", duty(4)),
            ("uninterrupted", duty(0)),
        ],
    );
}

#[test]
fn pay_d_round_8cir_exact_minutes_are_paid() {
    let mut week = empty();
    for n in 5..10 {
        let start = at(&format!("2026-10-{n:02}T07:54"));
        let day = jiff::civil::date(2026, 10, n);
        week.work.push(work(0, day, start, 492, "20.00", "town:aa"));
    }
    let exact = paid(&week);
    let rounded = paid(&hours(&[("40", "20.00")]));
    let lost = exact.gross.checked_sub(rounded.gross).unwrap();
    check(
        "PAY-D-ROUND-8CIR",
        &[
            ("exact_hours", decimal(exact.costed.worked_minutes, 1)),
            ("rounded_hours", decimal(rounded.costed.worked_minutes, 1)),
            ("lost_ot_pay", money(lost)),
        ],
    );
}

#[test]
fn pay_semimonthly_lore_overtime_belongs_to_the_period_in_which_the_week_ends() {
    // Workweeks from Monday; the period is 16 to 31 May 2026, the 16th being a Saturday.
    let mut lines = Vec::new();
    for (first, daily) in [("2026-05-11", 50), ("2026-05-18", 45), ("2026-05-25", 45)] {
        let mut week = empty();
        week.first_day = first.parse().unwrap();
        let days: Vec<i64> = match daily {
            50 => vec![6, 6, 6, 6, 6, 10, 10],
            _ => vec![9, 9, 9, 9, 9],
        };
        for (n, hours) in (0i64..).zip(days) {
            let day = week.first_day.saturating_add(jiff::Span::new().days(n));
            let start = chicago().start_of(day);
            week.work
                .push(work(0, day, start, hours * 60, "20.00", "town:aa"));
        }
        lines.push(paid(&week).lines);
    }
    let period = jiff::civil::date(2026, 5, 16)..=jiff::civil::date(2026, 5, 31);
    let in_period = |week: usize, code: Code| -> i64 {
        let of_code = lines[week].iter().filter(|line| line.key.code == code);
        let due = of_code.filter(|line| period.contains(&line.key.day));
        due.map(|line| line.minutes.0 / 60).sum()
    };
    let overtime: i64 = (0..3).map(|week| in_period(week, Code::Premium)).sum();
    let total: i64 = (0..3).map(|week| in_period(week, Code::Regular)).sum();
    let first = in_period(0, Code::Premium);
    check(
        "PAY-SEMIMONTHLY-LORE",
        &[
            (
                "week1_regular",
                (in_period(0, Code::Regular) - first).to_string(),
            ),
            ("week1_ot", first.to_string()),
            ("total_hours", total.to_string()),
            ("total_regular", (total - overtime).to_string()),
            ("total_ot", overtime.to_string()),
        ],
    );
}
