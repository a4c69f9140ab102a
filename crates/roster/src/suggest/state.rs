//! A roster in numbers, changed one shift at a time, its score kept up with every change.

use std::collections::BTreeSet;

use crate::candidates::travelled;
use crate::coverage::{Span, clipped};
use crate::rules::walk::{self, Bounds, Ground, Item, walk};
use crate::rules::{alone, together};
use crate::shift::{later, night, weekend};
use crate::{Breach, Shift};

use super::{Request, Score, shared};

/// What does not change while rosters are tried.
pub(super) struct Case<'a> {
    pub(super) request: &'a Request<'a>,
    pub(super) ground: Ground<'a>,
    /// Every shift: first the open ones, then the kept ones.
    pub(super) shifts: Vec<&'a Shift>,
    /// How many of them are open.
    pub(super) open: usize,
    /// For each kept one, its officer's place in the team.
    kept_by: Vec<Option<usize>>,
    items: Vec<Item>,
    effects: Vec<Effect>,
    bounds: Vec<Bounds>,
    /// For each open shift, who is neither away nor refused by the gate.
    pub(super) able: Vec<Vec<usize>>,
    /// For each officer, what kept shifts break already.
    broken: Vec<Vec<Breach>>,
    bought: Vec<i64>,
    bought_weeks: Vec<i64>,
    weeks: usize,
    demand: Vec<(usize, i64, i64)>,
}

/// What a shift does to the score.
#[derive(Default)]
struct Effect {
    /// Its town's coverage, its minutes in the period, and by week of the period.
    town: Option<usize>,
    minutes: i64,
    weeks: Vec<(usize, i64)>,
    /// Which stretches of demand it serves.
    serves: Vec<usize>,
    night: i64,
    weekend: i64,
}

/// A roster.
#[derive(Clone)]
pub(super) struct State<'a> {
    pub(super) case: &'a Case<'a>,
    /// For each open shift, who is on it.
    pub(super) on: Vec<Option<usize>>,
    /// For each officer, the places of their shifts, by start.
    pub(super) mine: Vec<Vec<usize>>,
    planned: Vec<i64>,
    planned_weeks: Vec<i64>,
    there: Vec<i64>,
    costs: Vec<Cost>,
    pub(super) score: Score,
}

/// One officer's part of the score.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    overtime: i64,
    travel: i64,
    wish: i64,
    unfair: i64,
}

impl<'a> Case<'a> {
    pub(super) fn new(request: &'a Request<'a>) -> Self {
        let mut ids: BTreeSet<_> = request.kept.iter().map(|k| k.shift.id()).collect();
        let mut open: Vec<&Shift> = request
            .open
            .iter()
            .filter(|shift| ids.insert(shift.id()))
            .collect();
        crate::rules::sort(&mut open);
        let shifts: Vec<&Shift> = open
            .iter()
            .copied()
            .chain(request.kept.iter().map(|k| &k.shift))
            .collect();
        let team = request.team;
        let ground = Ground::new(team, shifts.iter().map(|s| s.town()));
        let kept_by: Vec<Option<usize>> = request
            .kept
            .iter()
            .map(|k| team.officers.iter().position(|o| o.id == k.officer))
            .collect();
        let able = open.iter().map(|s| able(&ground, s, request)).collect();
        let broken = (0..team.officers.len())
            .map(|officer| {
                let mut mine: Vec<&Shift> = std::iter::zip(request.kept, &kept_by)
                    .filter(|(_, by)| **by == Some(officer))
                    .map(|(kept, _)| &kept.shift)
                    .collect();
                crate::rules::sort(&mut mine);
                together(&ground, &team.officers[officer], &mine)
            })
            .collect();
        let mut case = Self {
            request,
            items: shifts.iter().map(|s| ground.item(s)).collect(),
            bounds: team
                .officers
                .iter()
                .map(|o| Bounds::of(&team.limits, o))
                .collect(),
            ground,
            open: open.len(),
            shifts,
            kept_by,
            effects: Vec::new(),
            able,
            broken,
            bought: Vec::new(),
            bought_weeks: Vec::new(),
            weeks: 0,
            demand: Vec::new(),
        };
        case.price();
        case
    }

    /// What towns bought, who must be there, and what each shift does about it.
    fn price(&mut self) {
        let (from, to) = (self.request.from, self.request.to);
        let zone = &self.request.team.limits.workweek.zone;
        let mut starts = Vec::new();
        let mut week = self.request.team.limits.workweek.start_of(from);
        while week < to {
            starts.push(week);
            week = later(week, 7);
        }
        self.weeks = starts.len();
        let mut effects: Vec<Effect> = Vec::new();
        for shift in &self.shifts {
            effects.push(Effect {
                night: night(shift, zone),
                weekend: weekend(shift, zone),
                ..Effect::default()
            });
        }
        for (town, coverage) in self.request.coverage.iter().enumerate() {
            self.bought.push(coverage.bought_minutes(from, to).0);
            for start in &starts {
                let (first, last) = clipped(*start, from, to);
                self.bought_weeks
                    .push(coverage.bought_minutes(first, last).0);
            }
            let here = |shift: &&Shift| *shift.town() == coverage.town;
            let edges: Vec<_> = self
                .shifts
                .iter()
                .copied()
                .filter(here)
                .flat_map(|s| [s.start(), s.end()])
                .collect();
            let demand: Vec<(Span, u16)> = coverage.demand(from, to, &edges);
            let base = self.demand.len();
            for (span, wanted) in &demand {
                self.demand.push((town, i64::from(*wanted), span.minutes()));
            }
            for (place, shift) in self.shifts.iter().enumerate().filter(|(_, s)| here(s)) {
                let effect = &mut effects[place];
                effect.town = Some(town);
                for piece in shift.days(&coverage.zone) {
                    if from <= piece.day && piece.day < to {
                        let week = starts.partition_point(|s| *s <= piece.day) - 1;
                        effect.minutes += piece.minutes().0;
                        effect.weeks.push((week, piece.minutes().0));
                    }
                }
                let serves = |span: &Span| shift.touches(span.start, span.end);
                let first = demand.partition_point(|(span, _)| span.end <= shift.start());
                effect.serves = (first..demand.len())
                    .take_while(|n| demand[*n].0.start < shift.end())
                    .filter(|n| serves(&demand[*n].0))
                    .map(|n| base + n)
                    .collect();
            }
        }
        self.effects = effects;
    }
}

/// Who could be on a shift whatever else they do.
fn able(ground: &Ground, shift: &Shift, request: &Request) -> Vec<usize> {
    let zone = &request.team.limits.workweek.zone;
    // Outside the period nothing is proposed.
    let day = zone.day_of(shift.start());
    if day < request.from || request.to <= day {
        return Vec::new();
    }
    (0..request.team.officers.len())
        .filter(|n| alone(ground, &request.team.officers[*n], shift, request.gate).is_empty())
        .collect()
}

impl<'a> State<'a> {
    pub(super) fn new(case: &'a Case<'a>) -> Self {
        let towns = case.bought.len();
        let officers = case.bounds.len();
        let mut state = Self {
            case,
            on: vec![None; case.open],
            mine: vec![Vec::new(); officers],
            planned: vec![0; towns],
            planned_weeks: vec![0; towns * case.weeks],
            there: vec![0; case.demand.len()],
            costs: vec![Cost::default(); officers],
            score: Score::default(),
        };
        for (town, bought) in case.bought.iter().enumerate() {
            state.score.off_minutes += bought;
            for week in 0..case.weeks {
                state.score.uneven_minutes2 += case.bought_weeks[town * case.weeks + week].pow(2);
            }
        }
        state.score.absent_minutes = case.demand.iter().map(|(_, want, long)| want * long).sum();
        for (n, officer) in case.kept_by.iter().enumerate() {
            let place = case.open + n;
            state.count(place, 1);
            if let Some(officer) = officer {
                state.insert(*officer, place);
            }
        }
        for officer in 0..officers {
            state.reckon(officer);
        }
        state
    }

    /// Puts somebody, or nobody, on an open shift. `false`, and nothing is changed, if a hard rule
    /// forbids it.
    pub(super) fn put(&mut self, place: usize, officer: Option<usize>) -> bool {
        let before = self.on[place];
        if before == officer {
            return true;
        }
        if let Some(new) = officer {
            if !self.case.able[place].contains(&new) {
                return false;
            }
            self.insert(new, place);
            if !self.holds(new) {
                self.mine[new].retain(|p| *p != place);
                return false;
            }
        }
        if let Some(old) = before {
            self.mine[old].retain(|p| *p != place);
            // Where the way over a town is shorter than the straight one, less can break more.
            if !self.holds(old) {
                self.insert(old, place);
                if let Some(new) = officer {
                    self.mine[new].retain(|p| *p != place);
                }
                return false;
            }
            self.reckon(old);
        }
        if let Some(new) = officer {
            self.reckon(new);
        }
        self.on[place] = officer;
        match (before, officer) {
            (None, Some(_)) => self.count(place, 1),
            (Some(_), None) => self.count(place, -1),
            _ => {}
        }
        true
    }

    fn insert(&mut self, officer: usize, place: usize) {
        let items = &self.case.items;
        let shifts = &self.case.shifts;
        let key = |p: usize| (items[p].start, items[p].end, shifts[p].id());
        let at = self.mine[officer].partition_point(|p| key(*p) <= key(place));
        self.mine[officer].insert(at, place);
    }

    fn items(&self, officer: usize) -> Vec<Item> {
        self.mine[officer]
            .iter()
            .map(|p| self.case.items[*p])
            .collect()
    }

    /// Whether an officer's shifts break nothing, or nothing that kept shifts do not break already.
    fn holds(&self, officer: usize) -> bool {
        let case = self.case;
        if case.broken[officer].is_empty() {
            let items = self.items(officer);
            return walk(&items, &case.bounds[officer], &case.ground, &mut |_| false);
        }
        let mine: Vec<&Shift> = self.mine[officer].iter().map(|p| case.shifts[*p]).collect();
        let who = &case.request.team.officers[officer];
        together(&case.ground, who, &mine)
            .iter()
            .all(|breach| case.broken[officer].contains(breach))
    }

    /// Counts a shift in or out of its town.
    fn count(&mut self, place: usize, sign: i64) {
        let case = self.case;
        let effect = &case.effects[place];
        let Some(town) = effect.town else {
            // Nobody bought it.
            self.score.off_minutes += sign * case.shifts[place].minutes().0;
            return;
        };
        let bought = case.bought[town];
        self.score.off_minutes -= (bought - self.planned[town]).abs();
        self.planned[town] += sign * effect.minutes;
        self.score.off_minutes += (bought - self.planned[town]).abs();
        for (week, minutes) in &effect.weeks {
            let at = town * case.weeks + week;
            let off = |planned: i64| (case.bought_weeks[at] - planned).pow(2);
            self.score.uneven_minutes2 -= off(self.planned_weeks[at]);
            self.planned_weeks[at] += sign * minutes;
            self.score.uneven_minutes2 += off(self.planned_weeks[at]);
        }
        for served in &effect.serves {
            let (_, want, long) = case.demand[*served];
            let missing = |there: i64| (want - there).max(0) * long;
            self.score.absent_minutes -= missing(self.there[*served]);
            self.there[*served] += sign;
            self.score.absent_minutes += missing(self.there[*served]);
        }
    }

    /// Reckons an officer's part of the score anew.
    fn reckon(&mut self, officer: usize) {
        let case = self.case;
        let limits = &case.request.team.limits;
        let items = self.items(officer);
        let mut cost = Cost::default();
        walk::weeks(&items, &mut |_, minutes| {
            cost.overtime += (minutes - limits.overtime_after_minutes.0).max(0);
            true
        });
        cost.travel = travelled(&case.ground, &items, limits.rest_minutes.0);
        let wishes = &case.request.team.officers[officer].wishes;
        let (mut nights, mut weekends) = (0, 0);
        for place in &self.mine[officer] {
            nights += case.effects[*place].night;
            weekends += case.effects[*place].weekend;
            cost.wish += wishes
                .iter()
                .map(|(from, to)| shared(case.shifts[*place], *from, *to))
                .sum::<i64>();
        }
        cost.unfair = nights.pow(2) + weekends.pow(2);
        let old = std::mem::replace(&mut self.costs[officer], cost);
        self.score.overtime_minutes += cost.overtime - old.overtime;
        self.score.travel_minutes += cost.travel - old.travel;
        self.score.wish_minutes += cost.wish - old.wish;
        self.score.unfair_minutes2 += cost.unfair - old.unfair;
    }

    /// What a town bought, what it gets, and how much of its minimum presence is missing.
    pub(super) fn town(&self, town: usize) -> (i64, i64, i64) {
        let absent = std::iter::zip(&self.case.demand, &self.there)
            .filter(|((of, _, _), _)| *of == town)
            .map(|((_, want, long), there)| (want - there).max(0) * long)
            .sum();
        (self.case.bought[town], self.planned[town], absent)
    }

    /// Whether towns would be nearer to what they bought if somebody were on an open shift.
    pub(super) fn would_help(&mut self, place: usize) -> bool {
        let towns = |score: &Score| {
            (
                score.absent_minutes,
                score.off_minutes,
                score.uneven_minutes2,
            )
        };
        let before = towns(&self.score);
        self.count(place, 1);
        let after = towns(&self.score);
        self.count(place, -1);
        after < before
    }

    /// Whether the period holds a shift's start at all.
    pub(super) fn in_period(&self, place: usize) -> bool {
        let request = self.case.request;
        let day = request
            .team
            .limits
            .workweek
            .zone
            .day_of(self.case.shifts[place].start());
        request.from <= day && day < request.to
    }
}
