//! Which projections an append statement names.
//!
//! # Why
//!
//! A part of a statement that writes nothing costs as much to start as one that writes, so it names
//! only those tables that the batch changes. Every such shape stays prepared on every connection,
//! and with many projections there are thousands: the first few are kept, and every other batch
//! takes the one that has room for all.

use std::collections::HashSet;

use super::batch::Batch;
use crate::store::rows::Changes;

/// Shapes that are prepared, beside the one that names all.
const SHAPES_MAX: usize = 32;

/// What a statement does to one projection's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Part {
    Nothing,
    Upserts,
    UpsertsAndDeletes,
}

impl Part {
    fn of(changes: &Changes<'_>) -> Part {
        if !changes.deleted.is_empty() {
            Part::UpsertsAndDeletes
        } else if changes.keys.is_empty() {
            Part::Nothing
        } else {
            Part::Upserts
        }
    }
}

/// What tells one append statement from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Shape {
    /// One event of one command, and one row of every table that is named.
    pub(super) lone: bool,
    /// By projection, in the order of the store's list.
    pub(super) parts: Vec<Part>,
}

impl Shape {
    pub(super) fn of(batch: &Batch<'_>, changes: &[Changes<'_>]) -> Shape {
        let parts: Vec<Part> = changes.iter().map(Part::of).collect();
        let one = |(part, of): (&Part, &Changes<'_>)| *part == Part::Nothing || of.keys.len() == 1;
        let lone =
            batch.events.len() == 1 && batch.done.len() == 1 && parts.iter().zip(changes).all(one);
        Shape { lone, parts }
    }
}

/// The shapes that were used so far.
#[derive(Default)]
pub(crate) struct Shapes(HashSet<Shape>);

impl Shapes {
    /// The shape to be used for a batch of this one: itself, or the one that has room for all.
    pub(super) fn fit(&mut self, shape: Shape) -> Shape {
        if self.0.contains(&shape) {
            return shape;
        }
        if self.0.len() < SHAPES_MAX {
            self.0.insert(shape.clone());
            return shape;
        }
        Shape {
            lone: false,
            parts: vec![Part::UpsertsAndDeletes; shape.parts.len()],
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Part, SHAPES_MAX, Shape, Shapes};

    #[test]
    fn however_many_subsets_change_few_shapes_are_used_and_each_has_room_for_its_batch() {
        let parts = [Part::Nothing, Part::Upserts, Part::UpsertsAndDeletes];
        let mut shapes = Shapes::default();
        let mut used = HashSet::new();
        for round in 0..2 {
            for n in 0..2 * 3usize.pow(6) {
                let digit = |place: u32| parts[n / 2 / 3usize.pow(place) % 3];
                let wanted = Shape {
                    lone: n % 2 == 0,
                    parts: (0..6).map(digit).collect(),
                };
                let fit = shapes.fit(wanted.clone());
                let mut parts = wanted.parts.iter().zip(&fit.parts);
                assert!(parts.all(|(part, room)| part <= room));
                if n < SHAPES_MAX {
                    assert_eq!(wanted, fit, "round {round}");
                }
                // What does not walk its arrays takes one row each, and no fewer.
                assert!(!fit.lone || fit == wanted);
                used.insert(fit);
            }
        }
        assert_eq!(used.len(), SHAPES_MAX + 1);
    }
}
