//! What the registry decides about: towns, officers, agreements, grants. Pure: no clock, no
//! database.

pub mod agreement;
mod decimal;
pub mod grant;
mod line;
pub mod officer;
mod person;
pub mod town;

pub use decimal::Decimal;
pub use person::Person;
