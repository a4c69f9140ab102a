//! Disks that fill up, and disks whose power is cut.

use std::fs;
use std::time::Duration;

use local::{Data, Durability, Options, Stack};
use tokio_postgres::NoTls;

use crate::check;
use crate::dice::{Dice, seeds};
use crate::load::Load;
use crate::mounts::{Mount, may_mount, servers_below, signal};
use crate::report::Report;
use crate::service::log;
use crate::world::World;

const NORTH: &str = "towns/north";

/// Servers below a mounted folder, as safe as in production.
async fn servers_on(mount: &Mount) -> Stack {
    let options = Options {
        data: Data::Kept(mount.at.join("data")),
        durability: Durability::PowerCut,
        ..Options::temporary()
    };
    Stack::start(options).await.unwrap()
}

/// Clients notice: for a while nobody gets an answer.
async fn stands_still(world: &World) {
    let mut before = world.journal.acknowledged().await;
    world
        .until("nobody is served", async || {
            tokio::time::sleep(Duration::from_millis(400)).await;
            let now = world.journal.acknowledged().await;
            let still = now == std::mem::replace(&mut before, now);
            if still {
                vec![]
            } else {
                vec![format!("{now}")]
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_postgresql_and_loses_nothing_that_was_acknowledged() {
    if !may_mount("disk full, PostgreSQL") {
        return;
    }
    let mut report = Report::new("disk full for PostgreSQL (and NATS), then room again");
    let mount = Mount::small(200);
    let mut stack = servers_on(&mount).await;
    let world = World::on(&stack).await;
    let work = world.work().await;
    for seed in seeds(1) {
        let (north, mut dice) = (log(&format!("{NORTH}-{seed}")), Dice::new(seed));
        let load = Load::start(&world.towns, &north, &world.journal, &dice, seed, 8);
        dice.pause(400).await;
        world.sign(&north).await;
        // What is reserved already (WAL, free space in tables) may last for a while.
        let ballast = Mount::fill(&mount.at);
        let fill = "CREATE TABLE IF NOT EXISTS ballast AS SELECT repeat('x', 1000) AS x
            FROM generate_series(1, 200000)";
        // Where the load alone has used that up, PostgreSQL has ended already.
        if let Ok((sql, connection)) = tokio_postgres::connect(&world.towns_url, NoTls).await {
            tokio::spawn(connection);
            let filled = sql.batch_execute(fill).await;
            assert!(filled.is_err(), "the disk is not full");
        }
        tokio::time::timeout(Duration::from_secs(5), stands_still(&world))
            .await
            .ok();
        fs::remove_file(ballast).unwrap();
        report.fault();
        // NATS gives up JetStream when a disk is full, until it is started again; PostgreSQL may
        // have ended if it could not write its WAL.
        stack.stop_nats().await.unwrap();
        stack.start_nats().await.unwrap();
        stack.start_postgres().await.unwrap();
        report.recovered(world.probe(&north).await);
        load.stop().await;
        report.run(check::sound(&world, &north).await);
    }
    work.stop().await;
    world.close().await;
    stack.stop().await.unwrap();
    report.print();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_jetstream_and_no_fact() {
    if !may_mount("disk full, NATS") {
        return;
    }
    let mut report = Report::new("disk full for NATS alone, then room and a restart");
    let mut stack = Stack::start(Options::temporary()).await.unwrap();
    stack.stop_nats().await.unwrap();
    // Room for the stream of all seeds: they share it, and it is never emptied.
    let mount = Mount::small(64);
    let store = stack.data_dir().join("nats/jetstream");
    mount.also_at(&store);
    stack.start_nats().await.unwrap();
    let world = World::on(&stack).await;
    let work = world.work().await;
    for seed in seeds(1) {
        let (north, dice) = (log(&format!("{NORTH}-{seed}")), Dice::new(seed));
        let load = Load::start(&world.towns, &north, &world.journal, &dice, seed, 8);
        world.probe(&north).await;
        let ballast = Mount::fill(&mount.at);
        report.fault();
        for _ in 0..3 {
            // By way of the owner: JetStream has no room.
            report.recovered(world.probe(&north).await);
        }
        fs::remove_file(ballast).unwrap();
        stack.stop_nats().await.unwrap();
        stack.start_nats().await.unwrap();
        load.stop().await;
        report.run(check::sound(&world, &north).await);
    }
    work.stop().await;
    world.close().await;
    stack.stop().await.unwrap();
    report.print();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_loses_nothing_that_was_acknowledged_and_jetstream_is_filled_again() {
    if !may_mount("power cut") {
        return;
    }
    let mut report = Report::new("power cut (disk image as it was), both servers");
    let mount = Mount::image(600);
    let mut stack = servers_on(&mount).await;
    let world = World::on(&stack).await;
    let work = world.work().await;
    for seed in seeds(1) {
        let (north, mut dice) = (log(&format!("{NORTH}-{seed}")), Dice::new(seed));
        let load = Load::start(&world.towns, &north, &world.journal, &dice, seed, 12);
        world.probe(&north).await;
        dice.pause(800).await;
        world.sign(&north).await;
        dice.pause(200).await;
        let servers = servers_below(&mount.at);
        assert!(servers.len() > 4, "{servers:?}");
        signal("-STOP", &servers);
        let disk = mount.cut_power(seed);
        signal("-KILL", &servers_below(&mount.at));
        stack.kill_postgres();
        stack.kill_nats();
        mount.replace(&disk);
        stack.start_postgres().await.unwrap();
        stack.start_nats().await.unwrap();
        report.fault();
        report.recovered(world.probe(&north).await);
        load.stop().await;
        report.run(check::sound(&world, &north).await);
    }
    work.stop().await;
    world.close().await;
    stack.stop().await.unwrap();
    report.print();
}
