use super::*;
use crate::AwayWhy;
use crate::samples::{anybody, away, cso, on, shift, team};

#[test]
fn who_causes_no_overtime_comes_first_and_who_cannot_has_every_reason() {
    let mut team = team(4);
    team.officers[3].away = vec![away("2026-10-09T00:00", "2026-10-10T00:00", AwayWhy::Leave)];
    let mut planned = Vec::new();
    for day in 5..9 {
        // Four days of ten hours: the next hour is overtime.
        let at = |hour| format!("2026-10-{day:02}T{hour}:00");
        planned.push(on(
            1,
            shift(&format!("w{day}"), "barlow", &at("08"), &at("18")),
        ));
    }
    planned.push(on(
        3,
        shift("late", "corey", "2026-10-08T20:00", "2026-10-09T04:00"),
    ));
    let open = shift("open", "barlow", "2026-10-09T08:00", "2026-10-09T16:00");
    let found = candidates(&team, &planned, &open, &anybody);
    let possible: Vec<(String, i64)> = found
        .possible
        .iter()
        .map(|c| (c.officer.to_string(), c.overtime_minutes().0))
        .collect();
    assert_eq!(
        possible,
        [("cso-2".to_owned(), 0), ("cso-1".to_owned(), 480)]
    );
    assert_eq!(
        found.possible[1].overtime,
        [(jiff::civil::date(2026, 10, 4), Minutes(480))]
    );
    let refused: Vec<(String, usize)> = found
        .refused
        .iter()
        .map(|r| (r.officer.to_string(), r.reasons.len()))
        .collect();
    assert_eq!(refused, [("cso-3".to_owned(), 1), ("cso-4".to_owned(), 1)]);
    assert!(
        found.refused[0].reasons[0]
            .to_string()
            .starts_with("cso-3 rests 4:00")
    );
}

#[test]
fn travel_counts_before_the_share_of_nights() {
    let planned = [
        on(
            1,
            shift("a", "ashford", "2026-10-09T08:00", "2026-10-09T12:00"),
        ),
        on(
            2,
            shift("b", "barlow", "2026-10-09T08:00", "2026-10-09T12:00"),
        ),
        on(
            3,
            shift("n", "barlow", "2026-10-06T22:00", "2026-10-07T04:00"),
        ),
    ];
    let open = shift("open", "barlow", "2026-10-09T13:00", "2026-10-09T20:00");
    let of = |open: &Shift| -> Vec<(OfficerId, Minutes)> {
        let found = candidates(&team(4), &planned, open, &anybody);
        found
            .possible
            .into_iter()
            .map(|c| (c.officer, c.travel_minutes))
            .collect()
    };
    let none = Minutes::ZERO;
    // By day: least planned that week first. At night: who had none first.
    assert_eq!(
        of(&open),
        [
            (cso(4), none),
            (cso(2), none),
            (cso(3), none),
            (cso(1), Minutes(30))
        ]
    );
    let night = shift("open", "barlow", "2026-10-12T22:00", "2026-10-13T04:00");
    let order: Vec<OfficerId> = of(&night).into_iter().map(|(officer, _)| officer).collect();
    assert_eq!(order, [cso(1), cso(2), cso(4), cso(3)]);
}

#[test]
fn whoever_is_on_the_shift_already_is_judged_without_it() {
    let open = shift("open", "barlow", "2026-10-09T08:00", "2026-10-09T16:00");
    let found = candidates(&team(1), &[on(1, open.clone())], &open, &anybody);
    assert_eq!(found.possible.len(), 1);
    assert_eq!(found.possible[0].week_minutes, Minutes::ZERO);
}
