//! Salaries, exempt and not; kinds of pay that are refused.

use super::check;
use super::rate::{exact_gross, premium, rate, times};
use crate::pay::{Basis, Finding, Refusal, compute};
use crate::samples::{dollars, empty, hours, money, paid, salaried};

#[test]
fn pay_778_113a_1981_a_salary_by_the_hours_it_covers() {
    let mut week = hours(&[("36", "0")]);
    week.basis = salaried("182.70", "35");
    let first = paid(&week);
    week.basis = salaried("220.80", "40");
    let second = paid(&week);
    check(
        "PAY-778-113A-1981",
        &[
            ("regular_rate", rate(&first)),
            ("ot_rate", times(&first, 3, 2)),
            ("second_regular_rate", rate(&second)),
        ],
    );
    // The short week of the second salary is paid whole.
    assert_eq!(money(second.gross), "220.80");
}

#[test]
fn pay_778_322_a_salary_for_35_hours() {
    let mut week = hours(&[("41", "0")]);
    week.basis = salaried("200.00", "35");
    let week = paid(&week);
    check(
        "PAY-778-322",
        &[
            ("regular_rate", rate(&week)),
            ("ot_rate", times(&week, 3, 2)),
            ("gross_exact_rounded_once", exact_gross(&week)),
        ],
    );
}

#[test]
fn pay_mt_322_a_salary_for_35_hours() {
    let mut week = hours(&[("41", "0")]);
    week.basis = salaried("80.00", "35");
    let week = paid(&week);
    let id = "PAY-MT-322";
    check(
        id,
        &[
            ("gross_exact_rounded_once", exact_gross(&week)),
            ("regular_rate", rate(&week)),
        ],
    );
}

#[test]
fn pay_mtas_2089_a_salary_for_40_hours() {
    let mut week = hours(&[("48", "0")]);
    week.basis = salaried("400.00", "40");
    let week = paid(&week);
    let beyond = vocabulary::Cents(week.gross.0 - 40_000);
    check(
        "PAY-MTAS-2089",
        &[
            ("regular_rate", rate(&week)),
            ("ot_rate", times(&week, 3, 2)),
            ("ot_pay", money(beyond)),
        ],
    );
}

#[test]
fn pay_mtas_2090_a_salary_for_50_hours() {
    let mut week = hours(&[("50", "0")]);
    week.basis = salaried("500.00", "50");
    let week = paid(&week);
    let id = "PAY-MTAS-2090";
    check(
        id,
        &[
            ("regular_rate", rate(&week)),
            ("ot_premium", premium(&week)),
        ],
    );
}

#[test]
fn pay_mtas_2091_a_salary_for_35_hours() {
    let mut week = hours(&[("35", "0")]);
    week.basis = salaried("300.00", "35");
    let week = paid(&week);
    let id = "PAY-MTAS-2091";
    check(
        id,
        &[
            ("regular_rate", rate(&week)),
            ("ot_rate", times(&week, 3, 2)),
        ],
    );
}

#[test]
fn pay_far_uncomp_ot_an_exempt_salary_is_spread_over_all_hours() {
    let mut week = hours(&[("45", "0")]);
    week.basis = Basis::Exempt {
        weekly_cents: dollars("800.00"),
    };
    let week = paid(&week);
    check("PAY-FAR-UNCOMP-OT", &[("adjusted_rate", rate(&week))]);
    assert_eq!(
        (money(week.gross), premium(&week)),
        ("800.00".into(), "0.00".into())
    );
}

#[test]
fn pay_diluted_rate_of_an_exempt_salary() {
    let rates = ["40", "50"].map(|h| {
        let mut week = hours(&[(h, "0")]);
        week.basis = Basis::Exempt {
            weekly_cents: dollars("1000.00"),
        };
        rate(&paid(&week))
    });
    let [first, second] = rates;
    check(
        "PAY-DILUTED-RATE",
        &[("rates/0", first), ("rates/1", second)],
    );
}

#[test]
fn pay_d_fww_mo_falls_below_the_minimum_wage_and_is_refused() {
    let mut week = hours(&[("44", "0")]);
    week.minimum_wage = Some(dollars("15.00"));
    week.basis = Basis::FluctuatingWorkweek;
    assert_eq!(compute(&week), Err(Refusal::FluctuatingWorkweek));
    week.basis = salaried("600.00", "44");
    let week = paid(&week);
    let below = matches!(week.findings[..], [Finding::BelowMinimumWage { .. }]);
    let lawful = dollars("600.00").checked_div(&dollars("15.00")).unwrap();
    check(
        "PAY-D-FWW-MO",
        &[
            ("regular_rate", rate(&week)),
            ("below_minimum", below.to_string()),
            ("max_lawful_hours", lawful.to_decimal(0)),
        ],
    );
}

#[test]
fn refused_kinds_of_pay_say_why() {
    let mut week = empty();
    week.basis = Basis::PieceRate;
    let refused = compute(&week).unwrap_err().to_string();
    assert!(
        refused.contains("778.111") && refused.contains("give hourly rates"),
        "{refused}"
    );
    week.basis = Basis::FluctuatingWorkweek;
    let refused = compute(&week).unwrap_err().to_string();
    assert!(
        refused.contains("778.114") && refused.contains("give a salary"),
        "{refused}"
    );
    week.basis = salaried("100.00", "0");
    assert_eq!(compute(&week), Err(Refusal::SalaryWithoutHours));
}
