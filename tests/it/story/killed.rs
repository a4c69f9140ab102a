//! Every step of a fact's way at which a process may die.

use std::collections::BTreeSet;
use std::path::Path;

use super::golden;
use super::month::{self, Disturbance, Step};
use super::platform::Platform;
use super::role::Role;

/// Every point of a role's way, one after the other: whoever killed itself is started again with
/// the next one. Listening comes first, because the facts of the first chapters are few: a batch
/// that is rolled back is taken again, and so reaches the second point; the third is reached by the
/// next batch. Then some once more, at later passes where the chapters make enough of them.
const ARMS: [(Role, &[&str]); 4] = [
    (
        Role::Registry,
        &[
            "append.before",
            "append.committed",
            "relay.published",
            "append.committed:3",
        ],
    ),
    (
        Role::Payroll,
        &[
            "receipt.before",
            "receipt.committed",
            "consumer.applied",
            "append.before",
            "append.committed",
            "relay.published",
            "append.before:4",
            "append.committed:5",
            "relay.published:2",
        ],
    ),
    (
        Role::Incidents,
        &[
            "receipt.before",
            "receipt.committed",
            "consumer.applied",
            "append.before",
            "append.committed",
            "relay.published",
            // In the middle of an import of ten rows.
            "append.committed:2",
            "append.before:2",
        ],
    ),
    (
        Role::Statements,
        &[
            "receipt.before",
            "receipt.committed",
            "consumer.applied",
            "append.before",
            "append.committed",
            "relay.published",
            "receipt.committed",
            "receipt.before",
            "append.committed",
        ],
    ),
];
/// While a month is being closed, and nothing else is going on.
const CLOSING: [(Step, &[&str]); 2] = [
    (
        Step::Approvals,
        &["append.before", "append.committed", "checkpoint.signed"],
    ),
    (Step::Correction, &["close.committed"]),
];

/// Arms the statements before each close.
struct Kills;

impl Disturbance for Kills {
    async fn after(&mut self, step: Step, platform: &mut Platform) {
        if let Some((_, points)) = CLOSING.iter().find(|(after, _)| *after == step) {
            platform.heard().await;
            all_reached(platform);
            platform.arm(Role::Statements, points).await;
        }
    }
}

#[track_caller]
fn all_reached(platform: &mut Platform) {
    assert_eq!(
        platform.unreached(),
        [""; 0],
        "kill points that nobody passed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn killing_each_role_at_each_step_of_the_way_changes_no_statement() {
    let mut platform = Platform::start_armed(&ARMS).await;
    let told = month::told(&mut platform, &mut Kills).await;
    all_reached(&mut platform);
    golden::assert_undisturbed(&mut platform, &told).await;
    let tally = platform.finish().await;
    assert_eq!(tally.kills.len(), planned().count(), "{:?}", tally.kills);
    assert!(tally.repeats > 0, "nobody noticed");
}

/// Every kill of the story.
fn planned() -> impl Iterator<Item = &'static str> {
    let arms = ARMS.iter().flat_map(|(_, points)| points.iter());
    let closing = CLOSING.iter().flat_map(|(_, points)| points.iter());
    arms.chain(closing).copied()
}

/// Killed at by `eventlog`'s own tests: no story rebuilds a table or passes over a fact.
const UPKEEP: [&str; 4] = [
    "parked.recorded",
    "rebuild.folded",
    "rebuild.swapping",
    "rebuild.swapped",
];

#[test]
fn every_kill_point_in_the_code_is_one_that_the_story_kills_at() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut found = BTreeSet::new();
    for entry in walkdir::WalkDir::new(crates) {
        let path = entry.unwrap().into_path();
        if path.extension().is_none_or(|e| e != "rs") || !path.iter().any(|part| part == "src") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let calls = text.split("kill_point(\"").skip(1);
        found.extend(calls.map(|rest| rest.split('"').next().unwrap().to_owned()));
    }
    let names = planned().map(|point| point.split(':').next().unwrap().to_owned());
    let killed_at: BTreeSet<String> = names.chain(UPKEEP.map(str::to_owned)).collect();
    assert_eq!(found, killed_at);
}
