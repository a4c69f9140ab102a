//! Metadata that any RPC takes or gives beside its messages.

/// Why the caller does it: UTF-8 text of at most 500 characters. Kept sealed, beside the log.
pub const REASON: &str = "cw-reason-bin";

/// What a dry run would change: a [`crate::log::v1::Changes`] in the answer's metadata.
pub const CHANGES: &str = "cw-changes-bin";

/// Bytes of an encoded [`crate::log::v1::Changes`] at most; what does not fit is counted in it.
pub const CHANGES_BYTES: usize = 48 * 1024;

/// Bytes of metadata that a client must be ready to take with one answer: [`CHANGES_BYTES`] in
/// base64, and room for the rest. The usual limit (16 KiB) would break off a large dry run.
pub const HEADER_LIST_BYTES: u32 = 96 * 1024;

/// As of which instant a reading call is to be answered: RFC 3339, or a day and its zone
/// (`2026-10-31[America/Chicago]`), which means the end of that day.
pub const AS_OF: &str = "cw-as-of";

/// The positions that an answer as of an earlier instant rests on: `payroll@1234`, by commas.
pub const AS_OF_POSITIONS: &str = "cw-as-of-positions";
