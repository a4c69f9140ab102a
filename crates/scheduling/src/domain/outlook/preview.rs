//! What it would mean to give a shift to an officer.
//!
//! # Who bears the overtime
//! Hours count in the order in which they are worked: the minutes past the threshold are the last
//! ones of the workweek. They lie in some town and on some account, and that is who is shown. What
//! the terms of an agreement then make of a premium is theirs to say.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use roster::ShiftId;
use vocabulary::{Account, Minutes, OfficerId, TownId};

use super::Outlook;
use crate::domain::roster::{Slot, unmet};

/// What it would mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Everything in the way, in words.
    pub breaches: Vec<String>,
    /// The weeks that the shift lies in.
    pub weeks: Vec<Week>,
    /// Travel between towns that it would add; less than nothing if it lies on the way.
    pub travel_minutes: Minutes,
}

/// One workweek of the officer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// Its first day.
    pub start: Date,
    /// Planned without the shift.
    pub minutes_before: Minutes,
    /// Planned with it.
    pub minutes_after: Minutes,
    /// Of those before, past the threshold.
    pub overtime_before: Minutes,
    /// Of those after, past the threshold.
    pub overtime_after: Minutes,
    /// Where the difference lies.
    pub bearers: Vec<Bearer>,
}

/// Who would bear overtime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// Who is charged.
    pub account: Account,
    /// In which town it lies.
    pub town: TownId,
    /// How much more, or less.
    pub overtime_minutes: Minutes,
}

/// Where minutes past the threshold lie.
type Past = BTreeMap<(Account, TownId), i64>;

impl Outlook {
    /// What it would mean to give a shift to an officer.
    pub fn preview(&self, officer: &OfficerId, slot: &Slot) -> Preview {
        let given = Slot {
            officer: Some(officer.clone()),
            ..slot.clone()
        };
        let breaches = unmet(&self.state, &self.known, std::slice::from_ref(&given));
        let id = given.shift.id();
        let mine = self.standing(|planned| planned.slot.officer.as_ref() == Some(officer));
        let mine = mine.map(|planned| &planned.slot);
        let mine: Vec<&Slot> = mine.filter(|slot| slot.shift.id() != id).collect();
        let mut with = mine.clone();
        with.push(&given);
        let workweek = &self.known.limits.workweek;
        let pieces = given.shift.days(&workweek.zone);
        let mut weeks: Vec<Date> = pieces.iter().map(|p| workweek.start_of(p.day)).collect();
        weeks.dedup();
        let weeks = weeks.into_iter();
        Preview {
            breaches,
            weeks: weeks.map(|start| self.week(start, &mine, &with)).collect(),
            travel_minutes: self.travelled(&with) - self.travelled(&mine),
        }
    }

    fn week(&self, start: Date, mine: &[&Slot], with: &[&Slot]) -> Week {
        let (minutes_before, before) = self.past(start, mine);
        let (minutes_after, after) = self.past(start, with);
        let sum = |past: &Past| Minutes(past.values().sum());
        let mut keys: Vec<_> = before.keys().chain(after.keys()).collect();
        keys.sort();
        keys.dedup();
        let at = |past: &Past, key| past.get(key).copied().unwrap_or_default();
        let bearers = keys.into_iter().map(|key| Bearer {
            account: key.0.clone(),
            town: key.1.clone(),
            overtime_minutes: Minutes(at(&after, key) - at(&before, key)),
        });
        Week {
            start,
            minutes_before,
            minutes_after,
            overtime_before: sum(&before),
            overtime_after: sum(&after),
            bearers: bearers
                .filter(|b| b.overtime_minutes != Minutes::ZERO)
                .collect(),
        }
    }

    /// The minutes of some shifts in a week, and where those past the threshold lie.
    fn past(&self, week: Date, slots: &[&Slot]) -> (Minutes, Past) {
        let limits = &self.known.limits;
        let zone = &limits.workweek.zone;
        let next = week.checked_add(7.days()).unwrap_or(week);
        let (from, to) = (zone.start_of(week), zone.start_of(next));
        let parts = slots.iter().map(|slot| {
            let (start, end) = (slot.shift.start().max(from), slot.shift.end().min(to));
            (
                start,
                slot.shift.id(),
                Minutes::between(start, end).0,
                *slot,
            )
        });
        let mut parts: Vec<(Timestamp, &ShiftId, i64, &Slot)> =
            parts.filter(|(_, _, minutes, _)| *minutes > 0).collect();
        parts.sort_by_key(|(start, id, _, _)| (*start, *id));
        let (mut worked, mut past) = (0, Past::new());
        for (_, _, minutes, slot) in parts {
            let threshold = limits.overtime_after_minutes.0;
            let over = (worked + minutes - threshold).clamp(0, minutes);
            worked += minutes;
            if over > 0 {
                let key = (slot.account.clone(), slot.shift.town().clone());
                *past.entry(key).or_default() += over;
            }
        }
        (Minutes(worked), past)
    }

    /// Minutes on the way between towns within stretches of work.
    fn travelled(&self, slots: &[&Slot]) -> Minutes {
        let mut slots = slots.to_vec();
        slots.sort_by_key(|slot| (slot.shift.start(), slot.shift.id()));
        let pairs = slots.windows(2).filter(|pair| {
            let gap = Minutes::between(pair[0].shift.end(), pair[1].shift.start());
            gap < self.known.limits.rest_minutes
        });
        let way = |pair: &[&Slot]| {
            let (from, to) = (pair[0].shift.town(), pair[1].shift.town());
            self.known.travel.minutes(from, to)
        };
        pairs.map(way).sum()
    }
}
