//! Processes that kill themselves at each kill point of the way, with signal 9.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus};

use bus::subject::Names;

use crate::pair::{Pair, log};

/// The environment in which this binary is the process to be killed.
const URLS: &str = "COMMONWATCH_BUS_TEST_URLS";

/// Every step between the log and the receipt at which a process may die.
const POINTS: [&str; 4] = [
    "relay.published",
    "receipt.before",
    "receipt.committed",
    "consumer.applied",
];

/// A relay and a consumer in another process, until all facts of `towns/north` have arrived.
fn another_process(urls: &str, kill_at: Option<&str>) -> ExitStatus {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "killed::as_another_process", "--nocapture"])
        .env(URLS, urls);
    if let Some(point) = kill_at {
        command.env("COMMONWATCH_KILL_AT", point);
    }
    command.status().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_at_any_step_loses_and_doubles_nothing() {
    let (pair, urls) = Pair::with_urls().await;
    let north = log("towns/north");
    for (round, point) in POINTS.iter().cycle().take(2 * POINTS.len()).enumerate() {
        pair.burst(&north, 20, 2).await;
        let at = format!("{point}:{}", round / POINTS.len() + 1);
        let urls = urls.clone();
        let ended = tokio::task::spawn_blocking(move || another_process(&urls, Some(&at)));
        let signal = ended.await.unwrap().signal();
        // The second pass of a point is reached only if the work took two batches.
        assert!(
            signal == Some(9) || round >= POINTS.len(),
            "{point} was not reached"
        );
    }
    let ended = tokio::task::spawn_blocking(move || another_process(&urls, None))
        .await
        .unwrap();
    assert!(ended.success());
    assert!(pair.has_all(&pair.towns, &north).await);
    assert_eq!(pair.stored().await, 2 * 4 * 40);
    pair.assert_copied_once(&pair.towns, &north).await;
}

/// Not a test of its own: what the one above starts.
#[tokio::test(flavor = "multi_thread")]
async fn as_another_process() {
    let Ok(urls) = std::env::var(URLS) else {
        return;
    };
    let [towns, roads, books, nats, prefix] = urls
        .split_whitespace()
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    let names = Names::try_prefixed(&prefix).unwrap();
    let pair = Pair::open([towns, roads, books], nats, names, None).await;
    let relay = pair.relay().await;
    let consumer = pair.listen().await;
    pair.caught_up(&log("towns/north")).await;
    relay.stop().await;
    consumer.stop().await;
}
