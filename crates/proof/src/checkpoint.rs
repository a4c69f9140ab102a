//! A checkpoint says "this log has this many leaves and this root", in a signed note.
//!
//! Format: <https://c2sp.org/tlog-checkpoint>. A signer must never sign two checkpoints of one
//! origin that are inconsistent: callers check with `tree` before they sign.

use crate::Hash;
use crate::note::{NoteError, Signer, VerifierKey};

/// What a checkpoint states. Extension lines are opaque and best left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Names the log, such as `commonwatch/river-bend/statements/three-rivers`.
    pub origin: String,
    /// Number of leaves.
    pub size: u64,
    /// RFC 6962 root of those leaves.
    pub root: Hash,
    pub extensions: Vec<String>,
}

/// Why a text is not a checkpoint that this key signed. Whole sentences.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error(transparent)]
    Note(#[from] NoteError),
    #[error("The checkpoint has no {0} line.")]
    Missing(&'static str),
    #[error("The checkpoint's origin is empty or more than one line.")]
    Origin,
    #[error("The checkpoint's size is not a plain decimal number: `{0}`.")]
    Size(String),
    #[error("The checkpoint's root is not 32 bytes in padded base64: `{0}`.")]
    Root(String),
    #[error("The checkpoint has an empty extension line, or one of several lines.")]
    Extension,
}

impl Checkpoint {
    /// A checkpoint without extension lines.
    pub fn new(origin: &str, size: u64, root: Hash) -> Checkpoint {
        Checkpoint {
            origin: origin.to_owned(),
            size,
            root,
            extensions: Vec::new(),
        }
    }

    /// The note text: origin, size and root, one line each, then the extension lines.
    pub fn to_text(&self) -> Result<String, CheckpointError> {
        let one_line = |line: &str| !line.is_empty() && !line.contains('\n');
        if !one_line(&self.origin) {
            return Err(CheckpointError::Origin);
        }
        let mut text = format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            self.root.to_base64()
        );
        for extension in &self.extensions {
            if !one_line(extension) {
                return Err(CheckpointError::Extension);
            }
            text.push_str(extension);
            text.push('\n');
        }
        Ok(text)
    }

    /// The signed note. Deterministic.
    pub fn sign(&self, signer: &Signer) -> Result<String, CheckpointError> {
        Ok(signer.sign(&self.to_text()?)?)
    }

    /// Verifies the note against a pinned key and only then reads it.
    pub fn open(note: &str, key: &VerifierKey) -> Result<Checkpoint, CheckpointError> {
        Checkpoint::parse(key.open(note)?)
    }

    /// Reads a note's text and **believes it**: [`Checkpoint::open`] is the one that checks.
    fn parse(text: &str) -> Result<Checkpoint, CheckpointError> {
        let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
        let mut next = |what| lines.next().ok_or(CheckpointError::Missing(what));
        let origin = next("origin")?;
        if origin.is_empty() {
            return Err(CheckpointError::Origin);
        }
        let size = parse_size(next("size")?)?;
        let root = next("root")?;
        let root = Hash::from_base64(root).map_err(|_| CheckpointError::Root(root.to_owned()))?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(CheckpointError::Extension);
        }
        Ok(Checkpoint {
            origin: origin.to_owned(),
            size,
            root,
            extensions,
        })
    }
}

/// ASCII digits without a leading zero, which would be a second spelling.
fn parse_size(line: &str) -> Result<u64, CheckpointError> {
    let refuse = || CheckpointError::Size(line.to_owned());
    let plain = line.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || (line.starts_with('0') && line != "0") {
        return Err(refuse());
    }
    line.parse().map_err(|_| refuse())
}

#[cfg(test)]
mod tests;
