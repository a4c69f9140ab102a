//! What is remembered of profiles, of who agreed to them, and of agreements' days.

use std::str::FromStr;

use eligibility::{Known, Narrowing, Profile, ProgrammeId};
use eventlog::{FactRow, TypedMirror};
use jiff::civil::Date;
use prost::Message;
use serde::{Deserialize, Serialize};
use vocabulary::{AgreementId, TownId};
use wire::registry::v1 as facts;

use super::Learnt;

/// One version of a programme's profile.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Version {
    pub(crate) version: u32,
    pub(crate) from: Date,
    pub(crate) toml: String,
    pub(crate) learnt: Learnt,
}

/// A town's agreement to a programme.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Agreed {
    pub(crate) agreement: AgreementId,
    pub(crate) programme: ProgrammeId,
    pub(crate) from: Date,
    pub(crate) narrowing: String,
    pub(crate) learnt: Learnt,
}

/// An agreement's days.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AgreementRow {
    from: Date,
    until: Option<Date>,
    learnt: Learnt,
    /// Last days that it got later.
    ended: Vec<(Date, Learnt)>,
}

impl AgreementRow {
    /// First and last day, as known then.
    pub(super) fn days(&self, known: &Known) -> Option<(Date, Option<Date>)> {
        let ended = self.ended.iter().filter(|(_, at)| at.covered(known));
        let until = ended.map(|(on, _)| *on).next_back().or(self.until);
        self.learnt.covered(known).then_some((self.from, until))
    }

    pub(super) fn learnt(&self) -> impl Iterator<Item = &Learnt> {
        [&self.learnt]
            .into_iter()
            .chain(self.ended.iter().map(|(_, at)| at))
    }
}

/// What a fact of the registry says of the rules.
enum Said {
    Issued(ProgrammeId, Version),
    Agreed(TownId, Agreed),
    Signed(AgreementId, AgreementRow),
    Ended(AgreementId, Date),
    /// Nothing.
    Other,
}

/// Whether a fact of the registry can be read.
pub(crate) fn check(fact: &FactRow) -> Result<(), String> {
    match Said::of(fact)? {
        Said::Issued(_, version) => {
            let read = Profile::parse(&version.toml);
            read.map(|_| ()).map_err(|problems| said(&problems))
        }
        Said::Agreed(_, agreed) if !agreed.narrowing.is_empty() => {
            let read = Narrowing::parse(&agreed.narrowing);
            read.map(|_| ()).map_err(|problems| said(&problems))
        }
        _ => Ok(()),
    }
}

fn said(problems: &[eligibility::Problem]) -> String {
    problems
        .first()
        .map(ToString::to_string)
        .unwrap_or_default()
}

impl Said {
    fn of(fact: &FactRow) -> Result<Self, String> {
        let learnt = Learnt {
            seq: fact.seq,
            recorded: fact.recorded_at,
        };
        let garbled = |e: prost::DecodeError| e.to_string();
        let bytes = fact.bytes.as_slice();
        Ok(match fact.kind.as_str() {
            "ProfileIssued" => {
                let fact = facts::ProfileIssued::decode(bytes).map_err(garbled)?;
                let version = Version {
                    version: fact.version,
                    from: value(&fact.effective_from)?,
                    toml: fact.toml,
                    learnt,
                };
                Self::Issued(value(&fact.programme)?, version)
            }
            "ProgrammeAgreed" => {
                let fact = facts::ProgrammeAgreed::decode(bytes).map_err(garbled)?;
                let agreed = Agreed {
                    agreement: value(&fact.agreement)?,
                    programme: value(&fact.programme)?,
                    from: value(&fact.from)?,
                    narrowing: fact.narrowing,
                    learnt,
                };
                Self::Agreed(value(&fact.town)?, agreed)
            }
            "AgreementSigned" => {
                let fact = facts::AgreementSigned::decode(bytes).map_err(garbled)?;
                let row = AgreementRow {
                    from: value(&fact.starts_on)?,
                    until: match fact.ends_on.as_str() {
                        "" => None,
                        day => Some(value(day)?),
                    },
                    learnt,
                    ended: Vec::new(),
                };
                Self::Signed(value(&fact.agreement)?, row)
            }
            "AgreementEnded" => {
                let fact = facts::AgreementEnded::decode(bytes).map_err(garbled)?;
                Self::Ended(value(&fact.agreement)?, value(&fact.on)?)
            }
            _ => Self::Other,
        })
    }

    /// The listener has checked every fact before a mirror sees it.
    fn checked(fact: &FactRow) -> Self {
        Self::of(fact).unwrap_or(Self::Other)
    }
}

fn value<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|e| format!("{e}"))
}

/// Mirror `profiles`: versions by programme.
pub(crate) struct Profiles;

/// A programme's versions, in the order in which they were issued.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct ProfileRow {
    pub(crate) versions: Vec<Version>,
}

impl TypedMirror for Profiles {
    const NAME: &'static str = "profiles";
    const VERSION: u32 = 1;
    type Row = ProfileRow;

    fn keys(fact: &FactRow) -> Vec<String> {
        match Said::checked(fact) {
            Said::Issued(programme, _) => vec![programme.to_string()],
            _ => Vec::new(),
        }
    }

    fn apply(fact: &FactRow, _key: &str, old: Option<ProfileRow>) -> Option<ProfileRow> {
        let Said::Issued(_, version) = Said::checked(fact) else {
            return old;
        };
        let mut row = old.unwrap_or_default();
        row.versions.push(version);
        Some(row)
    }
}

/// Mirror `programmes`: what was agreed, by town.
pub(crate) struct Programmes;

/// What a town agreed to, in the order in which it did.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct ProgrammeRow {
    pub(crate) agreed: Vec<Agreed>,
}

impl TypedMirror for Programmes {
    const NAME: &'static str = "programmes";
    const VERSION: u32 = 1;
    type Row = ProgrammeRow;

    fn keys(fact: &FactRow) -> Vec<String> {
        match Said::checked(fact) {
            Said::Agreed(town, _) => vec![town.to_string()],
            _ => Vec::new(),
        }
    }

    fn apply(fact: &FactRow, _key: &str, old: Option<ProgrammeRow>) -> Option<ProgrammeRow> {
        let Said::Agreed(_, agreed) = Said::checked(fact) else {
            return old;
        };
        let mut row = old.unwrap_or_default();
        row.agreed.push(agreed);
        Some(row)
    }
}

/// Mirror `agreement_days`: first and last days, by agreement.
pub(crate) struct AgreementDays;

impl TypedMirror for AgreementDays {
    const NAME: &'static str = "agreement_days";
    const VERSION: u32 = 1;
    type Row = AgreementRow;

    fn keys(fact: &FactRow) -> Vec<String> {
        match Said::checked(fact) {
            Said::Signed(agreement, _) | Said::Ended(agreement, _) => vec![agreement.to_string()],
            _ => Vec::new(),
        }
    }

    fn apply(fact: &FactRow, _key: &str, old: Option<AgreementRow>) -> Option<AgreementRow> {
        let at = Learnt {
            seq: fact.seq,
            recorded: fact.recorded_at,
        };
        match Said::checked(fact) {
            Said::Signed(_, row) => Some(row),
            Said::Ended(_, on) => old.map(|mut row| {
                row.ended.push((on, at));
                row
            }),
            _ => old,
        }
    }
}
