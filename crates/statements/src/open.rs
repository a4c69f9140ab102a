//! Time that is not approved at the end of a month: what a close lists.

use std::collections::BTreeMap;

use allocation::OpenTime;
use jiff::civil::Date;
use vocabulary::{Minutes, Month, OfficerId, Zone};

use crate::mirror::days::Day;
use crate::mirror::duties::Duty;

/// One officer's day of one agreement, as its duties tell it.
#[derive(Default)]
struct Worked {
    minutes: i64,
    /// Position of the last fact that touched it.
    changed: u64,
}

/// What is open at a month's end, by officer and day: duties charged to the agreement on days that
/// were changed after they were last approved, and officers who are on duty still. Days of earlier
/// months that were closed without them stay listed until they are approved: nothing worked is
/// forgotten.
pub(crate) fn items(
    month: Month,
    zone: &Zone,
    duties: &[Duty],
    days: &BTreeMap<(OfficerId, Date), Day>,
) -> Vec<OpenTime> {
    let last_day = month.last_day();
    let mut worked: BTreeMap<(OfficerId, Date), Worked> = BTreeMap::new();
    let mut open = Vec::new();
    for duty in duties {
        for piece in duty.pieces.iter().filter(|p| p.date <= last_day) {
            let day = worked.entry((duty.officer.clone(), piece.date));
            day.or_default().minutes += piece.minutes.0;
        }
        for (date, seq) in duty.touched.iter().filter(|(d, _)| **d <= last_day) {
            let day = worked.entry((duty.officer.clone(), *date)).or_default();
            day.changed = day.changed.max(*seq);
        }
        if let Some(since) = duty.on_duty_since {
            let date = zone.day_of(since);
            if date <= last_day {
                open.push(item(&duty.officer, date, 0, "on-duty"));
            }
        }
    }
    for ((officer, date), worked) in worked {
        let day = days.get(&(officer.clone(), date));
        let approved = day.map_or(0, |day| day.approved);
        let changed = day.map_or(0, |day| day.changed).max(worked.changed);
        // A day that lost its minutes before anybody approved them has nothing left to approve.
        let anything = worked.minutes > 0 || approved > 0;
        if anything && changed > approved {
            open.push(item(&officer, date, worked.minutes, "unapproved"));
        }
    }
    open.sort();
    open
}

fn item(officer: &OfficerId, date: Date, minutes: i64, why: &str) -> OpenTime {
    OpenTime {
        officer: officer.clone(),
        date,
        minutes: Minutes(minutes),
        why: why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use vocabulary::Account;

    use super::*;
    use crate::mirror::duties::Piece;

    fn october() -> Month {
        "2026-10".parse().unwrap()
    }

    fn zone() -> Zone {
        "America/Chicago".parse().unwrap()
    }

    fn duty(pieces: &[(Date, i64)], touched: &[(Date, u64)]) -> Duty {
        let piece = |(date, minutes): &(Date, i64)| Piece {
            date: *date,
            minutes: Minutes(*minutes),
        };
        Duty {
            officer: "cso-114".parse().unwrap(),
            account: Account::Provider,
            on_duty_since: None,
            pieces: pieces.iter().map(piece).collect(),
            touched: touched.iter().copied().collect(),
        }
    }

    fn days(days: &[(Date, u64, u64)]) -> BTreeMap<(OfficerId, Date), Day> {
        let officer: OfficerId = "cso-114".parse().unwrap();
        let day = |(date, changed, approved): &(Date, u64, u64)| {
            let day = Day {
                officer: officer.clone(),
                date: *date,
                month: Month::of(*date),
                changed: *changed,
                approved: *approved,
            };
            ((officer.clone(), *date), day)
        };
        days.iter().map(day).collect()
    }

    fn told(items: &[OpenTime]) -> Vec<(Date, i64, &str)> {
        let told = items.iter();
        told.map(|item| (item.date, item.minutes.0, item.why.as_str()))
            .collect()
    }

    #[test]
    fn a_day_is_open_until_it_is_approved_and_again_after_a_change() {
        let fifth = date(2026, 10, 5);
        let worked = duty(&[(fifth, 480)], &[(fifth, 3)]);
        let open = |days: &[(Date, u64, u64)]| {
            items(
                october(),
                &zone(),
                std::slice::from_ref(&worked),
                &self::days(days),
            )
        };
        assert_eq!(told(&open(&[(fifth, 3, 0)])), [(fifth, 480, "unapproved")]);
        assert_eq!(told(&open(&[(fifth, 3, 7)])), []);
        assert_eq!(told(&open(&[(fifth, 9, 7)])), [(fifth, 480, "unapproved")]);
    }

    #[test]
    fn days_after_the_month_are_not_asked_for_yet() {
        let (last, first) = (date(2026, 10, 31), date(2026, 11, 1));
        let night = duty(&[(last, 120), (first, 360)], &[(last, 3), (first, 3)]);
        let open = items(october(), &zone(), &[night], &BTreeMap::new());
        assert_eq!(told(&open), [(last, 120, "unapproved")]);
    }

    #[test]
    fn a_day_that_an_earlier_month_was_closed_without_stays_listed() {
        let fifth = date(2026, 10, 5);
        let worked = duty(&[(fifth, 480)], &[(fifth, 3)]);
        let november = "2026-11".parse().unwrap();
        let open = items(november, &zone(), &[worked], &BTreeMap::new());
        assert_eq!(told(&open), [(fifth, 480, "unapproved")]);
    }

    #[test]
    fn a_day_that_lost_approved_minutes_is_open_with_none() {
        let fifth = date(2026, 10, 5);
        let removed = duty(&[], &[(fifth, 9)]);
        let open = items(
            october(),
            &zone(),
            std::slice::from_ref(&removed),
            &days(&[(fifth, 3, 7)]),
        );
        assert_eq!(told(&open), [(fifth, 0, "unapproved")]);
        let never = items(october(), &zone(), &[removed], &days(&[(fifth, 3, 0)]));
        assert_eq!(told(&never), []);
    }

    #[test]
    fn who_is_on_duty_still_is_listed_on_the_day_it_began_in_the_agreements_zone() {
        let mut on_duty = duty(&[], &[]);
        // Half past ten in the evening of the 31st in Chicago.
        on_duty.on_duty_since = Some("2026-11-01T03:30:00Z".parse().unwrap());
        let open = items(
            october(),
            &zone(),
            std::slice::from_ref(&on_duty),
            &BTreeMap::new(),
        );
        assert_eq!(told(&open), [(date(2026, 10, 31), 0, "on-duty")]);
        let before = items(
            "2026-09".parse().unwrap(),
            &zone(),
            &[on_duty],
            &BTreeMap::new(),
        );
        assert_eq!(told(&before), []);
    }
}
