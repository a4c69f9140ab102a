//! Every refusal of a dossier.

use eligibility::{Name, RecordId};
use eventlog::{Class, Refuse, Violation};
use jiff::civil::Date;
use vocabulary::{OfficerId, TownId};

/// Why a request about a dossier was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody enrolled the officer.
    #[error("No officer {0} is enrolled: enrol the officer; if that was just now, try again.")]
    OfficerUnknown(OfficerId),
    /// Nobody registered the town.
    #[error("The town {0} is not known here: register it; if that was just now, try again.")]
    TownUnknown(TownId),
    /// No profile asks for it.
    #[error(
        "No profile of any programme asks for `{requirement}`: see `cwctl programme list`; if it \
         was issued just now, try again."
    )]
    RequirementUnknown {
        field: &'static str,
        requirement: Name,
    },
    /// The record contradicts itself.
    #[error("This can not be recorded: {0}.")]
    Impossible(eligibility::Refusal),
    /// Nothing can be known of a day to come.
    #[error("{day} lies in the future: today is {today}.")]
    InFuture {
        field: &'static str,
        day: Date,
        today: Date,
    },
    /// The officer has no such record.
    #[error("{officer} has no record {record}: see `cwctl credential records {officer}`.")]
    RecordUnknown { officer: OfficerId, record: u64 },
    /// It is voided, or was restored.
    #[error("Record {record} is voided, or is restored already.")]
    AlreadyVoided { record: u64 },
    /// The same is there.
    #[error("It is recorded already, as {0}: a renewal has dates of its own.")]
    AlreadyGranted(RecordId),
    /// The officer does not hold it.
    #[error("There is no credential {0}: see `cwctl credential list`.")]
    CredentialUnknown(RecordId),
    /// It was never so.
    #[error("The record of credential {0} was voided: grant it anew.")]
    CredentialVoided(RecordId),
    /// It is over for good.
    #[error("Credential {credential} is revoked from {on} on.")]
    CredentialRevoked { credential: RecordId, on: Date },
    /// It is over.
    #[error("Credential {credential} ended on {until}: there is nothing left to suspend.")]
    CredentialOver { credential: RecordId, until: Date },
    /// It is not valid already.
    #[error("Credential {credential} is suspended on {on} already.")]
    AlreadySuspended { credential: RecordId, on: Date },
    /// There is nothing to reinstate.
    #[error("Credential {credential} is not suspended on {on}.")]
    NotSuspended { credential: RecordId, on: Date },
    /// There is none of that id.
    #[error("There is no waiver {0}: see `cwctl waiver list`.")]
    WaiverUnknown(RecordId),
    /// It is over.
    #[error("Waiver {waiver} is over on {on} already.")]
    WaiverOver { waiver: RecordId, on: Date },
    /// It would end before it begins.
    #[error("Waiver {waiver} begins on {from}, after {on}: void its record if it was never so.")]
    EndsBeforeWaiver {
        waiver: RecordId,
        from: Date,
        on: Date,
    },
}

impl Refuse for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Self::OfficerUnknown(_) => "OFFICER_UNKNOWN",
            Self::TownUnknown(_) => "TOWN_UNKNOWN",
            Self::RequirementUnknown { .. } => "REQUIREMENT_UNKNOWN",
            Self::Impossible(why) => impossible(why).0,
            Self::InFuture { .. } => "DATE_IN_FUTURE",
            Self::RecordUnknown { .. } => "RECORD_UNKNOWN",
            Self::AlreadyVoided { .. } => "RECORD_ALREADY_VOIDED",
            Self::AlreadyGranted(_) => "CREDENTIAL_ALREADY_GRANTED",
            Self::CredentialUnknown(_) => "CREDENTIAL_UNKNOWN",
            Self::CredentialVoided(_) => "CREDENTIAL_VOIDED",
            Self::CredentialRevoked { .. } => "CREDENTIAL_REVOKED",
            Self::CredentialOver { .. } => "CREDENTIAL_OVER",
            Self::AlreadySuspended { .. } => "CREDENTIAL_ALREADY_SUSPENDED",
            Self::NotSuspended { .. } => "CREDENTIAL_NOT_SUSPENDED",
            Self::WaiverUnknown(_) => "WAIVER_UNKNOWN",
            Self::WaiverOver { .. } => "WAIVER_OVER",
            Self::EndsBeforeWaiver { .. } => "ENDS_BEFORE_IT_BEGINS",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let field = match self {
            Self::OfficerUnknown(_) => "officer",
            Self::TownUnknown(_) => "towns",
            Self::RequirementUnknown { field, .. } | Self::InFuture { field, .. } => field,
            Self::Impossible(why) => impossible(why).1,
            Self::RecordUnknown { .. } | Self::AlreadyVoided { .. } => "record",
            Self::CredentialUnknown(_) | Self::CredentialVoided(_) => "credential",
            Self::WaiverUnknown(_) => "waiver",
            Self::CredentialOver { .. }
            | Self::AlreadySuspended { .. }
            | Self::NotSuspended { .. } => "from",
            Self::WaiverOver { .. } | Self::EndsBeforeWaiver { .. } => "on",
            Self::AlreadyGranted(_) | Self::CredentialRevoked { .. } => return Vec::new(),
        };
        let description = match self {
            Self::Impossible(why) => why.to_string(),
            other => other.to_string(),
        };
        let field = field.to_owned();
        vec![Violation { field, description }]
    }

    fn class(&self) -> Class {
        match self {
            Self::OfficerUnknown(_)
            | Self::TownUnknown(_)
            | Self::RequirementUnknown { .. }
            | Self::RecordUnknown { .. }
            | Self::CredentialUnknown(_)
            | Self::WaiverUnknown(_) => Class::NotFound,
            Self::AlreadyGranted(_) => Class::AlreadyExists,
            Self::Impossible(_) | Self::EndsBeforeWaiver { .. } => Class::InvalidArgument,
            Self::InFuture { .. }
            | Self::AlreadyVoided { .. }
            | Self::CredentialVoided(_)
            | Self::CredentialRevoked { .. }
            | Self::CredentialOver { .. }
            | Self::AlreadySuspended { .. }
            | Self::NotSuspended { .. }
            | Self::WaiverOver { .. } => Class::FailedPrecondition,
        }
    }
}

/// Reason and field of what no record may say.
fn impossible(why: &eligibility::Refusal) -> (&'static str, &'static str) {
    use eligibility::Refusal as Why;
    match why {
        Why::EndsBeforeItBegins { .. } => ("ENDS_BEFORE_IT_BEGINS", "until"),
        Why::ValidBeforeIssued { .. } => ("VALID_BEFORE_ISSUED", "from"),
        Why::WaiverWithoutEnd => ("WAIVER_WITHOUT_END", "until"),
        Why::ScoreAboveMaximum { .. } => ("SCORE_ABOVE_MAXIMUM", "assessment.score.points"),
        Why::PassMarkAboveMaximum { .. } => {
            ("PASS_MARK_ABOVE_MAXIMUM", "assessment.score.pass_mark")
        }
        Why::ResultContradictsScore { .. } => ("RESULT_CONTRADICTS_SCORE", "assessment.passed"),
        Why::NegativeMinutes { .. } => ("NEGATIVE_MINUTES", "minutes"),
        Why::BothSatisfiedAndLacking { .. } => ("BOTH_SATISFIED_AND_LACKING", "lacks"),
        Why::SatisfiesNothing => ("SATISFIES_NOTHING", "satisfies"),
    }
}
