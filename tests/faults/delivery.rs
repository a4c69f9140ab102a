//! JetStream loses streams, messages and consumers, fills up, or has two relays: the log fills it
//! again, and the listener never notices.

use async_nats::jetstream::consumer::pull;

use crate::check;
use crate::dice::{Dice, is_long, seeds};
use crate::load::Load;
use crate::proxy::Proxy;
use crate::report::Report;
use crate::service::log;
use crate::streams;
use crate::world::{World, consuming, relaying};

const NORTH: &str = "towns/north";
const DURABLE: &str = "books-towns";

/// Does one of the things that JetStream may do to us.
async fn lose_something(world: &World, dice: &mut Dice) {
    let jetstream = world.jetstream().await.unwrap();
    let name = world.names.stream("towns");
    let stream = streams::awaited(world).await;
    match dice.below(6) {
        0 => drop(jetstream.delete_stream(&name).await),
        1 => drop(stream.purge().await),
        // In the middle, and at either end.
        2 | 3 => {
            let state = stream.cached_info().state.clone();
            let span = (state.last_sequence + 1).saturating_sub(state.first_sequence);
            for _ in 0..1 + dice.below(5) {
                let at = state.first_sequence + dice.below(span.max(1));
                let _ = stream.delete_message(at).await;
            }
        }
        4 => drop(stream.delete_consumer(DURABLE).await),
        // Its state is lost: what was acknowledged comes again.
        _ => {
            let _ = stream.delete_consumer(DURABLE).await;
            let again = pull::Config {
                durable_name: Some(DURABLE.to_owned()),
                ..pull::Config::default()
            };
            let _ = stream.create_consumer(again).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_jetstream_loses_under_load_is_there_again_and_was_heard_once() {
    let mut report =
        Report::new("stream deleted, purged, messages deleted, consumer deleted, its state lost");
    for seed in seeds(2) {
        let world = World::shared().await;
        let (north, mut dice) = (log(NORTH), Dice::new(seed));
        let work = world.work().await;
        streams::awaited(&world).await;
        let load = Load::start(&world.towns, &north, &world.journal, &dice, 1, 4);
        for _ in 0..8 {
            dice.pause(150).await;
            lose_something(&world, &mut dice).await;
            report.fault();
            if dice.once_in(2) {
                report.recovered(world.probe(&north).await);
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
async fn two_relays_and_two_listeners_of_one_service_at_once_give_one_effect() {
    let mut report = Report::new("two relays and two listeners of one service at once");
    for seed in seeds(1) {
        let world = World::shared().await;
        let (north, mut dice) = (log(NORTH), Dice::new(seed));
        let work = [world.work().await, world.work().await];
        let load = Load::start(&world.towns, &north, &world.journal, &dice, 1, 8);
        for _ in 0..5 {
            // A third pair comes and dies.
            let brief = world.work().await;
            dice.pause(200).await;
            drop(brief);
            report.fault();
        }
        load.stop().await;
        report.recovered(world.probe(&north).await);
        report.run(check::sound(&world, &north).await);
        for work in work {
            work.stop().await;
        }
    }
    report.print();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_full_stops_the_relay_and_not_the_listener() {
    let mut report = Report::new("stream at its size limit, then given room");
    for seed in seeds(1) {
        let world = World::shared().await;
        let (north, dice) = (log(NORTH), Dice::new(seed));
        let work = world.work().await;
        let stream = streams::awaited(&world).await;
        let jetstream = world.jetstream().await.unwrap();
        let mut config = stream.cached_info().config.clone();
        config.max_bytes = 8 * 1024;
        jetstream.update_stream(&config).await.unwrap();
        let load = Load::start(&world.towns, &north, &world.journal, &dice, 1, 4);
        world
            .until("the stream is full", async || {
                let head = world.towns.head(&north).await.unwrap().fact_seq;
                let differences = streams::differences(&world, &north).await;
                match head > 60 && !differences.is_empty() {
                    true => vec![],
                    false => vec![format!("{head}")],
                }
            })
            .await;
        report.fault();
        // Read from the owner, by comparing heads.
        report.recovered(world.probe(&north).await);
        load.stop().await;
        assert!(!streams::differences(&world, &north).await.is_empty());
        config.max_bytes = -1;
        jetstream.update_stream(&config).await.unwrap();
        report.run(check::sound(&world, &north).await);
        work.stop().await;
    }
    report.print();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_line_to_nats_delays_facts_and_loses_none() {
    let mut report = Report::new("line to NATS silent, neither end told");
    for seed in seeds(1) {
        let world = World::shared().await;
        let (north, dice) = (log(NORTH), Dice::new(seed));
        let proxy = Proxy::before(&world.nats_url, "\0\0never", dice.other(7)).await;
        let relay = world.relay(relaying()).await;
        let listener = world
            .listen_at(&proxy.url(&world.nats_url), consuming())
            .await;
        let load = Load::start(&world.towns, &north, &world.journal, &dice, 1, 4);
        world.probe(&north).await;
        proxy.hush(true);
        report.fault();
        // By way of the owner, who is asked whenever heads are compared.
        let rounds = if is_long() { 12 } else { 1 };
        for _ in 0..rounds {
            report.recovered(world.probe(&north).await);
        }
        proxy.hush(false);
        load.stop().await;
        report.run(check::sound(&world, &north).await);
        listener.stop().await;
        relay.stop().await;
    }
    report.print();
}
