//! What goes out with a call.

use std::time::Duration;

use bytes::Bytes;
use prost::Message;
use prost_reflect::{DynamicMessage, MethodDescriptor, Value};
use tonic::Request;
use tonic::metadata::{AsciiMetadataKey, MetadataMap, MetadataValue};
use uuid::Uuid;
use wire::metadata::REASON;

use super::Client;
use super::method::{changes, has_reason};
use crate::context::Service;

/// Who answers, where the path does not say it (the gateway asks for it).
const SERVICE: &str = "cw-service";
/// The day on which it is to be known what is read.
const AS_OF: &str = "cw-as-of";

pub(super) const DEADLINE: Duration = Duration::from_secs(30);
/// What reads a whole log says how far it has come, and may be left to it.
const DEADLINE_WHOLE: Duration = Duration::from_secs(6 * 60 * 60);
/// A close waits for what others have yet to say; a bundle is a whole log.
const DEADLINE_LONG: Duration = Duration::from_secs(120);

impl Client {
    /// A message with everything that goes with it.
    pub(super) fn request(
        &self,
        service: Service,
        method: &MethodDescriptor,
        body: Bytes,
        id: Option<Uuid>,
    ) -> Request<Bytes> {
        let changes = changes(method);
        let mut beside = None;
        let mut body = body;
        if let Some(reason) = self.options.reason.as_deref().filter(|_| changes) {
            match has_reason(method) {
                true => body = with_reason(method, &body, reason),
                false => beside = Some(reason),
            }
        }
        let mut request = Request::new(body);
        request.set_timeout(deadline(method));
        let metadata = request.metadata_mut();
        if let Some(reason) = beside {
            let reason = MetadataValue::from_bytes(reason.as_bytes());
            metadata.insert_bin(REASON, reason);
        }
        put(metadata, "traceparent", &self.trace);
        put(metadata, SERVICE, service.name());
        if let Some(token) = &self.context.token {
            put(metadata, "authorization", &format!("Bearer {token}"));
        }
        if let Some(id) = id {
            put(metadata, "cw-command-id", &id.to_string());
        }
        if self.options.dry_run {
            put(metadata, "cw-dry-run", "true");
        }
        if let Some(as_of) = self.options.as_of.as_deref().filter(|_| !changes) {
            put(metadata, AS_OF, as_of);
        }
        request
    }
}

fn deadline(method: &MethodDescriptor) -> Duration {
    match method.name() {
        "VerifyLog" | "RebuildTable" => DEADLINE_WHOLE,
        "CloseMonth" | "GetBundle" => DEADLINE_LONG,
        _ => DEADLINE,
    }
}

fn put(metadata: &mut MetadataMap, name: &'static str, value: &str) {
    // What is no header value cannot be a token of ours: the service then refuses.
    if let Ok(value) = MetadataValue::try_from(value) {
        metadata.insert(AsciiMetadataKey::from_static(name), value);
    }
}

/// The same message with its field `reason` set.
fn with_reason(method: &MethodDescriptor, body: &[u8], reason: &str) -> Bytes {
    let mut message = DynamicMessage::decode(method.input(), body).expect("just encoded");
    message.set_field_by_name("reason", Value::String(reason.to_owned()));
    message.encode_to_vec().into()
}
