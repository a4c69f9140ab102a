//! Verifies what a town received, without a network: signature, tree, every fact, every share,
//! this town's lines.
//!
//! ```text
//! folder ─▶ proof::bundle (signature, leaves, root, history) ─▶ ledger (all statements again)
//!                                        └─▶ the town's document, byte for byte ─▶ PASS
//! ```

mod folder;
mod verify;

pub use folder::{FolderError, read_folder};
pub use verify::{LIMITS, Verified, verify};
