//! Rust for `proto/`: messages, clients and servers, conversions and refusals.

mod protos {
    #![expect(
        clippy::allow_attributes,
        clippy::allow_attributes_without_reason,
        clippy::too_many_lines,
        unreachable_pub,
        reason = "generated: it writes its own allows, and publishes what lib.rs re-exports"
    )]
    include!(concat!(env!("OUT_DIR"), "/protos.rs"));
}

pub use protos::commonwatch::*;
pub use protos::google::rpc as google;

/// Every message, service and option of `proto/`, as an encoded
/// `google.protobuf.FileDescriptorSet`. Reflection serves it; the access rules are read
/// from it.
pub const DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

pub mod convert;
pub mod metadata;
pub mod refusal;
#[cfg(test)]
mod tests;
pub mod tls;

pub use refusal::{Refusal, Violation, status};
