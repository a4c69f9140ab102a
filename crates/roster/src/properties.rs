//! Laws that hold for whatever comes.

use jiff::civil::date;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use vocabulary::Minutes;

use crate::samples::{anybody, at, coverage, cso, on, patrol, team, town, zone};
use crate::shift::later;
use crate::{
    Assigned, Away, AwayWhy, Pattern, Request, Shift, ShiftId, Suggestion, Team, breaches, cut,
    draft, naive, suggest,
};

/// A shift somewhere in two weeks, on a quarter of an hour.
fn shifts(most: usize) -> impl Strategy<Value = Vec<Shift>> {
    let one = (0..14 * 96_i64, 4..60_i64, 0..3_usize);
    prop::collection::vec(one, 0..most).prop_map(|all| {
        let begin = at("2026-10-25T00:00");
        let shift = |(n, (start, long, place)): (usize, (i64, i64, usize))| {
            let start = begin + (start * 15).minutes();
            let id = ShiftId::new(format!("s{n}")).unwrap();
            let place = town(["ashford", "barlow", "corey"][place]);
            Shift::new(id, place, patrol(), start, start + (long * 15).minutes()).unwrap()
        };
        all.into_iter().enumerate().map(shift).collect()
    })
}

fn limited(officers: usize, rest: i64, stretch: i64, days: u16, week: Option<i64>) -> Team {
    let mut team = team(officers);
    team.limits.rest_minutes = Minutes(rest * 60);
    team.limits.stretch_minutes_max = Minutes(stretch * 60);
    team.limits.days_in_a_row_max = days;
    team.limits.weekly_minutes_max = week.map(|hours| Minutes(hours * 60));
    team
}

fn teams() -> impl Strategy<Value = Team> {
    let leave = prop::collection::vec((0..14 * 24_i64, 1..72_i64), 0..3);
    (
        6..13_i64,
        8..15_i64,
        2..7_u16,
        prop::option::of(16..48_i64),
        leave,
    )
        .prop_map(|(rest, stretch, days, week, leave)| {
            let mut team = limited(3, rest, stretch, days, week);
            for (n, (from, long)) in leave.into_iter().enumerate() {
                let from = at("2026-10-25T00:00") + from.hours();
                team.officers[n].away.push(Away {
                    from,
                    to: from + long.hours(),
                    why: AwayWhy::Leave,
                });
            }
            team
        })
}

/// Officer 2 may never be in Corey.
fn gate(
    officer: &vocabulary::OfficerId,
    shift: &Shift,
    _: jiff::civil::Date,
) -> Result<(), String> {
    if *officer == cso(2) && *shift.town() == town("corey") {
        return Err("no permit there".to_owned());
    }
    Ok(())
}

fn suggested(team: &Team, open: &[Shift], kept: &[Assigned], seed: u64) -> Suggestion {
    suggest(&Request {
        team,
        coverage: &["ashford", "barlow", "corey"].map(|t| coverage(t, 1500, 8, 18, 1)),
        open,
        kept,
        from: date(2026, 10, 25),
        to: date(2026, 11, 8),
        gate: &gate,
        seed,
        rounds: 300,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_suggestion_breaks_no_hard_rule_and_leaves_what_is_kept(
        team in teams(), open in shifts(40), seed: u64,
    ) {
        // What is kept is itself a roster that holds: a first suggestion for half of the shifts.
        let (first, second) = open.split_at(open.len() / 2);
        let kept = suggested(&team, first, &[], seed).assigned;
        let found = suggested(&team, second, &kept, seed);
        prop_assert!(found.assigned.iter().all(|a| second.contains(&a.shift)));
        let all: Vec<Assigned> = kept.iter().chain(&found.assigned).cloned().collect();
        prop_assert_eq!(naive::broken(&team, &all, &gate), Vec::<String>::new());
        prop_assert_eq!(breaches(&team, &all, &gate), vec![]);
        prop_assert_eq!(&found, &suggested(&team, second, &kept, seed));
        for unmet in &found.unmet {
            prop_assert_eq!(unmet.why.len(), team.officers.len(), "each officer has a reason");
        }
    }

    #[test]
    fn the_rulebook_and_the_naive_checker_agree(team in teams(), shifts in shifts(8)) {
        let planned: Vec<Assigned> = shifts
            .into_iter()
            .enumerate()
            .map(|(n, shift)| on(n % 2 + 1, shift))
            .collect();
        let words = breaches(&team, &planned, &gate);
        let naive = naive::broken(&team, &planned, &gate);
        prop_assert_eq!(words.is_empty(), naive.is_empty(), "{:?} / {:?}", words, naive);
    }

    #[test]
    fn what_is_cut_at_midnight_adds_up(start in 0..500_000_i64, long in 1..1440_i64) {
        let start = Timestamp::from_second(1_772_000_000 / 60 * 60 + start * 60).unwrap();
        let end = start + long.minutes();
        let pieces = cut(start, end, &zone());
        let total: Minutes = pieces.iter().map(|p| p.minutes()).sum();
        prop_assert_eq!(total, Minutes(long));
        prop_assert!(pieces.iter().all(|p| zone().day_of(p.start) == p.day));
    }

    #[test]
    fn adjoining_windows_expand_to_what_the_joined_one_does(
        first in 0..90_i64, second in 0..90_i64, hour in 0..24_i8, every in 1..4_u8,
        count in 1..60_u8, weekly: bool,
    ) {
        let freq = if weekly { "WEEKLY;BYDAY=SU,WE,FR" } else { "DAILY" };
        let text = format!(
            "DTSTART;TZID=America/Chicago:20261004T{hour:02}3000\nDURATION:PT9H\n\
             RRULE:FREQ={freq};INTERVAL={every};COUNT={count}\n"
        );
        let Ok(pattern) = Pattern::parse(&text) else {
            // A week from Monday ends with its Sunday: the start is then the only day of its week.
            return Err(TestCaseError::fail(text));
        };
        let from = at("2026-10-01T00:00");
        let middle = from + (first * 24).hours();
        let to = middle + (second * 24).hours();
        let mut joined = pattern.expand(from, middle);
        joined.extend(pattern.expand(middle, to));
        prop_assert_eq!(joined, pattern.expand(from, to));
        prop_assert_eq!(&Pattern::parse(&pattern.to_string()).unwrap(), &pattern);
    }

    #[test]
    fn bought_minutes_of_parts_add_up_to_the_whole(
        weekly in 0..5000_i64, first in 0..400_i64, second in 0..400_i64,
    ) {
        let town = coverage("barlow", weekly, 8, 16, 0);
        let from = date(2026, 1, 1);
        let (middle, to) = (later(from, first), later(from, first + second));
        let parts = town.bought_minutes(from, middle) + town.bought_minutes(middle, to);
        prop_assert_eq!(parts, town.bought_minutes(from, to));
    }

    #[test]
    fn a_draft_holds_every_minute_of_its_windows(from in 0..24_i8, until in 0..24_i8) {
        let town = coverage("barlow", 0, from, until, 2);
        let (first, last) = (date(2026, 3, 1), date(2026, 3, 15));
        let shifts = draft(&town, &patrol(), first, last, Minutes(480)).unwrap();
        prop_assert!(crate::absences(&town, &shifts, first, last).is_empty());
        prop_assert!(shifts.iter().all(|s| s.minutes() <= Minutes(480)));
        prop_assert!(anybody(&cso(1), &shifts[0], first).is_ok());
    }
}
