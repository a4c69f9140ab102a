use super::*;
use crate::samples::{anybody, at, away, cso, on, shift, team};
use crate::{AwayWhy, naive};
use vocabulary::Minutes;

fn said(team: &Team, planned: &[Assigned]) -> Vec<String> {
    let found = breaches(team, planned, &anybody);
    let naive = naive::broken(team, planned, &anybody);
    assert_eq!(found.is_empty(), naive.is_empty(), "{naive:?}");
    found.iter().map(Breach::to_string).collect()
}

#[test]
fn shifts_that_share_a_minute_overlap_and_those_that_touch_do_not() {
    let first = shift("a", "barlow", "2026-10-05T08:00", "2026-10-05T12:00");
    let touching = shift("b", "barlow", "2026-10-05T12:00", "2026-10-05T16:00");
    let sharing = shift("c", "barlow", "2026-10-05T11:59", "2026-10-05T16:00");
    assert!(said(&team(1), &[on(1, first.clone()), on(1, touching)]).is_empty());
    assert_eq!(
        said(&team(1), &[on(1, first), on(1, sharing)]),
        ["cso-1 cannot do both a and c: they overlap"]
    );
}

#[test]
fn the_way_between_towns_must_fit_between_shifts() {
    let first = shift("a", "ashford", "2026-10-05T08:00", "2026-10-05T12:00");
    let near = shift("b", "barlow", "2026-10-05T12:29", "2026-10-05T16:00");
    let far = shift("b", "barlow", "2026-10-05T12:30", "2026-10-05T16:00");
    assert!(said(&team(1), &[on(1, first.clone()), on(1, far)]).is_empty());
    assert_eq!(
        said(&team(1), &[on(1, first), on(1, near)]),
        ["cso-1 has 0:29 from a to b: the way from ashford to barlow takes 0:30"]
    );
}

#[test]
fn too_little_rest_is_told_unless_all_fits_one_stretch() {
    let day = shift("day", "barlow", "2026-10-05T08:00", "2026-10-05T16:00");
    let split = shift("late", "barlow", "2026-10-05T17:00", "2026-10-05T20:00");
    assert!(said(&team(1), &[on(1, day.clone()), on(1, split)]).is_empty());
    let night = shift("night", "barlow", "2026-10-05T22:00", "2026-10-06T06:00");
    insta::assert_snapshot!(
        said(&team(1), &[on(1, day), on(1, night)]).join("\n"),
        @"cso-1 rests 6:00 between day and night: 10:00 is the least, but where all shifts since the last rest fit into 12:00"
    );
}

#[test]
fn a_shift_longer_than_the_longest_stretch_is_told() {
    let long = shift("long", "barlow", "2026-10-05T06:00", "2026-10-05T18:30");
    assert_eq!(
        said(&team(1), &[on(1, long)]),
        ["cso-1 would work 12:30 on long: 12:00 at a stretch is the most"]
    );
}

#[test]
fn a_seventh_day_in_a_row_is_told_and_a_free_day_between_mends_it() {
    let week: Vec<Assigned> = (5..12)
        .map(|d| {
            let day = |h| format!("2026-10-{d:02}T{h}:00");
            on(1, shift(&format!("d{d}"), "barlow", &day("08"), &day("12")))
        })
        .collect();
    assert_eq!(
        said(&team(1), &week),
        ["cso-1 would work 7 days in a row from 2026-10-05: 6 is the most"]
    );
    let mended: Vec<Assigned> = week
        .into_iter()
        .filter(|a| a.shift.id().as_str() != "d7")
        .collect();
    assert!(said(&team(1), &mended).is_empty());
}

#[test]
fn a_weeks_minutes_are_counted_in_its_own_week_also_of_a_night_over_its_end() {
    let mut team = team(1);
    team.officers[0].weekly_minutes_max = Some(Minutes(360));
    // Saturday night to Sunday: two hours in the one week, six in the other.
    let night = on(
        1,
        shift("night", "barlow", "2026-10-10T22:00", "2026-10-11T06:00"),
    );
    assert!(said(&team, std::slice::from_ref(&night)).is_empty());
    let more = on(
        1,
        shift("more", "barlow", "2026-10-12T08:00", "2026-10-12T08:01"),
    );
    assert_eq!(
        said(&team, &[night, more]),
        ["cso-1 would work 6:01 in the week from 2026-10-11: 6:00 is the most"]
    );
}

#[test]
fn leave_and_the_gate_are_told_with_their_reasons() {
    let mut team = team(1);
    team.officers[0].away = vec![away("2026-10-06T00:00", "2026-10-08T00:00", AwayWhy::Leave)];
    let planned = [on(
        1,
        shift("night", "barlow", "2026-10-05T22:00", "2026-10-06T06:00"),
    )];
    let lapsed = |_: &OfficerId, _: &Shift, day: Date| match day.day() {
        6 => Err("the permit lapsed on 2026-10-06".to_owned()),
        _ => Ok(()),
    };
    let found: Vec<String> = breaches(&team, &planned, &lapsed)
        .iter()
        .map(Breach::to_string)
        .collect();
    assert_eq!(
        found,
        [
            "cso-1 is on approved leave from 2026-10-06T00:00:00 to 2026-10-08T00:00:00, and night \
             touches that",
            "cso-1 may not be on night on 2026-10-06: the permit lapsed on 2026-10-06",
        ]
    );
    assert_eq!(
        naive::broken(&team, &planned, &lapsed).is_empty(),
        found.is_empty()
    );
}

#[test]
fn nobody_is_planned_who_is_not_on_the_team() {
    let planned = [on(
        9,
        shift("a", "barlow", "2026-10-05T08:00", "2026-10-05T12:00"),
    )];
    assert_eq!(
        breaches(&team(1), &planned, &anybody),
        [Breach::NotOnTeam {
            officer: cso(9),
            shift: planned[0].shift.id().clone(),
        }]
    );
    assert!(at("2026-10-05T08:00") < planned[0].shift.end());
}
