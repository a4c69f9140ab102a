//! PostgreSQL goes away in the middle of a commit: whether it happened is found out, not guessed.

use std::time::Duration;

use eventlog::Store;
use tokio::time::Instant;

use crate::check;
use crate::dice::{Dice, is_long, seeds};
use crate::load::{Load, TELLER};
use crate::proxy::Proxy;
use crate::report::Report;
use crate::service::{self, log};
use crate::world::World;

const NORTH: &str = "towns/north";

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_between_commit_and_caller_is_found_by_the_command_id() {
    let mut report = Report::new("connection cut before, while and after COMMIT is answered");
    for seed in seeds(1) {
        let world = World::shared().await;
        let (north, dice) = (log(NORTH), Dice::new(seed));
        let proxy = Proxy::before(&world.towns_url, TELLER, dice.other(7)).await;
        let mut options = service::owner("cut", &proxy.url(&world.towns_url));
        // Short, so that many callers are told that nobody can tell and ask again.
        options.patience = Duration::from_millis(5);
        let store = Store::open(options).await.unwrap();
        let work = world.work().await;
        let load = Load::start(&store, &north, &world.journal, &dice, 1, 12);
        proxy.arm(true);
        let enough = |cuts: [u64; 3]| cuts.iter().all(|cut| *cut >= 8);
        let began = Instant::now();
        while !enough(proxy.cuts()) && began.elapsed() < Duration::from_secs(40) {
            tokio::time::sleep(Duration::from_millis(20)).await;
            world.sign(&north).await;
        }
        proxy.arm(false);
        load.stop().await;
        store.close().await;
        let cuts = proxy.cuts();
        assert!(enough(cuts), "{cuts:?}");
        (0..cuts.iter().sum()).for_each(|_| report.fault());
        report.recovered(world.probe(&north).await);
        let found = check::sound(&world, &north).await;
        assert!(found.again > 0, "nobody had to ask again: {found:?}");
        report.run(found);
        work.stop().await;
    }
    report.print();
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_ended_at_random_moments_lose_and_double_nothing() {
    let mut report = Report::new("PostgreSQL sessions terminated at random moments");
    for seed in seeds(1) {
        let world = World::shared().await;
        let (north, mut dice) = (log(NORTH), Dice::new(seed));
        let work = world.work().await;
        let load = Load::start(&world.towns, &north, &world.journal, &dice, 1, 12);
        let (towns, books) = (
            world.sql(&world.towns_url).await,
            world.sql(&world.books_url).await,
        );
        for _ in 0..25 {
            dice.pause(40).await;
            // All of them, those that write, the lock's, or the listener's.
            let (sql, like) = match dice.below(4) {
                0 => (&towns, "commonwatch towns%"),
                1 => (&towns, "commonwatch towns write"),
                2 => (&towns, "commonwatch towns lock"),
                _ => (&books, "commonwatch books%"),
            };
            let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name LIKE $1";
            sql.query_one(kill, &[&like]).await.unwrap();
            report.fault();
            if dice.once_in(5) {
                report.recovered(world.probe(&north).await);
                world.sign(&north).await;
            }
        }
        load.stop().await;
        report.recovered(world.probe(&north).await);
        report.run(check::sound(&world, &north).await);
        work.stop().await;
    }
    report.print();
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_crashed_under_load_and_started_again_has_every_acknowledged_command() {
    let mut report = Report::new("PostgreSQL shut down at once under load, and started again");
    let mut stack = local::Stack::start(local::Options::temporary())
        .await
        .unwrap();
    let world = World::on(&stack).await;
    let work = world.work().await;
    for seed in seeds(1) {
        let (north, mut dice) = (log(&format!("{NORTH}-{seed}")), Dice::new(seed));
        let load = Load::start(&world.towns, &north, &world.journal, &dice, seed, 12);
        for _ in 0..3 {
            dice.pause(300).await;
            stack.kill_postgres();
            dice.pause(100).await;
            stack.start_postgres().await.unwrap();
            report.fault();
            report.recovered(world.probe(&north).await);
            world.sign(&north).await;
        }
        load.stop().await;
        report.run(check::sound(&world, &north).await);
    }
    work.stop().await;
    report.print();
}

/// A line that carries nothing and is not closed: only time tells. Slow, so in the long form only.
#[tokio::test(flavor = "multi_thread")]
async fn a_silent_line_to_postgresql_is_given_up_and_its_commands_are_found() {
    if !is_long() {
        return;
    }
    let mut report = Report::new("line to PostgreSQL silent, neither end told");
    let world = World::shared().await;
    let (north, dice) = (log(NORTH), Dice::new(1));
    let proxy = Proxy::before(&world.towns_url, TELLER, dice.other(7)).await;
    let store = Store::open(service::owner("mute", &proxy.url(&world.towns_url)))
        .await
        .unwrap();
    let work = world.work().await;
    let load = Load::start(&store, &north, &world.journal, &dice, 1, 8);
    tokio::time::sleep(Duration::from_millis(300)).await;
    proxy.hush(true);
    tokio::time::sleep(Duration::from_secs(45)).await;
    proxy.hush(false);
    report.fault();
    let began = Instant::now();
    let before = world.journal.acknowledged().await;
    while world.journal.acknowledged().await == before {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "nobody is served"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    report.recovered(began.elapsed());
    load.stop().await;
    store.close().await;
    report.run(check::sound(&world, &north).await);
    work.stop().await;
    report.print();
}
