//! Building a roster and bettering it: greedy first, then late-acceptance hill climbing (a change
//! is kept if it is no worse than now, or better than some rounds ago), then filling up.

use super::state::State;

/// How many rounds back a worse roster is still accepted.
const MEMORY: usize = 50;

/// A small generator of numbers from a seed (SplitMix64): the only chance there is here.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn from_seed(seed: u64) -> Self {
        Self(seed)
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `below` (without).
    pub(super) fn below(&mut self, below: usize) -> usize {
        let wide = (u128::from(self.draw()) * below as u128) >> 64;
        usize::try_from(wide).expect("less than a usize")
    }
}

/// Gives every shift to whom it suits best, the hardest to give first.
pub(super) fn greedy(state: &mut State) {
    let mut order: Vec<usize> = (0..state.case.open).collect();
    order.sort_by_key(|place| (state.case.able[*place].len(), *place));
    for place in order {
        best(state, place);
    }
}

/// Gives open shifts until nobody can take one for the better.
pub(super) fn fill(state: &mut State) {
    let mut more = true;
    while more {
        more = false;
        for place in 0..state.case.open {
            if state.on[place].is_none() {
                more |= best(state, place);
            }
        }
    }
}

/// Puts on a shift whoever makes the roster best; nobody if none makes it better.
fn best(state: &mut State, place: usize) -> bool {
    let start = state.score;
    let mut found = None;
    let able = &state.case.able[place];
    for officer in able {
        if state.put(place, Some(*officer)) {
            if state.score < found.map_or(start, |(score, _)| score) {
                found = Some((state.score, *officer));
            }
            let undone = state.put(place, None);
            debug_assert!(undone, "taking back what was just given");
        }
    }
    match found {
        Some((_, officer)) => state.put(place, Some(officer)),
        None => false,
    }
}

/// Tries small changes, and goes back to the best roster that was met.
pub(super) fn better(state: &mut State, seed: u64, rounds: u32) {
    if state.case.open == 0 {
        return;
    }
    let mut chance = Chance::from_seed(seed);
    let mut memory = [state.score; MEMORY];
    let mut best = state.clone();
    for round in 0..rounds as usize {
        let before = state.score;
        let Some(changes) = change(state, &mut chance) else {
            continue;
        };
        let late = &mut memory[round % MEMORY];
        if state.score > before && state.score >= *late {
            undo(state, changes);
        } else if state.score < best.score {
            best = state.clone();
        }
        if state.score < *late {
            *late = state.score;
        }
    }
    *state = best;
}

/// Who was on which shifts, in the order in which that was changed.
type Changes = Vec<(usize, Option<usize>)>;

fn undo(state: &mut State, changes: Changes) {
    for (place, officer) in changes.into_iter().rev() {
        // The state before each step kept all rules, so every step back is allowed.
        let back = state.put(place, officer);
        debug_assert!(back, "every step back was a roster before");
    }
}

/// One random change; `None`, and nothing changed, if a rule forbids it.
fn change(state: &mut State, chance: &mut Chance) -> Option<Changes> {
    let place = chance.below(state.case.open);
    let able = &state.case.able[place];
    if able.is_empty() {
        return None;
    }
    let officer = able[chance.below(able.len())];
    match chance.below(8) {
        0 => steps(state, &[(place, None)]),
        1..=3 => steps(state, &[(place, Some(officer))]),
        4 | 5 => {
            // Two shifts change hands.
            let other = near(state, place, chance);
            let (a, b) = (state.on[place], state.on[other]);
            steps(state, &[(place, None), (other, a), (place, b)])
        }
        _ => {
            // An officer drops one shift for this one; somebody else may have the dropped one.
            let mine = &state.mine[officer];
            if mine.is_empty() {
                return None;
            }
            let dropped = mine[chance.below(mine.len())];
            if dropped >= state.case.open {
                return None; // kept is kept
            }
            let able = &state.case.able[dropped];
            let heir = able[chance.below(able.len())];
            let changes = steps(state, &[(dropped, None), (place, Some(officer))])?;
            match steps(state, &[(dropped, Some(heir))]) {
                Some(more) => Some(changes.into_iter().chain(more).collect()),
                None => Some(changes),
            }
        }
    }
}

/// Another open shift, near in time, since shifts stand by start.
fn near(state: &State, place: usize, chance: &mut Chance) -> usize {
    let reach = 40.min(state.case.open);
    let from = place.saturating_sub(reach / 2);
    (from + chance.below(reach)).min(state.case.open - 1)
}

/// Takes steps in order, or none of them.
fn steps(state: &mut State, wanted: &[(usize, Option<usize>)]) -> Option<Changes> {
    let mut taken = Vec::new();
    for (place, officer) in wanted {
        let before = state.on[*place];
        if !state.put(*place, *officer) {
            undo(state, taken);
            return None;
        }
        taken.push((*place, before));
    }
    Some(taken)
}
