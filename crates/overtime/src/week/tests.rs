use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;

/// Consecutive slices from Monday 08:00: (minutes, rate in cents, account, location).
fn week_of(lines: &[(i64, &str, &str, &str)]) -> Week {
    let mut at: Timestamp = "2026-10-05T13:00Z".parse().unwrap();
    let mut slices = Vec::new();
    for (n, (minutes, rate, account, location)) in lines.iter().enumerate() {
        let end = at + SignedDuration::from_mins(*minutes);
        slices.push(Slice {
            duty: format!("cso-114.{}", n + 1).parse().unwrap(),
            piece: 1,
            start: at,
            end,
            day: at.to_zoned(jiff::tz::TimeZone::UTC).date(),
            location: location.parse().unwrap(),
            account: account.parse().unwrap(),
            rate_cents_per_hour: rate.parse().unwrap(),
            burden: Fraction::zero(),
            burden_on_premium: false,
        });
        at = end + SignedDuration::from_mins(30);
    }
    Week {
        slices,
        threshold: THRESHOLD,
    }
}

fn simple(lines: &[(i64, &str)]) -> Week {
    let lines: Vec<_> = lines
        .iter()
        .map(|(hours, rate)| (hours * 60, *rate, "provider", "town:barlow"))
        .collect();
    week_of(&lines)
}

fn gross(week: &CostedWeek) -> Fraction {
    &week.straight_pay_cents + &week.premium_pay_cents
}

#[test]
fn published_weeks_come_out_to_the_cent() {
    /// Id, lines in hours and cents, premium and gross in cents, rounded half-up once.
    type Case<'a> = (&'a str, &'a [(i64, &'a str)], i64, i64);
    let cases: &[Case<'_>] = &[
        ("PAY-778-110A", &[(46, "1200")], 3_600, 58_800),
        ("PAY-778-110A-1981", &[(46, "600")], 1_800, 29_400),
        ("PAY-FS54-SHIFT", &[(24, "800"), (24, "900")], 3_400, 44_200),
        ("PAY-MTAS-2096", &[(40, "1500"), (8, "900")], 5_600, 72_800),
        (
            "PAY-TS-TWO-RATES",
            &[(32, "1500"), (14, "1000")],
            4_043,
            66_043,
        ),
        (
            "PAY-SPECTRUM-EARLY (exact)",
            &[(24, "1000"), (21, "1500")],
            3_083,
            58_583,
        ),
        ("PAY-PATRIOT-45", &[(45, "1800")], 4_500, 85_500),
        (
            "PAY-D-24-12-10",
            &[(24, "2000"), (12, "2000"), (10, "2000")],
            6_000,
            98_000,
        ),
        (
            "PAY-D-24-12-10-RATES",
            &[(24, "2000"), (12, "2200"), (10, "1800")],
            6_026,
            98_426,
        ),
        ("PAY-778-104 week 1", &[(30, "2000")], 0, 60_000),
    ];
    for (id, lines, premium, whole) in cases {
        let week = cost_week(&simple(lines)).unwrap();
        let cents = |amount: &Fraction| amount.to_cents_half_up().unwrap().0;
        assert_eq!(cents(&week.premium_pay_cents), *premium, "{id}");
        assert_eq!(cents(&gross(&week)), *whole, "{id}");
    }
}

#[test]
fn the_premium_is_split_among_accounts_by_minutes_and_sums_to_the_whole() {
    // PAY-D-24-12-10, pro rata: 31.31, 15.65, 13.04 when rounded.
    let week = cost_week(&week_of(&[
        (24 * 60, "2000", "agreement:aa", "town:barlow"),
        (12 * 60, "2000", "agreement:bb", "town:corbin"),
        (10 * 60, "2000", "agreement:cc", "town:dexter"),
    ]))
    .unwrap();
    let parts: Vec<_> = week
        .accounts
        .iter()
        .map(|share| share.premium_pay_cents.to_string())
        .collect();
    assert_eq!(parts, ["72000/23", "36000/23", "30000/23"]);
    let sum = Fraction::sum(week.accounts.iter().map(|share| &share.premium_pay_cents));
    assert_eq!(sum, week.premium_pay_cents);
}

#[test]
fn a_slice_that_straddles_the_threshold_is_past_it_only_from_there_on() {
    let week = cost_week(&simple(&[(38, "2000"), (5, "2000"), (1, "2000")])).unwrap();
    let past: Vec<_> = week.slices.iter().map(|s| s.past_threshold.0).collect();
    assert_eq!(past, [0, 180, 60]);
    assert_eq!(week.overtime_minutes, Minutes(240));
}

#[test]
fn paid_leave_is_no_hour_worked() {
    // PAY-D-PTO: 36 h worked and 8 h of leave at 20.00 owe no overtime.
    let week = cost_week(&week_of(&[
        (8 * 60, "2000", "provider", "leave"),
        (36 * 60, "2000", "provider", "town:barlow"),
    ]))
    .unwrap();
    assert_eq!(week.worked_minutes, Minutes(36 * 60));
    assert_eq!(week.overtime_minutes, Minutes::ZERO);
    let pay = Fraction::sum(week.slices.iter().map(|s| &s.pay_cents));
    assert_eq!(pay, Fraction::from(88_000));
}

#[test]
fn burden_is_kept_apart_and_reaches_the_premium_only_when_asked() {
    let mut week = simple(&[(46, "2000")]);
    week.slices[0].burden = "0.2".parse().unwrap();
    let plain = cost_week(&week).unwrap();
    assert_eq!(plain.slices[0].pay_cents, Fraction::from(92_000));
    assert_eq!(plain.slices[0].burden_cents, Fraction::from(18_400));
    assert_eq!(plain.slices[0].base_cost_cents(), Fraction::from(110_400));
    assert_eq!(plain.premium_cost_cents(), Fraction::from(6_000));

    week.slices[0].burden_on_premium = true;
    let loaded = cost_week(&week).unwrap();
    assert_eq!(loaded.premium_pay_cents, Fraction::from(6_000));
    assert_eq!(loaded.premium_cost_cents(), Fraction::from(7_200));
}

#[test]
fn when_only_some_rates_load_the_premium_it_carries_their_part_of_the_weeks_burden() {
    let mut week = simple(&[(23, "2000"), (23, "2000")]);
    for slice in &mut week.slices {
        slice.burden = "0.2".parse().unwrap();
    }
    week.slices[1].burden_on_premium = true;
    let costed = cost_week(&week).unwrap();
    assert_eq!(costed.premium_burden_cents, Fraction::from(600));
}

#[test]
fn a_week_without_work_costs_nothing() {
    let week = cost_week(&week_of(&[])).unwrap();
    assert!(week.regular_rate_cents_per_hour.is_zero() && week.premium_cost_cents().is_zero());
    assert!(week.accounts.is_empty());
}

#[test]
fn slices_that_share_a_minute_are_refused_by_name() {
    let mut week = simple(&[(8, "2000"), (8, "2000")]);
    week.slices[1].start = week.slices[0].end - SignedDuration::from_mins(1);
    assert_eq!(
        cost_week(&week).unwrap_err().to_string(),
        "duties cso-114.1 and cso-114.2 overlap"
    );
}

#[test]
fn a_cost_beyond_64_bits_and_a_negative_rate_are_refused() {
    let huge = i64::MAX.to_string();
    let week = simple(&[(8, &huge)]);
    assert_eq!(cost_week(&week), Err(Refusal::Overflow));
    let week = simple(&[(8, "-1")]);
    assert!(matches!(
        cost_week(&week),
        Err(Refusal::NegativeRate { .. })
    ));
}

prop_compose! {
    fn any_week()(
        lines in prop::collection::vec(
            (1i64..900, 0i64..9_000, 1i64..7, 0usize..3, 0usize..4, 0i64..60), 0..12,
        ),
    ) -> Week {
        let accounts = ["agreement:aa", "agreement:bb", "provider"];
        let locations = ["town:barlow", "travel:corbin", "training", "leave"];
        let spelled: Vec<_> = lines
            .iter()
            .map(|(minutes, n, d, account, location, _)| {
                (*minutes, format!("{n}/{d}"), accounts[*account], locations[*location])
            })
            .collect();
        let spelled: Vec<_> =
            spelled.iter().map(|(m, rate, a, l)| (*m, rate.as_str(), *a, *l)).collect();
        let mut week = week_of(&spelled);
        for (slice, line) in week.slices.iter_mut().zip(&lines) {
            slice.burden = Fraction::new(line.5, 100).unwrap();
            slice.burden_on_premium = line.5 % 2 == 0;
        }
        week
    }
}

proptest! {
    #[test]
    fn the_parts_of_a_week_equal_the_whole(week in any_week()) {
        let costed = cost_week(&week).unwrap();
        let premium: Vec<_> = costed
            .accounts
            .iter()
            .map(|share| &share.premium_pay_cents + &share.premium_burden_cents)
            .collect();
        prop_assert_eq!(Fraction::sum(&premium), costed.premium_cost_cents());
        let minutes: Minutes = costed.accounts.iter().map(|share| share.worked_minutes).sum();
        prop_assert_eq!(minutes, costed.worked_minutes);
        let past: Minutes = costed.slices.iter().map(|slice| slice.past_threshold).sum();
        prop_assert_eq!(past, (costed.worked_minutes - THRESHOLD).max(Minutes::ZERO));
    }

    #[test]
    fn the_order_of_entry_makes_no_difference(
        (week, shuffled) in any_week().prop_flat_map(|week| {
            let slices = Just(week.slices.clone()).prop_shuffle();
            (Just(week), slices)
        })
    ) {
        let other = Week { slices: shuffled, ..week.clone() };
        prop_assert_eq!(cost_week(&week), cost_week(&other));
    }

    #[test]
    fn at_one_rate_the_whole_is_time_and_a_half_past_the_threshold(
        minutes in prop::collection::vec(1i64..900, 1..10), rate in 1i64..9_000,
    ) {
        // 29 CFR 778.110: 1.5 times the rate equals straight time for all hours plus half of it.
        let rate_text = rate.to_string();
        let lines: Vec<_> = minutes
            .iter()
            .map(|m| (*m, rate_text.as_str(), "provider", "town:barlow"))
            .collect();
        let costed = cost_week(&week_of(&lines)).unwrap();
        let straight = (costed.worked_minutes - costed.overtime_minutes).hours();
        let past = costed.overtime_minutes.hours() * Fraction::new(3, 2).unwrap();
        prop_assert_eq!(gross(&costed), Fraction::from(rate) * (straight + past));
    }
}
