//! The shape of one aggregate kind: pure, so that a rule is tested without a database.

use std::fmt::Debug;

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// One aggregate kind. Nothing here may look at a clock, at randomness or outside its arguments:
/// the same stream and the same command must give the same events for ever.
pub trait Decider: Send + Sync + 'static {
    /// Prefix of its streams: `timesheet` makes stream `timesheet/cso-114`. Never shared by two
    /// deciders of one log.
    const STREAM: &'static str;
    type Command: Send + Sync + 'static;
    type Event: Event;
    /// Folded from the stream's events; `Default` is the state before the first.
    type State: Default + Clone + Send + Sync + 'static;
    type Refusal: Refuse;

    /// Every rule, every refusal. No events is a valid answer (nothing to do).
    fn decide(
        state: &Self::State,
        command: &Self::Command,
    ) -> Result<Vec<Self::Event>, Self::Refusal>;

    /// Applies one event; must not fail, whatever was once stored.
    fn evolve(state: &mut Self::State, event: &Self::Event);

    /// The one place where a private event becomes a public fact; `state` is the state **after**
    /// the event. Must not carry personal data.
    fn publish(state: &Self::State, event: &Self::Event) -> Option<Fact>;
}

/// The stored form of an aggregate's events: an externally tagged enum of struct variants, each
/// with `#[serde(rename = "clocked_in")]` spelled by hand. The tag is the row's `kind`, the inner
/// object its private body, kept as the exact text. Unit, newtype-of-scalar and tuple variants
/// are refused when they are written.
pub trait Event: Serialize + DeserializeOwned + Clone + Debug + Send + Sync + 'static {
    /// The day it was so (not the day we learnt it).
    fn valid_on(&self) -> Date;

    /// Revision of this kind's stored form; raised when the form gains a field.
    fn revision(&self) -> u16 {
        1
    }
}

/// What the neighbours learn: a name and protobuf bytes. The bytes are stored, hashed and sent as
/// they are, never decoded and encoded again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub kind: &'static str,
    pub bytes: Vec<u8>,
}

/// Why a command was refused: a state of affairs, told in a whole sentence for people (`Display`).
pub trait Refuse: std::error::Error + Clone + Send + Sync + 'static {
    /// Stable machine reason, `SCREAMING_SNAKE`: `ALREADY_ON_DUTY`.
    fn reason(&self) -> &'static str;

    /// Which fields of the request are at fault, if any.
    fn violations(&self) -> Vec<Violation> {
        Vec::new()
    }

    fn class(&self) -> Class {
        Class::FailedPrecondition
    }
}

/// One field of the request and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    pub field: String,
    pub description: String,
}

/// Which kind of refusal: maps to a gRPC status code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    InvalidArgument,
    NotFound,
    AlreadyExists,
    FailedPrecondition,
}

/// A refusal as it is stored and answered: the same command id gets the same one again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub reason: String,
    pub message: String,
    pub class: Class,
    pub violations: Vec<Violation>,
}

impl Refused {
    /// The stored form of a typed refusal.
    pub fn new(refusal: &impl Refuse) -> Refused {
        Refused {
            reason: refusal.reason().to_owned(),
            message: refusal.to_string(),
            class: refusal.class(),
            violations: refusal.violations(),
        }
    }
}
