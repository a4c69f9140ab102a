//! Who writes a log: one process, whatever the others believe.

use std::process::Stdio;
use std::time::{Duration, Instant};

use eventlog::{Error, LogId, Store};
use futures::future::join_all;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::task::JoinHandle;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::check;
use crate::dice::{Dice, seeds};
use crate::journal::{Answer, Journal, Told};
use crate::load::{self, Load};
use crate::report::Report;
use crate::service::{self, log};
use crate::world::World;

/// In the environment of a child: the database, which of the two it is, and its seed.
const CHILD: &str = "COMMONWATCH_FAULT_CHILD";

/// Clients of each process.
const CLIENTS: u64 = 4;

/// A process that writes the log for its own clients, and tells what they were told.
struct Writer {
    name: &'static str,
    process: Child,
    stdin: Option<ChildStdin>,
    listening: JoinHandle<()>,
}

impl Writer {
    fn start(name: &'static str, url: &str, seed: u64, journal: &Journal) -> Writer {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "owners::a_writing_process", "--nocapture"])
            .env(CHILD, format!("{url} {name} {seed}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let journal = journal.clone();
        let listening = tokio::spawn(async move {
            while let Some(line) = lines.next_line().await.unwrap() {
                journal.overhear(&line).await;
            }
        });
        Writer {
            name,
            stdin: process.stdin.take(),
            process,
            listening,
        }
    }

    async fn signal(&self, signal: &str) {
        let id = self.process.id().unwrap().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().await;
        assert!(sent.unwrap().success());
    }

    /// Ends in good order, with every command of its clients told.
    async fn end(mut self) {
        drop(self.stdin.take());
        let ended = self.process.wait().await.unwrap();
        assert!(ended.success(), "{} ended with {ended}", self.name);
        self.listening.await.unwrap();
    }
}

/// Not a test of its own: what a [`Writer`] runs.
#[tokio::test(flavor = "multi_thread")]
async fn a_writing_process() {
    let Ok(told) = std::env::var(CHILD) else {
        return;
    };
    let [url, name, seed] = told
        .split(' ')
        .collect::<Vec<_>>()
        .try_into()
        .expect("the parent says all three");
    let (service, family) = match name {
        "first" => ("first", 1),
        _ => ("second", 2),
    };
    let mut options = service::owner(service, url);
    options.patience = Duration::from_secs(1);
    let store = Store::open(options).await.unwrap();
    let (journal, dice) = (Journal::aloud(), Dice::new(seed.parse().unwrap()));
    let load = Load::start(&store, &north(), &journal, &dice, family, CLIENTS);
    let end = || std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    tokio::task::spawn_blocking(end).await.unwrap().unwrap();
    load.stop().await;
    store.close().await;
}

fn north() -> LogId {
    log("towns/north")
}

/// Who holds the log's lock, and the server process that keeps it for them.
async fn owner(sql: &Client) -> Option<(String, i32)> {
    let held =
        "SELECT a.application_name, a.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database()
          AND a.application_name LIKE 'commonwatch % lock'";
    let row = sql.query_opt(held, &[]).await.unwrap()?;
    Some((row.get(0), row.get(1)))
}

/// Stops the owner in the middle of its work, ends its lease, lets the other one write, and wakes
/// it up again. Gives the time from the lease's end to the other one's first commit.
async fn depose(sql: &Client, store: &Store, writers: &[Writer; 2], dice: &mut Dice) -> Duration {
    let (name, session) = loop {
        match owner(sql).await {
            Some(found) => break found,
            None => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    };
    dice.pause(40).await;
    let owner = writers.iter().find(|w| name.contains(w.name)).unwrap();
    owner.signal("-STOP").await;
    dice.pause(20).await;
    // What the server does when the owner's connection has been silent for too long.
    let end = "SELECT pg_terminate_backend($1)";
    sql.query_one(end, &[&session]).await.unwrap();
    let (began, before) = (Instant::now(), store.head(&north()).await.unwrap().seq);
    // The stopped one's last statement may still end; the next ones are the other's.
    let mut first = None;
    while store.head(&north()).await.unwrap().seq < before + 12 {
        if first.is_none() && store.head(&north()).await.unwrap().seq > before {
            first = Some(began.elapsed());
        }
        assert!(began.elapsed() < Duration::from_secs(30), "nobody writes");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    owner.signal("-CONT").await;
    dice.pause(120).await;
    first.unwrap_or_else(|| began.elapsed())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_stopped_past_its_lease_and_woken_up_never_commits_beside_the_other() {
    let mut report = Report::new("two sequencers, one stopped past its lease and resumed");
    for seed in seeds(1) {
        let world = World::shared().await;
        let work = world.work().await;
        let sql = world.sql(&world.towns_url).await;
        let mut dice = Dice::new(seed);
        let writers = ["first", "second"]
            .map(|name| Writer::start(name, &world.towns_url, seed, &world.journal));
        for _ in 0..6 {
            let recovered = depose(&sql, &world.towns, &writers, &mut dice).await;
            report.fault();
            report.recovered(recovered);
            world.sign(&north()).await;
        }
        for writer in writers {
            writer.end().await;
        }
        for family in [1, 2] {
            let told = world.journal.all().await;
            let of = |t: &&Told| t.id.as_u128() >> 32 >= family * 1_000_000_000;
            assert!(told.iter().filter(of).count() > 10, "{family} did nothing");
        }
        let epoch = "SELECT epoch FROM log_head WHERE log_id = $1";
        let epoch: i64 = sql
            .query_one(epoch, &[&north().as_str()])
            .await
            .unwrap()
            .get(0);
        assert!(epoch >= 7, "the log changed hands only {epoch} times");
        report.run(check::sound(&world, &north()).await);
        work.stop().await;
    }
    report.print();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_32_callers_with_one_expected_version_exactly_one_wins() {
    let mut report = Report::new("32 callers, one stream, one expected version");
    for seed in seeds(1) {
        let world = World::shared().await;
        let work = world.work().await;
        let sql = world.sql(&world.towns_url).await;
        let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE 'commonwatch towns%'";
        let (mut dice, mut version) = (Dice::new(seed), 0);
        for round in 0..12u64 {
            let calls = (0..32).map(|n| contend(&world, round * 100 + n, version));
            let break_in = async {
                if dice.once_in(2) {
                    dice.pause(8).await;
                    sql.query_one(kill, &[]).await.unwrap();
                    report.fault();
                }
            };
            let (won, ()) = tokio::join!(join_all(calls), break_in);
            assert_eq!(won.iter().filter(|won| **won).count(), 1, "round {round}");
            version += 2;
        }
        report.recovered(world.probe(&north()).await);
        report.run(check::sound(&world, &north()).await);
        work.stop().await;
    }
    report.print();
}

/// One caller; whether it won.
async fn contend(world: &World, number: u64, version: u64) -> bool {
    let (id, values) = (Uuid::from_u128(u128::from(number + 1) << 64), vec![number]);
    let mut calls = 0;
    let answer = loop {
        calls += 1;
        let expected = Some(version);
        let called = load::count(&world.towns, &north(), id, "one", &values, expected).await;
        match called {
            Ok(outcome) => {
                let (first, last) = (outcome.first_seq, outcome.last_seq);
                break Answer::Acknowledged { first, last };
            }
            Err(Error::Refused(_)) => break Answer::Refused,
            Err(error) => assert!(error.is_transient(), "{error}"),
        }
    };
    let won = answer != Answer::Refused;
    let told = Told {
        id,
        log: north().to_string(),
        stream: "meter/one".to_owned(),
        values,
        answer,
        calls,
    };
    world.journal.note(told).await;
    won
}
