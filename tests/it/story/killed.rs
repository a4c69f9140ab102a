//! Every step of a fact's way at which a process may die.

use std::collections::BTreeSet;
use std::path::Path;

use super::golden;
use super::month::{self, Disturbance, Step};
use super::platform::Platform;
use super::role::Role;

/// Listening comes first, because the facts of the first chapters are few: a batch that is rolled
/// back is taken again, and so reaches the second point; the third is reached by the next batch.
const LISTENER: &[&str] = &[
    "receipt.before",
    "receipt.committed",
    "consumer.applied",
    "append.before",
    "append.committed",
    "relay.published",
];
const OWNER: &[&str] = &["append.before", "append.committed", "relay.published"];
const ARMS: [(Role, &[&str]); 4] = [
    (Role::Registry, OWNER),
    (Role::Payroll, LISTENER),
    (Role::Incidents, LISTENER),
    (Role::Statements, LISTENER),
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
            assert_eq!(
                platform.unreached(),
                [""; 0],
                "kill points that nobody passed"
            );
            platform.arm(Role::Statements, points).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killing_each_role_at_each_step_of_the_way_changes_no_statement() {
    let mut platform = Platform::start_armed(&ARMS).await;
    let told = month::told(&mut platform, &mut Kills).await;
    assert_eq!(
        platform.unreached(),
        [""; 0],
        "kill points that nobody passed"
    );
    golden::assert_undisturbed(&mut platform, &told).await;
    let tally = platform.finish().await;
    let planned = ARMS.iter().map(|(_, points)| points.len()).sum::<usize>()
        + CLOSING
            .iter()
            .map(|(_, points)| points.len())
            .sum::<usize>();
    assert_eq!(tally.kills.len(), planned, "{:?}", tally.kills);
    assert!(tally.repeats > 0, "nobody noticed");
}

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
    let arms = ARMS.iter().map(|(_, points)| points);
    let closing = CLOSING.iter().map(|(_, points)| points);
    let killed_at = arms.chain(closing).flat_map(|points| points.iter());
    let killed_at: BTreeSet<String> = killed_at.map(|point| (*point).to_owned()).collect();
    assert_eq!(found, killed_at);
}
