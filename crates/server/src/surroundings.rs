//! The clock of a demonstration: real, but begun at another instant.

use eventlog::{Real, Surroundings};
use jiff::{SignedDuration, Timestamp};

/// Real ids and salts; a clock that runs on from a given start.
pub(crate) struct Shifted {
    by: SignedDuration,
}

impl Shifted {
    /// A clock that stands at `start` now.
    pub(crate) fn starting_at(start: Timestamp) -> Self {
        Self {
            by: start.duration_since(Real.now()),
        }
    }
}

impl Surroundings for Shifted {
    fn now(&self) -> Timestamp {
        Real.now()
            .checked_add(self.by)
            .expect("a start within the calendar")
    }

    fn uuid(&self) -> uuid::Uuid {
        Real.uuid()
    }

    fn salt(&self) -> proof::Salt {
        Real.salt()
    }
}
