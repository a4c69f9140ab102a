//! Consistency: the tree of `from` leaves is the beginning of the tree of `to` leaves.

use super::{ProofError, node, root, size_of, split};
use crate::Hash;

/// RFC 6962 §2.1.2 `PROOF(from, leaves)`. No hashes where there is nothing to show: `from` is 0 or
/// the whole tree.
pub fn prove_consistency(leaves: &[Hash], from: u64) -> Result<Vec<Hash>, ProofError> {
    let to = size_of(leaves);
    if from > to {
        return Err(ProofError::Shrunk { from, to });
    }
    if from == 0 || from == to {
        return Ok(Vec::new());
    }
    let mut earlier = usize::try_from(from).expect("not above a length in memory");
    let mut leaves = leaves;
    // True while `leaves` starts at the tree's left edge: then the earlier root is known to the
    // verifier and need not be sent.
    let mut at_left_edge = true;
    let mut downwards = Vec::new();
    while earlier != leaves.len() {
        let (left, right) = leaves.split_at(split(leaves.len()));
        if earlier <= left.len() {
            downwards.push(root(right));
            leaves = left;
        } else {
            downwards.push(root(left));
            earlier -= left.len();
            leaves = right;
            at_left_edge = false;
        }
    }
    if !at_left_edge {
        downwards.push(root(leaves));
    }
    downwards.reverse();
    Ok(downwards)
}

/// RFC 9162 §2.1.4.2, step by step. That text leaves out `from = 0` and `from = to`; here the empty
/// tree begins every tree and a tree begins itself, both with an empty proof.
pub fn verify_consistency(
    from: u64,
    from_root: Hash,
    to: u64,
    to_root: Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if from > to {
        return Err(ProofError::Shrunk { from, to });
    }
    if from == 0 || from == to {
        return verify_trivial(from, from_root, to_root, proof);
    }
    let length = ProofError::Length { found: proof.len() };
    let (first, rest) = if from.is_power_of_two() {
        (from_root, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or(length)?;
        (*first, rest)
    };
    let (mut fnode, mut snode) = (from - 1, to - 1);
    while fnode & 1 == 1 {
        fnode >>= 1;
        snode >>= 1;
    }
    let (mut earlier, mut later) = (first, first);
    for sibling in rest {
        if snode == 0 {
            return Err(length);
        }
        if fnode & 1 == 1 || fnode == snode {
            earlier = node(*sibling, earlier);
            later = node(*sibling, later);
            while fnode & 1 == 0 && fnode != 0 {
                fnode >>= 1;
                snode >>= 1;
            }
        } else {
            later = node(later, *sibling);
        }
        fnode >>= 1;
        snode >>= 1;
    }
    if snode != 0 {
        return Err(length);
    }
    if earlier != from_root {
        return Err(ProofError::EarlierRoot);
    }
    if later == to_root {
        Ok(())
    } else {
        Err(ProofError::Root)
    }
}

fn verify_trivial(
    from: u64,
    from_root: Hash,
    to_root: Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if !proof.is_empty() {
        return Err(ProofError::Length { found: proof.len() });
    }
    let expected = if from == 0 { root(&[]) } else { to_root };
    if from_root == expected {
        Ok(())
    } else {
        Err(ProofError::EarlierRoot)
    }
}
