//! `cwctl`: the provider's staff at the platform's services, over gRPC.
//!
//! ```text
//! arguments ─▶ commands::<noun> ─▶ request ─▶ client ─▶ service
//!                                                │ reply's bytes
//! stdout ◀─ output (table, JSON, CSV) ◀─ view ◀──┘ read by the protos' own descriptors
//! ```
//!
//! Every request type belongs to one RPC, so that a command is its request and a choice of columns,
//! nothing else. [`import`], [`table`], [`view`] and [`context`] serve the demo too.

mod changes;
pub mod cli;
pub mod client;
mod commands;
mod complete;
mod consent;
pub mod context;
pub mod failure;
pub mod import;
pub mod output;
pub mod paint;
mod progress;
pub mod table;
pub mod view;
mod watch;
