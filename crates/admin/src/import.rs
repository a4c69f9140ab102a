//! Reads the export of a dispatch system through its mapping file: every row becomes an incident
//! to import, or a rejection with line, reason and what to do.
//!
//! Nothing here talks to a service by itself: [`send`] is given the call. The mapping is checked
//! against the file's own header before the first row, so that a wrong mapping rejects no rows but
//! says what is wrong with itself.

mod mapping;
mod reader;
mod rejects;
mod row;
mod send;
#[cfg(test)]
mod tests;

pub use mapping::{Mapping, MappingError};
pub use reader::{Reader, Taken};
pub use rejects::Rejects;
pub use row::{Reason, Rejected};
pub use send::{BATCH_ROWS, IN_FLIGHT, Summary, send};
