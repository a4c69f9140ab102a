//! One command on its way: its decider with the types erased, and who waits for the answer.

use std::any::Any;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::civil::Date;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::decider::{Decider, Event, Fact, Refused};
use crate::encoded;
use crate::error::Error;
use crate::record::{Meta, Outcome, Recorded};

/// A decider's state without its type; the stream's name says which type it is. It has one holder
/// at a time and is evolved where it stands: a state that grows with its stream would else be
/// copied for every command.
pub(crate) type State = Box<dyn Any + Send + Sync>;

/// A folded stream.
pub(crate) struct Folded {
    pub(crate) version: u64,
    pub(crate) state: State,
}

/// An event before it has a place in the log.
pub(crate) struct Draft {
    pub(crate) kind: String,
    pub(crate) revision: u16,
    pub(crate) body: String,
    pub(crate) valid_on: Date,
    pub(crate) fact: Option<Fact>,
}

pub(crate) enum Verdict {
    Accepted(Vec<Draft>),
    Refused(Refused),
}

/// What the sequencer needs of a decider.
pub(crate) trait Decide: Send + Sync {
    /// The state after `events`, which are a whole stream.
    fn fold(&self, events: &[Recorded]) -> Result<State, Error>;
    /// Decides, and leaves the state as it is after the events. A refusal changes nothing; after an
    /// error the state is worth nothing.
    fn decide(&self, state: &mut State) -> Result<Verdict, Error>;
    /// Decides and leaves the state alone.
    fn preview(&self, state: &State) -> Result<Verdict, Error>;
}

/// A command of `D`, ready to be decided as often as trouble makes it necessary.
pub(crate) struct Command<D: Decider> {
    command: D::Command,
    decider: PhantomData<fn() -> D>,
}

impl<D: Decider> Command<D> {
    pub(crate) fn new(command: D::Command) -> Command<D> {
        Command {
            command,
            decider: PhantomData,
        }
    }

    fn decide_typed(&self, state: &D::State) -> Result<Vec<D::Event>, Refused> {
        D::decide(state, &self.command).map_err(|refusal| Refused::new(&refusal))
    }
}

/// Evolves `state` by the events and drafts their rows.
fn evolve<D: Decider>(state: &mut D::State, events: &[D::Event]) -> Result<Vec<Draft>, Error> {
    let mut drafts = Vec::with_capacity(events.len());
    for event in events {
        let stored = encoded::encode(event)?;
        D::evolve(state, event);
        drafts.push(Draft {
            kind: stored.kind,
            revision: event.revision(),
            body: stored.body,
            valid_on: event.valid_on(),
            fact: D::publish(state, event),
        });
    }
    Ok(drafts)
}

fn mistaken<D: Decider>() -> Error {
    Error::Setup(format!("two deciders call their streams {:?}", D::STREAM))
}

impl<D: Decider> Decide for Command<D> {
    fn fold(&self, events: &[Recorded]) -> Result<State, Error> {
        let mut folded = D::State::default();
        for event in events {
            let typed: D::Event = event.event()?;
            guarded("a fold", || D::evolve(&mut folded, &typed))?;
        }
        Ok(Box::new(folded))
    }

    fn decide(&self, state: &mut State) -> Result<Verdict, Error> {
        let state: &mut D::State = state.downcast_mut().ok_or_else(mistaken::<D>)?;
        guarded("a decision", || match self.decide_typed(state) {
            Ok(events) => evolve::<D>(state, &events).map(Verdict::Accepted),
            Err(refused) => Ok(Verdict::Refused(refused)),
        })?
    }

    fn preview(&self, state: &State) -> Result<Verdict, Error> {
        let state: &D::State = state.downcast_ref().ok_or_else(mistaken::<D>)?;
        guarded("a decision", || match self.decide_typed(state) {
            // Facts are published from the state after their event, so a copy has to go there.
            Ok(events) => evolve::<D>(&mut state.clone(), &events).map(Verdict::Accepted),
            Err(refused) => Ok(Verdict::Refused(refused)),
        })?
    }
}

/// A panic in a rule or a projection is a bug of that one; its neighbours in the batch go on.
pub(crate) fn guarded<T>(what: &str, run: impl FnOnce() -> T) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|cause| {
        let text = cause.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text
            .or_else(|| cause.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        Error::Corrupt(format!("{what} panicked: {text}"))
    })
}

/// A command in the queue.
pub(crate) struct Job {
    pub(crate) stream: String,
    pub(crate) meta: Meta,
    pub(crate) content_hash: [u8; 32],
    pub(crate) command: Box<dyn Decide>,
    /// It was part of a commit whose end is not known: a stored outcome may be this very call's.
    pub(crate) attempted: bool,
    pub(crate) arrived: Instant,
    reply: Option<oneshot::Sender<Result<Outcome, Error>>>,
}

impl Job {
    pub(crate) fn new(
        stream: String,
        meta: Meta,
        content_hash: [u8; 32],
        command: Box<dyn Decide>,
        reply: oneshot::Sender<Result<Outcome, Error>>,
    ) -> Job {
        let (attempted, arrived, reply) = (false, Instant::now(), Some(reply));
        Job {
            stream,
            meta,
            content_hash,
            command,
            attempted,
            arrived,
            reply,
        }
    }

    /// Answers once. A caller that went away is no trouble: its outcome is stored.
    pub(crate) fn answer(&mut self, result: Result<Outcome, Error>) {
        if let Some(reply) = self.reply.take() {
            let _ = reply.send(result);
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.reply.is_some()
    }

    /// Nobody waits any more, and nothing was sent to the database yet.
    pub(crate) fn is_abandoned(&self) -> bool {
        !self.attempted && self.reply.as_ref().is_some_and(oneshot::Sender::is_closed)
    }
}
