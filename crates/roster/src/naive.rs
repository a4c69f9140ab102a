//! The hard rules once more, written from their words and not from the code: minute by minute, in a
//! calendar of one officer. Slow, and shares nothing with the rulebook but its types.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Assigned, Gate, Shift, Team};

/// What is broken, in a word each; empty if nothing is.
pub(crate) fn broken(team: &Team, planned: &[Assigned], gate: &Gate) -> Vec<String> {
    let mut all = Vec::new();
    for officer in &team.officers {
        let mine: Vec<&Shift> = planned
            .iter()
            .filter(|p| p.officer == officer.id)
            .map(|p| &p.shift)
            .collect();
        let mut say = |what: &str| all.push(format!("{}: {what}", officer.id));
        let limits = &team.limits;
        let mut minutes: BTreeMap<i64, &Shift> = BTreeMap::new();
        for shift in &mine {
            for minute in shift.start().as_second() / 60..shift.end().as_second() / 60 {
                if minutes.insert(minute, shift).is_some() {
                    say("overlap");
                }
                let at = jiff::Timestamp::from_second(minute * 60).unwrap();
                if officer.away.iter().any(|a| a.from <= at && at < a.to) {
                    say("away");
                }
                let day = limits.workweek.zone.day_of(at);
                if gate(&officer.id, shift, day).is_err() {
                    say("gate");
                }
            }
        }
        stretches(team, &minutes, &mut say);
        let zone = &limits.workweek.zone;
        let days: BTreeSet<_> = mine.iter().map(|s| zone.day_of(s.start())).collect();
        for day in &days {
            let span = i64::from(limits.days_in_a_row_max);
            if (0..=span).all(|n| days.contains(&crate::shift::later(*day, n))) {
                say("days in a row");
            }
        }
        let mut weeks: BTreeMap<_, i64> = BTreeMap::new();
        for minute in minutes.keys() {
            let at = jiff::Timestamp::from_second(minute * 60).unwrap();
            *weeks
                .entry(limits.workweek.start_of(zone.day_of(at)))
                .or_default() += 1;
        }
        for most in [limits.weekly_minutes_max, officer.weekly_minutes_max] {
            if weeks.values().any(|w| most.is_some_and(|m| *w > m.0)) {
                say("week");
            }
        }
    }
    all
}

/// Goes through an officer's minutes: what was the last one, and since when without a rest.
fn stretches(team: &Team, minutes: &BTreeMap<i64, &Shift>, say: &mut dyn FnMut(&str)) {
    let (rest, longest) = (
        team.limits.rest_minutes.0,
        team.limits.stretch_minutes_max.0,
    );
    let mut last: Option<(i64, &Shift)> = None;
    let mut since = 0;
    for (minute, shift) in minutes {
        match last {
            Some((before, from)) => {
                let free = minute - before - 1;
                if from.id() != shift.id()
                    && free < team.travel.minutes(from.town(), shift.town()).0
                {
                    say("travel");
                }
                if free >= rest && free > 0 {
                    since = *minute;
                }
            }
            None => since = *minute,
        }
        if minute + 1 - since > longest {
            say("stretch");
        }
        last = Some((*minute, shift));
    }
}
