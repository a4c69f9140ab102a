//! A fact of training as the gate's evidence, and back.

mod read;
mod write;

#[cfg(test)]
mod tests;

pub use read::read;
pub use write::write;
