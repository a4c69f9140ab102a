//! A registry fact, read: typed, or refused with what is wrong.

use std::collections::BTreeSet;
use std::str::FromStr;

use eventlog::FactRow;
use jiff::civil::Date;
use prost::Message;
use vocabulary::{Account, AgreementId, Fraction, OfficerId, TownId};
use wire::registry::v1 as facts;

/// What a fact of the registry tells payroll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Learnt {
    Town {
        town: TownId,
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
    Paid {
        officer: OfficerId,
        from: Date,
        cents_per_hour: Fraction,
        burden: Fraction,
        burden_on_premium: bool,
    },
    Assigned {
        officer: OfficerId,
        from: Date,
        until: Option<Date>,
        account: Account,
    },
    AssignmentEnded {
        officer: OfficerId,
        from: Date,
        until: Date,
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
    /// Of no concern here.
    Other,
}

impl Learnt {
    /// Reads a fact.
    pub(super) fn of(fact: &FactRow) -> Result<Self, String> {
        let bytes = fact.bytes.as_slice();
        let read = match fact.kind.as_str() {
            "TownRegistered" => facts::TownRegistered::decode(bytes).map(town),
            "OfficerEnrolled" => facts::OfficerEnrolled::decode(bytes).map(enrolled),
            "OfficerEnded" => facts::OfficerEnded::decode(bytes).map(ended),
            "OfficerErased" => facts::OfficerErased::decode(bytes).map(erased),
            "PayRateSet" => facts::PayRateSet::decode(bytes).map(paid),
            "OfficerAssigned" => facts::OfficerAssigned::decode(bytes).map(assigned),
            "AssignmentEnded" => facts::AssignmentEnded::decode(bytes).map(assignment_ended),
            "AgreementSigned" => facts::AgreementSigned::decode(bytes).map(signed),
            "AgreementEnded" => facts::AgreementEnded::decode(bytes).map(agreement_ended),
            _ => return Ok(Self::Other),
        };
        let place = || format!("{} at {}:{}", fact.kind, fact.log, fact.seq);
        read.map_err(|e| format!("{} is garbled: {e}", place()))?
            .map_err(|e| format!("{} cannot be read: {e}", place()))
    }
}

fn town(fact: facts::TownRegistered) -> Result<Learnt, String> {
    Ok(Learnt::Town {
        town: value(&fact.town)?,
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

fn paid(fact: facts::PayRateSet) -> Result<Learnt, String> {
    Ok(Learnt::Paid {
        officer: value(&fact.officer)?,
        from: value(&fact.from)?,
        cents_per_hour: value(&fact.cents_per_hour)?,
        burden: value(&fact.burden)?,
        burden_on_premium: fact.burden_on_premium,
    })
}

fn assigned(fact: facts::OfficerAssigned) -> Result<Learnt, String> {
    Ok(Learnt::Assigned {
        officer: value(&fact.officer)?,
        from: value(&fact.from)?,
        until: optional(&fact.until)?,
        account: value(&fact.account)?,
    })
}

fn assignment_ended(fact: facts::AssignmentEnded) -> Result<Learnt, String> {
    Ok(Learnt::AssignmentEnded {
        officer: value(&fact.officer)?,
        from: value(&fact.from)?,
        until: value(&fact.until)?,
    })
}

fn signed(fact: facts::AgreementSigned) -> Result<Learnt, String> {
    let towns = fact.towns.iter().map(|town| value(town));
    Ok(Learnt::Signed {
        agreement: value(&fact.agreement)?,
        towns: towns.collect::<Result<_, _>>()?,
        from: value(&fact.starts_on)?,
        until: optional(&fact.ends_on)?,
    })
}

fn agreement_ended(fact: facts::AgreementEnded) -> Result<Learnt, String> {
    Ok(Learnt::AgreementEnded {
        agreement: value(&fact.agreement)?,
        on: value(&fact.on)?,
    })
}

fn value<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|e| format!("{e}"))
}

fn optional<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<Option<T>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    value(text).map(Some)
}
