//! `cwctl`: the provider's staff at the platform's services, over gRPC.

pub mod import;
