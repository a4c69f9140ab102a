//! Overtime and the regular rate.

use vocabulary::{Fraction, Minutes};

use super::check;
use crate::employer::EmployerKind;
use crate::extra::ExtraKind;
use crate::line::{Code, deltas};
use crate::pay::{OvertimeRate, Paid, Refusal, compute};
use crate::rules::{Combine, Rule, RuleSet};
use crate::samples::{add, empty, extra, hours, in_minutes, money, paid, shown, towns, work};

pub(super) fn exact_gross(paid: &Paid) -> String {
    let exact = Fraction::sum(paid.lines.iter().map(|line| &line.exact_cents));
    assert!(paid.gross >= exact.to_cents_half_up().unwrap());
    shown(&exact)
}

pub(super) fn of_code(paid: &Paid, code: Code) -> String {
    let lines = paid.lines.iter().filter(|line| line.key.code == code);
    shown(&Fraction::sum(lines.map(|line| &line.exact_cents)))
}

pub(super) fn overtime_hours(paid: &Paid) -> String {
    paid.costed.overtime_minutes.hours().to_decimal(0)
}

pub(super) fn rate(paid: &Paid) -> String {
    shown(&paid.regular_rate_cents_per_hour)
}

pub(super) fn times(paid: &Paid, n: i64, d: i64) -> String {
    shown(&(&paid.regular_rate_cents_per_hour * &Fraction::new(n, d).unwrap()))
}

pub(super) fn straight(paid: &Paid) -> String {
    shown(&paid.costed.straight_pay_cents)
}

pub(super) fn premium(paid: &Paid) -> String {
    shown(&paid.federal_premium_cents)
}

#[test]
fn pay_778_104_each_week_stands_alone() {
    let [first, second] = ["30", "50"].map(|h| paid(&hours(&[(h, "20.00")])));
    check(
        "PAY-778-104",
        &[
            ("ot_hours_week1", overtime_hours(&first)),
            ("ot_hours_week2", overtime_hours(&second)),
        ],
    );
}

#[test]
fn pay_778_110a_one_rate() {
    let week = paid(&hours(&[("46", "12.00")]));
    check(
        "PAY-778-110A",
        &[
            ("ot_hours", overtime_hours(&week)),
            ("ot_premium", premium(&week)),
            ("gross", money(week.gross)),
            ("ot_rate", times(&week, 3, 2)),
        ],
    );
}

#[test]
fn pay_778_110a_1981_one_rate() {
    let week = paid(&hours(&[("46", "6.00")]));
    check("PAY-778-110A-1981", &[("gross", money(week.gross))]);
}

#[test]
fn pay_778_110b_a_bonus_raises_the_regular_rate() {
    let mut week = hours(&[("46", "12.00")]);
    extra(&mut week, ExtraKind::Bonus, "46.00");
    let week = paid(&week);
    check(
        "PAY-778-110B",
        &[
            ("total_remuneration", shown(&week.remuneration_cents)),
            ("regular_rate", rate(&week)),
            ("gross", money(week.gross)),
        ],
    );
}

#[test]
fn pay_778_219_a1_leave_that_is_worked_through_is_paid_besides() {
    let mut week = hours(&[("50", "12.00")]);
    extra(&mut week, ExtraKind::PaidAbsence, "576.00");
    let week = paid(&week);
    check(
        "PAY-778-219-A1",
        &[
            ("straight_time", straight(&week)),
            (
                "vacation_pay",
                of_code(&week, Code::Extra(ExtraKind::PaidAbsence)),
            ),
            ("ot_premium", premium(&week)),
            ("regular_rate", rate(&week)),
            ("total", money(week.gross)),
        ],
    );
}

#[test]
fn pay_mt_2521_a_leave_that_is_worked_through_is_paid_besides() {
    let mut week = hours(&[("50", "2.00")]);
    extra(&mut week, ExtraKind::PaidAbsence, "96.00");
    let week = paid(&week);
    check(
        "PAY-MT-2521-A",
        &[
            ("straight_time", straight(&week)),
            ("ot_premium", premium(&week)),
            ("total", money(week.gross)),
        ],
    );
}

#[test]
fn pay_778_303_a_raise_afterwards_reopens_the_overtime() {
    let at = |rate| ["40", "41"].map(|h| paid(&hours(&[(h, rate)])).gross.0);
    let ([old_40, old_41], [new_40, new_41]) = (at("10.00"), at("10.10"));
    let per_hour = vocabulary::Cents((new_41 - new_40) - (old_41 - old_40));
    check("PAY-778-303", &[("owed_per_ot_hour", money(per_hour))]);

    let [before, after] = ["10.00", "10.10"].map(|rate| paid(&hours(&[("41", rate)])));
    let owed = deltas(&before.lines, &after.lines).unwrap();
    let sum = vocabulary::Cents::sum(owed.iter().map(|delta| delta.cents)).unwrap();
    assert_eq!(money(sum), "4.15");
}

#[test]
fn pay_fs54_shift_a_differential_is_a_second_rate() {
    let week = paid(&hours(&[("24", "8.00"), ("24", "9.00")]));
    let overtime = &week.regular_rate_cents_per_hour * &Fraction::from(12);
    check(
        "PAY-FS54-SHIFT",
        &[
            ("straight_time", straight(&week)),
            ("regular_rate", rate(&week)),
            ("half_time", times(&week, 1, 2)),
            ("ot_hours_earnings", shown(&overtime)),
            ("ot_premium", premium(&week)),
            ("gross", money(week.gross)),
        ],
    );
    // Paid as an amount besides, it comes to the same.
    let mut amount = hours(&[("48", "8.00")]);
    extra(&mut amount, ExtraKind::ShiftDifferential, "24.00");
    assert_eq!(paid(&amount).gross, week.gross);
}

#[test]
fn pay_mtas_2096_two_rates() {
    let week = paid(&hours(&[("40", "15.00"), ("8", "9.00")]));
    check(
        "PAY-MTAS-2096",
        &[
            ("straight_time", straight(&week)),
            ("regular_rate", rate(&week)),
            ("half_time", times(&week, 1, 2)),
            ("ot_premium", premium(&week)),
            ("gross", money(week.gross)),
        ],
    );
}

#[test]
fn pay_mtas_hourly_time_and_a_half() {
    let week = paid(&hours(&[("41", "8.00")]));
    check("PAY-MTAS-HOURLY", &[("ot_rate", times(&week, 3, 2))]);
}

#[test]
fn pay_ts_two_rates_weighted() {
    let week = paid(&hours(&[("32", "15.00"), ("14", "10.00")]));
    check(
        "PAY-TS-TWO-RATES",
        &[
            ("straight_time", straight(&week)),
            ("regular_rate", rate(&week)),
            ("ot_premium", premium(&week)),
            ("gross", money(week.gross)),
        ],
    );
}

#[test]
fn pay_spectrum_early_straight_time_is_not_priced_again_at_the_average() {
    let week = paid(&hours(&[("24", "10.00"), ("21", "15.00")]));
    let id = "PAY-SPECTRUM-EARLY";
    check(
        id,
        &[
            ("regular_rate", rate(&week)),
            ("gross_exact", money(week.gross)),
        ],
    );
}

#[test]
fn pay_patriot_45_one_rate() {
    let week = paid(&hours(&[("45", "18.00")]));
    let beyond = vocabulary::Cents(week.gross.0 - 72_000);
    check(
        "PAY-PATRIOT-45",
        &[("ot_pay", money(beyond)), ("gross", money(week.gross))],
    );
}

#[test]
fn pay_cost_premium_split_a_contract_of_35_hours_owes_a_further_premium() {
    let mut week = hours(&[("40", "10.40")]);
    week.rule_sets = vec![RuleSet {
        name: "contract".to_owned(),
        citation: "collective agreement".to_owned(),
        combine: Combine::EachMinuteOnce,
        rules: vec![Rule::Weekly {
            after_minutes: 35 * 60,
            factor: "1.5".parse().unwrap(),
        }],
    }];
    let week = paid(&week);
    check(
        "PAY-COST-PREMIUM-SPLIT",
        &[
            ("labour_cost", money(week.gross)),
            ("basic_cost", straight(&week)),
            ("premium", of_code(&week, Code::FurtherPremium)),
            ("premium_rate", times(&week, 1, 2)),
        ],
    );
    assert_eq!(
        money(week.qualified),
        "0.00",
        "no federal overtime, so none is qualified"
    );
}

#[test]
fn pay_d_24_12_10_rates_weighted_and_in_effect() {
    let lines = [
        ("24", "20.00", "aa"),
        ("12", "22.00", "bb"),
        ("10", "18.00", "cc"),
    ];
    let mut week = towns(&lines);
    let weighted = paid(&week);
    week.overtime_rate = OvertimeRate::InEffect {
        agreed_on: week.first_day,
    };
    // One kind of work in three towns is no reason for it.
    assert!(matches!(
        compute(&week),
        Err(Refusal::SameKindTwoRates { .. })
    ));
    for work in &mut week.work {
        work.kind = work.slice.location.to_string();
    }
    let in_effect = paid(&week);
    let regular = &weighted.regular_rate_cents_per_hour * &Fraction::new(1, 100).unwrap();
    check(
        "PAY-D-24-12-10-RATES",
        &[
            ("straight_time", straight(&weighted)),
            ("regular_rate_4dp", regular.to_decimal(4)),
            ("ot_premium_weighted", premium(&weighted)),
            ("gross_weighted", money(weighted.gross)),
            ("ot_premium_rate_in_effect", premium(&in_effect)),
            ("gross_rate_in_effect", money(in_effect.gross)),
        ],
    );
    week.overtime_rate = OvertimeRate::InEffect {
        agreed_on: week.first_day.tomorrow().unwrap(),
    };
    assert!(matches!(
        compute(&week),
        Err(Refusal::AgreedAfterwards { .. })
    ));
}

#[test]
fn pay_d_pto_is_no_hour_worked() {
    let mut week = hours(&[("36", "20.00")]);
    add(&mut week, "8", "20.00", "leave");
    let week = paid(&week);
    let all: Minutes = week.lines.iter().map(|line| line.minutes).sum();
    check(
        "PAY-D-PTO",
        &[
            ("paid_hours", all.hours().to_decimal(0)),
            ("ot_hours", overtime_hours(&week)),
            ("gross", money(week.gross)),
        ],
    );
}

#[test]
fn pay_d_dst_gratuitous_the_hour_that_was_not_lived_through_is_its_own_pay_code() {
    let mut week = hours(&[("40", "20.00")]);
    extra(&mut week, ExtraKind::IdlePay, "20.00");
    let week = paid(&week);
    check(
        "PAY-D-DST-GRATUITOUS",
        &[
            (
                "hours_worked",
                week.costed.worked_minutes.hours().to_decimal(0),
            ),
            ("ot_hours", overtime_hours(&week)),
            ("gross", money(week.gross)),
        ],
    );
}

#[test]
fn pay_d_oncall_a_stipend_counts_in_its_own_week() {
    let mut week = hours(&[("44", "20.00")]);
    let ignored = premium(&paid(&week));
    extra(&mut week, ExtraKind::OnCallStipend, "250.00");
    let week = paid(&week);
    check(
        "PAY-D-ONCALL",
        &[
            ("total_remuneration", shown(&week.remuneration_cents)),
            ("regular_rate", rate(&week)),
            ("ot_premium", premium(&week)),
            ("gross", money(week.gross)),
            ("premium_if_on_call_ignored", ignored),
        ],
    );
}

#[test]
fn pay_d_obbba_wa_the_qualified_part_is_the_weighted_premium() {
    let lines = [
        ("24", "20.00", "aa"),
        ("12", "22.00", "bb"),
        ("10", "18.00", "cc"),
    ];
    let week = paid(&towns(&lines));
    check("PAY-D-OBBBA-WA", &[("qualified_ot", money(week.qualified))]);
}

#[test]
fn pay_obbba_colorado_only_the_half_is_qualified() {
    let week = paid(&hours(&[("41", "20.00")]));
    let ratio = Fraction::new(week.qualified.0, week.gross.0 - 80_000).unwrap();
    check(
        "PAY-OBBBA-COLORADO",
        &[
            ("qualified_ot_per_hour", money(week.qualified)),
            ("ratio_of_ot_pay", ratio.to_string()),
        ],
    );
}

#[test]
fn what_belongs_to_another_week_or_employer_is_refused() {
    let day = "2026-10-11".parse().unwrap();
    let mut week = empty();
    let start = "2026-10-11T13:00Z".parse().unwrap();
    week.work.push(work(0, day, start, 60, "20.00", "training"));
    assert!(matches!(compute(&week), Err(Refusal::OutsideWeek { .. })));
    let mut week = hours(&[("8", "20.00")]);
    extra(&mut week, ExtraKind::Bonus, "1.00");
    week.extras[0].day = day;
    assert!(matches!(
        compute(&week),
        Err(Refusal::ExtraOutsideWeek { .. })
    ));
    week.extras[0].cents = vocabulary::Cents(-1);
    assert!(matches!(compute(&week), Err(Refusal::NegativeExtra { .. })));
    assert_eq!(week.employer, EmployerKind::Private);
    assert_eq!(in_minutes("0.5"), 30);
}
