//! Where private events become public facts: the one place.
//!
//! A fact says what the neighbour learns, whole and in codes; it is never taken back, only added
//! to. What has no fact here stays private: contacts, drafts, single signatures.

use eventlog::Fact;
use jiff::civil::Date;
use prost::{Message, Name};
use vocabulary::{Fraction, Scope};
use wire::convert::{date_text, timestamp_value};
use wire::registry::v1 as facts;

use crate::domain::{agreement, grant, officer, programme, town};

/// What neighbours learn of a town; `state` is the state after `event`.
pub(crate) fn town(state: &town::State, event: &town::Event) -> Option<Fact> {
    let town::State::Known(known) = state else {
        return None;
    };
    match event {
        town::Event::Registered {
            town,
            name,
            state,
            zone,
            ..
        } => Some(fact(&facts::TownRegistered {
            town: town.to_string(),
            name: name.to_string(),
            state: state.to_string(),
            zone: zone.to_string(),
        })),
        town::Event::Changed {
            name, state, zone, ..
        } => Some(fact(&facts::TownChanged {
            town: known.town.to_string(),
            name: name.to_string(),
            state: state.to_string(),
            zone: zone.to_string(),
        })),
        town::Event::ContactNamed { .. } | town::Event::ContactErased { .. } => None,
        town::Event::FigureRecorded {
            basis,
            as_of,
            value,
            source,
        } => Some(fact(&facts::BasisFigureRecorded {
            town: known.town.to_string(),
            basis: basis.to_string(),
            as_of: date_text(*as_of),
            value: value.to_string(),
            source: source.to_string(),
        })),
    }
}

/// What neighbours learn of an officer: the badge code, never the name.
pub(crate) fn officer(state: &officer::State, event: &officer::Event) -> Option<Fact> {
    let officer::State::Known(known) = state else {
        return None;
    };
    let officer = known.officer.to_string();
    Some(match event {
        officer::Event::Enrolled { from, .. } => fact(&facts::OfficerEnrolled {
            officer,
            from: date_text(*from),
        }),
        officer::Event::Ended { on } => fact(&facts::OfficerEnded {
            officer,
            on: date_text(*on),
        }),
        officer::Event::PayRateSet {
            from,
            dollars_per_hour,
            burden,
            burden_on_premium,
        } => {
            let cents_per_hour = dollars_per_hour.value() * &Fraction::from(100);
            fact(&facts::PayRateSet {
                officer,
                from: date_text(*from),
                cents_per_hour: cents_per_hour.to_string(),
                burden: burden.value().to_string(),
                burden_on_premium: *burden_on_premium,
            })
        }
        officer::Event::Assigned {
            account,
            from,
            until,
        } => fact(&facts::OfficerAssigned {
            officer,
            from: date_text(*from),
            until: day_or_empty(*until),
            account: account.to_string(),
        }),
        officer::Event::Erased { on, .. } => fact(&facts::OfficerErased {
            officer,
            on: date_text(*on),
        }),
        officer::Event::AssignmentEnded { from, until } => fact(&facts::AssignmentEnded {
            officer,
            from: date_text(*from),
            until: date_text(*until),
        }),
    })
}

/// What neighbours learn of an agreement: what every party has signed, and its last day.
pub(crate) fn agreement(state: &agreement::State, event: &agreement::Event) -> Option<Fact> {
    let agreement::State::Known(known) = state else {
        return None;
    };
    match event {
        agreement::Event::BroughtIntoForce { version, .. } => Some(fact(&facts::AgreementSigned {
            agreement: known.agreement.to_string(),
            name: known.name.to_string(),
            zone: known.zone.to_string(),
            towns: known.towns.iter().map(ToString::to_string).collect(),
            starts_on: date_text(known.starts_on),
            ends_on: day_or_empty(known.ends_on),
            terms: known.version(*version).map(terms),
        })),
        agreement::Event::Amended { version, .. } => Some(fact(&facts::TermsAmended {
            agreement: known.agreement.to_string(),
            terms: known.version(*version).map(terms),
        })),
        agreement::Event::Ended { on } => Some(fact(&facts::AgreementEnded {
            agreement: known.agreement.to_string(),
            on: date_text(*on),
        })),
        agreement::Event::Drafted { .. }
        | agreement::Event::TermsProposed { .. }
        | agreement::Event::TermsWithdrawn { .. }
        | agreement::Event::TermsSigned { .. } => None,
    }
}

/// What neighbours learn of a programme: its documents, byte for byte.
pub(crate) fn programme(state: &programme::State, event: &programme::Event) -> Option<Fact> {
    let programme::State::Known(known) = state else {
        return None;
    };
    let programme = known.programme.to_string();
    Some(match event {
        programme::Event::ProfileIssued {
            version,
            effective_from,
            toml,
            ..
        } => fact(&facts::ProfileIssued {
            programme,
            version: *version,
            effective_from: date_text(*effective_from),
            toml: toml.clone(),
        }),
        programme::Event::Agreed {
            agreement,
            town,
            from,
            narrowing,
        } => fact(&facts::ProgrammeAgreed {
            agreement: agreement.to_string(),
            town: town.to_string(),
            programme,
            from: date_text(*from),
            narrowing: narrowing.clone(),
        }),
    })
}

/// What neighbours learn of a grant: all of it, whatever changed, so that each fact suffices.
pub(crate) fn grant(state: &grant::State, event: &grant::Event) -> Option<Fact> {
    let grant::State::Known(known) = state else {
        return None;
    };
    let grant = Some(access_grant(known));
    Some(match event {
        grant::Event::Given { .. } => fact(&facts::AccessGranted { grant }),
        grant::Event::Changed { .. } => fact(&facts::AccessChanged { grant }),
        grant::Event::TokenRotated { .. } => fact(&facts::TokenRotated { grant }),
        grant::Event::Revoked { on } => fact(&facts::AccessRevoked {
            actor: known.actor.to_string(),
            on: date_text(*on),
        }),
    })
}

fn access_grant(known: &grant::Known) -> facts::AccessGrant {
    let (towns, officer) = match known.access.scope() {
        Scope::Provider => (Vec::new(), String::new()),
        Scope::Towns(towns) => (
            towns.iter().map(ToString::to_string).collect(),
            String::new(),
        ),
        Scope::Officer(officer) => (Vec::new(), officer.to_string()),
    };
    let former = known.former;
    facts::AccessGrant {
        actor: known.actor.to_string(),
        roles: known
            .access
            .roles()
            .iter()
            .map(ToString::to_string)
            .collect(),
        towns,
        officer,
        token_sha256: known.token.to_string(),
        expires_on: day_or_empty(known.expires_on),
        former_token_sha256: former.map_or_else(String::new, |it| it.token.to_string()),
        former_until: former.map(|it| timestamp_value(it.until)),
    }
}

fn terms(version: &agreement::Version) -> facts::Terms {
    facts::Terms {
        version: version.version,
        effective_from: date_text(version.effective_from),
        toml: version.toml.clone(),
    }
}

fn day_or_empty(day: Option<Date>) -> String {
    day.map_or_else(String::new, date_text)
}

/// The kind of a fact is the name of its message.
fn fact<M: Message + Name>(message: &M) -> Fact {
    Fact {
        kind: M::NAME,
        bytes: message.encode_to_vec(),
    }
}
