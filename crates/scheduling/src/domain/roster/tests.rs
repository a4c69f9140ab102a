//! The roster's rules: given, when, then.

mod laws;
mod requests;
mod reviews;
mod shifts;
mod world;
