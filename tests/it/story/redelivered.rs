//! The bus may deliver twice, late and in any order.

use async_nats::jetstream::Context;
use bus::subject::header;

use super::golden;
use super::month::{self, Disturbance, Step};
use super::platform::Platform;
use super::role::Role;
use super::streams::{Stored, jetstream, sealed, stored};

const OWNERS: [Role; 3] = [Role::Registry, Role::Payroll, Role::Incidents];

/// Delivers everything twice more while all listen; and once lets the listeners' first sight of
/// half a month be two shuffled copies of it, while there is nobody to ask for what is missing.
struct Shuffles;

impl Disturbance for Shuffles {
    async fn after(&mut self, step: Step, platform: &mut Platform) {
        match step {
            Step::Agreement | Step::Approvals | Step::Correction => again(platform).await,
            // What follows is recorded, and no relay can send it.
            Step::Changes => {
                platform.heard().await;
                platform.stack.kill_nats();
            }
            Step::Incidents => {
                for owner in OWNERS {
                    platform.process(owner).kill().await;
                }
                platform.stack.start_nats().await.unwrap();
                in_place_of_the_relays(platform).await;
                platform
                    .until("the statements miss something", async |platform| {
                        noticed(platform)
                    })
                    .await;
                for owner in OWNERS {
                    platform.process(owner).start(None);
                }
                platform.serving().await;
            }
            _ => {}
        }
    }
}

/// Nothing is left to wait for once the statements' log says that facts came out of order.
fn noticed(platform: &Platform) -> Vec<String> {
    let seen = platform.lines(Role::Statements);
    if seen.contains("facts are missing in the delivery") {
        Vec::new()
    } else {
        vec!["nothing came out of order".to_owned()]
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fact_delivered_twice_more_and_shuffled_changes_no_statement() {
    let mut platform = Platform::start().await;
    let told = month::told(&mut platform, &mut Shuffles).await;
    golden::assert_undisturbed(&mut platform, &told).await;
    let facts = facts(&platform).await;
    let tally = platform.finish().await;
    assert!(
        tally.redeliveries >= 2 * facts,
        "{} of {facts}",
        tally.redeliveries
    );
}

async fn facts(platform: &Platform) -> usize {
    let mut facts = 0;
    for role in OWNERS {
        for (log, _) in platform.store(role).heads().await.unwrap() {
            facts += platform
                .store(role)
                .read_facts(&log, 0, 5_000)
                .await
                .unwrap()
                .len();
        }
    }
    facts
}

/// Puts each fact onto its stream twice more, under message ids that JetStream does not know.
async fn again(platform: &mut Platform) {
    platform.heard().await;
    let jetstream = jetstream(platform).await;
    for role in OWNERS {
        let stored = stored(&jetstream, role).await.unwrap();
        publish_shuffled(&jetstream, stored, &mut platform.tally.redeliveries).await;
    }
}

/// Publishes what the relays have not: every fact twice, in no order.
async fn in_place_of_the_relays(platform: &mut Platform) {
    let jetstream = jetstream(platform).await;
    for role in OWNERS {
        let mut unsent = Vec::new();
        for (log, _) in platform.store(role).heads().await.unwrap() {
            let cursor = platform.store(role).relay_cursor(&log).await.unwrap();
            let sent = cursor.map_or(0, |cursor| cursor.seq);
            let facts = platform
                .store(role)
                .read_facts(&log, sent, 5_000)
                .await
                .unwrap();
            unsent.extend(facts.iter().map(|fact| sealed(role, fact)));
        }
        publish_shuffled(&jetstream, unsent, &mut platform.tally.redeliveries).await;
    }
}

async fn publish_shuffled(jetstream: &Context, stored: Vec<Stored>, count: &mut usize) {
    let mut twice: Vec<&Stored> = stored.iter().chain(&stored).collect();
    shuffle(&mut twice);
    for Stored {
        subject,
        headers,
        payload,
    } in twice
    {
        *count += 1;
        let mut headers = headers.clone();
        headers.insert(header::MESSAGE_ID, format!("again-{count}"));
        let sent = jetstream.publish_with_headers(subject.clone(), headers, payload.clone());
        sent.await.unwrap().await.unwrap();
    }
}

/// The same disorder each time.
fn shuffle<T>(items: &mut [T]) {
    let mut state: u64 = 42;
    for last in (1..items.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let other = usize::try_from(state >> 33).unwrap() % (last + 1);
        items.swap(last, other);
    }
}
