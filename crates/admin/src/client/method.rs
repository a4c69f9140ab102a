//! The RPCs, by their descriptors: which one takes a request, whose it is, and what it does.

use prost::Name;
use prost_reflect::{MethodDescriptor, Value};
use tonic::codegen::http::uri::PathAndQuery;

use crate::context::Service;
use crate::view::protos;

/// The RPC that takes a request: each request type belongs to one.
pub(crate) fn method_of<M: Name>() -> MethodDescriptor {
    let name = M::full_name();
    let mut methods = protos()
        .services()
        .flat_map(|s| s.methods().collect::<Vec<_>>());
    let found = methods.find(|method| method.input().full_name() == name);
    found.expect("every request message is the input of an RPC")
}

/// `commonwatch.payroll.v1.PayrollService` → payroll. The log service has no one owner.
pub(super) fn service_of(method: &MethodDescriptor) -> Service {
    let package = method.parent_service().package_name().to_owned();
    let named = |service: &&Service| package.split('.').any(|part| part == service.name());
    *Service::ALL
        .iter()
        .find(named)
        .expect("calls of every service's own name their service")
}

pub(super) fn path(method: &MethodDescriptor) -> PathAndQuery {
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    PathAndQuery::try_from(path).expect("names of protos are plain")
}

/// Whether a call changes anything: what neither says that it does not, nor begins with a word
/// for reading.
pub(crate) fn changes(method: &MethodDescriptor) -> bool {
    let options = method.options();
    let level = options.get_field_by_name("idempotency_level");
    let safe = matches!(level.as_deref(), Some(Value::EnumNumber(NO_SIDE_EFFECTS)));
    let reads = [
        "Get",
        "List",
        "Preview",
        "Explain",
        "Summarise",
        "Read",
        "Heads",
    ];
    !safe && !reads.iter().any(|verb| method.name().starts_with(verb))
}

/// `google.protobuf.MethodOptions.IdempotencyLevel`.
const NO_SIDE_EFFECTS: i32 = 1;

/// Whether the request itself has room for the reason, or it travels beside.
pub(crate) fn has_reason(method: &MethodDescriptor) -> bool {
    method.input().get_field_by_name("reason").is_some()
}
