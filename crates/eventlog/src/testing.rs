//! The language in which rules are tested: given these events, when this command, then those.
//!
//! ```text
//! given::<Timesheet>([opened()]).when(Submit { .. }).then([submitted()]);
//! given::<Timesheet>([]).when(Submit { .. }).then_refused("WEEK_NOT_OPEN");
//! ```

mod golden;

use crate::decider::{Decider, Fact, Refuse};
use crate::encoded;

pub use golden::{golden, kinds};

/// A stream's past.
pub fn given<D: Decider>(events: impl IntoIterator<Item = D::Event>) -> Given<D> {
    let mut state = D::State::default();
    for event in events {
        D::evolve(&mut state, &through_storage::<D>(&event));
    }
    Given { state }
}

/// A folded past, waiting for a command.
pub struct Given<D: Decider> {
    state: D::State,
}

impl<D: Decider> Given<D> {
    /// Decides the command.
    pub fn when(self, command: D::Command) -> When<D> {
        let decided = D::decide(&self.state, &command);
        When {
            state: self.state,
            decided,
        }
    }

    /// The folded state, for asserting on the fold itself.
    pub fn state(&self) -> &D::State {
        &self.state
    }
}

/// A decided command, waiting for what was expected.
pub struct When<D: Decider> {
    state: D::State,
    decided: Result<Vec<D::Event>, D::Refusal>,
}

impl<D: Decider> When<D> {
    /// Exactly these events follow (compared in their stored form). Gives the state after them.
    #[track_caller]
    pub fn then(self, expected: impl IntoIterator<Item = D::Event>) -> D::State {
        let events = match self.decided {
            Ok(events) => events,
            Err(refusal) => panic!("refused ({}): {refusal}", refusal.reason()),
        };
        let expected: Vec<D::Event> = expected.into_iter().collect();
        let (left, right) = (stored::<D>(&events), stored::<D>(&expected));
        assert!(
            left == right,
            "decided:\n{}\nexpected:\n{}",
            left.join("\n"),
            right.join("\n")
        );
        let mut state = self.state;
        for event in &events {
            D::evolve(&mut state, &through_storage::<D>(event));
        }
        state
    }

    /// The command is refused with this machine reason. Gives the refusal, for its sentence.
    #[track_caller]
    pub fn then_refused(self, reason: &str) -> D::Refusal {
        match self.decided {
            Ok(events) => {
                panic!(
                    "expected {reason}, but decided:\n{}",
                    stored::<D>(&events).join("\n")
                )
            }
            Err(refusal) => {
                assert_eq!(refusal.reason(), reason, "refused, but: {refusal}");
                refusal
            }
        }
    }

    /// Nothing is left to do: accepted without an event.
    #[track_caller]
    pub fn then_nothing(self) {
        self.then([]);
    }

    /// The facts that the decided events publish, in order.
    #[track_caller]
    pub fn facts(self) -> Vec<Fact> {
        let events = match self.decided {
            Ok(events) => events,
            Err(refusal) => panic!("refused ({}): {refusal}", refusal.reason()),
        };
        let mut state = self.state;
        let mut facts = Vec::new();
        for event in &events {
            D::evolve(&mut state, event);
            facts.extend(D::publish(&state, event));
        }
        facts
    }
}

/// Every event passes through its stored form, so that a test meets what a restart would load.
#[track_caller]
fn through_storage<D: Decider>(event: &D::Event) -> D::Event {
    let stored = encoded::encode(event).expect("events of a test must be storable");
    encoded::decode(&stored.kind, &stored.body).expect("a stored event must load again")
}

#[track_caller]
fn stored<D: Decider>(events: &[D::Event]) -> Vec<String> {
    let print = |event: &D::Event| {
        let stored = encoded::encode(event).expect("events of a test must be storable");
        format!("  {} {}", stored.kind, stored.body)
    };
    events.iter().map(print).collect()
}
