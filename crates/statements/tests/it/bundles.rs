//! What a town is given, and whether it holds.

use ledger::Leaf;
use proof::bundle::{Checked, Files};
use proof::{Bundle, Checkpoint};

use crate::told::{Logs, incident, labour, october};
use crate::world::{Service, key};

/// What a verifier does: the proof, then every statement from the facts.
fn verified(files: &Files, kept: Option<&Checkpoint>) -> ledger::Checked {
    let bundle = Bundle::read(files).unwrap();
    let checked = bundle.check(&key(), kept).unwrap();
    let log = ledger::read(leaves(&checked)).unwrap();
    let issued = log.issued().last().unwrap();
    assert_eq!(
        issued.statement.party.to_string(),
        "provider",
        "nothing follows the close"
    );
    let town: vocabulary::PartyId = checked.manifest.town.parse().unwrap();
    let own = log
        .issued()
        .filter(|issued| issued.statement.party == town)
        .last()
        .unwrap();
    assert_eq!(own.document.as_bytes(), checked.statement_json);
    assert_eq!(own.statement.to_csv().as_bytes(), checked.statement_csv);
    log.check().unwrap()
}

fn leaves<'a>(checked: &'a Checked<'_>) -> Vec<Leaf<'a>> {
    let leaf = |entry: &'a proof::bundle::Entry| Leaf {
        seq: entry.seq,
        kind: &entry.kind,
        fact: entry.fact.as_deref(),
    };
    checked.entries.iter().map(leaf).collect()
}

async fn november(service: &mut Service, logs: &mut Logs) {
    service
        .hear(&logs.tell("payroll", vec![labour(2, 540)]))
        .await
        .unwrap();
    service.owners.stand_at(logs.heads());
    service.clock.set("2026-12-01T12:00:00Z".parse().unwrap());
    service.close("2026-11", false).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_verifies_and_recomputes_to_the_statement() {
    let world = local::testing::world().await;
    let mut service = Service::having_heard(&world, &october()).await;
    service.close("2026-10", false).await.unwrap();
    for party in ["barlow", "milford", "provider"] {
        let checked = verified(&service.bundle("2026-10", party).await, None);
        assert_eq!(checked.months.len(), 1);
        // The agreement, two figures, a costed week, and four incidents of its towns and days.
        assert_eq!(checked.facts_copied, 8);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_months_bundle_is_cut_at_its_close_and_never_changes() {
    let world = local::testing::world().await;
    let mut logs = october();
    let mut service = Service::having_heard(&world, &logs).await;
    service.close("2026-10", false).await.unwrap();
    let first = service.bundle("2026-10", "barlow").await;
    let kept = Checkpoint::open(
        std::str::from_utf8(&first[proof::bundle::CHECKPOINT]).unwrap(),
        &key(),
    )
    .unwrap();
    november(&mut service, &mut logs).await;
    assert_eq!(service.bundle("2026-10", "barlow").await, first);

    let second = service.bundle("2026-11", "barlow").await;
    let checked = verified(&second, Some(&kept));
    assert_eq!(checked.months.len(), 2);
    let bundle = Bundle::read(&second).unwrap();
    assert_eq!(
        bundle.check(&key(), Some(&kept)).unwrap().previous_size,
        Some(kept.size)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_after_a_close_is_in_the_next_bundle_only() {
    let world = local::testing::world().await;
    let mut logs = october();
    let mut service = Service::having_heard(&world, &logs).await;
    let closed = service.close("2026-10", false).await.unwrap();
    let late = logs.tell("incidents", vec![incident(9, "barlow", "2026-10-09")]);
    service.hear(&late).await.unwrap();
    assert_eq!(service.leaves().await, closed.seq + 1);
    let checked = verified(&service.bundle("2026-10", "barlow").await, None);
    assert_eq!(checked.facts_copied, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_that_a_town_pins_is_the_one_that_signs() {
    let world = local::testing::world().await;
    let mut service = Service::having_heard(&world, &october()).await;
    let request = wire::statements::v1::GetVerifierKeyRequest {};
    let told = service
        .client
        .get_verifier_key(crate::world::by("clerk-barlow", request))
        .await;
    let told: proof::VerifierKey = told.unwrap().into_inner().key.parse().unwrap();
    assert_eq!(told, key());
    assert_eq!(told.name(), "commonwatch/river-bend");
}
