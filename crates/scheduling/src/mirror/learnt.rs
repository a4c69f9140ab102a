//! A registry fact, read: typed, or refused with what is wrong.

use std::collections::BTreeSet;
use std::str::FromStr;

use eventlog::FactRow;
use jiff::civil::Date;
use prost::Message;
use vocabulary::{AgreementId, OfficerId, TownId, Zone};
use wire::registry::v1 as facts;

/// What a fact of the registry tells scheduling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Learnt {
    Town {
        town: TownId,
        zone: Zone,
    },
    Enrolled {
        officer: OfficerId,
        from: Date,
    },
    Ended {
        officer: OfficerId,
        on: Date,
    },
    Erased {
        officer: OfficerId,
    },
    Signed {
        agreement: AgreementId,
        towns: BTreeSet<TownId>,
        from: Date,
        until: Option<Date>,
    },
    AgreementEnded {
        agreement: AgreementId,
        on: Date,
    },
    /// By which rules officers work is other than it was.
    Rules,
    /// Of no concern here.
    Other,
}

impl Learnt {
    /// Reads a fact.
    pub(super) fn of(fact: &FactRow) -> Result<Self, String> {
        if fact.log.as_str() != "registry" {
            return Ok(Self::Other);
        }
        let bytes = fact.bytes.as_slice();
        let read = match fact.kind.as_str() {
            "TownRegistered" => {
                facts::TownRegistered::decode(bytes).map(|f| town(&f.town, &f.zone))
            }
            "TownChanged" => facts::TownChanged::decode(bytes).map(|f| town(&f.town, &f.zone)),
            "OfficerEnrolled" => facts::OfficerEnrolled::decode(bytes).map(enrolled),
            "OfficerEnded" => facts::OfficerEnded::decode(bytes).map(ended),
            "OfficerErased" => facts::OfficerErased::decode(bytes).map(erased),
            "AgreementSigned" => facts::AgreementSigned::decode(bytes).map(signed),
            "AgreementEnded" => facts::AgreementEnded::decode(bytes).map(agreement_ended),
            "ProfileIssued" | "ProgrammeAgreed" => return Ok(Self::Rules),
            _ => return Ok(Self::Other),
        };
        let place = || format!("{} at {}:{}", fact.kind, fact.log, fact.seq);
        read.map_err(|e| format!("{} is garbled: {e}", place()))?
            .map_err(|e| format!("{} cannot be read: {e}", place()))
    }
}

fn town(town: &str, zone: &str) -> Result<Learnt, String> {
    Ok(Learnt::Town {
        town: value(town)?,
        zone: value(zone)?,
    })
}

fn enrolled(fact: facts::OfficerEnrolled) -> Result<Learnt, String> {
    Ok(Learnt::Enrolled {
        officer: value(&fact.officer)?,
        from: value(&fact.from)?,
    })
}

fn ended(fact: facts::OfficerEnded) -> Result<Learnt, String> {
    Ok(Learnt::Ended {
        officer: value(&fact.officer)?,
        on: value(&fact.on)?,
    })
}

fn erased(fact: facts::OfficerErased) -> Result<Learnt, String> {
    Ok(Learnt::Erased {
        officer: value(&fact.officer)?,
    })
}

fn signed(fact: facts::AgreementSigned) -> Result<Learnt, String> {
    let towns = fact.towns.iter().map(|town| value(town));
    let until = Some(fact.ends_on.as_str()).filter(|text| !text.is_empty());
    Ok(Learnt::Signed {
        agreement: value(&fact.agreement)?,
        towns: towns.collect::<Result<_, _>>()?,
        from: value(&fact.starts_on)?,
        until: until.map(value).transpose()?,
    })
}

fn agreement_ended(fact: facts::AgreementEnded) -> Result<Learnt, String> {
    Ok(Learnt::AgreementEnded {
        agreement: value(&fact.agreement)?,
        on: value(&fact.on)?,
    })
}

pub(super) fn value<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|e| format!("{e}"))
}
