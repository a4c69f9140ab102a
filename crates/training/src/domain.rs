//! What the training service decides about. Pure: no clock, no database.

pub mod course;
pub mod dossier;
pub mod field;
#[cfg(test)]
pub(crate) mod samples;
pub mod session;
mod word;

pub use word::Token;
