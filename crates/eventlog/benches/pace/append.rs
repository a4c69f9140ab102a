//! Appending: one event and ten events a command, from 1, 8 and 32 callers, against plain INSERTs
//! from as many connections; and the same while another database's transaction idles.

use eventlog::{LogId, Store};
use local::Stack;
use tokio::task::JoinSet;

use crate::figures::{Ratio, Rounds, Table, Target, Took, timed};
use crate::jar::{self, Client, STREAMS};
use crate::plain::{self, Design, Plain};
use crate::{Outcome, ROUNDS, fresh};

/// Callers, commands of each per round, and the least ratio.
const SIZES: [(u64, u64, Ratio); 3] = [
    (1, 192, Ratio::hundredths(75)),
    (8, 64, Ratio::hundredths(100)),
    (32, 64, Ratio::hundredths(150)),
];

/// Commands before the first round: afterwards all is as it stays.
const WARM_UP: u64 = 512;

/// Ours, as callers see it.
pub(crate) struct Ours {
    store: Store,
    log: LogId,
    clients: Vec<Client>,
}

impl Ours {
    pub(crate) fn new(store: &Store, log: &str, clients: u64) -> Outcome<Ours> {
        Ok(Ours {
            store: store.clone(),
            log: log.parse()?,
            clients: Client::all(clients),
        })
    }

    /// Every client gives `commands` commands, one after the other, all clients at once.
    pub(crate) async fn run(&mut self, commands: u64, events: u64) -> Outcome<Took> {
        let mut tasks = JoinSet::new();
        let work = commands * events * u64::try_from(self.clients.len())?;
        timed(work, async {
            for client in std::mem::take(&mut self.clients) {
                let (store, log) = (self.store.clone(), self.log.clone());
                tasks.spawn(jar::give(store, log, client, commands, events));
            }
            while let Some(ended) = tasks.join_next().await {
                self.clients.push(ended??);
            }
            Ok(())
        })
        .await
    }
}

pub(crate) async fn run(stack: &Stack, table: &mut Table) -> Outcome<()> {
    let (store, url) = fresh(stack, "append").await?;
    for (clients, commands, target) in SIZES {
        let mut ours = Ours::new(&store, &format!("one-{clients}"), clients)?;
        let mut plain = Plain::new(&url, clients).await?;
        ours.run(WARM_UP / clients, 1).await?;
        plain.run(STREAMS, Design::Insert).await?;
        let mut rounds = Rounds::default();
        for _ in 0..ROUNDS {
            let baseline = plain.run(commands, Design::Insert).await?;
            rounds.push(ours.run(commands, 1).await?, baseline);
        }
        let what = format!("(a) append, 1 event a command, {clients} clients / INSERT");
        table.compare(&what, "events", &rounds, Target::AtLeast(target));
    }
    for (clients, commands, _) in SIZES {
        let (events, commands) = (10, commands / 2);
        let mut ours = Ours::new(&store, &format!("ten-{clients}"), clients)?;
        let mut plain = Plain::new(&url, clients).await?;
        ours.run(WARM_UP / clients, events).await?;
        let mut rounds = Rounds::default();
        for _ in 0..ROUNDS {
            let baseline = plain.run(commands, Design::Transaction(events)).await?;
            rounds.push(ours.run(commands, events).await?, baseline);
        }
        let what =
            format!("(c) append, 10 events a command, {clients} clients / 10 INSERTs, COMMIT");
        table.compare(&what, "events", &rounds, Target::None);
    }
    idle_elsewhere(stack, &store, table).await?;
    idle_here(&store, &url, table).await?;
    store.close().await;
    Ok(())
}

/// A transaction of another database that has written and then does nothing.
async fn idle_elsewhere(stack: &Stack, store: &Store, table: &mut Table) -> Outcome<()> {
    stack.create_database("elsewhere").await?;
    let url = stack.postgres_url("elsewhere");
    let what = "(h) 8 clients, another database's transaction idle / none";
    let target = Target::AtLeast(Ratio::hundredths(90));
    beside(store, &url, "idle-elsewhere", what, target, table).await
}

/// The same in this very database, as a backup would hold one.
async fn idle_here(store: &Store, url: &str, table: &mut Table) -> Outcome<()> {
    let what = "(h) 8 clients, a transaction of this database idle / none";
    beside(store, url, "idle-here", what, Target::None, table).await
}

async fn beside(
    store: &Store,
    url: &str,
    log: &str,
    what: &str,
    target: Target,
    table: &mut Table,
) -> Outcome<()> {
    let (clients, commands, _) = SIZES[1];
    let mut idle = plain::connect(url).await?;
    idle.batch_execute("CREATE TABLE idle (n int)").await?;
    let mut ours = Ours::new(store, log, clients)?;
    ours.run(WARM_UP / clients, 1).await?;
    let mut rounds = Rounds::default();
    for _ in 0..ROUNDS {
        let without = ours.run(commands, 1).await?;
        let tx = idle.build_transaction();
        let tx = tx.isolation_level(tokio_postgres::IsolationLevel::RepeatableRead);
        let tx = tx.start().await?;
        tx.batch_execute("INSERT INTO idle VALUES (1)").await?;
        let with = ours.run(commands * 4, 1).await?;
        tx.rollback().await?;
        rounds.push(with, without);
    }
    table.compare(what, "events", &rounds, target);
    Ok(())
}
