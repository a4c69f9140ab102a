//! The table of who may call what, as people read it.

use std::collections::BTreeMap;

use super::ROLES;
use super::calls::Kind;

const TABLE: &str = include_str!("../../golden/access.txt");

/// Roles that were let in, each with the kinds of scope.
pub(super) type Allowed = BTreeMap<&'static str, Vec<Kind>>;

/// Every grant that can exist: a town's has towns, an officer's an officer.
pub(super) fn grants() -> Vec<(&'static str, Kind)> {
    let mut grants = Vec::new();
    for role in ROLES {
        let kinds = Kind::ALL.into_iter().filter(|kind| match role {
            "town" => kind.town().is_some(),
            "officer" => kind.officer().is_some(),
            _ => true,
        });
        grants.extend(kinds.map(|kind| (role, kind)));
    }
    grants
}

/// Compares what happened with the table, and prints the lines that would make them agree.
pub(super) fn compare(told: &BTreeMap<String, Allowed>) {
    let known: BTreeMap<&str, String> = TABLE
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let mut words = line.split_whitespace();
            let rpc = words.next().unwrap();
            (rpc, words.collect::<Vec<_>>().join(" "))
        })
        .collect();
    let mut findings = Vec::new();
    for (rpc, allowed) in told {
        let happened = line(allowed);
        match known.get(rpc.as_str()) {
            Some(expected) if *expected == happened => {}
            Some(expected) => {
                findings.push(format!(
                    "{rpc}\n  table:    {expected}\n  happened: {happened}"
                ));
            }
            None => findings.push(format!("not in the table:\n{rpc} {happened}")),
        }
    }
    let gone = known.keys().filter(|rpc| !told.contains_key(**rpc));
    findings.extend(gone.map(|rpc| format!("in the table, and no RPC: {rpc}")));
    assert!(
        findings.is_empty(),
        "tests/it/golden/access.txt:\n{}",
        findings.join("\n")
    );
}

/// `hr:U officer:O`: roles in their order, each with its kinds of scope.
fn line(allowed: &Allowed) -> String {
    let words = ROLES.iter().filter_map(|role| {
        let kinds = allowed.get(role)?;
        let letters: String = kinds.iter().map(|kind| kind.letter()).collect();
        Some(format!("{role}:{letters}"))
    });
    words.collect::<Vec<_>>().join(" ")
}
