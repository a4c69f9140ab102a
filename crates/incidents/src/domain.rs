//! What the incidents service decides about. Pure: no clock, no database.

pub mod incident;
mod times;
mod word;

pub use times::{Flag, Unit};
pub use word::{CallType, Disposition, Token, UnitNumber};
