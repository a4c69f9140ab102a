//! Inclusion: this leaf stands at this index of the tree with this root.

use super::{ProofError, node, root, size_of, split};
use crate::Hash;

/// RFC 6962 §2.1.1 `PATH(index, leaves)`: sibling hashes from the leaf upwards.
pub fn prove_inclusion(leaves: &[Hash], index: u64) -> Result<Vec<Hash>, ProofError> {
    let size = size_of(leaves);
    if index >= size {
        return Err(ProofError::NoSuchLeaf { index, size });
    }
    let mut at = usize::try_from(index).expect("the index is below a length in memory");
    let mut leaves = leaves;
    let mut downwards = Vec::new();
    while leaves.len() > 1 {
        let (left, right) = leaves.split_at(split(leaves.len()));
        if at < left.len() {
            downwards.push(root(right));
            leaves = left;
        } else {
            downwards.push(root(left));
            at -= left.len();
            leaves = right;
        }
    }
    downwards.reverse();
    Ok(downwards)
}

/// RFC 9162 §2.1.3.2, step by step.
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    expected_root: Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::NoSuchLeaf { index, size });
    }
    let length = ProofError::Length { found: proof.len() };
    let (mut fnode, mut snode) = (index, size - 1);
    let mut hash = leaf;
    for sibling in proof {
        if snode == 0 {
            return Err(length);
        }
        if fnode & 1 == 1 || fnode == snode {
            hash = node(*sibling, hash);
            while fnode & 1 == 0 && fnode != 0 {
                fnode >>= 1;
                snode >>= 1;
            }
        } else {
            hash = node(hash, *sibling);
        }
        fnode >>= 1;
        snode >>= 1;
    }
    if snode != 0 {
        return Err(length);
    }
    if hash == expected_root {
        Ok(())
    } else {
        Err(ProofError::Root)
    }
}
