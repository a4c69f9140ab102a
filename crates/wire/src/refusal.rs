//! What went wrong, as every service says it and every client reads it.
//!
//! On the wire it is a `google.rpc.Status` in `grpc-status-details-bin`: an `ErrorInfo` with
//! a stable reason, a `BadRequest` with what is wrong field by field, a `RetryInfo` where
//! trying again makes sense.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use prost::Message;
use tonic::{Code, Status};

use crate::google::{self, BadRequest, ErrorInfo, RetryInfo, bad_request::FieldViolation};

/// The `domain` of every `ErrorInfo`: reasons are ours, whatever service they come from.
pub const DOMAIN: &str = "commonwatch";

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field: `town`, `figures.as_of`.
    pub field: String,
    /// What is wrong, naming the value, and how to put it right.
    pub description: String,
}

impl Violation {
    /// Says what is wrong with `field`.
    pub fn new(field: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            description: description.into(),
        }
    }
}

/// A call that was not carried out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The gRPC code.
    pub code: Code,
    /// For machines, stable, SCREAMING_SNAKE: `ALREADY_ON_DUTY`.
    pub reason: String,
    /// For people, in whole sentences.
    pub message: String,
    /// Fields that are wrong, if the request is at fault.
    pub violations: Vec<Violation>,
    /// How long to wait before trying again, if that makes sense.
    pub retry_after: Option<Duration>,
    /// Further values, such as `error_id` of an internal error.
    pub metadata: BTreeMap<String, String>,
}

impl Refusal {
    /// A refusal without violations.
    pub fn new(code: Code, reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            reason: reason.into(),
            message: message.into(),
            violations: Vec::new(),
            retry_after: None,
            metadata: BTreeMap::new(),
        }
    }

    /// The same, with fields at fault.
    pub fn violations(mut self, violations: impl IntoIterator<Item = Violation>) -> Self {
        self.violations.extend(violations);
        self
    }

    /// The same, worth trying again after a while.
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The same, with one more value for machines.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// What a client received. A status from elsewhere (a proxy, a lost connection) carries
    /// no details: its reason is then its code's name, such as `UNAVAILABLE`.
    pub fn from_status(status: &Status) -> Self {
        let mut refusal = Self::new(status.code(), code_name(status.code()), status.message());
        let details = google::Status::decode(status.details())
            .unwrap_or_default()
            .details;
        for any in details {
            if let Ok(info) = any.to_msg::<ErrorInfo>() {
                refusal.reason = info.reason;
                refusal.metadata = info.metadata.into_iter().collect();
            } else if let Ok(bad) = any.to_msg::<BadRequest>() {
                let given = bad.field_violations.into_iter();
                refusal
                    .violations
                    .extend(given.map(|v| Violation::new(v.field, v.description)));
            } else if let Ok(retry) = any.to_msg::<RetryInfo>() {
                refusal.retry_after = retry.retry_delay.and_then(|delay| delay.try_into().ok());
            }
        }
        refusal
    }
}

impl fmt::Display for Refusal {
    /// The message, its reason, and one indented line per violation.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.message, self.reason)?;
        for Violation { field, description } in &self.violations {
            write!(f, "\n  {field}: {description}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        let mut details = vec![any(&ErrorInfo {
            reason: refusal.reason,
            domain: DOMAIN.to_owned(),
            metadata: refusal.metadata.into_iter().collect(),
        })];
        if !refusal.violations.is_empty() {
            let field_violations = refusal
                .violations
                .into_iter()
                .map(|Violation { field, description }| FieldViolation { field, description })
                .collect();
            details.push(any(&BadRequest { field_violations }));
        }
        if let Some(wait) = refusal.retry_after {
            let retry_delay = prost_types::Duration::try_from(wait).ok();
            details.push(any(&RetryInfo { retry_delay }));
        }
        let body = google::Status {
            code: refusal.code as i32,
            message: refusal.message.clone(),
            details,
        };
        Status::with_details(refusal.code, refusal.message, body.encode_to_vec().into())
    }
}

/// One or more wrong fields, as the status of a call: `INVALID_ARGUMENT`.
impl From<Vec<Violation>> for Refusal {
    fn from(violations: Vec<Violation>) -> Self {
        let message = match violations.as_slice() {
            [one] => format!(
                "The request is not valid: {}: {}.",
                one.field, one.description
            ),
            many => {
                let fields: Vec<_> = many.iter().map(|v| v.field.as_str()).collect();
                format!(
                    "The request is not valid in these fields: {}.",
                    fields.join(", ")
                )
            }
        };
        Self::new(Code::InvalidArgument, "INVALID_REQUEST", message).violations(violations)
    }
}

impl From<Violation> for Refusal {
    fn from(violation: Violation) -> Self {
        vec![violation].into()
    }
}

impl From<Violation> for Status {
    fn from(violation: Violation) -> Self {
        Refusal::from(violation).into()
    }
}

/// The status of a refused call: code, stable reason, sentence for people, fields at fault.
pub fn status(
    code: Code,
    reason: &str,
    message: impl Into<String>,
    violations: impl IntoIterator<Item = Violation>,
) -> Status {
    Refusal::new(code, reason, message)
        .violations(violations)
        .into()
}

/// A code as the gRPC specification spells it: `FAILED_PRECONDITION`.
pub fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

fn any<M: prost::Name>(detail: &M) -> prost_types::Any {
    prost_types::Any::from_msg(detail).expect("a vector grows to hold any message")
}
