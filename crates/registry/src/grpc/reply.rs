//! Rows and outcomes into answers.

use eventlog::Outcome;
use jiff::civil::Date;
use tonic::Status;
use wire::convert::date_text;
use wire::registry::v1 as proto;

use super::personal::Texts;
use crate::domain::agreement::Event;
use crate::projection::agreements::{Agreement, Terms};
use crate::projection::assignments::Assignment;
use crate::projection::narrowings::Narrowing;
use crate::projection::officers::{Officer, Rate};
use crate::projection::towns::{Figure, Town};

/// What a caller may see of an officer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sight {
    pub(super) name: bool,
    pub(super) pay: bool,
}

impl Sight {
    /// Names are for HR, operations, trainers (who hand out certificates) and the officer; pay for
    /// HR, finance, auditors and the officer.
    pub(super) fn of(actor: &rpc::Actor) -> Sight {
        use rpc::Role::{Auditor, Finance, Hr, Officer, Operations, Trainer};
        let any = |roles: &[rpc::Role]| roles.iter().any(|role| actor.has(*role));
        Sight {
            name: any(&[Hr, Operations, Trainer, Officer]),
            pay: any(&[Hr, Finance, Auditor, Officer]),
        }
    }
}

pub(super) fn town(row: Town, contacts: Vec<proto::Contact>) -> proto::Town {
    proto::Town {
        town: row.town.to_string(),
        name: row.name.to_string(),
        state: row.state.to_string(),
        zone: row.zone.to_string(),
        contacts,
        figures: row.figures.into_iter().map(figure).collect(),
    }
}

fn figure(figure: Figure) -> proto::BasisFigure {
    proto::BasisFigure {
        basis: figure.basis.to_string(),
        as_of: date_text(figure.as_of),
        value: figure.value.to_string(),
        source: figure.source.to_string(),
        seq: figure.seq,
    }
}

pub(super) fn officer(
    row: Officer,
    assigned: Vec<Assignment>,
    texts: Texts,
    sight: Sight,
) -> proto::Officer {
    let rates = if sight.pay { row.rates } else { Vec::new() };
    proto::Officer {
        officer: row.officer.to_string(),
        from: date_text(row.from),
        ended_on: day_or_empty(row.ended_on),
        erased_on: day_or_empty(row.erased_on),
        name: texts.name,
        email: texts.email,
        phone: texts.phone,
        rates: rates.into_iter().map(rate).collect(),
        assignments: assigned.into_iter().map(assignment).collect(),
    }
}

fn rate(rate: Rate) -> proto::PayRate {
    proto::PayRate {
        from: date_text(rate.from),
        dollars_per_hour: rate.dollars_per_hour.to_string(),
        burden: rate.burden.to_string(),
        burden_on_premium: rate.burden_on_premium,
    }
}

fn assignment(assignment: Assignment) -> proto::Assignment {
    proto::Assignment {
        from: date_text(assignment.from),
        until: day_or_empty(assignment.until),
        account: assignment.account.to_string(),
    }
}

/// One agreement with every version of its terms, and by which programmes its towns work.
pub(super) fn agreement(mut row: Agreement, narrowings: Vec<Narrowing>) -> proto::Agreement {
    let versions = std::mem::take(&mut row.terms);
    let state = match (row.ended_on, versions.iter().any(|terms| terms.in_force)) {
        (Some(_), _) => proto::AgreementState::Ended,
        (None, true) => proto::AgreementState::InForce,
        (None, false) => proto::AgreementState::Draft,
    };
    proto::Agreement {
        agreement: row.agreement.to_string(),
        name: row.name.to_string(),
        zone: row.zone.to_string(),
        towns: row.towns.iter().map(ToString::to_string).collect(),
        starts_on: date_text(row.starts_on),
        ends_on: day_or_empty(row.last_day()),
        state: state.into(),
        terms: versions.into_iter().map(terms).collect(),
        programmes: narrowings.into_iter().map(agreed).collect(),
    }
}

fn agreed(row: Narrowing) -> proto::AgreedProgramme {
    proto::AgreedProgramme {
        town: row.town.to_string(),
        programme: row.programme.to_string(),
        from: date_text(row.from),
        narrowing: row.narrowing,
        seq: row.seq,
    }
}

/// The same without the documents.
pub(super) fn listed_agreement(row: Agreement) -> proto::Agreement {
    proto::Agreement {
        terms: Vec::new(),
        ..agreement(row, Vec::new())
    }
}

fn terms(terms: Terms) -> proto::TermsVersion {
    let signature = |(party, on): (&vocabulary::PartyId, &Date)| proto::Signature {
        party: party.to_string(),
        on: date_text(*on),
    };
    proto::TermsVersion {
        version: terms.version,
        effective_from: date_text(terms.effective_from),
        signatures: terms.signatures.iter().map(signature).collect(),
        toml: terms.toml,
        in_force: terms.in_force,
        withdrawn: terms.withdrawn,
    }
}

/// Which version the proposal got.
pub(super) fn proposed(outcome: &Outcome) -> Result<proto::ProposeTermsResponse, Status> {
    let mut version = 0;
    for event in events(outcome)? {
        if let Event::TermsProposed { version: given, .. } = event {
            version = given;
        }
    }
    Ok(proto::ProposeTermsResponse {
        seq: outcome.last_seq,
        version,
    })
}

/// Whether the signature was the last one.
pub(super) fn signed(outcome: &Outcome) -> Result<proto::SignTermsResponse, Status> {
    let in_force = |event: &Event| {
        matches!(
            event,
            Event::BroughtIntoForce { .. } | Event::Amended { .. }
        )
    };
    let in_force = events(outcome)?.iter().any(in_force);
    Ok(proto::SignTermsResponse {
        seq: outcome.last_seq,
        in_force,
    })
}

fn events(outcome: &Outcome) -> Result<Vec<Event>, Status> {
    let typed = outcome.events.iter().map(|recorded| recorded.event());
    typed.collect::<Result<_, _>>().map_err(rpc::refuse)
}

fn day_or_empty(day: Option<Date>) -> String {
    day.map_or_else(String::new, date_text)
}
