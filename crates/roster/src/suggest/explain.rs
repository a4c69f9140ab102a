//! A roster in words: who is on what, what stays open and why.

use crate::rules::{alone, sort, together};
use crate::{Assigned, Refused, Shift, ShiftId};

use super::state::State;
use super::{Short, Suggestion, Unmet, WishUnmet, shared};

use vocabulary::Minutes;

/// The final roster as a suggestion.
pub(super) fn suggestion(mut state: State) -> Suggestion {
    let case = state.case;
    let officers = &case.request.team.officers;
    let mut assigned = Vec::new();
    let mut unmet: Vec<Unmet> = Vec::new();
    let mut spare: Vec<ShiftId> = Vec::new();
    for place in 0..case.open {
        let shift = case.shifts[place];
        let on = state.on[place];
        match on {
            Some(officer) => assigned.push(Assigned {
                officer: officers[officer].id.clone(),
                shift: shift.clone(),
            }),
            None if !state.in_period(place) => {}
            None if state.would_help(place) => unmet.push(Unmet {
                shift: shift.clone(),
                why: refused(&state, place, None),
            }),
            None => spare.push(shift.id().clone()),
        }
    }
    let towns = case
        .request
        .coverage
        .iter()
        .enumerate()
        .map(|(n, coverage)| {
            let (bought, planned, absent) = state.town(n);
            Short {
                town: coverage.town.clone(),
                bought: Minutes(bought),
                planned: Minutes(planned),
                absent: Minutes(absent),
                unmet: unmet
                    .iter()
                    .filter(|u| *u.shift.town() == coverage.town)
                    .map(|u| u.shift.id().clone())
                    .collect(),
            }
        })
        .collect();
    Suggestion {
        wishes: wishes(&state),
        assigned,
        unmet,
        spare,
        towns,
        score: state.score,
    }
}

/// Everybody who cannot be on a shift beside what they do, with every reason.
fn refused(state: &State, place: usize, but: Option<usize>) -> Vec<Refused> {
    let case = state.case;
    let shift = case.shifts[place];
    let mut all = Vec::new();
    for (n, officer) in case.request.team.officers.iter().enumerate() {
        if Some(n) == but {
            continue;
        }
        let mine: Vec<&Shift> = state.mine[n].iter().map(|p| case.shifts[*p]).collect();
        let mut with = mine.clone();
        with.push(shift);
        sort(&mut with);
        let before = together(&case.ground, officer, &mine);
        let mut reasons = alone(&case.ground, officer, shift, case.request.gate);
        reasons.extend(
            together(&case.ground, officer, &with)
                .into_iter()
                .filter(|breach| !before.contains(breach)),
        );
        if !reasons.is_empty() {
            all.push(Refused {
                officer: officer.id.clone(),
                reasons,
            });
        }
    }
    all
}

fn wishes(state: &State) -> Vec<WishUnmet> {
    let case = state.case;
    let mut all = Vec::new();
    for (n, officer) in case.request.team.officers.iter().enumerate() {
        for place in state.mine[n].iter().filter(|p| **p < case.open) {
            let shift = case.shifts[*place];
            let broken = officer
                .wishes
                .iter()
                .any(|(from, to)| shared(shift, *from, *to) > 0);
            if broken {
                all.push(WishUnmet {
                    officer: officer.id.clone(),
                    shift: shift.id().clone(),
                    others: refused(state, *place, Some(n)),
                });
            }
        }
    }
    all
}
