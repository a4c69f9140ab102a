//! Every rule about a town's plan, and every refusal.

use eventlog::{Class, Refuse, Violation};
use jiff::civil::Date;
use roster::PatternId;
use vocabulary::{AgreementId, TownId};

use super::command::{Command, Known, SetCoverage, SetPattern, SetTravel};
use super::event::Event;
use super::state::State;

/// Why a request about a town's plan was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("The town {0} is not known here: register it; if that was just now, try again.")]
    UnknownTown(TownId),
    #[error("The agreement {0} is not known here: sign it; if that was just now, try again.")]
    UnknownAgreement(AgreementId),
    #[error("{town} is no town of {agreement}.")]
    NotAMember {
        town: TownId,
        agreement: AgreementId,
    },
    #[error("{agreement} does not hold on {day}: it holds from {from}{}.",
        .until.map_or(String::new(), |until| format!(" to {until}")))]
    NotInForce {
        agreement: AgreementId,
        day: Date,
        from: Date,
        until: Option<Date>,
    },
    #[error("It would end on {until}, before it begins on {from}.")]
    EndsBeforeItBegins { from: Date, until: Date },
    #[error("{town} has no pattern {pattern}: `cwctl coverage patterns` lists them.")]
    UnknownPattern { town: String, pattern: PatternId },
    #[error("The way from {0} to itself takes no time: name another town.")]
    SameTown(TownId),
}

impl Refuse for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Self::UnknownTown(_) => "TOWN_UNKNOWN",
            Self::UnknownAgreement(_) => "AGREEMENT_UNKNOWN",
            Self::NotAMember { .. } => "TOWN_NOT_IN_AGREEMENT",
            Self::NotInForce { .. } => "AGREEMENT_NOT_IN_FORCE",
            Self::EndsBeforeItBegins { .. } => "ENDS_BEFORE_START",
            Self::UnknownPattern { .. } => "PATTERN_UNKNOWN",
            Self::SameTown(_) => "SAME_TOWN",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let field = match self {
            Self::UnknownTown(_) => "town",
            Self::UnknownAgreement(_) | Self::NotAMember { .. } => "agreement",
            Self::NotInForce { .. } => "from",
            Self::EndsBeforeItBegins { .. } => "until",
            Self::UnknownPattern { .. } => "pattern",
            Self::SameTown(_) => "to",
        };
        vec![Violation {
            field: field.to_owned(),
            description: self.to_string(),
        }]
    }

    fn class(&self) -> Class {
        match self {
            Self::UnknownTown(_) | Self::UnknownAgreement(_) | Self::UnknownPattern { .. } => {
                Class::NotFound
            }
            Self::NotAMember { .. } | Self::NotInForce { .. } => Class::FailedPrecondition,
            Self::EndsBeforeItBegins { .. } | Self::SameTown(_) => Class::InvalidArgument,
        }
    }
}

pub(super) fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
    let event = match command.clone() {
        Command::SetCoverage(set) => coverage(set)?,
        Command::SetPattern(set) => pattern(set)?,
        Command::RemovePattern { pattern, on } => {
            if !state.patterns.contains_key(&pattern) {
                let town = "The town".to_owned();
                return Err(Refusal::UnknownPattern { town, pattern });
            }
            Event::PatternRemoved { pattern, on }
        }
        Command::SetTravel(set) => travel(set)?,
    };
    let mut after = state.clone();
    after.evolve(&event);
    // What stands already needs no event.
    Ok(if after == *state { vec![] } else { vec![event] })
}

fn registered(known: &Known, town: &TownId) -> Result<(), Refusal> {
    match known.towns.contains(town) {
        true => Ok(()),
        false => Err(Refusal::UnknownTown(town.clone())),
    }
}

fn coverage(set: SetCoverage) -> Result<Event, Refusal> {
    registered(&set.known, &set.town)?;
    let agreement = set.known.agreements.iter().find(|a| a.id == set.agreement);
    let agreement = agreement.ok_or_else(|| Refusal::UnknownAgreement(set.agreement.clone()))?;
    if !agreement.towns.contains(&set.town) {
        return Err(Refusal::NotAMember {
            town: set.town,
            agreement: set.agreement,
        });
    }
    if let Some(until) = set.until.filter(|until| *until < set.from) {
        let from = set.from;
        return Err(Refusal::EndsBeforeItBegins { from, until });
    }
    if set.from < agreement.from || agreement.until.is_some_and(|until| until < set.from) {
        return Err(Refusal::NotInForce {
            agreement: set.agreement,
            day: set.from,
            from: agreement.from,
            until: agreement.until,
        });
    }
    // Nothing is bought for days on which the agreement is over.
    let until = match (set.until, agreement.until) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    Ok(Event::CoverageSet {
        town: set.town,
        agreement: set.agreement,
        clause: set.clause,
        from: set.from,
        until,
        weekly_minutes: set.weekly_minutes,
        windows: set.windows,
    })
}

fn pattern(set: SetPattern) -> Result<Event, Refusal> {
    registered(&set.known, &set.town)?;
    Ok(Event::PatternSet {
        town: set.town,
        pattern: set.pattern,
        kind: set.kind,
        text: Box::new(set.text),
        equipment: set.equipment,
        on: set.on,
    })
}

fn travel(set: SetTravel) -> Result<Event, Refusal> {
    registered(&set.known, &set.town)?;
    registered(&set.known, &set.to)?;
    if set.town == set.to {
        return Err(Refusal::SameTown(set.to));
    }
    Ok(Event::TravelSet {
        town: set.town,
        to: set.to,
        minutes: set.minutes,
        on: set.on,
    })
}
