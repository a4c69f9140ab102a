use super::*;
use crate::AwayWhy;
use crate::samples::{at, away, coverage, shift, team};
use jiff::civil::date;

#[test]
fn months_of_a_weekly_amount_hold_its_sevenths_and_add_up() {
    let barlow = coverage("barlow", 1200, 8, 16, 0);
    let months = [(1, 5314), (2, 4800), (3, 5314), (4, 5143)];
    for (month, minutes) in months {
        let first = date(2026, month, 1);
        let found = barlow.bought_minutes(first, date(2026, month + 1, 1));
        assert_eq!(found, Minutes(minutes), "month {month}");
    }
    let all = barlow.bought_minutes(date(2026, 1, 1), date(2026, 5, 1));
    assert_eq!(all, Minutes(1200 * 120 / 7));
    assert_eq!(all, Minutes(months.iter().map(|(_, m)| m).sum()));
}

#[test]
fn what_was_bought_ends_with_its_last_day() {
    let mut barlow = coverage("barlow", 700, 8, 16, 0);
    barlow.bought[0].until = Some(date(2026, 1, 10));
    let found = barlow.bought_minutes(date(2026, 1, 1), date(2026, 2, 1));
    assert_eq!(found, Minutes(1000));
}

#[test]
fn a_month_takes_its_part_of_the_night_over_its_end() {
    let barlow = coverage("barlow", 0, 8, 16, 0);
    // The clocks go back that night: nine hours, two of them in October.
    let night = shift("n", "barlow", "2026-10-31T22:00", "2026-11-01T06:00");
    let of = |text: &str| balance(&barlow, text.parse().unwrap(), std::slice::from_ref(&night));
    assert_eq!(of("2026-10").planned_minutes, Minutes(120));
    assert_eq!(of("2026-11").planned_minutes, Minutes(420));
}

#[test]
fn a_presence_over_the_change_of_the_clocks_wants_its_real_minutes() {
    let barlow = coverage("barlow", 0, 22, 6, 1);
    let found = absences(&barlow, &[], date(2026, 10, 31), date(2026, 11, 1));
    assert_eq!(found.len(), 1);
    assert_eq!(Minutes::between(found[0].start, found[0].end), Minutes(540));
}

#[test]
fn absences_are_told_where_fewer_are_there_than_must_be() {
    let barlow = coverage("barlow", 0, 8, 16, 2);
    let planned = [
        shift("a", "barlow", "2026-10-05T08:00", "2026-10-05T16:00"),
        shift("b", "barlow", "2026-10-05T10:00", "2026-10-05T14:00"),
        shift("c", "corey", "2026-10-05T08:00", "2026-10-05T16:00"),
    ];
    let found: Vec<_> = absences(&barlow, &planned, date(2026, 10, 5), date(2026, 10, 6))
        .into_iter()
        .map(|a| (a.start, a.end, a.wanted, a.planned))
        .collect();
    assert_eq!(
        found,
        [
            (at("2026-10-05T08:00"), at("2026-10-05T10:00"), 2, 1),
            (at("2026-10-05T14:00"), at("2026-10-05T16:00"), 2, 1),
        ]
    );
}

#[test]
fn more_bought_than_officers_have_and_less_planned_than_bought_are_told() {
    let mut team = team(1);
    team.officers[0].away = vec![away("2026-02-01T00:00", "2026-02-15T00:00", AwayWhy::Leave)];
    let towns = [
        coverage("ashford", 600, 8, 16, 0),
        coverage("barlow", 700, 8, 16, 0),
    ];
    let month: Month = "2026-02".parse().unwrap();
    let shifts: Vec<Shift> = (2..8)
        .map(|d| {
            let day = |h| format!("2026-02-{d:02}T{h}:00");
            shift(&format!("a{d}"), "ashford", &day("08"), &day("15"))
        })
        .collect();
    let said: Vec<String> = warnings(&team, &towns, month, &shifts)
        .iter()
        .map(Warning::to_string)
        .collect();
    assert_eq!(
        said,
        [
            "2026-02: the towns bought 86:40, the officers have 80:00: 6:40 are missing",
            "2026-02: barlow bought 46:40, 0:00 are planned: 46:40 are missing",
        ]
    );
    team.officers[0].away.clear();
    assert_eq!(warnings(&team, &towns, month, &shifts).len(), 1);
}

#[test]
fn a_draft_cuts_a_window_into_equal_shifts_for_each_officer_who_must_be_there() {
    let barlow = coverage("barlow", 0, 18, 6, 2);
    let kind = crate::samples::patrol();
    let found = draft(
        &barlow,
        &kind,
        date(2026, 10, 5),
        date(2026, 10, 6),
        Minutes(480),
    )
    .unwrap();
    let ids: Vec<(&str, i64)> = found
        .iter()
        .map(|s| (s.id().as_str(), s.minutes().0))
        .collect();
    assert_eq!(
        ids,
        [
            ("barlow.20261005t1800.1", 360),
            ("barlow.20261005t1800.2", 360),
            ("barlow.20261006t0000.3", 360),
            ("barlow.20261006t0000.4", 360),
        ]
    );
}
