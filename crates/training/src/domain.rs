//! What the training service decides about. Pure: no clock, no database.

pub mod dossier;
mod word;

pub use word::Token;
