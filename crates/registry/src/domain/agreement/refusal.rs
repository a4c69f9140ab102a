//! Why a request about an agreement was refused.

use std::collections::BTreeSet;

use allocation::Problem;
use eventlog::{Class, Refuse, Violation};
use jiff::civil::Date;
use vocabulary::{AgreementId, OfficerId, PartyId, TownId};

/// A state of affairs that stands against the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("The agreement {agreement} was drafted already: choose another id.")]
    AlreadyDrafted { agreement: AgreementId },
    #[error("The agreement {agreement} is not known: draft it first.")]
    NotDrafted { agreement: AgreementId },
    #[error("An agreement is among towns: name at least one.")]
    WithoutTowns,
    #[error("The town {town} is named twice: name it once.")]
    TownTwice { town: TownId },
    #[error("Not registered: {}. Register each town first.", list(towns))]
    TownsNotRegistered { towns: BTreeSet<TownId> },
    #[error("{day} is not the first day of a month: terms and settlements go by whole months.")]
    NotFirstOfMonth { field: &'static str, day: Date },
    #[error("{day} is not the last day of a month: terms and settlements go by whole months.")]
    NotLastOfMonth { field: &'static str, day: Date },
    #[error("The agreement would end on {day}, before its first day, {starts_on}.")]
    EndsBeforeItStarts {
        field: &'static str,
        day: Date,
        starts_on: Date,
    },
    #[error("Version {version} is before the parties: have it signed, or withdraw it.")]
    ProposalPending { version: u32 },
    #[error(
        "The first terms hold from the agreement's first day, {starts_on}, not from {day}: no month \
         may be without terms."
    )]
    NotFromTheStart { starts_on: Date, day: Date },
    #[error("The agreement begins on {starts_on}: terms can not hold from {day}.")]
    BeforeTheStart { starts_on: Date, day: Date },
    #[error("The agreement ends on {last_day}: terms can not hold from {day}.")]
    AfterTheEnd { last_day: Date, day: Date },
    #[error("Version {version} holds from {day}: two versions can not begin on one day.")]
    DayTaken { version: u32, day: Date },
    #[error("The terms have {}.", counted(problems))]
    TermsInvalid { problems: Vec<Problem> },
    #[error("The terms are those of {named}, not of {agreement}.")]
    OtherAgreement {
        agreement: AgreementId,
        named: AgreementId,
    },
    #[error(
        "The terms are not among the agreement's towns: they {}.",
        differ(absent, strange)
    )]
    OtherTowns {
        absent: BTreeSet<TownId>,
        strange: BTreeSet<TownId>,
    },
    #[error("The agreement {agreement} has no terms of version {version}.")]
    VersionUnknown {
        agreement: AgreementId,
        version: u32,
    },
    #[error("Version {version} was withdrawn: propose the terms again.")]
    Withdrawn { version: u32 },
    #[error("Version {version} is in force: propose other terms to amend it.")]
    InForceAlready { version: u32 },
    #[error(
        "{party} is no party of {agreement}: its parties are {}.",
        list(parties)
    )]
    NotAParty {
        agreement: AgreementId,
        party: PartyId,
        parties: BTreeSet<PartyId>,
    },
    #[error("A signature of {on} is still to come: today is {today}. Record it once it is given.")]
    SignedInFuture { on: Date, today: Date },
    #[error("{party} signed version {version} on {on} already.")]
    SignedAlready {
        version: u32,
        party: PartyId,
        on: Date,
    },
    #[error("The agreement {agreement} is not in force: every party must have signed first.")]
    NotInForce { agreement: AgreementId },
    #[error("The agreement {agreement} ends on {on} already.")]
    AlreadyEnded { agreement: AgreementId, on: Date },
    #[error("The agreement is to end on {ends_on} anyway: {day} would prolong it.")]
    EndsEarlier { ends_on: Date, day: Date },
    #[error(
        "Assigned to {agreement} beyond {on}: {}. End those assignments first.",
        list(officers)
    )]
    OfficersAssigned {
        agreement: AgreementId,
        on: Date,
        officers: BTreeSet<OfficerId>,
    },
}

impl Refuse for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Self::AlreadyDrafted { .. } => "AGREEMENT_ALREADY_DRAFTED",
            Self::NotDrafted { .. } => "AGREEMENT_UNKNOWN",
            Self::WithoutTowns => "AGREEMENT_WITHOUT_TOWNS",
            Self::TownTwice { .. } => "TOWN_NAMED_TWICE",
            Self::TownsNotRegistered { .. } => "TOWN_UNKNOWN",
            Self::NotFirstOfMonth { .. } => "NOT_FIRST_OF_MONTH",
            Self::NotLastOfMonth { .. } => "NOT_LAST_OF_MONTH",
            Self::EndsBeforeItStarts { .. } => "ENDS_BEFORE_IT_STARTS",
            Self::ProposalPending { .. } => "PROPOSAL_PENDING",
            Self::NotFromTheStart { .. } => "FIRST_TERMS_NOT_FROM_THE_START",
            Self::BeforeTheStart { .. } => "TERMS_BEFORE_THE_START",
            Self::AfterTheEnd { .. } => "TERMS_AFTER_THE_END",
            Self::DayTaken { .. } => "TERMS_DAY_TAKEN",
            Self::TermsInvalid { .. } => "TERMS_INVALID",
            Self::OtherAgreement { .. } => "TERMS_OF_ANOTHER_AGREEMENT",
            Self::OtherTowns { .. } => "TERMS_AMONG_OTHER_TOWNS",
            Self::VersionUnknown { .. } => "TERMS_UNKNOWN",
            Self::Withdrawn { .. } => "TERMS_WITHDRAWN",
            Self::InForceAlready { .. } => "TERMS_IN_FORCE",
            Self::NotAParty { .. } => "NOT_A_PARTY",
            Self::SignedAlready { .. } => "ALREADY_SIGNED",
            Self::SignedInFuture { .. } => "SIGNED_IN_FUTURE",
            Self::NotInForce { .. } => "AGREEMENT_NOT_IN_FORCE",
            Self::AlreadyEnded { .. } => "AGREEMENT_ALREADY_ENDED",
            Self::EndsEarlier { .. } => "AGREEMENT_ENDS_EARLIER",
            Self::OfficersAssigned { .. } => "OFFICERS_STILL_ASSIGNED",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let field = match self {
            Self::TermsInvalid { problems } => return problems.iter().map(at_its_line).collect(),
            Self::WithoutTowns | Self::TownTwice { .. } | Self::TownsNotRegistered { .. } => {
                "towns"
            }
            Self::NotFirstOfMonth { field, .. }
            | Self::NotLastOfMonth { field, .. }
            | Self::EndsBeforeItStarts { field, .. } => field,
            Self::NotFromTheStart { .. }
            | Self::BeforeTheStart { .. }
            | Self::AfterTheEnd { .. }
            | Self::DayTaken { .. } => "effective_from",
            Self::OtherAgreement { .. } | Self::OtherTowns { .. } => "toml",
            Self::VersionUnknown { .. } => "version",
            Self::NotAParty { .. } => "party",
            Self::EndsEarlier { .. } | Self::SignedInFuture { .. } => "on",
            _ => return Vec::new(),
        };
        let (field, description) = (field.to_owned(), self.to_string());
        vec![Violation { field, description }]
    }

    fn class(&self) -> Class {
        match self {
            Self::AlreadyDrafted { .. } => Class::AlreadyExists,
            Self::NotDrafted { .. } | Self::VersionUnknown { .. } => Class::NotFound,
            Self::WithoutTowns
            | Self::TownTwice { .. }
            | Self::NotFirstOfMonth { .. }
            | Self::NotLastOfMonth { .. }
            | Self::EndsBeforeItStarts { .. }
            | Self::TermsInvalid { .. }
            | Self::OtherAgreement { .. }
            | Self::OtherTowns { .. }
            | Self::NotAParty { .. } => Class::InvalidArgument,
            _ => Class::FailedPrecondition,
        }
    }
}

/// The document is one field; where in it stands in front of what is wrong.
fn at_its_line(problem: &Problem) -> Violation {
    Violation {
        field: "toml".to_owned(),
        description: problem.to_string(),
    }
}

fn counted(problems: &[Problem]) -> String {
    match problems {
        [one] => format!("a problem: {one}"),
        many => {
            let lines: Vec<String> = many.iter().map(ToString::to_string).collect();
            format!("{} problems: {}", many.len(), lines.join("; "))
        }
    }
}

fn list<T: ToString>(words: &BTreeSet<T>) -> String {
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    words.join(", ")
}

fn differ(absent: &BTreeSet<TownId>, strange: &BTreeSet<TownId>) -> String {
    match (absent.is_empty(), strange.is_empty()) {
        (_, true) => format!("leave out {}", list(absent)),
        (true, false) => format!("add {}", list(strange)),
        (false, false) => format!("leave out {} and add {}", list(absent), list(strange)),
    }
}
