//! The Merkle tree of RFC 6962 §2.1 over leaf hashes: root, inclusion and consistency proofs.
//!
//! Whoever holds a whole log needs only [`root`]; the proofs are for those who hold a leaf, or two
//! checkpoints, and nothing else. Proving follows the recursive definitions of
//! RFC 6962 §2.1.1–2.1.2, verifying the iterative algorithms of RFC 9162 §2.1.3.2 and §2.1.4.2:
//! two independent texts, so that a slip in one is caught by the other.

mod consistency;
mod inclusion;

use sha2::{Digest, Sha256};

use crate::Hash;

pub use consistency::{prove_consistency, verify_consistency};
pub use inclusion::{prove_inclusion, verify_inclusion};

/// Why a proof does not show what it should. Whole sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    #[error("A tree of {size} leaves has no leaf with index {index}.")]
    NoSuchLeaf { index: u64, size: u64 },
    #[error("A tree of {from} leaves can not be an earlier state of a tree of {to} leaves.")]
    Shrunk { from: u64, to: u64 },
    #[error("The proof has {found} hashes, which is more or fewer than these sizes need.")]
    Length { found: usize },
    #[error("The proof does not lead to the root of the tree.")]
    Root,
    #[error("The proof does not lead to the root of the earlier tree.")]
    EarlierRoot,
}

/// RFC 6962 `MTH`: the root over leaf hashes in order; of no leaves, SHA-256 of nothing.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::of(b""),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node(root(left), root(right))
        }
    }
}

/// RFC 6962 interior node: SHA-256 of `0x01`, the left and the right hash.
pub(crate) fn node(left: Hash, right: Hash) -> Hash {
    let mut digest = Sha256::new_with_prefix([0x01]);
    digest.update(left);
    digest.update(right);
    Hash::from_bytes(digest.finalize().into())
}

/// The largest power of two smaller than `leaves`, which is at least 2.
fn split(leaves: usize) -> usize {
    1 << (leaves - 1).ilog2()
}

/// Lengths and sizes meet as `u64`, the width that checkpoints use.
fn size_of(leaves: &[Hash]) -> u64 {
    u64::try_from(leaves.len()).expect("memory holds fewer than 2^64 leaves")
}

#[cfg(test)]
mod tests;
