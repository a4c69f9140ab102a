//! What the registry decides about: towns, officers, agreements. Pure: no clock, no database.

pub mod agreement;
mod decimal;
mod line;
pub mod officer;
mod person;
pub mod town;

pub use decimal::Decimal;
pub use person::Person;
