//! The log service: written once here, answered by every role, asked by every listener.

mod client;
mod consumers;
mod convert;
mod events;
mod serve;
mod skip;
mod tables;
mod walk;

pub use client::{Client, ClientError};
pub use serve::{Logs, services};
