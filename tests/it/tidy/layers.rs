//! Who may depend on whom, read from `cargo metadata`.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use super::{expect_none, top};

/// Each crate's layer. A crate may use lower layers only, with the exceptions in [`BESIDE`].
const LAYERS: &[(&str, u8)] = &[
    ("vocabulary", 0),
    ("proof", 0),
    ("local", 0),
    ("allocation", 1),
    ("overtime", 1),
    ("eligibility", 1),
    ("roster", 1),
    ("eventlog", 1),
    ("wire", 1),
    ("evidence", 2),
    ("ledger", 2),
    ("bus", 2),
    ("rpc", 2),
    ("registry", 3),
    ("payroll", 3),
    ("scheduling", 3),
    ("training", 3),
    ("incidents", 3),
    ("statements", 3),
    ("admin", 4),
    ("verifier", 4),
    ("server", 5),
    ("stories", 6),
];

/// Uses within one layer, each with its reason in README's decisions.
const BESIDE: &[(&str, &str)] = &[("rpc", "bus")];

/// What the clients and the offline tools must not reach, however deep.
const FORBIDDEN: &[(&str, &str)] = &[
    ("admin", "eventlog"),
    ("verifier", "eventlog"),
    ("verifier", "tokio-postgres"),
];

#[test]
fn every_crate_depends_downwards_only() {
    let mut findings = Vec::new();
    for (name, uses) in members() {
        let Some(own) = layer(&name) else {
            findings.push(format!("{name}: not in the table of layers"));
            continue;
        };
        for used in uses {
            let Some(below) = layer(&used) else { continue };
            if below >= own && !BESIDE.contains(&(name.as_str(), used.as_str())) {
                findings.push(format!(
                    "{name} (layer {own}) uses {used} (layer {below}): only lower layers"
                ));
            }
        }
    }
    expect_none(findings);
}

#[test]
fn services_never_use_each_other() {
    let services = [
        "registry",
        "training",
        "payroll",
        "scheduling",
        "incidents",
        "statements",
    ];
    let findings = members()
        .into_iter()
        .filter(|(name, _)| services.contains(&name.as_str()))
        .flat_map(|(name, uses)| {
            uses.into_iter()
                .filter(|used| services.contains(&used.as_str()))
                .map(move |used| format!("{name} uses {used}: services meet on the bus only"))
        })
        .collect();
    expect_none(findings);
}

#[test]
fn clients_and_offline_tools_hold_no_database() {
    let members = members();
    let mut findings = Vec::new();
    for (from, never) in FORBIDDEN {
        let mut reached = vec![(*from).to_owned()];
        let mut seen = Vec::new();
        while let Some(name) = reached.pop() {
            for used in members.get(&name).into_iter().flatten() {
                if used == never {
                    findings.push(format!("{from} reaches {never} through {name}"));
                }
                if !seen.contains(used) {
                    seen.push(used.clone());
                    reached.push(used.clone());
                }
            }
        }
    }
    expect_none(findings);
}

fn layer(name: &str) -> Option<u8> {
    LAYERS
        .iter()
        .find(|(n, _)| *n == name)
        .map(|(_, layer)| *layer)
}

/// Every member with the packages it uses outside its tests.
fn members() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(top())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    metadata["packages"]
        .as_array()
        .expect("packages")
        .iter()
        .map(|package| {
            let uses = package["dependencies"]
                .as_array()
                .expect("dependencies")
                .iter()
                .filter(|used| used["kind"].as_str() != Some("dev"))
                .map(|used| text(&used["name"]))
                .collect();
            (text(&package["name"]), uses)
        })
        .collect()
}
