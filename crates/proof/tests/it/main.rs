//! The crate as its users see it: golden leaves, bundles good and bad, the second verifier.

#![expect(clippy::unwrap_used, reason = "a test that can not go on should stop")]

mod bundle_check;
mod bundle_files;
mod golden_leaves;
mod sample;
mod second_verifier;
