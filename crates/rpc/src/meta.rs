//! What comes with a command beside its message: metadata in, [`eventlog::Meta`] out.

use eventlog::Meta;
use prost::Message;
use tonic::metadata::MetadataMap;
use tonic::{Code, Request, Status};
use uuid::Uuid;
use wire::Violation;
use wire::metadata::REASON;

use crate::actor::Actor;
use crate::call::Call;
use crate::refuse::internal;

/// Metadata key of the caller's command id, a UUID: the same id again gets the same answer.
pub const COMMAND_ID: &str = "cw-command-id";
/// Metadata key that asks for the answer without the deed: `true`.
pub const DRY_RUN: &str = "cw-dry-run";

/// Characters of a reason at most.
const REASON_MAX: usize = 500;

/// Everything that the log wants to know about the command that a request carries.
///
/// # Errors
/// `INVALID_ARGUMENT` naming the metadata key whose value cannot be read.
pub fn meta<T: Message>(request: &Request<T>) -> Result<Meta, Status> {
    let call = call(request)?;
    let actor = actor(request)?;
    let metadata = request.metadata();
    let command_id = match text(metadata, COMMAND_ID)? {
        None => call.drawn,
        Some(id) => Uuid::parse_str(id).map_err(|_| {
            wrong(
                COMMAND_ID,
                format!("\"{id}\" is not a UUID, such as {}", call.drawn),
            )
        })?,
    };
    let dry_run = match text(metadata, DRY_RUN)? {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => {
            return Err(wrong(
                DRY_RUN,
                format!("\"{other}\" is neither true nor false"),
            ));
        }
    };
    // The path belongs to the content: two RPCs may take messages of the same bytes.
    let mut content = call.rpc.as_bytes().to_vec();
    content.push(0);
    content.extend(request.get_ref().encode_to_vec());
    let trace = Some(call.trace.to_string());
    let actor = actor.id.to_string();
    Ok(Meta {
        command_id,
        actor,
        cause: None,
        trace,
        content,
        dry_run,
        preview: dry_run.then(|| call.preview.clone()),
        reason: reason(metadata)?,
        reason_stays: false,
    })
}

/// Why the caller does it; an empty text is none.
fn reason(metadata: &MetadataMap) -> Result<Option<String>, Status> {
    let Some(value) = metadata.get_bin(REASON) else {
        return Ok(None);
    };
    let bytes = value
        .to_bytes()
        .map_err(|_| wrong(REASON, "is not base64".to_owned()))?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| wrong(REASON, "is not UTF-8 text".to_owned()))?
        .trim();
    let length = text.chars().count();
    if length > REASON_MAX {
        let problem = format!("has {length} characters: say it in {REASON_MAX} at most");
        return Err(wrong(REASON, problem));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// Who calls.
pub fn actor<T>(request: &Request<T>) -> Result<&Actor, Status> {
    request
        .extensions()
        .get()
        .ok_or_else(|| internal(&"the call did not pass the access layer"))
}

/// Under which ids.
pub fn call<T>(request: &Request<T>) -> Result<&Call, Status> {
    request
        .extensions()
        .get()
        .ok_or_else(|| internal(&"the call did not pass rpc::Server"))
}

fn text<'m>(metadata: &'m MetadataMap, key: &str) -> Result<Option<&'m str>, Status> {
    let Some(value) = metadata.get(key) else {
        return Ok(None);
    };
    let text = value
        .to_str()
        .map_err(|_| wrong(key, "is not plain ASCII text".to_owned()))?;
    Ok(Some(text.trim()))
}

fn wrong(key: &str, problem: String) -> Status {
    let message = format!("The metadata {key} is not valid: {problem}.");
    wire::status(
        Code::InvalidArgument,
        "INVALID_METADATA",
        message,
        [Violation::new(key, problem)],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::{Role, Scope};
    use wire::Refusal;
    use wire::log::v1::{HeadsRequest, ReadRequest};

    fn request<T>(message: T, metadata: &[(&'static str, &'static str)]) -> Request<T> {
        let mut request = Request::new(message);
        for (key, value) in metadata {
            request.metadata_mut().insert(*key, value.parse().unwrap());
        }
        let headers = http::HeaderMap::new();
        request
            .extensions_mut()
            .insert(Call::new("/a.B/C", &headers, Uuid::from_u128(5)));
        request.extensions_mut().insert(Actor {
            id: "hr-2".parse().unwrap(),
            roles: [Role::Hr].into(),
            scope: Scope::Provider,
        });
        request
    }

    fn read(log: &str) -> ReadRequest {
        ReadRequest {
            log: log.to_owned(),
            ..ReadRequest::default()
        }
    }

    #[test]
    fn a_callers_command_id_is_taken_and_a_missing_one_made() {
        let id = "018f2c7e-9b1d-7c3a-8a55-1d2e3f405162";
        let meta_of = |metadata: &[(&'static str, &'static str)]| {
            meta(&request(read("payroll"), metadata)).unwrap()
        };
        let given = meta_of(&[(COMMAND_ID, id), (DRY_RUN, "true")]);
        assert_eq!(given.command_id.to_string(), id);
        assert!(given.dry_run);
        assert_eq!(given.actor, "hr-2");
        assert!(given.trace.unwrap().starts_with("00-"));
        let made = meta_of(&[]);
        assert_eq!((made.command_id, made.dry_run), (Uuid::from_u128(5), false));
    }

    #[test]
    fn a_reason_is_text_of_bounded_length() {
        let reason_of = |text: &[u8]| {
            let mut request = request(read("payroll"), &[]);
            let value = tonic::metadata::MetadataValue::from_bytes(text);
            request.metadata_mut().insert_bin(REASON, value);
            meta(&request).map(|meta| meta.reason)
        };
        let told = " späte Meldung ";
        assert_eq!(
            reason_of(told.as_bytes()).unwrap(),
            Some("späte Meldung".to_owned())
        );
        assert_eq!(reason_of(b"  ").unwrap(), None);
        assert!(reason_of("é".repeat(500).as_bytes()).unwrap().is_some());
        for wrong in ["x".repeat(501).as_bytes(), b"\xff"] {
            let refusal = Refusal::from_status(&reason_of(wrong).unwrap_err());
            assert_eq!(refusal.violations[0].field, REASON);
        }
    }

    #[test]
    fn a_wrong_command_id_is_named() {
        let status = meta(&request(read("payroll"), &[(COMMAND_ID, "17")])).unwrap_err();
        let refusal = Refusal::from_status(&status);
        assert_eq!(refusal.code, Code::InvalidArgument);
        assert_eq!(refusal.violations[0].field, COMMAND_ID);
        assert!(
            refusal.message.contains("\"17\" is not a UUID"),
            "{}",
            refusal.message
        );
        assert!(meta(&request(read("payroll"), &[(DRY_RUN, "yes")])).is_err());
    }

    #[test]
    fn the_content_tells_messages_and_rpcs_apart() {
        let content = |message| meta(&request(message, &[])).unwrap().content;
        assert_eq!(content(read("payroll")), content(read("payroll")));
        assert_ne!(content(read("payroll")), content(read("registry")));
        // Same bytes, another RPC: `log` and `service` are both field 1.
        let mut other = request(
            HeadsRequest {
                service: "payroll".to_owned(),
            },
            &[],
        );
        let headers = http::HeaderMap::new();
        other
            .extensions_mut()
            .insert(Call::new("/a.B/D", &headers, Uuid::from_u128(5)));
        assert_ne!(content(read("payroll")), meta(&other).unwrap().content);
    }

    #[test]
    fn a_call_that_went_around_the_server_has_no_meta() {
        assert_eq!(
            meta(&Request::new(read("payroll"))).unwrap_err().code(),
            Code::Internal
        );
    }
}
