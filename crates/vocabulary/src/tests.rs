use jiff::civil::{Weekday, date};
use proptest::prelude::*;

use crate::local_time::{Fold, Unclear, resolve};
use crate::*;

fn chicago() -> Zone {
    "America/Chicago".parse().unwrap()
}

#[test]
fn ids_say_what_a_right_one_looks_like() {
    let error = OfficerId::new("Jane Doe").unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"Jane Doe\" is not an officer id: expected 2 to 5 letters a-z, a hyphen and 1 to 6 \
         digits, such as `cso-114`"
    );
    assert!(TownId::new("provider").is_err());
    assert!(DutyId::new("cso-114.0").is_err());
    assert_eq!(DutyId::new("cso-114.17").unwrap().number(), 17);
    assert_eq!(
        DutyId::new("cso-114.17").unwrap().officer().as_str(),
        "cso-114"
    );
}

#[test]
fn amounts_read_and_print_as_dollars() {
    for (text, cents) in [
        ("1234.05", 123_405),
        ("$1,234.5", 123_450),
        ("-0.07", -7),
        ("3", 300),
    ] {
        assert_eq!(text.parse::<Cents>().unwrap(), Cents(cents));
    }
    assert_eq!(Cents(-123_456_789).to_string(), "-$1,234,567.89");
    assert!("0.005".parse::<Cents>().is_err());
    assert!("1/2".parse::<Cents>().is_err());
    assert_eq!(Cents(i64::MAX).checked_add(Cents(1)), Err(Overflow));
}

#[test]
fn fractions_read_decimals_and_print_lowest_terms() {
    assert_eq!("0.25".parse::<Fraction>().unwrap().to_string(), "1/4");
    assert_eq!("-6/4".parse::<Fraction>().unwrap().to_string(), "-3/2");
    for wrong in ["", ".", "1.", ".5", "1/0", "1e3", "NaN", "+1", "1/-", "--1"] {
        assert!(wrong.parse::<Fraction>().is_err(), "{wrong}");
    }
    assert_eq!("2/3".parse::<Fraction>().unwrap().to_decimal(4), "0.6667");
    assert_eq!("-1/200".parse::<Fraction>().unwrap().to_decimal(2), "-0.01");
}

#[test]
fn a_time_in_the_gap_is_refused_and_in_the_fold_asked() {
    let zone = chicago();
    let gap = date(2026, 3, 8).at(2, 30, 0, 0);
    assert!(matches!(
        resolve(gap, &zone, Some(Fold::First)),
        Err(Unclear::InGap { .. })
    ));
    let fold = date(2026, 11, 1).at(1, 30, 0, 0);
    assert!(matches!(
        resolve(fold, &zone, None),
        Err(Unclear::InFold { .. })
    ));
    let first = resolve(fold, &zone, Some(Fold::First)).unwrap();
    let second = resolve(fold, &zone, Some(Fold::Second)).unwrap();
    assert_eq!(Minutes::between(first, second), Minutes(60));
}

#[test]
fn a_typed_time_is_local_unless_it_says_otherwise() {
    let instant = |text: &str| local_time::parse(text, &chicago()).map(|t| t.to_string());
    assert_eq!(instant("2026-10-31T22:00").unwrap(), "2026-11-01T03:00:00Z");
    assert_eq!(
        instant("2026-11-01T01:30:first").unwrap(),
        "2026-11-01T06:30:00Z"
    );
    assert_eq!(
        instant("2026-11-01T01:30:00:second").unwrap(),
        "2026-11-01T07:30:00Z"
    );
    assert_eq!(
        instant("2026-11-01T07:30:00Z").unwrap(),
        "2026-11-01T07:30:00Z"
    );
    assert!(matches!(
        instant("2026-11-01T01:30"),
        Err(Unclear::InFold { .. })
    ));
    for wrong in [
        "",
        "2026-10-31",
        "22:00",
        "2026-10-31T25:00",
        "2026-10-31T22:00:third",
        "2026-10-31T22:00[America/New_York]",
    ] {
        assert!(
            matches!(instant(wrong), Err(Unclear::NotATime { .. })),
            "{wrong}"
        );
    }
}

#[test]
fn the_month_of_the_clock_change_has_an_hour_more() {
    let (from, until) = "2026-11".parse::<Month>().unwrap().bounds(&chicago());
    assert_eq!(Minutes::between(from, until), Minutes(30 * 24 * 60 + 60));
}

#[test]
fn the_week_of_a_sunday_start_holds_its_sunday() {
    let week = Workweek {
        starts_on: Weekday::Sunday,
        zone: chicago(),
    };
    assert_eq!(week.start_of(date(2026, 10, 31)), date(2026, 10, 25));
    assert_eq!(week.start_of(date(2026, 11, 1)), date(2026, 11, 1));
    assert_eq!(Workweek::last_day(date(2026, 10, 25)), date(2026, 10, 31));
}

#[test]
fn locations_and_accounts_keep_their_text_form() {
    for text in [
        "town:barlow",
        "travel:barlow",
        "training",
        "aid:shelby-county",
    ] {
        assert_eq!(text.parse::<Location>().unwrap().to_string(), text);
    }
    for text in ["agreement:three-rivers", "provider"] {
        assert_eq!(text.parse::<Account>().unwrap().to_string(), text);
    }
    assert!("town:".parse::<Location>().is_err());
    assert!("town".parse::<Location>().is_err());
}

proptest! {
    #[test]
    fn a_fraction_survives_its_text(n in any::<i64>(), d in 1..i64::MAX) {
        let fraction = Fraction::new(n, d).unwrap();
        prop_assert_eq!(fraction.to_string().parse::<Fraction>().unwrap(), fraction);
    }

    #[test]
    fn an_amount_survives_its_text(cents in any::<i64>()) {
        prop_assert_eq!(Cents(cents).to_string().parse::<Cents>().unwrap(), Cents(cents));
    }

    #[test]
    fn a_month_knows_its_neighbours(year in 1901i16..9990, month in 1i8..=12) {
        let month = Month::of(date(year, month, 1));
        prop_assert_eq!(month.next().previous(), month);
        prop_assert!(!month.contains(month.next().first_day()));
        prop_assert!(month.contains(month.last_day()));
    }
}
