//! What the demo shows at the end: tables for people, one document for machines.

use allocation::Statement;
use serde_json::{Value, json};
use vocabulary::{Cents, Minutes};

use super::example::{AGREEMENT, FIRST_MONTH};
use super::{Told, Verified};

/// A town's adjustment on the second month's statement.
pub(crate) struct Adjusted {
    town: String,
    line: String,
    cents: i64,
    cause: String,
}

/// The adjustments of a statement, each with what caused it.
pub(crate) fn adjusted(statement: &Statement) -> Vec<Adjusted> {
    let of = |adjustment: &allocation::Adjustment| {
        let causes = adjustment.causes.iter().map(cause).collect::<Vec<_>>();
        Adjusted {
            town: statement.party.to_string(),
            line: format!("{} {}", adjustment.month, adjustment.key),
            cents: adjustment.cents.0,
            cause: causes.join("; "),
        }
    };
    statement.adjustments.iter().map(of).collect()
}

/// A fact by its code, and where it stands.
fn cause(citation: &allocation::Citation) -> String {
    match &citation.source {
        Some(source) => format!("{} ({}:{})", citation.code, source.log, source.seq),
        None => citation.code.clone(),
    }
}

/// The whole story as one JSON document.
pub(crate) fn json(told: &Told) -> Result<String, String> {
    let pools: Vec<Value> = told
        .close
        .pools
        .iter()
        .map(|pool| {
            let parties: Vec<Value> = pool
                .shares
                .iter()
                .map(|share| {
                    json!({
                        "party": share.party,
                        "basis": share.basis,
                        "figure": share.figure,
                        "share": share.share,
                        "charge_cents": share.charge_cents,
                    })
                })
                .collect();
            json!({ "pool": pool.pool, "pool_cents": pool.amount_cents, "parties": parties })
        })
        .collect();
    let statements: Vec<Value> = told
        .verified
        .iter()
        .map(|v| json!({ "town": v.town, "charge_cents": v.charge_cents, "verify": verdict(v) }))
        .collect();
    let adjustments: Vec<Value> = told
        .adjustments
        .iter()
        .map(|a| json!({ "town": a.town, "cents": a.cents, "cause": a.cause, "line": a.line }))
        .collect();
    let document = json!({
        "agreement": AGREEMENT,
        "month": FIRST_MONTH,
        "roster": roster(told),
        "pools": pools,
        "statements": statements,
        "adjustments": adjustments,
    });
    serde_json::to_string_pretty(&document).map_err(|e| e.to_string())
}

/// The month's roster, and the shift that was covered anew.
fn roster(told: &Told) -> Value {
    let covered = &told.covered;
    json!({
        "shifts": told.shifts,
        "covered": {
            "shift": covered.shift,
            "missing": covered.missing,
            "by": covered.by,
            "reason": covered.reason,
            "overtime_minutes": covered.overtime.0,
            "borne_by": covered.bearers,
        },
    })
}

fn verdict(verified: &Verified) -> String {
    match &verified.verdict {
        Ok(_) => "PASS".to_owned(),
        Err(wrong) => format!("FAIL: {wrong}"),
    }
}

/// The whole story as tables.
pub(crate) fn tables(told: &Told) -> Result<String, String> {
    let mut text = format!("\n{AGREEMENT}, {FIRST_MONTH}: who bears what of each pool\n");
    let mut rows = Vec::new();
    for pool in &told.close.pools {
        let charged = Cents::sum(pool.shares.iter().map(|share| Cents(share.charge_cents)));
        let charged = charged.map_err(|e| e.to_string())?;
        for share in &pool.shares {
            rows.push(vec![
                pool.pool.clone(),
                share.party.clone(),
                share.figure.clone(),
                share.share.clone(),
                Cents(share.charge_cents).to_string(),
            ]);
        }
        let whole = Cents(pool.amount_cents);
        let foots = if charged == whole {
            "foots"
        } else {
            "DOES NOT FOOT"
        };
        rows.push(vec![
            pool.pool.clone(),
            "= pool".into(),
            share_of(pool),
            foots.into(),
            whole.to_string(),
        ]);
    }
    text.push_str(&table(
        &["pool", "party", "figure", "share", "charge"],
        &rows,
    ));
    text.push_str("\nstatements, verified offline from their bundles\n");
    let mut rows = Vec::new();
    for verified in &told.verified {
        let hours = match &verified.verdict {
            Ok(v) => (
                v.statement.minutes,
                v.statement.travel_minutes,
                v.statement.calls,
            ),
            Err(_) => (Minutes::ZERO, Minutes::ZERO, 0),
        };
        rows.push(vec![
            verified.town.to_owned(),
            hours.0.to_string(),
            hours.1.to_string(),
            hours.2.to_string(),
            Cents(verified.charge_cents).to_string(),
            verdict(verified),
        ]);
    }
    let head = ["town", "hours", "travel", "calls", "amount due", "cwverify"];
    text.push_str(&table(&head, &rows));
    text.push_str("\nadjustments on the next month's statements\n");
    let rows: Vec<Vec<String>> = told
        .adjustments
        .iter()
        .map(|a| {
            vec![
                a.town.clone(),
                a.line.clone(),
                Cents(a.cents).to_string(),
                a.cause.clone(),
            ]
        })
        .collect();
    text.push_str(&table(&["town", "line", "amount", "cause"], &rows));
    Ok(text)
}

/// The basis of a pool, once, behind its total.
fn share_of(pool: &wire::statements::v1::Pool) -> String {
    pool.shares
        .first()
        .map(|share| share.basis.clone())
        .unwrap_or_default()
}

fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::ASCII_MARKDOWN);
    table.set_header(head);
    table.add_rows(rows);
    format!("{table}\n")
}
