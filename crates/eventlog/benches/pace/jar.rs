//! A small aggregate: a jar that is filled, 300 bytes an event, with the version it is expected at.

use eventlog::{Decider, Event, Fact, LogId, Meta, Recorded, Refuse, Store, TypedRows};
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use crate::Outcome;

/// The stored body is this long.
pub(crate) const BODY_BYTES: usize = 300;

/// Streams that each of up to 32 clients writes in turn; with more clients there are no more
/// streams in all.
pub(crate) const STREAMS: u64 = 64;
const STREAMS_MAX: u64 = 2048;

pub(crate) struct Jar;

pub(crate) struct Fill {
    /// Events that the caller believes to be there; anything else is refused.
    pub(crate) expected: u64,
    /// Events that the command makes.
    pub(crate) events: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum JarEvent {
    #[serde(rename = "filled")]
    Filled { amount: u64, label: String },
}

impl Event for JarEvent {
    fn valid_on(&self) -> Date {
        date(2026, 10, 1)
    }
}

#[derive(Clone, Debug, thiserror::Error)]
#[error("The jar has {there} events, not {expected}.")]
pub(crate) struct Elsewhere {
    there: u64,
    expected: u64,
}

impl Refuse for Elsewhere {
    fn reason(&self) -> &'static str {
        "ELSEWHERE"
    }
}

impl Decider for Jar {
    const STREAM: &'static str = "jar";
    type Command = Fill;
    type Event = JarEvent;
    type State = u64;
    type Refusal = Elsewhere;

    fn decide(there: &u64, fill: &Fill) -> Result<Vec<JarEvent>, Elsewhere> {
        let (there, expected) = (*there, fill.expected);
        if there != expected {
            return Err(Elsewhere { there, expected });
        }
        let filled = |n| JarEvent::Filled {
            amount: there + n,
            label: label(),
        };
        Ok((0..fill.events).map(filled).collect())
    }

    fn evolve(there: &mut u64, _: &JarEvent) {
        *there += 1;
    }

    fn publish(there: &u64, _: &JarEvent) -> Option<Fact> {
        Some(Fact {
            kind: "JarFilled",
            bytes: fact(*there),
        })
    }
}

/// What fills the body up to its length, give or take the digits of the amount.
fn label() -> String {
    "plum jam ".repeat(BODY_BYTES / 9 - 3)
}

pub(crate) fn fact(amount: u64) -> Vec<u8> {
    amount.to_be_bytes().repeat(4)
}

/// The stored body of an event.
pub(crate) fn body(amount: u64) -> String {
    format!("{{\"amount\":{amount},\"label\":\"{}\"}}", label())
}

/// One row per jar.
pub(crate) struct Jars;

#[derive(Serialize, Deserialize)]
pub(crate) struct JarRow {
    filled: u64,
    last_seq: u64,
}

impl TypedRows for Jars {
    const NAME: &'static str = "jars";
    const VERSION: u32 = 1;
    type Row = JarRow;

    fn keys(event: &Recorded) -> Vec<String> {
        vec![event.stream_key().to_owned()]
    }

    fn apply(event: &Recorded, _: &str, old: Option<JarRow>) -> Option<JarRow> {
        Some(JarRow {
            filled: old.map_or(0, |row| row.filled) + 1,
            last_seq: event.seq,
        })
    }
}

/// One caller, which waits for each answer before its next command.
#[derive(Clone, Copy)]
pub(crate) struct Client {
    number: u64,
    streams: u64,
    /// Commands it gave so far.
    pub(crate) given: u64,
}

impl Client {
    pub(crate) fn all(clients: u64) -> Vec<Client> {
        let streams = STREAMS.min(STREAMS_MAX / clients);
        let client = |number| Client {
            number,
            streams,
            given: 0,
        };
        (0..clients).map(client).collect()
    }

    /// The key of its next command's stream, and how often it wrote that stream before.
    pub(crate) fn next(&mut self) -> (String, u64) {
        let (stream, before) = (self.given % self.streams, self.given / self.streams);
        self.given += 1;
        (format!("{}-{stream}", self.number), before)
    }
}

/// Gives `commands` commands of `events` events each, one after the other.
pub(crate) async fn give(
    store: Store,
    log: LogId,
    mut client: Client,
    commands: u64,
    events: u64,
) -> Outcome<Client> {
    for _ in 0..commands {
        let (key, before) = client.next();
        let expected = before * events;
        let meta = Meta::new(store.surroundings().uuid(), "ops-1").with_content(body(expected));
        let fill = Fill { expected, events };
        let outcome = store.execute::<Jar>(&log, &key, fill, meta).await?;
        assert!(!outcome.repeated, "every id is new");
    }
    Ok(client)
}
