//! Which agreements' books a neighbour's fact belongs in: rules over the fact and what is known
//! of agreements. One file per neighbour; nothing here reads or writes.
//!
//! A fact goes where its [`ledger::Concern`] reaches, so that an auditor who has the source logs
//! can run the same routing. Days bound it: an incident from before an agreement's first day,
//! or after its last, is none of its business.

pub(crate) mod incidents;
pub(crate) mod payroll;
pub(crate) mod registry;
#[cfg(test)]
mod tests;
