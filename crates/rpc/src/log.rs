//! The log service: written once here, answered by every role, asked by every listener.

mod client;
mod convert;
mod serve;

pub use client::{Client, ClientError};
pub use serve::{Logs, services};
