//! The README's first command, as a newcomer runs it.

use std::process::Command;

use serde_json::Value;

use crate::story::role::binary;

#[test]
fn the_demo_tells_its_month_in_one_document_and_every_pool_adds_up() {
    let output = Command::new(binary("commonwatch"))
        .args(["demo", "--once", "-o", "json"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", output.status);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let cents = |value: &Value| value.as_i64().unwrap();
    let pools = told["pools"].as_array().unwrap();
    assert!(!pools.is_empty());
    for pool in pools {
        let parties = pool["parties"].as_array().unwrap();
        let charged: i64 = parties
            .iter()
            .map(|party| cents(&party["charge_cents"]))
            .sum();
        assert_eq!(charged, cents(&pool["pool_cents"]), "{}", pool["pool"]);
    }
    let statements = told["statements"].as_array().unwrap();
    assert_eq!(statements.len(), 3);
    let charged: i64 = statements.iter().map(|of| cents(&of["charge_cents"])).sum();
    let direct = 7_350; // Millbrook's own signs
    let pooled: i64 = pools.iter().map(|pool| cents(&pool["pool_cents"])).sum();
    assert_eq!(charged, pooled + direct);
    assert!(
        statements.iter().all(|of| of["verify"] == "PASS"),
        "{statements:?}"
    );
    let adjusted = told["adjustments"].as_array().unwrap();
    assert!(!adjusted.is_empty());
    assert_eq!(
        adjusted.iter().map(|of| cents(&of["cents"])).sum::<i64>(),
        0,
        "{adjusted:?}"
    );
    assert!(
        adjusted
            .iter()
            .all(|of| !of["cause"].as_str().unwrap().is_empty())
    );
}
