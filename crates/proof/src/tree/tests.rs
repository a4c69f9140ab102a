use proptest::prelude::*;

use super::*;

/// The eight leaves that the Certificate Transparency projects share as test data.
const CT_LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];

const CT_ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn hash(hex: &str) -> Hash {
    hex.parse().unwrap()
}

fn ct_leaves() -> Vec<Hash> {
    CT_LEAVES
        .iter()
        .map(|input| Hash::of(&[&[0], *input].concat()))
        .collect()
}

/// `n` distinct leaf hashes.
fn leaves(n: usize) -> Vec<Hash> {
    (0..n).map(|i| Hash::of(&i.to_be_bytes())).collect()
}

fn size(leaves: &[Hash]) -> u64 {
    leaves.len().try_into().unwrap()
}

#[test]
fn the_roots_of_the_ct_leaves_are_the_known_ones() {
    let leaves = ct_leaves();
    for (n, expected) in CT_ROOTS.iter().enumerate() {
        assert_eq!(root(&leaves[..n]), hash(expected), "{n} leaves");
    }
}

#[test]
fn the_inclusion_proof_of_the_first_of_eight_ct_leaves_is_the_known_one() {
    let proof = prove_inclusion(&ct_leaves(), 0).unwrap();
    let expected = [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ];
    assert_eq!(proof, expected.map(hash));
}

#[test]
fn the_consistency_proof_from_six_to_eight_ct_leaves_is_the_known_one() {
    let proof = prove_consistency(&ct_leaves(), 6).unwrap();
    let expected = [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ];
    assert_eq!(proof, expected.map(hash));
}

#[test]
fn every_inclusion_proof_of_a_small_tree_verifies_at_its_own_place_only() {
    for n in 1..=33 {
        let leaves = leaves(n);
        let top = root(&leaves);
        for (i, leaf) in leaves.iter().enumerate() {
            let index = u64::try_from(i).unwrap();
            let proof = prove_inclusion(&leaves, index).unwrap();
            assert_eq!(
                verify_inclusion(*leaf, index, size(&leaves), &proof, top),
                Ok(())
            );
            for other in (0..size(&leaves)).filter(|other| *other != index) {
                assert!(verify_inclusion(*leaf, other, size(&leaves), &proof, top).is_err());
            }
        }
    }
}

#[test]
fn every_pair_of_small_sizes_is_consistent_and_no_other_history_is() {
    let leaves = leaves(40);
    for n in 0..=leaves.len() {
        let later = root(&leaves[..n]);
        for m in 0..=n {
            let earlier = root(&leaves[..m]);
            let proof = prove_consistency(&leaves[..n], m.try_into().unwrap()).unwrap();
            let (from, to) = (m.try_into().unwrap(), n.try_into().unwrap());
            assert_eq!(
                verify_consistency(from, earlier, to, later, &proof),
                Ok(()),
                "{m} {n}"
            );
            let other = Hash::of(b"another history");
            assert!(
                verify_consistency(from, other, to, later, &proof).is_err(),
                "{m} {n}"
            );
            if m > 0 {
                assert!(
                    verify_consistency(from, earlier, to, other, &proof).is_err(),
                    "{m} {n}"
                );
            }
            let longer = [proof.as_slice(), &[other]].concat();
            assert!(verify_consistency(from, earlier, to, later, &longer).is_err());
            if !proof.is_empty() {
                let shorter = &proof[..proof.len() - 1];
                assert!(verify_consistency(from, earlier, to, later, shorter).is_err());
            }
        }
    }
}

#[test]
fn what_lies_outside_the_tree_has_no_proof() {
    let leaves = leaves(3);
    assert_eq!(
        prove_inclusion(&leaves, 3),
        Err(ProofError::NoSuchLeaf { index: 3, size: 3 })
    );
    assert_eq!(
        prove_consistency(&leaves, 4),
        Err(ProofError::Shrunk { from: 4, to: 3 })
    );
    let top = root(&leaves);
    let outside = verify_inclusion(top, 0, 0, &[], top);
    assert_eq!(outside, Err(ProofError::NoSuchLeaf { index: 0, size: 0 }));
    let shrunk = verify_consistency(4, top, 3, top, &[]);
    assert_eq!(shrunk, Err(ProofError::Shrunk { from: 4, to: 3 }));
}

proptest! {
    #[test]
    fn a_mutated_inclusion_proof_never_verifies(
        n in 1usize..300, at in any::<prop::sample::Index>(),
        hit in any::<prop::sample::Index>(), bit in 0u32..8, byte in 0usize..32,
    ) {
        let leaves = leaves(n);
        let top = root(&leaves);
        let i = at.index(n);
        let index = u64::try_from(i).unwrap();
        let size = size(&leaves);
        let proof = prove_inclusion(&leaves, index).unwrap();
        prop_assert_eq!(verify_inclusion(leaves[i], index, size, &proof, top), Ok(()));

        let longer = [proof.as_slice(), &[top]].concat();
        prop_assert!(verify_inclusion(leaves[i], index, size, &longer, top).is_err());
        let leaf = flip(leaves[i], byte, bit);
        prop_assert!(verify_inclusion(leaf, index, size, &proof, top).is_err());
        let other_root = flip(top, byte, bit);
        prop_assert!(verify_inclusion(leaves[i], index, size, &proof, other_root).is_err());
        if !proof.is_empty() {
            let mut altered = proof.clone();
            let at = hit.index(altered.len());
            altered[at] = flip(altered[at], byte, bit);
            prop_assert!(verify_inclusion(leaves[i], index, size, &altered, top).is_err());
            let mut shorter = proof.clone();
            shorter.remove(at);
            prop_assert!(verify_inclusion(leaves[i], index, size, &shorter, top).is_err());
        }
    }

    #[test]
    fn a_mutated_consistency_proof_never_verifies(
        n in 2usize..300, cut in any::<prop::sample::Index>(),
        hit in any::<prop::sample::Index>(), bit in 0u32..8, byte in 0usize..32,
    ) {
        let leaves = leaves(n);
        let m = 1 + cut.index(n - 1);
        let (earlier, later) = (root(&leaves[..m]), root(&leaves));
        let (from, to) = (m.try_into().unwrap(), n.try_into().unwrap());
        let mut proof = prove_consistency(&leaves, from).unwrap();
        prop_assert_eq!(verify_consistency(from, earlier, to, later, &proof), Ok(()));
        let at = hit.index(proof.len());
        proof[at] = flip(proof[at], byte, bit);
        prop_assert!(verify_consistency(from, earlier, to, later, &proof).is_err());
        proof.remove(at);
        prop_assert!(verify_consistency(from, earlier, to, later, &proof).is_err());
    }
}

fn flip(hash: Hash, byte: usize, bit: u32) -> Hash {
    let mut bytes = hash.to_bytes();
    bytes[byte] ^= 1 << bit;
    Hash::from_bytes(bytes)
}
