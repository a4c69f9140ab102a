//! Why a request about a programme was refused.

use eligibility::{Problem, ProgrammeId, Widening};
use eventlog::{Class, Refuse, Violation};
use jiff::civil::Date;
use vocabulary::{AgreementId, TownId};

/// A state of affairs that stands against the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("The profile has {}.", counted(problems))]
    ProfileInvalid { problems: Vec<Problem> },
    #[error(
        "Version {version} was issued already, and a version never changes: issue it as version \
         {next}."
    )]
    VersionIssued { version: u32, next: u32 },
    #[error("The next version is {next}, not {version}: versions have no holes.")]
    VersionSkipped { version: u32, next: u32 },
    #[error(
        "Version {former} holds from {former_from}: the next can not hold from {day} already. Give \
         a later day."
    )]
    NotLater {
        day: Date,
        former: u32,
        former_from: Date,
    },
    #[error(
        "Version {version} would be widened by what towns agreed to: {}. Agree with them to other \
         clauses first.",
        misfitting(misfits)
    )]
    NarrowingsMisfit { version: u32, misfits: Vec<Misfit> },
    #[error("No profile of the programme {programme} was issued: issue one first.")]
    NotIssued { programme: ProgrammeId },
    #[error("The agreement {agreement} is not known: draft it first.")]
    AgreementUnknown { agreement: AgreementId },
    #[error("The agreement {agreement} is not in force: every party must have signed first.")]
    AgreementNotInForce { agreement: AgreementId },
    #[error(
        "{town} is no town of {agreement}: its towns are {}.",
        towns_text(towns)
    )]
    NotATown {
        agreement: AgreementId,
        town: TownId,
        towns: Vec<TownId>,
    },
    #[error("{day} is outside the agreement, which {}.", runs(starts_on, ends_on.as_ref()))]
    OutsideAgreement {
        day: Date,
        starts_on: Date,
        ends_on: Option<Date>,
    },
    #[error(
        "No version of {programme} is in force on {day}{}.",
        begins(first_day.as_ref())
    )]
    NotYetInForce {
        programme: ProgrammeId,
        day: Date,
        first_day: Option<Date>,
    },
    #[error("The narrowing has {}.", counted(problems))]
    NarrowingInvalid { problems: Vec<Problem> },
    #[error("The narrowing's {key} is {named}, and {meant} is meant: write {key} = {meant}.")]
    OtherNarrowing {
        key: &'static str,
        named: String,
        meant: String,
    },
    #[error(
        "The narrowing would widen version {version} of the programme: {}.",
        sentences(widenings)
    )]
    Widens {
        version: u32,
        widenings: Vec<Widening>,
    },
}

/// A town's narrowing that does not fit a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// In which agreement.
    pub agreement: AgreementId,
    /// Which town's.
    pub town: TownId,
    /// Its first day.
    pub from: Date,
    /// Clause by clause.
    pub widenings: Vec<Widening>,
}

impl Refuse for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Self::ProfileInvalid { .. } => "PROFILE_INVALID",
            Self::VersionIssued { .. } => "PROFILE_VERSION_ISSUED",
            Self::VersionSkipped { .. } => "PROFILE_VERSION_SKIPPED",
            Self::NotLater { .. } => "PROFILE_NOT_LATER",
            Self::NarrowingsMisfit { .. } => "NARROWINGS_MISFIT",
            Self::NotIssued { .. } => "PROGRAMME_UNKNOWN",
            Self::AgreementUnknown { .. } => "AGREEMENT_UNKNOWN",
            Self::AgreementNotInForce { .. } => "AGREEMENT_NOT_IN_FORCE",
            Self::NotATown { .. } => "NOT_A_PARTY",
            Self::OutsideAgreement { .. } => "OUTSIDE_AGREEMENT",
            Self::NotYetInForce { .. } => "PROGRAMME_NOT_IN_FORCE",
            Self::NarrowingInvalid { .. } => "NARROWING_INVALID",
            Self::OtherNarrowing { .. } => "NARROWING_OF_ANOTHER",
            Self::Widens { .. } => "NARROWING_WIDENS",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let every = |field: &str, descriptions: Vec<String>| {
            let violation = |description| Violation {
                field: field.to_owned(),
                description,
            };
            descriptions.into_iter().map(violation).collect()
        };
        match self {
            Self::ProfileInvalid { problems } => every("toml", texts(problems)),
            Self::NarrowingInvalid { problems } => every("narrowing", texts(problems)),
            Self::Widens { widenings, .. } => every("narrowing", texts(widenings)),
            Self::NarrowingsMisfit { misfits, .. } => {
                let lines = misfits.iter().flat_map(Misfit::lines);
                every("toml", lines.collect())
            }
            Self::VersionIssued { .. } | Self::VersionSkipped { .. } => {
                every("toml", vec![self.to_string()])
            }
            Self::NotLater { .. } => every("effective_from", vec![self.to_string()]),
            Self::NotATown { .. } => every("town", vec![self.to_string()]),
            Self::OutsideAgreement { .. } | Self::NotYetInForce { .. } => {
                every("from", vec![self.to_string()])
            }
            Self::OtherNarrowing { .. } => every("narrowing", vec![self.to_string()]),
            Self::NotIssued { .. }
            | Self::AgreementUnknown { .. }
            | Self::AgreementNotInForce { .. } => Vec::new(),
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::ProfileInvalid { .. }
            | Self::NarrowingInvalid { .. }
            | Self::OtherNarrowing { .. }
            | Self::NotATown { .. } => Class::InvalidArgument,
            Self::NotIssued { .. } | Self::AgreementUnknown { .. } => Class::NotFound,
            _ => Class::FailedPrecondition,
        }
    }
}

impl Misfit {
    fn lines(&self) -> impl Iterator<Item = String> {
        let Misfit {
            agreement, town, ..
        } = self;
        self.widenings
            .iter()
            .map(move |widening| format!("{town} in {agreement}: {widening}"))
    }
}

fn texts<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

fn counted(problems: &[Problem]) -> String {
    match problems {
        [one] => format!("a problem: {one}"),
        many => format!("{} problems: {}", many.len(), texts(many).join("; ")),
    }
}

fn sentences(widenings: &[Widening]) -> String {
    texts(widenings).join("; ")
}

fn misfitting(misfits: &[Misfit]) -> String {
    let lines: Vec<String> = misfits.iter().flat_map(Misfit::lines).collect();
    lines.join("; ")
}

fn towns_text(towns: &[TownId]) -> String {
    texts(towns).join(", ")
}

fn runs(starts_on: &Date, ends_on: Option<&Date>) -> String {
    match ends_on {
        Some(ends_on) => format!("runs from {starts_on} to {ends_on}"),
        None => format!("begins on {starts_on}"),
    }
}

fn begins(first_day: Option<&Date>) -> String {
    first_day.map_or_else(String::new, |day| format!(": its first begins on {day}"))
}
