//! What the store says, as callers may hear it.

use std::time::Duration;

use eventlog::{Class, Error, Refused};
use tonic::{Code, Status};
use wire::{Refusal, Violation};

use crate::call::CALL;

/// How long callers are asked to wait when the database is away: it is asked again sooner than
/// that, and most outages are restarts.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The status of a command that was not carried out.
///
/// A rule's refusal is told whole. What is wrong inside of us is not: it is logged once here,
/// under an error id that the status names (the call's request id).
pub fn refuse(error: Error) -> Status {
    match error {
        Error::Refused(refused) => rule(refused).into(),
        Error::CommandIdReused { command_id } => {
            let message = format!(
                "The command id {command_id} was used before for something else: take a new one."
            );
            let violation = Violation::new("cw-command-id", message.clone());
            Refusal::new(Code::AlreadyExists, "COMMAND_ID_REUSED", message)
                .violations([violation])
                .into()
        }
        Error::Unavailable(detail) => {
            tracing::warn!(detail, "the store is not available");
            let message = "The service cannot reach its database at the moment. Try again with \
                           the same command id: it will not be carried out twice.";
            Refusal::new(Code::Unavailable, "STORE_UNAVAILABLE", message)
                .retry_after(RETRY_AFTER)
                .into()
        }
        Error::Constraint {
            constraint,
            message,
        } => {
            // The second lock caught what a rule should have refused: worth somebody's look.
            tracing::error!(
                constraint,
                message,
                "a database constraint refused a command"
            );
            let message =
                "The command contradicts what is stored already, and was not carried out.";
            Refusal::new(Code::FailedPrecondition, "CONSTRAINT_VIOLATED", message)
                .metadata("error_id", error_id())
                .into()
        }
        error @ Error::ReceiptMoved { .. } => {
            Refusal::new(Code::Aborted, "RECEIPT_MOVED", error.to_string()).into()
        }
        Error::Corrupt(_) | Error::Setup(_) | Error::Database(_) => internal(&error),
    }
}

/// The status of a failure inside of us: logged here, once, with its details; the caller gets
/// the id under which it stands in the log.
pub fn internal(error: &dyn std::fmt::Display) -> Status {
    let error_id = error_id();
    tracing::error!(error_id, %error, "internal error");
    let message = format!("Something went wrong inside the service; it is logged as {error_id}.");
    Refusal::new(Code::Internal, "INTERNAL", message)
        .metadata("error_id", error_id)
        .into()
}

fn rule(
    Refused {
        reason,
        message,
        class,
        violations,
    }: Refused,
) -> Refusal {
    let code = match class {
        Class::InvalidArgument => Code::InvalidArgument,
        Class::NotFound => Code::NotFound,
        Class::AlreadyExists => Code::AlreadyExists,
        Class::FailedPrecondition => Code::FailedPrecondition,
    };
    let violations = violations
        .into_iter()
        .map(|v| Violation::new(v.field, v.description));
    Refusal::new(code, reason, message).violations(violations)
}

/// The id of the call that this task serves.
fn error_id() -> String {
    CALL.try_with(|call| call.request_id.clone())
        .unwrap_or_else(|_| "outside a call".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rules_refusal_is_told_whole() {
        let violation = eventlog::Violation {
            field: "officer".to_owned(),
            description: "is on duty".into(),
        };
        let classes = [
            (Class::InvalidArgument, Code::InvalidArgument),
            (Class::NotFound, Code::NotFound),
            (Class::AlreadyExists, Code::AlreadyExists),
            (Class::FailedPrecondition, Code::FailedPrecondition),
        ];
        for (class, code) in classes {
            let status = refuse(Error::Refused(Refused {
                reason: "ALREADY_ON_DUTY".to_owned(),
                message: "cso-114 is on duty.".to_owned(),
                class,
                violations: vec![violation.clone()],
            }));
            let refusal = Refusal::from_status(&status);
            assert_eq!(
                (refusal.code, refusal.reason.as_str()),
                (code, "ALREADY_ON_DUTY")
            );
            assert_eq!(refusal.message, "cso-114 is on duty.");
            assert_eq!(
                refusal.violations,
                [Violation::new("officer", "is on duty")]
            );
        }
    }

    #[test]
    fn what_is_wrong_inside_stays_inside() {
        let secret = "42601: syntax error at SELECT name FROM vault".to_owned();
        let inside = [
            Error::Database(secret.clone()),
            Error::Corrupt(secret.clone()),
            Error::Setup(secret.clone()),
            Error::Unavailable(secret.clone()),
            Error::Constraint {
                constraint: "vault_pk".to_owned(),
                message: secret,
            },
        ];
        for error in inside {
            let status = refuse(error.clone());
            let told = format!("{status:?} {:?}", Refusal::from_status(&status));
            assert!(
                !told.contains("vault") && !told.contains("SELECT"),
                "{told}"
            );
        }
    }

    #[test]
    fn an_internal_error_names_the_id_it_is_logged_under() {
        let headers = http::HeaderMap::new();
        let call = crate::Call::new("/x/y", &headers, uuid::Uuid::from_u128(9));
        let status = CALL.sync_scope(call, || refuse(Error::Corrupt("bad row".to_owned())));
        let refusal = Refusal::from_status(&status);
        assert_eq!(
            refusal.metadata["error_id"],
            uuid::Uuid::from_u128(9).to_string()
        );
        assert!(refusal.message.contains(&refusal.metadata["error_id"]));
    }

    #[test]
    fn an_absent_database_is_worth_another_try() {
        let status = refuse(Error::Unavailable("connection refused".to_owned()));
        let refusal = Refusal::from_status(&status);
        assert_eq!(refusal.code, Code::Unavailable);
        assert_eq!(refusal.retry_after, Some(RETRY_AFTER));
    }
}
