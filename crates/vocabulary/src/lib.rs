//! The words of the field as types: ids that cannot be mixed up, whole minutes, exact money.
//!
//! Nothing here does I/O or reads a clock. A value that exists is valid: every constructor that
//! takes text says in its error which value was wrong and what a right one looks like.

#[macro_use]
mod word;

pub mod access;
mod account;
mod fraction;
mod ids;
pub mod local_time;
mod money;
mod month;
mod retention;
mod time;

pub use access::{Access, Role, Scope, TokenHash};
pub use account::{Account, Location, PartyId};
pub use fraction::Fraction;
pub use ids::{Actor, AgreementId, DutyId, ExpenseId, IncidentId, Invalid, OfficerId, TownId};
pub use money::{Cents, Overflow};
pub use month::Month;
pub use retention::{Grounds, Keep, KeptFrom};
pub use time::{Minutes, Workweek, Zone};

#[cfg(test)]
mod tests;
