//! Why a call was not carried out, where it is not the books that say so.

use std::time::Duration;

use eventlog::{Error, Refused};
use tonic::{Code, Status};
use vocabulary::{AgreementId, Month, PartyId};
use wire::{Refusal, Violation};

use crate::close::NotClosed;
use crate::domain::books;

/// Facts are on their way within moments, or their owner is down.
const RETRY_AFTER: Duration = Duration::from_secs(2);

pub(super) fn unknown(agreement: &AgreementId) -> Status {
    let message = NotClosed::Unknown(agreement.clone()).to_string();
    let violation = Violation::new("agreement", message.clone());
    Refusal::new(Code::NotFound, "AGREEMENT_NOT_SIGNED", message)
        .violations([violation])
        .into()
}

pub(super) fn not_issued(agreement: &AgreementId, month: Month, party: &PartyId) -> Status {
    let message = format!("No statement of {month} was issued to {party} in {agreement}.");
    Refusal::new(Code::NotFound, "STATEMENT_NOT_ISSUED", message).into()
}

pub(super) fn no_such_line(statement: &allocation::Statement, line: &str) -> Status {
    let keys: Vec<&str> = statement
        .lines
        .iter()
        .map(|line| line.key.as_str())
        .collect();
    let known = match keys.as_slice() {
        [] => "it has none".to_owned(),
        keys => format!("it has {}", keys.join(", ")),
    };
    let (party, month) = (&statement.party, statement.month);
    let message = format!("{party}'s statement of {month} has no line \"{line}\": {known}.");
    let violation = Violation::new("line", message.clone());
    Refusal::new(Code::NotFound, "LINE_UNKNOWN", message)
        .violations([violation])
        .into()
}

/// What the rules of settlement say to a preview.
pub(super) fn rules(refusal: allocation::Refusal) -> Status {
    let refusal = books::Refusal::from(refusal);
    rpc::refuse(Error::Refused(Refused::new(&refusal)))
}

pub(super) fn not_closed(error: NotClosed) -> Status {
    let unavailable = |reason: &str, error: &NotClosed| {
        Refusal::new(Code::Unavailable, reason, error.to_string())
            .retry_after(RETRY_AFTER)
            .into()
    };
    match error {
        NotClosed::Store(error) => rpc::refuse(error),
        NotClosed::Unknown(agreement) => unknown(&agreement),
        error @ NotClosed::Unreachable(_) => unavailable("SOURCE_UNREACHABLE", &error),
        error @ NotClosed::NotHeard(_) => unavailable("SOURCES_NOT_HEARD", &error),
    }
}
