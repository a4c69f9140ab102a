//! Employers, work periods, compensatory time, a change of the workweek, minimum wages.

use vocabulary::{Fraction, Minutes};

use super::{check, expected};
use crate::comp::{Bank, Cap};
use crate::employer::{EmployerKind, LawEnforcement, NotAllowed, Volunteering};
use crate::minimum::minimum_wage;
use crate::pay::{CompTime, Refusal, Standard, compute};
use crate::period::{WorkPeriod, overtime};
use crate::samples::{add, hours, in_minutes, money, paid, shown, towns};
use crate::start::{self, CountedIn, change_of_start, check_change};

fn whole_hours(minutes: Minutes) -> String {
    minutes.hours().to_decimal(0)
}

#[test]
fn pay_joint_30_20_hours_of_one_person_are_added() {
    let week = paid(&towns(&[("30", "20.00", "aa"), ("20", "20.00", "bb")]));
    check(
        "PAY-JOINT-30-20",
        &[
            ("total_hours", whole_hours(week.costed.worked_minutes)),
            ("ot_hours", whole_hours(week.costed.overtime_minutes)),
        ],
    );
}

#[test]
fn pay_778_302_a_change_of_start_is_reckoned_twice_and_paid_by_the_greater() {
    // The old week begins on Sunday, the new one on the Saturday before the next.
    let mut both = hours(&[]);
    let new_first = "2026-10-10".parse().unwrap();
    add_days(
        &mut both,
        "2026-10-04",
        &["8", "8", "8", "8", "8", "0", "5"],
    );
    add_days(&mut both, "2026-10-11", &["7", "7", "7", "7", "7"]);
    let change = change_of_start(&both, new_first).unwrap();
    check(
        "PAY-778-302",
        &[
            ("old_week_pay", money(change.old.gross)),
            ("new_week_pay", money(change.new.gross)),
            ("method1_total", money(change.counted_in_old)),
            ("method2_total", money(change.counted_in_new)),
            (
                "pay_at_least",
                money(change.counted_in_old.max(change.counted_in_new)),
            ),
        ],
    );
    assert_eq!(change.overlap, CountedIn::Old);
}

fn add_days(week: &mut crate::pay::Week, first: &str, hours: &[&str]) {
    let zone: vocabulary::Zone = "America/Chicago".parse().unwrap();
    let mut day: jiff::civil::Date = first.parse().unwrap();
    for hours in hours {
        let minutes = in_minutes(hours);
        if minutes > 0 {
            let n = week.work.len();
            let start = zone.start_of(day);
            let work = crate::samples::work(n, day, start, minutes, "5.00", "town:aa");
            week.work.push(work);
        }
        day = day.tomorrow().unwrap();
    }
}

#[test]
fn the_new_week_is_paid_with_the_overlap_where_that_is_more() {
    let mut both = hours(&[]);
    add_days(
        &mut both,
        "2026-10-04",
        &["5", "5", "5", "5", "5", "0", "5"],
    );
    add_days(&mut both, "2026-10-11", &["8", "8", "8", "8", "8"]);
    let change = change_of_start(&both, "2026-10-10".parse().unwrap()).unwrap();
    assert_eq!(change.overlap, CountedIn::New);
    assert!(change.counted_in_new > change.counted_in_old);
    let far = "2026-10-11".parse().unwrap();
    assert!(matches!(
        change_of_start(&both, far),
        Err(start::Refusal::NoOverlap { .. })
    ));
    both.standard = Standard::WorkPeriod(WorkPeriod::try_new(14).unwrap(), SWORN);
    let refused = change_of_start(&both, "2026-10-10".parse().unwrap());
    assert!(matches!(refused, Err(start::Refusal::WorkPeriod)));
}

#[test]
fn a_start_that_changed_within_the_year_may_not_change_again() {
    let day = |text: &str| text.parse().unwrap();
    assert_eq!(check_change(None, day("2026-10-04")), Ok(()));
    let weekly = check_change(Some(day("2026-10-04")), day("2026-10-11"));
    let text = weekly.unwrap_err().to_string();
    assert!(
        text.contains("778.105") && text.contains("from 2027-10-04 on"),
        "{text}"
    );
    assert_eq!(
        check_change(Some(day("2026-10-04")), day("2027-10-04")),
        Ok(())
    );
}

const SWORN: LawEnforcement = LawEnforcement {
    empowered_body: true,
    power_to_arrest: true,
    police_training: true,
};

#[test]
fn pay_7k_table_in_whole_hours() {
    for days in 7..=28 {
        let period = WorkPeriod::try_new(days).unwrap();
        let table = match days {
            7..=20 => format!("max_hours_by_days/{days}"),
            _ => format!("days_21_to_28/{days}"),
        };
        check(
            "PAY-7K-TABLE",
            &[(table.as_str(), period.hours_max().to_string())],
        );
    }
    assert_eq!(
        WorkPeriod::try_new(6).unwrap_err().to_string(),
        "a work period has 7 to 28 days (29 CFR 553.224), not 6"
    );
    assert!(WorkPeriod::try_new(29).is_err());
}

#[test]
fn pay_553_231_the_period_counts_and_not_its_weeks() {
    let weeks = [80, 80, 52, 0].map(|h| Minutes(h * 60));
    let past = |weeks: &[Minutes], limit: i64| whole_hours(overtime(weeks, Minutes(limit * 60)));
    check(
        "PAY-553-231",
        &[
            ("ot_28_day", past(&weeks, 212)),
            ("ot_first_14_day", past(&weeks[..2], 106)),
        ],
    );
}

#[test]
fn pay_d_7k_not_for_a_private_employer_or_without_the_power_to_arrest() {
    let officer = LawEnforcement {
        power_to_arrest: false,
        ..SWORN
    };
    let public = EmployerKind::PublicAgency;
    let allowed = EmployerKind::Private.work_period(officer).is_ok()
        || EmployerKind::Private.work_period(SWORN).is_ok()
        || public.work_period(officer).is_ok();
    let weeks = ["44", "40"].map(|h| paid(&hours(&[(h, "20.00")])).costed);
    let past = weeks.iter().map(|week| week.overtime_minutes).sum();
    let fortnight = WorkPeriod::try_new(14).unwrap();
    let worked = weeks.map(|week| week.worked_minutes);
    check(
        "PAY-D-7K-NOT",
        &[
            ("section_7k", allowed.to_string()),
            ("ot_hours", whole_hours(past)),
            (
                "if_wrongly_7k",
                whole_hours(overtime(&worked, fortnight.threshold())),
            ),
        ],
    );
    let mut week = hours(&[("44", "20.00")]);
    week.standard = Standard::WorkPeriod(fortnight, officer);
    week.employer = public;
    let refused = Refusal::NotAllowed(NotAllowed::WorkPeriodWithoutArrest);
    assert_eq!(compute(&week), Err(refused));
    week.standard = Standard::WorkPeriod(fortnight, SWORN);
    assert_eq!(
        compute(&week).unwrap().costed.overtime_minutes,
        Minutes::ZERO
    );
}

#[test]
fn pay_553_22_caps_are_reached_by_so_much_overtime() {
    let filled_by = |cap: Cap| {
        let bank = Bank {
            cap,
            balance: Minutes::ZERO,
        };
        whole_hours(bank.accrue(Minutes(100_000)).from_overtime)
    };
    check(
        "PAY-553-22-CAPS",
        &[
            ("ot_hours_general", filled_by(Cap::General)),
            ("ot_hours_public_safety", filled_by(Cap::PublicSafety)),
        ],
    );
}

#[test]
fn pay_d_comp_time_for_a_town_and_cash_for_a_private_provider() {
    let cash = paid(&hours(&[("50", "20.00")]));
    let beyond = vocabulary::Cents(cash.gross.0 - 80_000);
    let id = "PAY-D-COMP";
    check(
        id,
        &[(
            "if_private_provider_is_employer",
            format!("{} cash", money(beyond)),
        )],
    );

    let mut week = hours(&[("50", "20.00")]);
    week.comp_time = Some(CompTime {
        agreed_on: Some(week.first_day),
        bank: Bank {
            cap: Cap::General,
            balance: Minutes::ZERO,
        },
        overtime_at_most: Minutes(6_000),
    });
    assert_eq!(
        compute(&week),
        Err(Refusal::NotAllowed(NotAllowed::CompTimeAtPrivate))
    );
    week.employer = EmployerKind::PublicAgency;
    let town = paid(&week);
    let gained = whole_hours(town.comp.unwrap().gained);
    check(
        id,
        &[(
            "if_town_is_employer_with_agreement",
            format!("{gained} h comp time"),
        )],
    );
    // Ten hours are time off: neither their straight time nor their premium is paid.
    assert_eq!(
        (money(town.gross), money(town.qualified)),
        ("800.00".into(), "0.00".into())
    );

    // Cash and time off may be mixed (553.23): four hours off, six paid.
    week.comp_time.as_mut().unwrap().overtime_at_most = Minutes(240);
    let mixed = paid(&week);
    assert_eq!(
        (money(mixed.gross), money(mixed.qualified)),
        ("980.00".into(), "60.00".into())
    );
    assert_eq!(mixed.comp.unwrap().gained, Minutes(360));
}

#[test]
fn pay_d_volunteer_hours_through_a_provider_are_worked() {
    let offer = Volunteering {
        to: EmployerKind::Private,
        employed_there: true,
        same_service: true,
        free: true,
    };
    assert_eq!(offer.check(), Err(NotAllowed::VolunteerAtPrivate));
    let to_the_town = Volunteering {
        to: EmployerKind::PublicAgency,
        ..offer
    };
    assert_eq!(to_the_town.check(), Err(NotAllowed::VolunteerSameService));
    let mut week = hours(&[("30", "20.00")]);
    add(&mut week, "6", "20.00", "town:aa");
    let worked = paid(&week).costed.worked_minutes;
    check("PAY-D-VOLUNTEER", &[("hours", whole_hours(worked))]);
    let said = offer.check().unwrap_err().to_string();
    assert!(
        said.contains(&expected("PAY-D-VOLUNTEER", "treat_as")),
        "{said}"
    );
}

#[test]
fn pay_mo_minwage_by_date() {
    for (n, day) in ["2025-01-01", "2026-01-01"].into_iter().enumerate() {
        let wage = minimum_wage("US-MO", day.parse().unwrap()).unwrap().exact();
        let half_more = &wage * &Fraction::new(3, 200).unwrap();
        let places = if n == 0 { 3 } else { 2 };
        check(
            "PAY-MO-MINWAGE",
            &[
                (format!("min_wage/{n}").as_str(), shown(&wage)),
                (
                    format!("ot_floor/{n}").as_str(),
                    half_more.to_decimal(places),
                ),
            ],
        );
    }
}
