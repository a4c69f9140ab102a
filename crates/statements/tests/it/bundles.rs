//! What a town is given, and whether it holds.

use proof::bundle::{CHECKPOINT, Files, LOG, STATEMENT_CSV, STATEMENT_JSON};
use proof::{Checkpoint, Hash, Signer};
use verifier::{Verified, verify};

use crate::told::{Logs, incident, labour, october};
use crate::world::{SEED, Service, key};

fn verified(files: &Files, kept: Option<&str>) -> Verified {
    verify(files, &key(), kept).unwrap()
}

fn text<'a>(files: &'a Files, name: &str) -> &'a str {
    std::str::from_utf8(&files[name]).unwrap()
}

/// The bundle with one of its files written otherwise.
fn with(files: &Files, name: &str, text: &str) -> Files {
    let mut files = files.clone();
    files.insert(name.to_owned(), text.as_bytes().to_vec());
    files
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
        let verified = verified(&service.bundle("2026-10", party).await, None);
        assert_eq!(verified.statement.party.to_string(), party);
        assert_eq!(verified.statements, 3);
        // The agreement, two figures, a costed week, and four incidents of its towns and days.
        assert_eq!(verified.facts, 8);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_months_bundle_is_cut_at_its_close_and_never_changes() {
    let world = local::testing::world().await;
    let mut logs = october();
    let mut service = Service::having_heard(&world, &logs).await;
    service.close("2026-10", false).await.unwrap();
    let first = service.bundle("2026-10", "barlow").await;
    let kept = text(&first, CHECKPOINT);
    november(&mut service, &mut logs).await;
    assert_eq!(service.bundle("2026-10", "barlow").await, first);

    let second = service.bundle("2026-11", "barlow").await;
    assert_eq!(verified(&second, Some(kept)).statements, 6);
    let bundle = proof::Bundle::read(&second).unwrap();
    let kept = Checkpoint::open(kept, &key()).unwrap();
    let checked = bundle.check(&key(), Some(&kept)).unwrap();
    assert_eq!(checked.previous_size, Some(kept.size));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_done_to_a_bundle_is_found_and_said() {
    let world = local::testing::world().await;
    let mut service = Service::having_heard(&world, &october()).await;
    service.close("2026-10", false).await.unwrap();
    let files = service.bundle("2026-10", "barlow").await;
    let lines: Vec<&str> = text(&files, LOG).lines().collect();
    let relogged = |lines: &[&str]| with(&files, LOG, &format!("{}\n", lines.join("\n")));
    let wrong = |files: &Files| verify(files, &key(), None).unwrap_err();
    let says = |files: Files, words: &str| {
        let said = wrong(&files);
        assert!(said.contains(words), "{said}");
    };

    says(
        relogged(&[&lines[..4], &lines[5..]].concat()),
        "leaf 5: It is missing",
    );
    let again = [&lines[..5], &lines[4..]].concat();
    says(relogged(&again), "leaf 5: It stands twice");
    let mut swapped = lines.clone();
    swapped.swap(3, 6);
    says(relogged(&swapped), "leaf 4: It is out of order");
    let valid_on = lines[4].split("\"valid_on\":").nth(1).unwrap();
    let altered = lines[4].replace(&valid_on[..12], "\"2026-10-31\"");
    let altered = [&lines[..4], &[altered.as_str()], &lines[5..]].concat();
    says(relogged(&altered), "leaf 5: It was altered");

    let json = text(&files, STATEMENT_JSON).replacen("\"cents\": 19200", "\"cents\": 9200", 1);
    let charged = "statement.json charges $92.00 for labour/cso-114/barlow, the facts give $192.00";
    says(with(&files, STATEMENT_JSON, &json), charged);
    let csv = text(&files, STATEMENT_CSV).replace("19200", "9200");
    says(
        with(&files, STATEMENT_CSV, &csv),
        "statement.csv is not what the facts give",
    );

    let checkpoint = Checkpoint::open(text(&files, CHECKPOINT), &key()).unwrap();
    let other = Signer::from_seed("commonwatch/river-bend", &[8; 32]).unwrap();
    let signed = checkpoint.sign(&other).unwrap();
    says(with(&files, CHECKPOINT, &signed), "the pinned key is");
    let other = Checkpoint::new(&checkpoint.origin, checkpoint.size, Hash::of(b"another"));
    let ours = Signer::from_seed("commonwatch/river-bend", &SEED).unwrap();
    let other = other.sign(&ours).unwrap();
    let said = verify(&files, &key(), Some(&other)).unwrap_err();
    assert!(said.contains("the provider rewrote its log"), "{said}");
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
    let verified = verified(&service.bundle("2026-10", "barlow").await, None);
    assert_eq!(verified.facts, 8);
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
