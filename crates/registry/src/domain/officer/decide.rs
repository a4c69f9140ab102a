//! Every rule about officers, and every refusal.

use eventlog::{Class, Refuse, Violation};
use jiff::civil::Date;
use vocabulary::{Account, AgreementId, Fraction, Keep, OfficerId};

use super::{
    Assign, Assignment, Command, Employed, End, EndAssignment, Enrol, Erase, Event, PayRate,
    SetPayRate, Standing, State,
};
use crate::domain::Decimal;

/// The largest burden that is believed: 200 percent of pay. Above it somebody wrote percents.
const BURDEN_MAX: i64 = 2;

/// Why a request about an officer was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("The badge code {officer} belongs to an officer enrolled from {from}: choose another.")]
    AlreadyEnrolled { officer: OfficerId, from: Date },
    #[error("No officer {officer} is enrolled: enrol the officer first.")]
    NotEnrolled { officer: OfficerId },
    #[error("The employment of {officer} already has its last day, {on}.")]
    AlreadyEnded { officer: OfficerId, on: Date },
    #[error("{day} lies before the first day of {officer}'s employment, {from}.")]
    BeforeEmployment {
        officer: OfficerId,
        day: Date,
        from: Date,
        field: &'static str,
    },
    #[error("{day} lies after the last day of {officer}'s employment, {on}.")]
    AfterEmployment {
        officer: OfficerId,
        day: Date,
        on: Date,
        field: &'static str,
    },
    #[error("The employment of {officer} ends on {on}: give the assignment a last day by then.")]
    OpenBeyondEmployment { officer: OfficerId, on: Date },
    #[error("An hourly rate of {dollars_per_hour} dollars pays nothing: give a rate above zero.")]
    RateIsZero { dollars_per_hour: Decimal },
    #[error(
        "A burden of {burden} would be more than {} times the pay: give it as a fraction of pay, \
         such as 0.2235 for 22.35 percent.",
        BURDEN_MAX
    )]
    BurdenTooLarge { burden: Decimal },
    #[error("The assignment would end on {until}, before its first day, {from}.")]
    EndsBeforeItBegins { from: Date, until: Date },
    #[error(
        "{officer} is assigned to {account} from {from}{}: end that assignment first.",
        through(*until)
    )]
    Overlaps {
        officer: OfficerId,
        account: Account,
        from: Date,
        until: Option<Date>,
    },
    #[error("The agreement {agreement} is not known: draft it first.")]
    AgreementUnknown { agreement: AgreementId },
    #[error("The agreement {agreement} is not in force: every party must have signed first.")]
    AgreementNotInForce { agreement: AgreementId },
    #[error("The agreement {agreement} runs from {starts_on}{}: assign within it.", through(*ends_on))]
    OutsideAgreement {
        agreement: AgreementId,
        starts_on: Date,
        ends_on: Option<Date>,
    },
    #[error("{officer} has no assignment that begins on {from}.")]
    NotAssigned { officer: OfficerId, from: Date },
    #[error("The assignment from {from} ends on {ends} already: assign anew for the days after.")]
    AssignmentEndsEarlier { from: Date, ends: Date, until: Date },
    #[error(
        "{officer} is employed{}: the record may be erased once the employment is over and its \
         retention has run.",
        through(*until)
    )]
    StillEmployed {
        officer: OfficerId,
        until: Option<Date>,
    },
    #[error(
        "The record of {officer} must be kept until {until} ({rule}): it can be erased from \
         {possible_from} on."
    )]
    RetentionRuns {
        officer: OfficerId,
        until: Date,
        possible_from: Date,
        rule: String,
    },
    #[error("What was personal of {officer} was erased on {on} already.")]
    AlreadyErased { officer: OfficerId, on: Date },
}

fn through(last: Option<Date>) -> String {
    last.map_or_else(String::new, |last| format!(" until {last}"))
}

impl Refuse for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Self::AlreadyEnrolled { .. } => "OFFICER_ALREADY_ENROLLED",
            Self::NotEnrolled { .. } => "OFFICER_UNKNOWN",
            Self::AlreadyEnded { .. } => "OFFICER_ALREADY_ENDED",
            Self::BeforeEmployment { .. } => "BEFORE_EMPLOYMENT",
            Self::AfterEmployment { .. } | Self::OpenBeyondEmployment { .. } => "AFTER_EMPLOYMENT",
            Self::RateIsZero { .. } => "RATE_IS_ZERO",
            Self::BurdenTooLarge { .. } => "BURDEN_TOO_LARGE",
            Self::EndsBeforeItBegins { .. } => "ENDS_BEFORE_IT_BEGINS",
            Self::Overlaps { .. } => "ASSIGNMENTS_OVERLAP",
            Self::AgreementUnknown { .. } => "AGREEMENT_UNKNOWN",
            Self::AgreementNotInForce { .. } => "AGREEMENT_NOT_IN_FORCE",
            Self::OutsideAgreement { .. } => "OUTSIDE_AGREEMENT",
            Self::NotAssigned { .. } => "NOT_ASSIGNED",
            Self::AssignmentEndsEarlier { .. } => "ASSIGNMENT_ENDS_EARLIER",
            Self::StillEmployed { .. } => "OFFICER_STILL_EMPLOYED",
            Self::RetentionRuns { .. } => "RETENTION_RUNS",
            Self::AlreadyErased { .. } => "OFFICER_ALREADY_ERASED",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let field = match self {
            Self::BeforeEmployment { field, .. } | Self::AfterEmployment { field, .. } => field,
            Self::OpenBeyondEmployment { .. }
            | Self::EndsBeforeItBegins { .. }
            | Self::AssignmentEndsEarlier { .. } => "until",
            Self::RateIsZero { .. } => "dollars_per_hour",
            Self::BurdenTooLarge { .. } => "burden",
            Self::AgreementUnknown { .. } | Self::AgreementNotInForce { .. } => "account",
            Self::OutsideAgreement { .. } | Self::NotAssigned { .. } => "from",
            Self::AlreadyEnrolled { .. }
            | Self::NotEnrolled { .. }
            | Self::AlreadyEnded { .. }
            | Self::StillEmployed { .. }
            | Self::RetentionRuns { .. }
            | Self::AlreadyErased { .. }
            | Self::Overlaps { .. } => return Vec::new(),
        };
        let (field, description) = (field.to_owned(), self.to_string());
        vec![Violation { field, description }]
    }

    fn class(&self) -> Class {
        match self {
            Self::AlreadyEnrolled { .. } => Class::AlreadyExists,
            Self::NotEnrolled { .. } | Self::AgreementUnknown { .. } | Self::NotAssigned { .. } => {
                Class::NotFound
            }
            Self::RateIsZero { .. }
            | Self::BurdenTooLarge { .. }
            | Self::EndsBeforeItBegins { .. } => Class::InvalidArgument,
            Self::AlreadyEnded { .. }
            | Self::BeforeEmployment { .. }
            | Self::AfterEmployment { .. }
            | Self::OpenBeyondEmployment { .. }
            | Self::Overlaps { .. }
            | Self::AgreementNotInForce { .. }
            | Self::OutsideAgreement { .. }
            | Self::StillEmployed { .. }
            | Self::RetentionRuns { .. }
            | Self::AlreadyErased { .. }
            | Self::AssignmentEndsEarlier { .. } => Class::FailedPrecondition,
        }
    }
}

pub(super) fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Enrol(enrol) => self::enrol(state, enrol),
        Command::End(end) => self::end(known(state, &end.officer)?, end),
        Command::SetPayRate(rate) => set_pay_rate(known(state, &rate.officer)?, rate),
        Command::Assign(assign) => self::assign(known(state, &assign.officer)?, assign),
        Command::EndAssignment(end) => end_assignment(known(state, &end.officer)?, end),
        Command::Erase(erase) => self::erase(known(state, &erase.officer)?, erase),
    }
}

fn known<'a>(state: &'a State, officer: &OfficerId) -> Result<&'a Employed, Refusal> {
    match state {
        State::Known(known) => Ok(known),
        State::Unknown => Err(Refusal::NotEnrolled {
            officer: officer.clone(),
        }),
    }
}

fn enrol(state: &State, command: &Enrol) -> Result<Vec<Event>, Refusal> {
    let Enrol {
        officer,
        person,
        from,
    } = command.clone();
    match state {
        State::Known(known) => Err(Refusal::AlreadyEnrolled {
            officer,
            from: known.from,
        }),
        State::Unknown => Ok(vec![Event::Enrolled {
            officer,
            person,
            from,
        }]),
    }
}

/// Assignments end with the employment; one that would begin later never comes to be.
fn end(known: &Employed, command: &End) -> Result<Vec<Event>, Refusal> {
    let on = command.on;
    if let Some(on) = known.ended_on {
        return Err(Refusal::AlreadyEnded {
            officer: known.officer.clone(),
            on,
        });
    }
    employed(known, on, "on")?;
    let mut events = Vec::new();
    for (from, assignment) in &known.assignments {
        if assignment.until.is_none_or(|until| until > on) {
            let until = on.max(day_before(*from));
            if assignment.until != Some(until) {
                events.push(Event::AssignmentEnded { from: *from, until });
            }
        }
    }
    events.push(Event::Ended { on });
    Ok(events)
}

/// The same day again takes the former rate's place; the very same rate needs no event.
fn set_pay_rate(known: &Employed, command: &SetPayRate) -> Result<Vec<Event>, Refusal> {
    let SetPayRate {
        from,
        dollars_per_hour,
        burden,
        burden_on_premium,
        ..
    } = command.clone();
    if dollars_per_hour.value().is_zero() {
        return Err(Refusal::RateIsZero { dollars_per_hour });
    }
    if *burden.value() > Fraction::from(BURDEN_MAX) {
        return Err(Refusal::BurdenTooLarge { burden });
    }
    employed(known, from, "from")?;
    let rate = PayRate {
        dollars_per_hour,
        burden,
        burden_on_premium,
    };
    if known.rates.get(&from) == Some(&rate) {
        return Ok(Vec::new());
    }
    let PayRate {
        dollars_per_hour,
        burden,
        burden_on_premium,
    } = rate;
    Ok(vec![Event::PayRateSet {
        from,
        dollars_per_hour,
        burden,
        burden_on_premium,
    }])
}

fn assign(known: &Employed, command: &Assign) -> Result<Vec<Event>, Refusal> {
    let Assign {
        officer,
        account,
        from,
        until,
        standing,
    } = command.clone();
    if let Some(until) = until.filter(|until| *until < from) {
        return Err(Refusal::EndsBeforeItBegins { from, until });
    }
    employed(known, from, "from")?;
    match (known.ended_on, until) {
        (Some(on), None) => return Err(Refusal::OpenBeyondEmployment { officer, on }),
        (_, Some(until)) => employed(known, until, "until")?,
        (None, None) => {}
    }
    if let Account::Agreement(agreement) = &account {
        within_agreement(agreement, standing, from, until)?;
    }
    if let Some((from, Assignment { account, until })) = known.overlapping(from, until) {
        let (account, until) = (account.clone(), *until);
        return Err(Refusal::Overlaps {
            officer,
            account,
            from,
            until,
        });
    }
    Ok(vec![Event::Assigned {
        account,
        from,
        until,
    }])
}

/// An assignment may stay open where its agreement does, and else ends with it at the latest.
fn within_agreement(
    agreement: &AgreementId,
    standing: Option<Standing>,
    from: Date,
    until: Option<Date>,
) -> Result<(), Refusal> {
    let agreement = agreement.clone();
    let Some(Standing {
        in_force,
        starts_on,
        ends_on,
    }) = standing
    else {
        return Err(Refusal::AgreementUnknown { agreement });
    };
    if !in_force {
        return Err(Refusal::AgreementNotInForce { agreement });
    }
    let outlasts = ends_on.is_some_and(|ends_on| until.is_none_or(|until| until > ends_on));
    if from < starts_on || outlasts {
        return Err(Refusal::OutsideAgreement {
            agreement,
            starts_on,
            ends_on,
        });
    }
    Ok(())
}

/// An assignment may be cut shorter, down to nothing, and never made longer.
fn end_assignment(known: &Employed, command: &EndAssignment) -> Result<Vec<Event>, Refusal> {
    let EndAssignment {
        officer,
        from,
        until,
    } = command.clone();
    let Some(assignment) = known.assignments.get(&from) else {
        return Err(Refusal::NotAssigned { officer, from });
    };
    if until < day_before(from) {
        return Err(Refusal::EndsBeforeItBegins { from, until });
    }
    match assignment.until {
        Some(ends) if ends == until => Ok(Vec::new()),
        Some(ends) if ends < until => Err(Refusal::AssignmentEndsEarlier { from, ends, until }),
        _ => {
            if until >= from {
                employed(known, until, "until")?;
            }
            Ok(vec![Event::AssignmentEnded { from, until }])
        }
    }
}

/// Not before the employment is over and every rule that keeps its record has run out.
fn erase(known: &Employed, command: &Erase) -> Result<Vec<Event>, Refusal> {
    let Erase {
        officer,
        grounds,
        today,
        keep,
        replayed,
    } = command.clone();
    if let Some(on) = known.erased_on {
        return Err(Refusal::AlreadyErased { officer, on });
    }
    if !replayed {
        let last_day = match known.ended_on {
            Some(last_day) if last_day < today => last_day,
            until => return Err(Refusal::StillEmployed { officer, until }),
        };
        if let Some((until, rule)) = Keep::longest(&keep, last_day).filter(|(d, _)| *d >= today) {
            return Err(Refusal::RetentionRuns {
                officer,
                until,
                possible_from: until.tomorrow().unwrap_or(until),
                rule: rule.rule.clone(),
            });
        }
    }
    Ok(vec![Event::Erased { grounds, on: today }])
}

fn employed(known: &Employed, day: Date, field: &'static str) -> Result<(), Refusal> {
    let officer = known.officer.clone();
    if day < known.from {
        return Err(Refusal::BeforeEmployment {
            officer,
            day,
            from: known.from,
            field,
        });
    }
    match known.ended_on {
        Some(on) if day > on => Err(Refusal::AfterEmployment {
            officer,
            day,
            on,
            field,
        }),
        _ => Ok(()),
    }
}

fn day_before(day: Date) -> Date {
    day.yesterday().unwrap_or(day)
}
