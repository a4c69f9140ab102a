//! What is heard is copied once, wherever it belongs, however it comes.

use bus::ApplyError;
use eventlog::FactRow;
use ledger::Content;
use prost::Message;

use crate::told::{Logs, approved, duty, figure, incident, labour, moved, october, signed};
use crate::world::{Service, log, service};

/// The positions that stand in the agreement's books, in order.
async fn copied(service: &Service) -> Vec<(String, u64)> {
    let rows = service
        .store
        .read_leaves(&log(), 0, u64::MAX >> 1)
        .await
        .unwrap();
    let leaves = rows.iter().map(|row| ledger::Leaf {
        seq: row.seq,
        kind: &row.kind,
        fact: row.fact.as_deref(),
    });
    let contents = ledger::read(leaves).unwrap().contents.into_iter();
    let copied = contents.filter_map(|placed| match placed.content {
        Content::Copied(copied) => Some((copied.source.log, copied.source.seq)),
        _ => None,
    });
    copied.collect()
}

fn positions(rows: &[FactRow]) -> Vec<(String, u64)> {
    rows.iter()
        .map(|row| (row.log.to_string(), row.seq))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_signed_late_is_given_what_was_known_of_its_towns() {
    let world = local::testing::world().await;
    let service = service(&world, "statements").await;
    let mut logs = Logs::default();
    let figures = logs.tell(
        "registry",
        vec![
            figure("barlow", "2020-04-01", "1480"),
            figure("elsewhere", "2020-04-01", "9"),
        ],
    );
    let incidents = logs.tell(
        "incidents",
        vec![
            incident(1, "barlow", "2026-10-03"),
            incident(2, "barlow", "2026-09-30"),
            incident(3, "elsewhere", "2026-10-03"),
            moved(1, "milford", "barlow", "2026-10-04"),
        ],
    );
    service.hear(&figures).await.unwrap();
    service.hear(&incidents).await.unwrap();
    assert_eq!(copied(&service).await, []);
    // The second town's figure comes in one batch with the signing.
    let batch = logs.tell(
        "registry",
        vec![figure("milford", "2020-04-01", "2960"), signed()],
    );
    service.hear(&batch).await.unwrap();
    let expected = [&batch[1], &figures[0], &batch[0], &incidents[3]];
    let expected: Vec<FactRow> = expected.into_iter().cloned().collect();
    assert_eq!(copied(&service).await, positions(&expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_follows_an_incident_out_of_the_agreements_days() {
    let world = local::testing::world().await;
    let service = service(&world, "statements").await;
    let mut logs = Logs::default();
    service
        .hear(&logs.tell("registry", vec![signed()]))
        .await
        .unwrap();
    let before = copied(&service).await.len();
    let first = logs.tell(
        "incidents",
        vec![
            incident(1, "barlow", "2026-10-01"),
            incident(2, "barlow", "2026-09-29"),
        ],
    );
    service.hear(&first).await.unwrap();
    let corrected = logs.tell(
        "incidents",
        vec![
            incident(1, "barlow", "2026-09-30"),
            incident(2, "barlow", "2026-09-28"),
        ],
    );
    service.hear(&corrected).await.unwrap();
    let expected = [first[0].clone(), corrected[0].clone()];
    assert_eq!(copied(&service).await[before..], positions(&expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_comes_again_is_copied_no_second_time() {
    let world = local::testing::world().await;
    let logs = october();
    let service = Service::having_heard(&world, &logs).await;
    let (once, leaves) = (copied(&service).await, service.leaves().await);
    for rows in logs.rows() {
        let moved = service.hear(&rows).await.unwrap_err();
        assert!(matches!(moved, ApplyError::ReceiptMoved(_)), "{moved}");
    }
    // Everything again from the first fact, with mirrors empty, one fact at a time.
    service.store.forget("statements").await.unwrap();
    for row in logs.rows().into_iter().flatten() {
        service.hear(&[row]).await.unwrap();
    }
    assert_eq!(copied(&service).await, once);
    assert_eq!(service.leaves().await, leaves);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_that_cannot_be_read_stops_its_log() {
    let world = local::testing::world().await;
    let service = service(&world, "statements").await;
    let mut logs = Logs::default();
    let mut broken = logs.tell("payroll", vec![duty(1, "2026-10-05", 60)]);
    broken[0].bytes = wire::payroll::v1::DutyRecorded {
        duty: "x".to_owned(),
        ..Default::default()
    }
    .encode_to_vec();
    let refused = service.hear(&broken).await.unwrap_err();
    let ApplyError::Unacceptable(what) = refused else {
        panic!("{refused}");
    };
    assert!(
        what.starts_with("payroll:1 cannot be read as DutyRecorded: duty"),
        "{what}"
    );
    assert_eq!(
        service
            .store
            .receipt("statements", &"payroll".parse().unwrap())
            .await
            .unwrap(),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_that_no_settlement_rests_on_move_the_receipt() {
    let world = local::testing::world().await;
    let service = service(&world, "statements").await;
    let mut logs = Logs::default();
    let mut rows = logs.tell("payroll", vec![labour(1, 60)]);
    rows[0].kind = "WeekOpened".to_owned();
    service.hear(&rows).await.unwrap();
    assert_eq!(
        service
            .store
            .receipt("statements", &"payroll".parse().unwrap())
            .await
            .unwrap(),
        1
    );
    assert_eq!(copied(&service).await, []);
}

/// A small generator: the shuffles of a test must be the same on every machine.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// Delivers every log in order, logs mixed at random, batches cut at random, some of them twice.
async fn deliver(service: &Service, logs: &Logs, dice: &mut Dice) {
    let mut rest = logs.rows();
    while !rest.is_empty() {
        let log = dice.throw(rest.len());
        let cut = 1 + dice.throw(rest[log].len());
        let batch: Vec<FactRow> = rest[log].drain(..cut).collect();
        service.hear(&batch).await.unwrap();
        if dice.throw(2) == 0 {
            assert!(
                service.hear(&batch).await.is_err(),
                "a copy moves no receipt"
            );
        }
        rest.retain(|rows| !rows.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_interleaving_and_repetition_gives_the_same_statements_byte_for_byte() {
    let world = local::testing::world().await;
    let logs = october();
    let mut undisturbed = service(&world, "undisturbed").await;
    for rows in logs.rows() {
        undisturbed.hear(&rows).await.unwrap();
    }
    let mut late = logs.clone();
    let late_rows = [
        late.tell(
            "payroll",
            vec![
                duty(2, "2026-11-03", 60),
                approved("2026-11-01", "2026-11-07"),
                labour(2, 540),
            ],
        ),
        late.tell(
            "incidents",
            vec![
                incident(9, "barlow", "2026-10-09"),
                moved(3, "barlow", "milford", "2026-10-31"),
            ],
        ),
    ];
    let expected = months(&mut undisturbed, &logs, &late, &late_rows, false).await;
    for seed in 1..=6 {
        let mut disturbed = service(&world, &format!("disturbed{seed}")).await;
        deliver(&disturbed, &logs, &mut Dice(seed)).await;
        let got = months(&mut disturbed, &logs, &late, &late_rows, seed % 2 == 0).await;
        assert_eq!(got, expected, "seed {seed}");
    }
}

/// Closes October, hears the late facts in one order or the other, closes November.
async fn months(
    service: &mut Service,
    logs: &Logs,
    late: &Logs,
    late_rows: &[Vec<FactRow>; 2],
    reversed: bool,
) -> Vec<(String, String)> {
    service.owners.stand_at(logs.heads());
    service.close("2026-10", false).await.unwrap();
    let mut order: Vec<&Vec<FactRow>> = late_rows.iter().collect();
    if reversed {
        order.reverse();
    }
    for rows in order {
        service.hear(rows).await.unwrap();
    }
    service.owners.stand_at(late.heads());
    service.clock.set("2026-12-01T12:00:00Z".parse().unwrap());
    service.close("2026-11", false).await.unwrap();
    let mut documents = service.documents("2026-10").await;
    documents.extend(service.documents("2026-11").await);
    documents
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_of_ten_thousand_incidents_is_few_commands() {
    let world = local::testing::world().await;
    let service = service(&world, "statements").await;
    let mut logs = Logs::default();
    service
        .hear(&logs.tell("registry", vec![signed()]))
        .await
        .unwrap();
    let towns = ["barlow", "milford", "elsewhere"];
    let facts = (0..10_000)
        .map(|n| incident(n, towns[n % 3], "2026-10-05"))
        .collect();
    let mut rows = logs.tell("incidents", facts);
    // One import is one trace.
    let trace = rows[0].trace.clone();
    rows.iter_mut().for_each(|row| row.trace = trace.clone());
    for batch in rows.chunks(256) {
        service.hear(batch).await.unwrap();
    }
    assert_eq!(copied(&service).await.len(), 1 + 6_667);
    let client = service.store.pool().get().await.unwrap();
    let commands = client
        .query_one("SELECT count(*) FROM command", &[])
        .await
        .unwrap();
    assert_eq!(commands.get::<_, i64>(0), 1 + 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_comes_out_of_the_log_the_same() {
    let world = local::testing::world().await;
    let mut service = Service::having_heard(&world, &october()).await;
    service.close("2026-10", false).await.unwrap();
    for name in ["months", "statements", "documents", "expenses"] {
        let rebuilt = service.store.rebuild(name).await.unwrap();
        assert!(rebuilt.is_equal(), "{name}: {rebuilt:?}");
    }
}
