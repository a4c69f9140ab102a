//! What JetStream holds: looked at directly, beside every relay and listener.

use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::jetstream::consumer::pull::OrderedConfig;
use async_nats::jetstream::stream::Stream;
use bus::subject::header;
use eventlog::LogId;
use futures::StreamExt as _;

use crate::world::World;

/// Leaf hash and bytes.
type Content = (String, Vec<u8>);

/// I7: where the stream differs from the log: a fact that is missing, one that no log holds, one
/// with other bytes. Copies are no difference.
pub(crate) async fn differences(world: &World, log: &LogId) -> Vec<String> {
    let mut due: BTreeMap<u64, Content> = BTreeMap::new();
    let mut after = 0;
    loop {
        let Ok(page) = world.towns.read_facts(log, after, 5_000).await else {
            return vec!["the log cannot be read".to_owned()];
        };
        let Some(last) = page.last() else { break };
        after = last.seq;
        due.extend(
            page.into_iter()
                .map(|fact| (fact.seq, (fact.leaf_hash.to_string(), fact.bytes))),
        );
    }
    let mut differences = Vec::new();
    let stored = match stored(world, log).await {
        Ok(stored) => stored,
        Err(error) => return vec![error],
    };
    let mut seen = std::collections::BTreeSet::new();
    for (seq, content) in stored {
        if due.get(&seq) != Some(&content) {
            differences.push(format!("{log}:{seq} on the stream is not in the log"));
        }
        seen.insert(seq);
    }
    for seq in due.keys().filter(|seq| !seen.contains(seq)) {
        differences.push(format!("{log}:{seq} is not on the stream"));
    }
    differences.truncate(5);
    differences
}

/// Every message of the log, in the stream's order.
async fn stored(world: &World, log: &LogId) -> Result<Vec<(u64, Content)>, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let stream = stream(world).await.ok_or("there is no stream")?;
    let consumer = stream
        .create_consumer(OrderedConfig {
            filter_subject: world.names.log("towns", log.as_str()),
            ..OrderedConfig::default()
        })
        .await
        .map_err(|e| text(&e))?;
    let mut left = consumer.cached_info().num_pending;
    let mut messages = consumer.messages().await.map_err(|e| text(&e))?;
    let mut found = Vec::new();
    while left > 0 {
        let next = tokio::time::timeout(Duration::from_secs(5), messages.next()).await;
        let message = match next {
            Ok(Some(message)) => message.map_err(|e| text(&e))?,
            _ => return Err("the stream cannot be read".to_owned()),
        };
        let headers = message
            .headers
            .as_ref()
            .ok_or("a message without headers")?;
        let value = |name: &str| headers.get(name).map_or("", |value| value.as_str());
        if value(header::LOG_ID) == log.as_str() {
            let seq = value(header::LOG_SEQ).parse().map_err(|e| text(&e))?;
            let hash = value(header::LEAF_HASH).to_owned();
            found.push((seq, (hash, message.payload.to_vec())));
        }
        left -= 1;
    }
    Ok(found)
}

/// The stream of `towns`, if it is there.
pub(crate) async fn stream(world: &World) -> Option<Stream> {
    let jetstream = world.jetstream().await?;
    let stream = jetstream.get_stream(world.names.stream("towns")).await;
    stream.ok()
}

/// The same, once it is there.
pub(crate) async fn awaited(world: &World) -> Stream {
    world
        .until("there is a stream", async || {
            let there = stream(world).await;
            if there.is_some() {
                vec![]
            } else {
                vec!["none".to_owned()]
            }
        })
        .await;
    stream(world).await.unwrap()
}
