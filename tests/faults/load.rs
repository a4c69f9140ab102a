//! Clients that go on calling through whatever happens, and write down what they were told.

use std::time::Duration;

use eventlog::{Error, LogId, Meta, Outcome, Store};
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::dice::Dice;
use crate::journal::{Answer, Journal, Told};
use crate::service::{Count, Meter};

/// The actor of every command: what a proxy recognises an append by.
pub(crate) const TELLER: &str = "teller-0815";
/// Streams that all clients share.
const STREAMS: u64 = 5;

/// Clients at work until they are told to stop.
pub(crate) struct Load {
    stop: watch::Sender<bool>,
    clients: JoinSet<()>,
}

impl Load {
    /// Starts `clients` clients on `log`; their ids and values begin with `family`, which no two
    /// loads on one log may share.
    pub(crate) fn start(
        store: &Store,
        log: &LogId,
        journal: &Journal,
        dice: &Dice,
        family: u64,
        clients: u64,
    ) -> Load {
        let (stop, stopped) = watch::channel(false);
        let mut set = JoinSet::new();
        for number in 0..clients {
            let client = Client {
                store: store.clone(),
                log: log.clone(),
                journal: journal.clone(),
                dice: dice.other(family * 1_000 + number),
                family: family * 1_000 + number,
                calls: 0,
                done: Vec::new(),
                stopped: stopped.clone(),
            };
            set.spawn(client.run());
        }
        Load { stop, clients: set }
    }

    /// Lets every client finish the command it has in hand.
    pub(crate) async fn stop(mut self) {
        self.stop.send_replace(true);
        while let Some(ended) = self.clients.join_next().await {
            ended.unwrap();
        }
    }
}

/// One command of a client.
#[derive(Clone)]
struct Call {
    id: Uuid,
    stream: String,
    values: Vec<u64>,
}

struct Client {
    store: Store,
    log: LogId,
    journal: Journal,
    dice: Dice,
    family: u64,
    calls: u64,
    /// Commands that were acknowledged, and where.
    done: Vec<(Call, u64, u64)>,
    stopped: watch::Receiver<bool>,
}

impl Client {
    async fn run(mut self) {
        while !*self.stopped.borrow() {
            if !self.done.is_empty() && self.dice.once_in(12) {
                self.ask_again().await;
            } else {
                self.ask().await;
            }
            self.dice.pause(8).await;
        }
    }

    fn draw(&mut self) -> Call {
        self.calls += 1;
        let number = self.family * 1_000_000 + self.calls * 10;
        let values = (0..=self.dice.below(3)).map(|n| number + n).collect();
        let stream = format!("s{}", self.dice.below(STREAMS));
        let id = Uuid::from_u128(u128::from(number) << 32);
        Call { id, stream, values }
    }

    /// A new command, called under its id until there is an answer; some callers give up.
    async fn ask(&mut self) {
        let call = self.draw();
        let mut calls = 0;
        let answer = loop {
            calls += 1;
            match send(&self.store, &self.log, &call).await {
                Ok(outcome) => {
                    let (first, last) = (outcome.first_seq, outcome.last_seq);
                    assert!(
                        !(outcome.repeated && calls == 1),
                        "{}: a first call is said to be a second one",
                        call.id
                    );
                    self.done.push((call.clone(), first, last));
                    break Answer::Acknowledged { first, last };
                }
                Err(Error::Refused(_)) => break Answer::Refused,
                Err(Error::Unavailable(_)) if self.gives_up() => break Answer::Unknown,
                Err(Error::Unavailable(_)) => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(error) => panic!("{}: {error}", call.id),
            }
        };
        let told = Told {
            id: call.id,
            log: self.log.to_string(),
            stream: format!("meter/{}", call.stream),
            values: call.values,
            answer,
            calls,
        };
        self.journal.note(told).await;
    }

    fn gives_up(&mut self) -> bool {
        *self.stopped.borrow() || self.dice.once_in(4)
    }

    /// An old command once more: the same answer, and said to be that.
    async fn ask_again(&mut self) {
        let at = usize::try_from(self.dice.below(self.done.len() as u64)).unwrap();
        let (call, first, last) = self.done[at].clone();
        match send(&self.store, &self.log, &call).await {
            Ok(outcome) => {
                assert!(outcome.repeated, "{}: done a second time", call.id);
                assert_eq!((outcome.first_seq, outcome.last_seq), (first, last));
            }
            Err(Error::Unavailable(_)) => {}
            Err(error) => panic!("{}: {error}", call.id),
        }
    }
}

async fn send(store: &Store, log: &LogId, call: &Call) -> Result<Outcome, Error> {
    count(store, log, call.id, &call.stream, &call.values, None).await
}

/// Calls one command.
pub(crate) async fn count(
    store: &Store,
    log: &LogId,
    id: Uuid,
    stream: &str,
    values: &[u64],
    expected: Option<u64>,
) -> Result<Outcome, Error> {
    let command = Count {
        values: values.to_vec(),
        expected,
    };
    let meta = Meta::new(id, TELLER).with_content(format!("{values:?} {expected:?}"));
    store.execute::<Meter>(log, stream, command, meta).await
}
