//! Who may call: the rules that the protos declare, and the layer that keeps them.
//!
//! ```text
//! path ─▶ rules of the RPC ─▶ token ─▶ grant ─▶ role ─▶ request's scope field ─▶ handler
//! ```
//!
//! # Why
//!
//! The rule stands beside the RPC and is read from the descriptors, so no handler can forget it,
//! and whoever reads the proto knows what the server does. An RPC without a rule is refused.

mod check;
mod field;
mod layer;
mod rules;

pub use check::Denied;
pub(crate) use layer::{Access, Guard};
pub use rules::{Declared, Rule, RuleError, Rules};

#[cfg(test)]
mod tests;
