//! The right edge of a growing tree: what must be kept to append leaves and know the root.

use super::node;
use crate::Hash;

/// The roots of the perfect subtrees that the leaves fall into, largest first: at most 64 hashes
/// for any log. Enough to append and to compute the root; not enough to prove inclusion.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

/// Stored parts that can not be a frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A frontier of {size} leaves has {expected} peaks, not {found}.")]
pub struct FrontierError {
    pub size: u64,
    pub expected: u32,
    pub found: usize,
}

impl Frontier {
    pub fn new() -> Frontier {
        Frontier::default()
    }

    /// Puts a stored frontier together again: one peak per set bit of `size`, largest first.
    pub fn from_parts(size: u64, peaks: Vec<Hash>) -> Result<Frontier, FrontierError> {
        let expected = size.count_ones();
        if usize::try_from(expected).is_ok_and(|expected| expected == peaks.len()) {
            Ok(Frontier { size, peaks })
        } else {
            Err(FrontierError {
                size,
                expected,
                found: peaks.len(),
            })
        }
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Appends one leaf hash: merges as many peaks as the size has trailing ones.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            let left = self.peaks.pop().expect("one peak per set bit of the size");
            hash = node(left, hash);
        }
        self.peaks.push(hash);
        self.size = self
            .size
            .checked_add(1)
            .expect("a log stays far below 2^64 leaves");
    }

    /// The root of the tree so far: the peaks folded from the smallest.
    pub fn root(&self) -> Hash {
        let mut upwards = self.peaks.iter().rev().copied();
        match upwards.next() {
            None => super::root(&[]),
            Some(smallest) => upwards.fold(smallest, |right, left| node(left, right)),
        }
    }
}

impl FromIterator<Hash> for Frontier {
    fn from_iter<I: IntoIterator<Item = Hash>>(leaves: I) -> Frontier {
        let mut frontier = Frontier::new();
        for leaf in leaves {
            frontier.push(leaf);
        }
        frontier
    }
}
