//! What the registry decides about: towns, officers, agreements, programmes, grants. Pure: no
//! clock, no database.

pub mod agreement;
mod decimal;
pub mod grant;
mod line;
pub mod officer;
mod person;
pub mod programme;
pub mod town;

pub use decimal::Decimal;
pub use person::Person;
