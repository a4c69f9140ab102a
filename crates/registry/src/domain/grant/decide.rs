//! Every rule about grants, and every refusal.

use eventlog::{Class, Refuse, Violation};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use vocabulary::{Actor, OfficerId, Role};

use super::command::Unknown;
use super::{Change, Command, Event, Give, Known, Revoke, Rotate, State};

/// The longest time for which a replaced token may stay valid.
pub(crate) const OVERLAP_MAX: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Why a request about a grant was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// One actor, one grant.
    #[error("{actor} has access already: change that grant, rotate its token, or revoke it first.")]
    AlreadyGranted { actor: Actor },
    /// The stream is empty.
    #[error("{actor} has no grant: give access first.")]
    NotGranted { actor: Actor },
    /// It was taken away.
    #[error("The access of {actor} was taken away on {on}: give it again.")]
    Revoked { actor: Actor, on: Date },
    /// A token belongs to one grant, once.
    #[error("This token was given out before: make a new one.")]
    TokenGivenOut,
    /// The scope names towns that do not exist.
    #[error("No such town: {towns}. Register it first, or name another.")]
    TownUnknown { towns: String },
    /// The scope names an officer who does not exist.
    #[error("The officer {officer} is not enrolled: enrol first, or name another.")]
    OfficerUnknown { officer: OfficerId },
    /// Services must get in before any grant is known.
    #[error("The role service cannot be granted: it belongs in each process's grants file.")]
    ServiceRole,
    /// It would never open anything.
    #[error("The grant would have ended on {expires_on}, before today, {today}: name a later day.")]
    AlreadyExpired { expires_on: Date, today: Date },
    /// Too long for two tokens to be valid.
    #[error("The old token may stay valid for seven days at most (10080 minutes).")]
    OverlapTooLong,
    /// Nobody would be left to give access.
    #[error(
        "This is the last grant of the role admin, and your own: give the role to somebody else \
         first."
    )]
    LastAdmin,
}

impl Refuse for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Self::AlreadyGranted { .. } => "ACCESS_ALREADY_GRANTED",
            Self::NotGranted { .. } => "GRANT_UNKNOWN",
            Self::Revoked { .. } => "GRANT_REVOKED",
            Self::TokenGivenOut => "TOKEN_GIVEN_OUT",
            Self::TownUnknown { .. } => "TOWN_UNKNOWN",
            Self::OfficerUnknown { .. } => "OFFICER_UNKNOWN",
            Self::ServiceRole => "SERVICE_ROLE",
            Self::AlreadyExpired { .. } => "ALREADY_EXPIRED",
            Self::OverlapTooLong => "OVERLAP_TOO_LONG",
            Self::LastAdmin => "LAST_ADMIN",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let field = match self {
            Self::TokenGivenOut => "token_sha256",
            Self::TownUnknown { .. } => "towns",
            Self::OfficerUnknown { .. } => "officer",
            Self::ServiceRole => "roles",
            Self::AlreadyExpired { .. } => "expires_on",
            Self::OverlapTooLong => "overlap_minutes",
            Self::AlreadyGranted { .. }
            | Self::NotGranted { .. }
            | Self::Revoked { .. }
            | Self::LastAdmin => return Vec::new(),
        };
        let (field, description) = (field.to_owned(), self.to_string());
        vec![Violation { field, description }]
    }

    fn class(&self) -> Class {
        match self {
            Self::AlreadyGranted { .. } | Self::TokenGivenOut => Class::AlreadyExists,
            Self::NotGranted { .. } | Self::TownUnknown { .. } | Self::OfficerUnknown { .. } => {
                Class::NotFound
            }
            Self::ServiceRole | Self::AlreadyExpired { .. } | Self::OverlapTooLong => {
                Class::InvalidArgument
            }
            Self::Revoked { .. } | Self::LastAdmin => Class::FailedPrecondition,
        }
    }
}

pub(super) fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Give(give) => self::give(state, give),
        Command::Change(change) => self::change(in_force(state, &change.actor)?, change),
        Command::Rotate(rotate) => self::rotate(in_force(state, &rotate.actor)?, rotate),
        Command::Revoke(revoke) => self::revoke(known(state, &revoke.actor)?, revoke),
    }
}

fn known<'a>(state: &'a State, actor: &Actor) -> Result<&'a Known, Refusal> {
    match state {
        State::Known(known) => Ok(known),
        State::Unknown => Err(Refusal::NotGranted {
            actor: actor.clone(),
        }),
    }
}

/// A grant that has ended by its last day may be changed: so it is prolonged.
fn in_force<'a>(state: &'a State, actor: &Actor) -> Result<&'a Known, Refusal> {
    let known = known(state, actor)?;
    match known.revoked_on {
        None => Ok(known),
        Some(on) => Err(Refusal::Revoked {
            actor: actor.clone(),
            on,
        }),
    }
}

fn give(state: &State, command: &Give) -> Result<Vec<Event>, Refusal> {
    if let State::Known(known) = state
        && known.revoked_on.is_none()
    {
        return Err(Refusal::AlreadyGranted {
            actor: known.actor.clone(),
        });
    }
    if command.token_known {
        return Err(Refusal::TokenGivenOut);
    }
    grantable(&command.access, &command.unknown)?;
    not_over(command.expires_on, command.on)?;
    Ok(vec![Event::Given {
        actor: command.actor.clone(),
        access: command.access.clone(),
        token: command.token,
        expires_on: command.expires_on,
        on: command.on,
    }])
}

/// What already is as asked needs no event.
fn change(known: &Known, command: &Change) -> Result<Vec<Event>, Refusal> {
    grantable(&command.access, &command.unknown)?;
    if (&known.access, known.expires_on) == (&command.access, command.expires_on) {
        return Ok(Vec::new());
    }
    if command.own_last_admin && !command.access.roles().contains(&Role::Admin) {
        return Err(Refusal::LastAdmin);
    }
    not_over(command.expires_on, command.on)?;
    Ok(vec![Event::Changed {
        access: command.access.clone(),
        expires_on: command.expires_on,
        on: command.on,
    }])
}

/// The token that is in use already needs no event, whoever asks for it again.
fn rotate(known: &Known, command: &Rotate) -> Result<Vec<Event>, Refusal> {
    if known.token == command.token {
        return Ok(Vec::new());
    }
    if command.token_known {
        return Err(Refusal::TokenGivenOut);
    }
    if command.overlap > OVERLAP_MAX {
        return Err(Refusal::OverlapTooLong);
    }
    Ok(vec![Event::TokenRotated {
        token: command.token,
        former_until: former_until(command.at, command.overlap),
        on: command.on,
    }])
}

fn former_until(at: Timestamp, overlap: SignedDuration) -> Option<Timestamp> {
    at.checked_add(overlap).ok().filter(|until| *until > at)
}

/// What was taken away already needs no event.
fn revoke(known: &Known, command: &Revoke) -> Result<Vec<Event>, Refusal> {
    if known.revoked_on.is_some() {
        return Ok(Vec::new());
    }
    if command.own_last_admin {
        return Err(Refusal::LastAdmin);
    }
    Ok(vec![Event::Revoked { on: command.on }])
}

fn grantable(access: &vocabulary::Access, unknown: &Unknown) -> Result<(), Refusal> {
    if access.roles().contains(&Role::Service) {
        return Err(Refusal::ServiceRole);
    }
    if !unknown.towns.is_empty() {
        let towns: Vec<_> = unknown.towns.iter().map(ToString::to_string).collect();
        let towns = towns.join(", ");
        return Err(Refusal::TownUnknown { towns });
    }
    match &unknown.officer {
        None => Ok(()),
        Some(officer) => Err(Refusal::OfficerUnknown {
            officer: officer.clone(),
        }),
    }
}

fn not_over(expires_on: Option<Date>, today: Date) -> Result<(), Refusal> {
    match expires_on {
        Some(expires_on) if expires_on < today => {
            Err(Refusal::AlreadyExpired { expires_on, today })
        }
        _ => Ok(()),
    }
}
