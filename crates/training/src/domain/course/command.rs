//! What people ask of a course.

use eligibility::Name;
use jiff::civil::Date;

use super::Curriculum;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Adopts a curriculum as the next version.
    Define(Define),
}

/// See [`Command::Define`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Define {
    /// Of which course.
    pub course: Name,
    /// What it teaches.
    pub curriculum: Curriculum,
    /// The day of the request.
    pub on: Date,
}
