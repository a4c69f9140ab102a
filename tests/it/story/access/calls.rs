//! Every RPC as a raw call: bytes there, a status back.

use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, Kind as Field, MessageDescriptor, Value};
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Code, Request, Status};
use wire::Refusal;

use super::super::month::OFFICER;
use super::super::platform::Platform;
use super::super::role::Role;
use super::{FOREIGN_OFFICER, FOREIGN_TOWN, TOWN};

/// What a grant is scoped to, seen from a request about [`TOWN`] and [`OFFICER`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Unscoped,
    Town,
    ForeignTown,
    Officer,
    ForeignOfficer,
}

impl Kind {
    pub(super) const ALL: [Kind; 5] = [
        Kind::Unscoped,
        Kind::Town,
        Kind::ForeignTown,
        Kind::Officer,
        Kind::ForeignOfficer,
    ];

    /// As the table writes it.
    pub(super) fn letter(self) -> char {
        match self {
            Kind::Unscoped => 'U',
            Kind::Town => 'T',
            Kind::ForeignTown => 't',
            Kind::Officer => 'O',
            Kind::ForeignOfficer => 'o',
        }
    }

    pub(super) fn town(self) -> Option<&'static str> {
        match self {
            Kind::Town => Some(TOWN),
            Kind::ForeignTown => Some(FOREIGN_TOWN),
            _ => None,
        }
    }

    pub(super) fn officer(self) -> Option<&'static str> {
        match self {
            Kind::Officer => Some(OFFICER),
            Kind::ForeignOfficer => Some(FOREIGN_OFFICER),
            _ => None,
        }
    }
}

/// The actor that holds one role with one kind of scope: `hr-U`.
pub(super) fn actor(role: &str, kind: Kind) -> String {
    format!("{role}-{}", kind.letter())
}

pub(super) fn token(actor: &str) -> String {
    format!("token-of-{actor}")
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The handler saw it, whatever it said.
    Allowed,
    /// The handler did not.
    Denied(Code, String),
}

/// One RPC and a request that is about [`TOWN`] and [`OFFICER`] wherever it can be.
pub(super) struct Call {
    path: String,
    request: Vec<u8>,
    role: Role,
}

/// Every RPC of the platform.
pub(super) fn every() -> Vec<Call> {
    let pool = DescriptorPool::decode(wire::DESCRIPTOR_SET).unwrap();
    let mut calls = Vec::new();
    for service in pool.services() {
        for rpc in service.methods() {
            let mut request = DynamicMessage::new(rpc.input());
            fill(&mut request, &rpc.input(), 0);
            assert!(!rpc.is_client_streaming(), "{}", rpc.full_name());
            calls.push(Call {
                path: format!("/{}/{}", service.full_name(), rpc.name()),
                request: request.encode_to_vec(),
                role: role_of(service.full_name()),
            });
        }
    }
    calls
}

/// Who answers a service; what every role answers is asked of payroll, which has no grants of
/// its own.
fn role_of(service: &str) -> Role {
    let package = service.split('.').nth(1).unwrap();
    let own = Role::ALL.into_iter().find(|role| role.name() == package);
    own.unwrap_or(Role::Payroll)
}

/// Names the town and the officer in every field that is called so, also in inner messages.
fn fill(message: &mut DynamicMessage, descriptor: &MessageDescriptor, depth: u32) -> bool {
    let mut filled = false;
    for field in descriptor.fields() {
        let value = match (field.name(), field.kind()) {
            ("town" | "party" | "towns", Field::String) => Value::String(TOWN.to_owned()),
            ("officer" | "officers", Field::String) => Value::String(OFFICER.to_owned()),
            (_, Field::Message(inner)) if depth < 2 && !field.is_map() => {
                let mut value = DynamicMessage::new(inner.clone());
                if !fill(&mut value, &inner, depth + 1) {
                    continue;
                }
                Value::Message(value)
            }
            _ => continue,
        };
        let value = if field.is_list() {
            Value::List(vec![value])
        } else {
            value
        };
        message.set_field(&field, value);
        filled = true;
    }
    filled
}

impl Call {
    /// `payroll.v1.PayrollService/ClockIn`
    pub(super) fn name(&self) -> String {
        self.path.trim_start_matches("/commonwatch.").to_owned()
    }

    /// Sends it under an `authorization` header; none if that is empty. It is a dry run: being
    /// let in must not change what the next caller meets.
    pub(super) async fn send(&self, platform: &Platform, authorization: &str) -> Outcome {
        let mut request = Request::new(self.request.clone());
        let metadata = request.metadata_mut();
        metadata.insert("cw-dry-run", "true".parse().unwrap());
        if !authorization.is_empty() {
            metadata.insert("authorization", authorization.parse().unwrap());
        }
        let mut client = Grpc::new(platform.channel(self.role));
        client.ready().await.unwrap();
        let path = self.path.parse().unwrap();
        let answer = client.server_streaming(request, path, Bytes).await;
        let Err(status) = answer else {
            return Outcome::Allowed;
        };
        let Refusal { code, reason, .. } = Refusal::from_status(&status);
        // Codes and prefixes of the access layer's answers.
        let access = ["TOKEN_", "ROLE_", "SCOPE_", "NO_ACCESS_"];
        let denies = matches!(code, Code::Unauthenticated | Code::PermissionDenied)
            && access.iter().any(|prefix| reason.starts_with(prefix));
        let away = reason.starts_with("GRANTS_") || reason == "NOT_SERVED";
        assert!(!away, "{} by {authorization}: {status}", self.path);
        if denies {
            Outcome::Denied(code, reason)
        } else {
            Outcome::Allowed
        }
    }
}

/// Messages as bytes.
#[derive(Debug, Clone, Copy)]
struct Bytes;

impl Codec for Bytes {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;
    fn encoder(&mut self) -> Self {
        *self
    }
    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;
    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        bytes::BufMut::put_slice(buffer, &item);
        Ok(())
    }
}

impl Decoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;
    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let length = bytes::Buf::remaining(buffer);
        Ok(Some(bytes::Buf::copy_to_bytes(buffer, length).to_vec()))
    }
}
