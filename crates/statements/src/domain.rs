//! What the service decides: pure.

pub mod books;
