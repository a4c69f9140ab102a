//! Requests into typed values.

use allocation::{ExpenseTo, Name};
use tonic::Status;
use vocabulary::{AgreementId, Cents, Month, PartyId};
use wire::Violation;
use wire::convert::{WrongFields, all, date, optional, required};
use wire::statements::v1 as proto;

use crate::domain::books::RecordExpense;

pub(super) fn agreement(text: &str) -> Result<AgreementId, Status> {
    Ok(required("agreement", text)?)
}

pub(super) fn month(agreement: &str, month: &str) -> Result<(AgreementId, Month), WrongFields> {
    all((required("agreement", agreement), required("month", month)))
}

pub(super) fn statement(
    agreement: &str,
    month: &str,
    party: &str,
) -> Result<(AgreementId, Month, PartyId), WrongFields> {
    all((
        required("agreement", agreement),
        required("month", month),
        required("party", party),
    ))
}

pub(super) fn record_expense(
    request: &proto::RecordExpenseRequest,
) -> Result<(AgreementId, RecordExpense), WrongFields> {
    let to = match (
        optional::<Name>("pool", &request.pool),
        optional::<PartyId>("town", &request.town),
    ) {
        (Err(wrong), _) | (_, Err(wrong)) => Err(wrong),
        (Ok(Some(pool)), Ok(None)) => Ok(ExpenseTo::Pool(pool)),
        (Ok(None), Ok(Some(party))) => Ok(ExpenseTo::Direct(party)),
        (Ok(None), Ok(None)) => Err(Violation::new(
            "pool",
            "is missing: give the pool it goes into, or the town that alone bears it",
        )),
        (Ok(Some(_)), Ok(Some(_))) => Err(Violation::new(
            "town",
            "is given beside a pool: an expense goes into a pool, or to one town alone",
        )),
    };
    let (agreement, to, date, code) = all((
        required("agreement", &request.agreement),
        to,
        date("date", &request.date),
        code(&request.code),
    ))?;
    let expense = RecordExpense {
        to,
        amount_cents: Cents(request.amount_cents),
        date,
        code,
    };
    Ok((agreement, expense))
}

/// A code leaves no room for a name: lower case letters, digits and hyphens.
fn code(text: &str) -> Result<String, Violation> {
    let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let good = (2..=39).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(letters);
    if good {
        return Ok(text.to_owned());
    }
    let problem = if text.is_empty() {
        "is missing: give what it was, such as fuel".to_owned()
    } else {
        format!("\"{text}\" is not a code: write 2 to 39 of a-z, 0-9 and -, such as fuel")
    };
    Err(Violation::new("code", problem))
}

pub(super) fn list_expenses(
    request: &proto::ListExpensesRequest,
) -> Result<(AgreementId, Option<Month>), WrongFields> {
    all((
        required("agreement", &request.agreement),
        optional("month", &request.month),
    ))
}

type Listed = (Option<AgreementId>, Option<Month>, Option<PartyId>);

pub(super) fn list_statements(
    request: &proto::ListStatementsRequest,
) -> Result<Listed, WrongFields> {
    all((
        optional("agreement", &request.agreement),
        optional("month", &request.month),
        optional("party", &request.party),
    ))
}
