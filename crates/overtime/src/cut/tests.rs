use jiff::civil::Weekday;
use proptest::prelude::*;

use super::*;

fn sunday_week(zone: &str) -> Workweek {
    Workweek {
        starts_on: Weekday::Sunday,
        zone: zone.parse().unwrap(),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn shape(pieces: &[Piece]) -> Vec<(String, String, i64)> {
    pieces
        .iter()
        .map(|p| (p.day.to_string(), p.week.to_string(), p.minutes().0))
        .collect()
}

#[test]
fn the_night_of_the_clock_change_is_cut_at_midnight_month_and_week_with_its_extra_hour() {
    // PAY-D-QUADRUPLE-EDGE without its meal: 23:00 CDT to 07:30 CST.
    let pieces = cut(
        at("2026-10-31T23:00-05:00"),
        at("2026-11-01T07:30-06:00"),
        &sunday_week("America/Chicago"),
    )
    .unwrap();
    assert_eq!(
        shape(&pieces),
        [
            ("2026-10-31".into(), "2026-10-25".into(), 60),
            ("2026-11-01".into(), "2026-11-01".into(), 510),
        ]
    );
    assert_eq!(pieces[0].month().to_string(), "2026-10");
    assert_eq!(pieces[1].month().to_string(), "2026-11");
}

#[test]
fn the_day_of_the_clock_change_has_25_hours_and_the_spring_one_23() {
    let week = sunday_week("America/Chicago");
    let autumn = cut(
        at("2026-11-01T00:00-05:00"),
        at("2026-11-02T00:00-06:00"),
        &week,
    )
    .unwrap();
    assert_eq!(
        shape(&autumn),
        [("2026-11-01".into(), "2026-11-01".into(), 1500)]
    );
    let spring = cut(
        at("2026-03-08T00:00-06:00"),
        at("2026-03-09T00:00-05:00"),
        &week,
    )
    .unwrap();
    assert_eq!(
        shape(&spring),
        [("2026-03-08".into(), "2026-03-08".into(), 1380)]
    );
}

#[test]
fn the_published_spring_night_is_seven_and_a_half_elapsed_hours() {
    // PAY-DST-SPRING: 23:00 CST to 07:30 CDT, of which a 30-minute meal is not work.
    let pieces = cut(
        at("2026-03-07T23:00-06:00"),
        at("2026-03-08T07:30-05:00"),
        &sunday_week("America/Chicago"),
    )
    .unwrap();
    assert_eq!(
        pieces.iter().map(Piece::minutes).sum::<Minutes>(),
        Minutes(450)
    );
}

#[test]
fn a_zone_whose_midnight_is_skipped_still_cuts_where_the_day_begins() {
    // In Beirut the clocks go forward at midnight: 28 March 2021 began at 01:00.
    let pieces = cut(
        at("2021-03-27T20:00+02:00"),
        at("2021-03-28T03:00+03:00"),
        &sunday_week("Asia/Beirut"),
    )
    .unwrap();
    assert_eq!(
        shape(&pieces),
        [
            ("2021-03-27".into(), "2021-03-21".into(), 240),
            ("2021-03-28".into(), "2021-03-28".into(), 120),
        ]
    );
}

#[test]
fn what_is_no_stretch_of_work_is_refused() {
    let week = sunday_week("America/Chicago");
    let noon = at("2026-10-05T17:00Z");
    let minute = jiff::SignedDuration::from_mins(1);
    assert!(matches!(
        cut(noon, noon - minute, &week),
        Err(Refusal::EndsBeforeStart { .. })
    ));
    assert!(matches!(
        cut(noon, noon, &week),
        Err(Refusal::NoLength { .. })
    ));
    assert!(matches!(
        cut(noon, at("2026-10-05T17:00:30Z"), &week),
        Err(Refusal::NotWholeMinute { .. })
    ));
    assert!(matches!(
        cut(noon, at("2027-10-05T17:00Z"), &week),
        Err(Refusal::TooLong { .. })
    ));
    assert!(matches!(
        cut(Timestamp::MIN, Timestamp::MAX, &week),
        Err(Refusal::NotWholeMinute { .. } | Refusal::OutOfRange { .. })
    ));
}

proptest! {
    #[test]
    fn cutting_never_loses_or_gains_a_minute(
        zone in prop::sample::select(vec![
            "America/Chicago", "America/New_York", "America/Phoenix", "America/St_Johns",
            "Asia/Beirut", "Australia/Lord_Howe", "UTC",
        ]),
        // Around the clock changes of 2026 and anywhere between 2000 and 2100.
        start in prop_oneof![
            29_540_000i64..29_560_000, 29_890_000i64..29_900_000, 15_800_000i64..68_000_000,
        ],
        minutes in 1i64..=LONGEST_DUTY.0,
        starts_on in 0i8..7,
    ) {
        let week = Workweek {
            starts_on: Weekday::from_sunday_zero_offset(starts_on).unwrap(),
            zone: zone.parse().unwrap(),
        };
        let start = Timestamp::from_second(start * 60).unwrap();
        let end = Timestamp::from_second(start.as_second() + minutes * 60).unwrap();
        let pieces = cut(start, end, &week).unwrap();

        prop_assert_eq!(pieces.iter().map(Piece::minutes).sum::<Minutes>(), Minutes(minutes));
        prop_assert_eq!(pieces[0].start, start);
        prop_assert_eq!(pieces[pieces.len() - 1].end, end);
        for pair in pieces.windows(2) {
            prop_assert_eq!(pair[0].end, pair[1].start);
            prop_assert!(pair[0].day < pair[1].day);
        }
        for piece in &pieces {
            let last = Timestamp::from_second(piece.end.as_second() - 60).unwrap();
            prop_assert_eq!(week.zone.day_of(piece.start), piece.day);
            prop_assert_eq!(week.zone.day_of(last), piece.day);
            prop_assert_eq!(week.start_of(piece.day), piece.week);
        }
    }
}
