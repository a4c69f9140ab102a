//! Something comes back from a backup: the relay's cursor, or the listener's whole database.

use eventlog::{Cursor, LogId};

use crate::check;
use crate::dice::{Dice, seeds};
use crate::load::Load;
use crate::report::Report;
use crate::service::log;
use crate::world::World;

const NORTH: &str = "towns/north";

/// Another place for the cursor than it has: an older one, none, one of another filling.
async fn turn_back(world: &World, log: &LogId, dice: &mut Dice) {
    let Some(cursor) = world.towns.relay_cursor(log).await.unwrap() else {
        return;
    };
    let sql = world.sql(&world.towns_url).await;
    match dice.below(3) {
        0 => {
            let forget = "DELETE FROM relay_cursor WHERE log_id = $1";
            sql.execute(forget, &[&log.as_str()]).await.unwrap();
        }
        1 => {
            let older = Cursor {
                seq: dice.below(cursor.seq + 1),
                ..cursor
            };
            world.towns.set_relay_cursor(log, &older).await.unwrap();
        }
        _ => {
            let other = Cursor {
                seq: cursor.seq,
                incarnation: "1/1/0".to_owned(),
            };
            world.towns.set_relay_cursor(log, &other).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_cursor_from_an_old_backup_sends_again_and_nobody_hears_twice() {
    let mut report = Report::new("relay cursor from an old backup");
    for seed in seeds(1) {
        let world = World::shared().await;
        let (north, mut dice) = (log(NORTH), Dice::new(seed));
        let load = Load::start(&world.towns, &north, &world.journal, &dice, 1, 6);
        for _ in 0..5 {
            let work = world.work().await;
            dice.pause(250).await;
            work.stop().await;
            turn_back(&world, &north, &mut dice).await;
            report.fault();
        }
        let work = world.work().await;
        report.recovered(world.probe(&north).await);
        load.stop().await;
        report.run(check::sound(&world, &north).await);
        work.stop().await;
    }
    report.print();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_restored_from_a_backup_takes_in_again_what_it_lost() {
    let mut report = Report::new("listener's database restored from a backup, owner went on");
    for seed in seeds(1) {
        let world = World::shared().await;
        let (north, mut dice) = (log(NORTH), Dice::new(seed));
        let relay = world.relay(crate::world::relaying()).await;
        let load = Load::start(&world.towns, &north, &world.journal, &dice, 1, 4);
        for _ in 0..2 {
            let listener = world.listen(crate::world::consuming()).await;
            dice.pause(300).await;
            listener.stop().await;
            backup(&world).await;
            let listener = world.listen(crate::world::consuming()).await;
            world.probe(&north).await;
            dice.pause(300).await;
            listener.stop().await;
            restore(&world).await;
            report.fault();
        }
        let listener = world.listen(crate::world::consuming()).await;
        report.recovered(world.probe(&north).await);
        load.stop().await;
        report.run(check::sound(&world, &north).await);
        listener.stop().await;
        relay.stop().await;
    }
    report.print();
}

/// The listener's database, and what its backup is called.
fn databases(world: &World) -> (String, String, String) {
    let (server, name) = world.books_url.rsplit_once('/').unwrap();
    let backup = format!("{name}_backup");
    (format!("{server}/postgres"), name.to_owned(), backup)
}

async fn backup(world: &World) {
    let (server, name, backup) = databases(world);
    world
        .reopen_books(async {
            let sql = world.sql(&server).await;
            let end = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
                WHERE datname = $1";
            sql.query_one(end, &[&name]).await.unwrap();
            let copy = format!("CREATE DATABASE {backup} TEMPLATE {name}");
            sql.batch_execute(&copy).await.unwrap();
        })
        .await;
}

async fn restore(world: &World) {
    let (server, name, backup) = databases(world);
    world
        .reopen_books(async {
            let sql = world.sql(&server).await;
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            sql.batch_execute(&drop).await.unwrap();
            let rename = format!("ALTER DATABASE {backup} RENAME TO {name}");
            sql.batch_execute(&rename).await.unwrap();
        })
        .await;
}
