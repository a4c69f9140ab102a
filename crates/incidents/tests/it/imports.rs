use prost_types::Timestamp;
use wire::incidents::v1::*;

use crate::world::{done, refused, world};

/// 2026-10-31T22:00:00Z, so many minutes later.
fn at(minutes: i64) -> Option<Timestamp> {
    Some(Timestamp {
        seconds: 1_793_484_000 + minutes * 60,
        nanos: 0,
    })
}

fn row(n: u64) -> ImportRow {
    let unit = UnitTimes {
        unit: "1".into(),
        officer: String::new(),
        dispatched_at: at(2),
        arrived_at: at(10),
        cleared_at: at(41),
    };
    ImportRow {
        line: n + 1,
        incident: format!("county-cad/{n}"),
        town: "barlow".into(),
        call_type: "noise-complaint".into(),
        received_at: at(0),
        units: vec![unit],
        disposition: String::new(),
    }
}

fn counts(answer: &ImportIncidentsResponse) -> (u32, u32, u32, usize) {
    (
        answer.imported,
        answer.corrected,
        answer.unchanged,
        answer.rejected.len(),
    )
}

#[tokio::test]
async fn an_export_may_be_imported_again_and_corrected() {
    let world = world().await;
    let mut client = world.client.clone();
    let rows: Vec<ImportRow> = (1..=300).map(row).collect();
    let import = |rows: &[ImportRow]| ImportIncidentsRequest {
        rows: rows.to_vec(),
    };
    assert_eq!(
        counts(&done(client.import_incidents(import(&rows)).await)),
        (300, 0, 0, 0)
    );
    assert_eq!(
        counts(&done(client.import_incidents(import(&rows)).await)),
        (0, 0, 300, 0)
    );
    let moved = ImportRow {
        town: "millbrook".into(),
        ..row(7)
    };
    let answer = done(
        client
            .import_incidents(import(&[row(6), moved, row(301)]))
            .await,
    );
    assert_eq!(counts(&answer), (1, 1, 1, 0));
    let head = world.store.head(&incidents::log()).await.unwrap();
    assert_eq!(head.seq, 302);
}

#[tokio::test]
async fn a_wrong_row_is_rejected_with_its_line_and_the_others_are_taken() {
    let world = world().await;
    let twice = row(3).units.into_iter().cycle().take(2).collect();
    let rows = vec![
        row(1),
        ImportRow {
            town: "oakham".into(),
            ..row(2)
        },
        ImportRow {
            units: twice,
            ..row(3)
        },
        ImportRow {
            received_at: None,
            ..row(4)
        },
        ImportRow {
            call_type: "Lärm".into(),
            ..row(5)
        },
        row(6),
    ];
    let answer = world
        .client
        .clone()
        .import_incidents(ImportIncidentsRequest { rows })
        .await;
    let answer = done(answer);
    assert_eq!(counts(&answer), (2, 0, 0, 4));
    let rejected: Vec<_> = answer
        .rejected
        .iter()
        .map(|r| (r.line, r.reason.as_str()))
        .collect();
    assert_eq!(
        rejected,
        [
            (3, "TOWN_UNKNOWN"),
            (4, "UNIT_TWICE"),
            (5, "INVALID_FIELD"),
            (6, "INVALID_FIELD")
        ]
    );
}

#[tokio::test]
async fn a_dry_run_says_what_would_happen_and_changes_nothing() {
    let world = world().await;
    let rows: Vec<ImportRow> = (1..=3).map(row).collect();
    let mut request = tonic::Request::new(ImportIncidentsRequest { rows });
    request
        .metadata_mut()
        .insert("cw-dry-run", "true".parse().unwrap());
    let answer = done(world.client.clone().import_incidents(request).await);
    assert_eq!(counts(&answer), (3, 0, 0, 0));
    assert_eq!(world.store.head(&incidents::log()).await.unwrap().seq, 0);
}

#[tokio::test]
async fn calls_whose_ids_follow_each_other_do_not_answer_for_one_another() {
    let world = world().await;
    let import = |id: &str, rows: Vec<ImportRow>| {
        let mut request = tonic::Request::new(ImportIncidentsRequest { rows });
        let id = format!("0199aaaa-0000-7000-8000-00000000000{id}");
        let id = id.parse().unwrap();
        request.metadata_mut().insert("cw-command-id", id);
        request
    };
    let mut client = world.client.clone();
    let first = import("1", vec![row(1), row(2), row(3)]);
    assert_eq!(counts(&done(client.import_incidents(first).await)).0, 3);
    let second = import("2", vec![row(4), row(5)]);
    assert_eq!(counts(&done(client.import_incidents(second).await)).0, 2);
    let again = import("2", vec![row(4), row(5)]);
    assert_eq!(counts(&done(client.import_incidents(again).await)).0, 2);
}

#[tokio::test]
async fn what_the_service_rejects_is_told_with_the_reason_of_every_other_call() {
    let world = world().await;
    let rows = vec![ImportRow {
        received_at: at(60 * 24 * 365),
        ..row(1)
    }];
    let answer = world
        .client
        .clone()
        .import_incidents(ImportIncidentsRequest { rows })
        .await;
    assert_eq!(done(answer).rejected[0].reason, "TIME_IN_FUTURE");
}

#[tokio::test]
async fn a_call_holds_at_most_five_hundred_rows() {
    let world = world().await;
    let rows = (1..=501).map(row).collect();
    let answer = world
        .client
        .clone()
        .import_incidents(ImportIncidentsRequest { rows })
        .await;
    refused(answer, "TOO_MANY_ROWS");
}
