//! The crate as its users see it: golden leaves, trees, notes, bundles and the second verifier.
