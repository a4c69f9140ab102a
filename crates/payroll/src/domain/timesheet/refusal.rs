//! Why a timesheet says no: a state of affairs in a whole sentence, with a reason for machines.

use eventlog::{Class, Refuse, Violation};
use jiff::civil::Date;
use vocabulary::{AgreementId, DutyId, Location, Minutes, OfficerId, TownId};

/// Why the command was refused. Times are already in the employer's local form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(
    missing_docs,
    reason = "each variant's sentence says what it and its fields are"
)]
pub enum Refusal {
    #[error(
        "No officer {officer} is enrolled: enrol the officer; if that was just now, try again."
    )]
    UnknownOfficer { officer: OfficerId },
    #[error("{officer} is enrolled only from {from}, so not on {day}.")]
    NotYetEnrolled {
        officer: OfficerId,
        from: Date,
        day: Date,
    },
    #[error("{officer}'s employment ended on {until}, before {day}.")]
    OfficerEnded {
        officer: OfficerId,
        until: Date,
        day: Date,
    },
    #[error("No town {town} is registered: register it; if that was just now, try again.")]
    UnknownTown { town: TownId },
    #[error(
        "A duty needs a place: a town, or travel, training, court, leave, administration, aid."
    )]
    NoLocation,
    #[error(
        "Nothing says who is charged for {officer} {} on {day}: name the account, or assign \
         {officer} to one.", place(.location)
    )]
    NoAccount {
        officer: OfficerId,
        location: Location,
        day: Date,
    },
    #[error("No agreement {agreement} came into force: name another, or let every party sign it.")]
    UnknownAgreement { agreement: AgreementId },
    #[error(
        "{agreement} is not in force on {day}: name another account, or enter that day's hours as a \
         duty of their own."
    )]
    NotInForce { agreement: AgreementId, day: Date },
    #[error(
        "{town} is not a town of {agreement} on {day}, so its time cannot be charged to it: name \
         another account."
    )]
    TownNotInAgreement {
        town: TownId,
        agreement: AgreementId,
        day: Date,
    },
    #[error(
        "Duty {duty} is charged to {agreement} on {day}, when it is not in force: correct the duty \
         before that day can be approved."
    )]
    ChargedOutside {
        duty: DutyId,
        agreement: AgreementId,
        day: Date,
    },
    #[error(
        "{officer} is already on duty {} since {since} ({duty}): clock out, or move.",
        place(.location)
    )]
    AlreadyOnDuty {
        officer: OfficerId,
        duty: DutyId,
        location: Location,
        since: String,
    },
    #[error("{officer} is not on duty: clock in first, or enter the duty by hand.")]
    NotOnDuty { officer: OfficerId },
    #[error("{officer} is already {} ({duty}).", place(.location))]
    AlreadyThere {
        officer: OfficerId,
        duty: DutyId,
        location: Location,
    },
    #[error("{officer} is not travelling but {} ({duty}).", place(.location))]
    NotTravelling {
        officer: OfficerId,
        duty: DutyId,
        location: Location,
    },
    #[error("It would end at {end}, before it starts at {start}.")]
    EndsBeforeStart { start: String, end: String },
    #[error("It would start and end at {at}: a duty has at least one minute.")]
    NoLength { at: String },
    #[error("{at} is not a whole minute: duties are kept in whole minutes.")]
    NotWholeMinute { at: String },
    #[error(
        "It would last {minutes} hours: more than 31 days cannot be one duty. Enter the hours \
         that were worked."
    )]
    TooLong { minutes: Minutes },
    #[error("{at} lies outside the years 2000 to 2199.")]
    OutOfRange { at: String },
    #[error("{at} lies in the future: it is {now}.")]
    InFuture { at: String, now: String },
    #[error("It overlaps duty {duty} {}, {start} to {end}.", place(.location))]
    Overlaps {
        duty: DutyId,
        location: Location,
        start: String,
        end: String,
    },
    #[error("{officer} has no duty {duty}: look for it in the week's timesheet.")]
    UnknownDuty { officer: OfficerId, duty: DutyId },
    #[error("Duty {duty} was removed: enter the duty anew.")]
    DutyRemoved { duty: DutyId },
    #[error(
        "Duty {duty} {} is still open since {since}: give its end, or clock out.",
        place(.location)
    )]
    DutyOpen {
        duty: DutyId,
        location: Location,
        since: String,
    },
    #[error("Duty {duty} already stands as it is said to be.")]
    NothingChanges { duty: DutyId },
    #[error("{what} needs a reason.")]
    ReasonMissing { what: &'static str },
    #[error("The week of {week} has not begun: today is {today}.")]
    WeekNotStarted { week: Date, today: Date },
    #[error("{officer} has no minutes in the week of {week}.")]
    WeekEmpty { officer: OfficerId, week: Date },
    #[error("{officer}'s week of {week} is already submitted and waits for approval.")]
    AlreadySubmitted { officer: OfficerId, week: Date },
    #[error("{officer}'s week of {week} is already approved: correct the duty that is wrong.")]
    AlreadyApproved { officer: OfficerId, week: Date },
    #[error("{officer}'s week of {week} is not submitted: it must be signed first.")]
    NotSubmitted { officer: OfficerId, week: Date },
    #[error("{officer} cannot approve their own week: somebody else must.")]
    OwnTimesheet { officer: OfficerId },
    #[error("The days {from} to {to} do not lie in order within the week of {week}.")]
    DaysOutsideWeek { from: Date, to: Date, week: Date },
    #[error("{day} is not over: approve the days before {today}.")]
    DayNotOver { day: Date, today: Date },
    #[error("No day from {from} to {to} waits for approval.")]
    NothingToApprove { from: Date, to: Date },
    #[error(
        "Duty {duty} lasts {minutes} hours, more than 24: correct it before its days can be \
         approved."
    )]
    Over24Hours { duty: DutyId, minutes: Minutes },
    #[error("{officer} has no pay rate in force on {day}: set one from that day or earlier.")]
    NoPayRate { officer: OfficerId, day: Date },
    #[error("The cost of {officer}'s week of {week} does not fit 64-bit cents.")]
    CostTooLarge { officer: OfficerId, week: Date },
}

/// A place inside a sentence: "in barlow", "on the way to barlow".
pub(crate) fn place(location: &Location) -> String {
    match location {
        Location::Town(town) => format!("in {town}"),
        Location::Travel(town) => format!("on the way to {town}"),
        Location::Training => "in training".to_owned(),
        Location::Court => "in court".to_owned(),
        Location::Leave => "on leave".to_owned(),
        Location::Administration => "in administration".to_owned(),
        Location::Aid(to) => format!("in aid of {to}"),
    }
}

impl Refuse for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Self::UnknownOfficer { .. } => "OFFICER_UNKNOWN",
            Self::NotYetEnrolled { .. } => "OFFICER_NOT_YET_ENROLLED",
            Self::OfficerEnded { .. } => "OFFICER_ENDED",
            Self::UnknownTown { .. } => "TOWN_UNKNOWN",
            Self::NoLocation => "LOCATION_MISSING",
            Self::NoAccount { .. } => "ACCOUNT_MISSING",
            Self::UnknownAgreement { .. } => "AGREEMENT_UNKNOWN",
            Self::NotInForce { .. } | Self::ChargedOutside { .. } => "AGREEMENT_NOT_IN_FORCE",
            Self::TownNotInAgreement { .. } => "TOWN_NOT_IN_AGREEMENT",
            Self::AlreadyOnDuty { .. } => "ALREADY_ON_DUTY",
            Self::NotOnDuty { .. } => "NOT_ON_DUTY",
            Self::AlreadyThere { .. } => "ALREADY_THERE",
            Self::NotTravelling { .. } => "NOT_TRAVELLING",
            Self::EndsBeforeStart { .. } => "ENDS_BEFORE_START",
            Self::NoLength { .. } => "NO_LENGTH",
            Self::NotWholeMinute { .. } => "NOT_WHOLE_MINUTE",
            Self::TooLong { .. } => "DUTY_TOO_LONG",
            Self::OutOfRange { .. } => "TIME_OUT_OF_RANGE",
            Self::InFuture { .. } => "TIME_IN_FUTURE",
            Self::Overlaps { .. } => "DUTIES_OVERLAP",
            Self::UnknownDuty { .. } => "DUTY_UNKNOWN",
            Self::DutyRemoved { .. } => "DUTY_REMOVED",
            Self::DutyOpen { .. } => "DUTY_OPEN",
            Self::NothingChanges { .. } => "NOTHING_CHANGES",
            Self::ReasonMissing { .. } => "REASON_MISSING",
            Self::WeekNotStarted { .. } => "WEEK_NOT_STARTED",
            Self::WeekEmpty { .. } => "WEEK_EMPTY",
            Self::AlreadySubmitted { .. } => "WEEK_ALREADY_SUBMITTED",
            Self::AlreadyApproved { .. } => "WEEK_ALREADY_APPROVED",
            Self::NotSubmitted { .. } => "WEEK_NOT_SUBMITTED",
            Self::OwnTimesheet { .. } => "OWN_TIMESHEET",
            Self::DaysOutsideWeek { .. } => "DAYS_OUTSIDE_WEEK",
            Self::DayNotOver { .. } => "DAY_NOT_OVER",
            Self::NothingToApprove { .. } => "NOTHING_TO_APPROVE",
            Self::Over24Hours { .. } => "DUTY_OVER_24_HOURS",
            Self::NoPayRate { .. } => "PAY_RATE_MISSING",
            Self::CostTooLarge { .. } => "COST_TOO_LARGE",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let field = match self {
            Self::UnknownOfficer { .. } => "officer",
            Self::UnknownTown { .. } => "town",
            Self::NoLocation => "location",
            Self::NoAccount { .. }
            | Self::UnknownAgreement { .. }
            | Self::NotInForce { .. }
            | Self::TownNotInAgreement { .. } => "account",
            Self::EndsBeforeStart { .. } | Self::NoLength { .. } => "end",
            Self::UnknownDuty { .. } => "duty",
            Self::ReasonMissing { .. } => "reason",
            Self::DaysOutsideWeek { .. } => "from",
            _ => return Vec::new(),
        };
        vec![Violation {
            field: field.to_owned(),
            description: self.to_string(),
        }]
    }

    fn class(&self) -> Class {
        match self {
            Self::UnknownOfficer { .. }
            | Self::UnknownTown { .. }
            | Self::UnknownAgreement { .. }
            | Self::UnknownDuty { .. } => Class::NotFound,
            Self::NoLocation
            | Self::EndsBeforeStart { .. }
            | Self::NoLength { .. }
            | Self::NotWholeMinute { .. }
            | Self::TooLong { .. }
            | Self::OutOfRange { .. }
            | Self::ReasonMissing { .. }
            | Self::DaysOutsideWeek { .. } => Class::InvalidArgument,
            _ => Class::FailedPrecondition,
        }
    }
}
