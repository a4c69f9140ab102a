//! Whose cost it is, and corrections.

use std::collections::BTreeMap;

use vocabulary::{Cents, Fraction, Minutes, PartyId};

use super::check;
use crate::attribution::{Policy, attribute, in_cents, worked_for};
use crate::line::{Code, Exact, Key, deltas, gross, round};
use crate::pay::{Basis, Paid};
use crate::recoup::{Pay, recoup};
use crate::rules::{Combine, Rule, RuleSet};
use crate::samples::{FIRST, dollars, empty, hours, money, paid, shown, towns, work};

fn party(id: &str) -> PartyId {
    id.parse().unwrap()
}

/// The week of the question: 24, 12 and 10 hours at 20.00.
fn week_24_12_10() -> Paid {
    let lines = [
        ("24", "20.00", "aa"),
        ("12", "20.00", "bb"),
        ("10", "20.00", "cc"),
    ];
    paid(&towns(&lines))
}

fn split(week: &Paid, policy: &Policy) -> BTreeMap<PartyId, Cents> {
    let worked = worked_for(&week.costed);
    let parts = attribute(&week.federal_premium_cents, &worked, policy).unwrap();
    assert_eq!(Fraction::sum(parts.values()), week.federal_premium_cents);
    in_cents(&parts).unwrap()
}

/// A party's part of the premium, or of premium and straight time.
fn part(week: &Paid, policy: &Policy, id: &str, with_straight: bool) -> String {
    let premium = split(week, policy)
        .get(&party(id))
        .copied()
        .unwrap_or_default();
    let worked = worked_for(&week.costed);
    let straight = worked.get(&party(id)).map(|w| w.straight_cents.clone());
    let straight = straight.filter(|_| with_straight).unwrap_or_default();
    shown(&(premium.exact() + straight))
}

fn minutes(hours: [i64; 3]) -> BTreeMap<PartyId, i64> {
    let parties = ["aa", "bb", "cc"].map(party).into_iter();
    parties.zip(hours.map(|h| h * 60)).collect()
}

fn thirds() -> BTreeMap<PartyId, Fraction> {
    let third = Fraction::new(1, 3).unwrap();
    ["aa", "bb", "cc"]
        .map(|id| (party(id), third.clone()))
        .into()
}

#[test]
fn pay_d_24_12_10_under_every_policy() {
    let id = "PAY-D-24-12-10";
    let week = week_24_12_10();
    check(
        id,
        &[
            ("straight_time", shown(&week.costed.straight_pay_cents)),
            ("ot_premium", shown(&week.federal_premium_cents)),
            ("gross", money(week.gross)),
        ],
    );
    let policies = [
        ("last_in", Policy::WorkedLast),
        ("pro_rata", Policy::ProRata),
        (
            "provider_absorbs",
            Policy::UnlessOrdered {
                ordered_minutes: BTreeMap::new(),
            },
        ),
        (
            "causing_town",
            Policy::Caused {
                planned_minutes: minutes([24, 10, 6]),
            },
        ),
    ];
    for (name, policy) in &policies {
        for (letter, town) in [("A", "aa"), ("B", "bb"), ("C", "cc")] {
            let total = format!("{name}/town_total/{letter}");
            check(id, &[(total.as_str(), part(&week, policy, town, true))]);
        }
    }
    for (letter, town) in [("A", "aa"), ("B", "bb"), ("C", "cc")] {
        let pooled = Policy::Pooled { shares: thirds() };
        for (name, policy) in [
            ("pro_rata", &policies[1].1),
            ("causing_town", &policies[3].1),
            ("overhead_pool_equal_share", &pooled),
        ] {
            let premium = format!("{name}/premium/{letter}");
            check(id, &[(premium.as_str(), part(&week, policy, town, false))]);
        }
    }
    let absorbed = part(&week, &policies[2].1, "provider", false);
    check(id, &[("provider_absorbs/provider", absorbed)]);
}

#[test]
fn pay_d_24_12_10_rates_by_hours_and_by_pay() {
    let id = "PAY-D-24-12-10-RATES";
    let lines = [
        ("24", "20.00", "aa"),
        ("12", "22.00", "bb"),
        ("10", "18.00", "cc"),
    ];
    let week = paid(&towns(&lines));
    for (letter, town) in [("A", "aa"), ("B", "bb"), ("C", "cc")] {
        for (name, policy) in [
            ("pro_rata_by_hours", Policy::ProRata),
            ("pro_rata_by_straight_time", Policy::ProRataByPay),
        ] {
            let path = format!("{name}/{letter}");
            check(id, &[(path.as_str(), part(&week, &policy, town, false))]);
        }
    }
}

#[test]
fn pay_ucla_lastin_1_the_town_after_the_fortieth_hour_bears_it() {
    let week = paid(&towns(&[("40", "20.00", "aa"), ("8", "20.00", "bb")]));
    let worked = worked_for(&week.costed);
    let past = |id| worked[&party(id)].past_threshold.hours().to_decimal(0);
    check(
        "PAY-UCLA-LASTIN-1",
        &[("ot_hours_A", past("aa")), ("ot_hours_B", past("bb"))],
    );
    assert_eq!(
        split(&week, &Policy::WorkedLast),
        BTreeMap::from([(party("bb"), Cents(8_000))])
    );
}

#[test]
fn pay_prorata_memo_exact_shares_move_nothing_between_departments() {
    let mut week = towns(&[("3", "8.00", "aa"), ("8", "9.00", "bb")]);
    week.rule_sets = vec![RuleSet {
        name: "daily".to_owned(),
        citation: "memorandum".to_owned(),
        combine: Combine::EachMinuteOnce,
        rules: vec![Rule::Daily {
            after_minutes: 480,
            factor: "1.5".parse().unwrap(),
            below_minimum_wage_times: None,
        }],
    }];
    let week = paid(&week);
    let (_, premium) = week.better.clone().unwrap();
    let worked = worked_for(&week.costed);
    let parts = attribute(&premium, &worked, &Policy::ProRataByPay).unwrap();
    // The charge is for the three hours past eight: their straight time at each department's own
    // rate, by its hours, and its part of the premium.
    let three_of_eleven = Fraction::new(3, 11).unwrap();
    let charge = |id: &str| {
        let straight = &worked[&party(id)].straight_cents * &three_of_eleven;
        straight + &parts[&party(id)]
    };
    check(
        "PAY-PRORATA-MEMO",
        &[
            ("charge_A_exact", shown(&charge("aa"))),
            ("charge_B_exact", shown(&charge("bb"))),
            ("total_exact", shown(&(charge("aa") + charge("bb")))),
        ],
    );
}

#[test]
fn pay_grant_actual_hours_decide_and_no_budget() {
    let mut week = towns(&[("12", "0", "aa"), ("28", "0", "bb")]);
    week.basis = Basis::Exempt {
        weekly_cents: dollars("1000.00"),
    };
    let week = paid(&week);
    let worked = worked_for(&week.costed);
    check(
        "PAY-GRANT-ACTUAL",
        &[("allowable", shown(&worked[&party("aa")].straight_cents))],
    );
}

#[test]
fn pay_d_amend_up_books_the_difference_alone() {
    let id = "PAY-D-AMEND-UP";
    let before = paid(&towns(&[("24", "20.00", "aa"), ("12", "20.00", "bb")]));
    let lines = [
        ("24", "20.00", "aa"),
        ("12", "20.00", "bb"),
        ("6", "20.00", "cc"),
    ];
    let after = paid(&towns(&lines));
    let booked = deltas(&before.lines, &after.lines).unwrap();
    let of = |code: Code| {
        let of_code = booked.iter().filter(|delta| delta.key.code == code);
        money(Cents::sum(of_code.map(|delta| delta.cents)).unwrap())
    };
    check(
        id,
        &[
            ("before_gross", money(before.gross)),
            ("after_gross", money(after.gross)),
            (
                "delta_gross",
                money(Cents::sum(booked.iter().map(|d| d.cents)).unwrap()),
            ),
            ("delta_straight_C", of(Code::Regular)),
            ("delta_premium", of(Code::Premium)),
        ],
    );
    for (name, policy) in [
        ("pro_rata_delta", Policy::ProRata),
        ("last_in_delta", Policy::WorkedLast),
    ] {
        for (letter, town) in [("A", "aa"), ("B", "bb"), ("C", "cc")] {
            let [old, new] = [&before, &after].map(|week| split(week, &policy));
            let of_town = |parts: &BTreeMap<PartyId, Cents>| {
                parts.get(&party(town)).copied().unwrap_or_default()
            };
            let delta = of_town(&new).checked_sub(of_town(&old)).unwrap();
            check(id, &[(format!("{name}/{letter}").as_str(), money(delta))]);
        }
    }
}

#[test]
fn pay_d_amend_down_is_taken_back_down_to_the_minimum_wage() {
    let after = [
        ("24", "20.00", "aa"),
        ("12", "20.00", "bb"),
        ("2", "20.00", "cc"),
    ];
    let booked = deltas(&week_24_12_10().lines, &paid(&towns(&after)).lines).unwrap();
    let delta = Cents::sum(booked.iter().map(|delta| delta.cents)).unwrap();
    let current = paid(&hours(&[("30", "20.00")]));
    let pay = Pay {
        gross: current.gross,
        worked: current.costed.worked_minutes,
    };
    let step = recoup(Cents(-delta.0), pay, &dollars("15.00")).unwrap();
    check(
        "PAY-D-AMEND-DOWN",
        &[
            ("delta_gross", money(delta)),
            ("current_gross", money(current.gross)),
            ("mo_floor", money(step.floor)),
            ("max_recoup_this_week", money(step.now)),
            ("carry_forward", money(step.left)),
        ],
    );
}

#[test]
fn pay_recoup_43_hours_of_leave_that_were_not_there() {
    let leave = |minutes: i64| {
        let mut week = empty();
        for n in 0..7 {
            let day = FIRST.saturating_add(jiff::Span::new().days(n));
            let start = jiff::Timestamp::from_second(1_791_118_800 + n * 86_400).unwrap();
            let of_day = (minutes - n * 720).clamp(0, 720);
            if of_day > 0 {
                week.work
                    .push(work(0, day, start, of_day, "20.00", "leave"));
            }
        }
        paid(&week).lines
    };
    let booked = deltas(&leave(75 * 60), &leave(32 * 60)).unwrap();
    let minutes: Minutes = booked.iter().map(|delta| delta.minutes).sum();
    let hours = Minutes(-minutes.0).hours().to_decimal(0);
    check("PAY-RECOUP-43", &[("hours_recouped", hours)]);
}

#[test]
fn pay_hrms_3607_a_second_correction_counts_the_first() {
    let lines = |amount: i64| {
        let key = Key {
            day: FIRST,
            code: Code::Salary,
            location: None,
            account: None,
        };
        let line = Exact {
            key,
            minutes: Minutes::ZERO,
            rate_cents_per_hour: None,
            cents: Fraction::from(amount),
        };
        round(vec![line]).unwrap()
    };
    let first = deltas(&lines(50_000), &lines(55_000)).unwrap();
    let second = deltas(&lines(55_000), &lines(70_000)).unwrap();
    assert_eq!(first[0].cents, Cents(5_000));
    check(
        "PAY-HRMS-3607",
        &[("arrear", second[0].cents.0.to_string())],
    );
    assert_eq!(gross(&lines(50_000)).unwrap().0 + 5_000 + 15_000, 70_000);
}
