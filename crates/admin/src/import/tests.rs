use std::cell::RefCell;

use wire::incidents::v1::{ImportIncidentsRequest, ImportIncidentsResponse, Rejection};

use super::{Mapping, MappingError, Reader, Rejected, Rejects, Summary, Taken, send};

const MAPPING: &str = r#"
source = "barlow-cad"
zone = "America/Chicago"
time_formats = ["%m/%d/%Y %H:%M", "%Y-%m-%dT%H:%M:%S"]
[columns]
incident = "No"
town = "Town"
call_type = "Nature"
received_at = "Received"
disposition = "Dispo"
[[units]]
unit = "1"
officer = "Unit"
dispatched_at = "Dispatched"
cleared_at = "Cleared"
[towns]
"BARLOW" = "barlow"
[call_types]
"WELFARE CHK" = "welfare-check"
[officers]
"114" = "cso-114"
"#;

const HEADER: &str = "No,Town,Nature,Received,Dispo,Unit,Dispatched,Cleared\n";

fn read(file: &[u8]) -> Vec<Taken> {
    let mut reader = Reader::new(file, Mapping::parse(MAPPING).unwrap()).unwrap();
    let mut taken = Vec::new();
    while let Some(row) = reader.next_row().unwrap() {
        taken.push(row);
    }
    taken
}

fn one(row: &str) -> Taken {
    read(format!("{HEADER}{row}\n").as_bytes()).remove(0)
}

fn reason(row: &str) -> String {
    match one(row) {
        Taken::Rejected(Rejected { reason, .. }) => reason,
        other => panic!("taken: {other:?}"),
    }
}

const GOOD: &str = "26-1,BARLOW,WELFARE CHK,10/31/2026 22:00,Report Taken,114,10/31/2026 22:02,";

#[test]
fn a_row_becomes_an_incident() {
    let Taken::Row(row) = one(GOOD) else {
        panic!("rejected")
    };
    assert_eq!(row.line, 2);
    assert_eq!(row.incident, "barlow-cad/26-1");
    assert_eq!(
        (row.town.as_str(), row.call_type.as_str()),
        ("barlow", "welfare-check")
    );
    assert_eq!(row.disposition, "report-taken");
    assert_eq!(row.received_at.unwrap().seconds, 1_793_502_000);
    assert_eq!(row.units.len(), 1);
    assert_eq!(row.units[0].officer, "cso-114");
    assert!(row.units[0].dispatched_at.is_some() && row.units[0].cleared_at.is_none());
}

#[test]
fn a_byte_order_mark_and_carriage_returns_are_nothing_special() {
    let file = format!("\u{feff}{HEADER}{GOOD}\n").replace('\n', "\r\n");
    assert!(matches!(read(file.as_bytes())[..], [Taken::Row(_)]));
}

#[test]
fn a_missing_column_is_named_with_those_that_are_there() {
    let error = Reader::new("No,Town\n".as_bytes(), Mapping::parse(MAPPING).unwrap());
    let Err(MappingError::MissingColumn { column, found }) = error.map(|_| ()) else {
        panic!("taken")
    };
    assert_eq!((column.as_str(), found.len()), ("Nature", 2));
}

#[test]
fn an_empty_file_has_no_header() {
    let error = Reader::new("".as_bytes(), Mapping::parse(MAPPING).unwrap()).map(|_| ());
    assert_eq!(error, Err(MappingError::NoHeader));
}

#[test]
fn a_field_of_ten_megabytes_is_one_rejected_row() {
    let endless = "x".repeat(10 * 1024 * 1024);
    let file = format!("{HEADER}26-1,BARLOW,{endless},10/31/2026 22:00,,,,\n{GOOD}\n");
    let taken = read(file.as_bytes());
    let [Taken::Rejected(rejected), Taken::Row(_)] = &taken[..] else {
        panic!("{}", taken.len())
    };
    assert_eq!(
        (rejected.line, rejected.reason.as_str()),
        (2, "ROW_TOO_LONG")
    );
    assert!(rejected.fields.iter().all(|field| field.len() <= 1024));
}

#[test]
fn invalid_utf8_is_one_rejected_row() {
    let mut file = HEADER.as_bytes().to_vec();
    file.extend(b"26-1,BARLOW,caf\xe9,10/31/2026 22:00,,,,\n");
    file.extend(GOOD.as_bytes());
    let taken = read(&file);
    let [Taken::Rejected(rejected), Taken::Row(_)] = &taken[..] else {
        panic!("{}", taken.len())
    };
    assert_eq!((rejected.line, rejected.reason.as_str()), (2, "NOT_UTF8"));
}

#[test]
fn every_wrong_field_has_its_reason() {
    let cases = [
        ("26-1,BARLOW,X,31.10.2026 22h,,,,", "TIME_FORMAT"),
        ("26-1,BARLOW,X,03/08/2026 02:30,,,,", "TIME_IN_GAP"),
        ("26-1,BARLOW,X,11/01/2026 01:30,,,,", "TIME_AMBIGUOUS"),
        ("26-1,SHELBY,X,10/31/2026 22:00,,,,", "TOWN_UNKNOWN"),
        (",BARLOW,X,10/31/2026 22:00,,,,", "FIELD_EMPTY"),
        ("2 6,BARLOW,X,10/31/2026 22:00,,,,", "INCIDENT_NUMBER"),
        ("26-1,BARLOW,X", "FIELD_COUNT"),
    ];
    for (row, expected) in cases {
        assert_eq!(reason(row), expected, "{row}");
    }
}

#[test]
fn rows_outside_only_are_passed_over() {
    let mapping = format!("{MAPPING}\n[only]\nDispo = [\"Report\"]\n");
    let file = format!("{HEADER}{GOOD}\n");
    let mut reader = Reader::new(file.as_bytes(), Mapping::parse(&mapping).unwrap()).unwrap();
    assert_eq!(reader.next_row().unwrap(), Some(Taken::PassedOver));
}

#[test]
fn an_unknown_key_of_the_mapping_is_refused_with_its_line() {
    let error = Mapping::parse(&format!("sauce = 1\n{MAPPING}"))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("sauce") && error.contains("line 1"),
        "{error}"
    );
}

#[test]
fn rejects_keep_the_row_behind_line_and_reason() {
    let mut file = Vec::new();
    let header = ["No".to_owned(), "Town".to_owned()];
    let mut rejects = Rejects::new(&mut file, &header).unwrap();
    let fields = vec!["26-1".to_owned(), "SHELBY, COUNTY".to_owned()];
    let rejected = Rejected {
        line: 7,
        reason: "TOWN_UNKNOWN".into(),
        message: "add".into(),
        fields,
    };
    rejects.write(&rejected).unwrap();
    rejects.finish().unwrap();
    let text = String::from_utf8(file).unwrap();
    assert_eq!(
        text,
        "line,reason,message,No,Town\n7,TOWN_UNKNOWN,add,26-1,\"SHELBY, COUNTY\"\n"
    );
}

fn numbered(numbers: impl Iterator<Item = usize>) -> String {
    let row = |n| format!("26-{n},BARLOW,X,10/31/2026 22:00,,,,\n");
    format!("{HEADER}{}", numbers.map(row).collect::<String>())
}

/// Sends a file to a service that takes every row, after a turn of the runtime; returns the summary
/// and the size of each call.
async fn sent(file: &str) -> (Summary, Vec<usize>) {
    let mut reader = Reader::new(file.as_bytes(), Mapping::parse(MAPPING).unwrap()).unwrap();
    let (calls, now) = (RefCell::new(Vec::new()), RefCell::new(Vec::<String>::new()));
    let call = |request: ImportIncidentsRequest| {
        calls.borrow_mut().push(request.rows.len());
        let ids: Vec<_> = request
            .rows
            .iter()
            .map(|row| row.incident.clone())
            .collect();
        assert!(
            !ids.iter().any(|id| now.borrow().contains(id)),
            "two calls about one incident"
        );
        now.borrow_mut().extend(ids.clone());
        let now = &now;
        async move {
            tokio::task::yield_now().await;
            now.borrow_mut().retain(|id| !ids.contains(id));
            let imported = u32::try_from(ids.len()).unwrap();
            Ok(ImportIncidentsResponse {
                imported,
                ..ImportIncidentsResponse::default()
            })
        }
    };
    let summary = send(&mut reader, call, |_, _| Ok(()), |_| ())
        .await
        .unwrap();
    (summary, calls.into_inner())
}

#[tokio::test]
async fn rows_go_in_batches_of_what_the_service_takes() {
    let (summary, calls) = sent(&numbered(0..1_200)).await;
    assert_eq!(calls, [500, 500, 200]);
    assert_eq!((summary.rows_read, summary.imported), (1_200, 1_200));
}

#[tokio::test]
async fn two_rows_of_one_incident_are_never_under_way_at_once() {
    let (summary, calls) = sent(&numbered((0..500).chain(0..500).chain(0..1))).await;
    assert_eq!(calls, [500, 500, 1]);
    assert_eq!(summary.rows_read, 1_001);
}

#[tokio::test]
async fn what_the_service_gives_back_is_rejected_with_the_row_as_it_was() {
    let file = format!("{HEADER}{GOOD}\n26-2,SHELBY,X,10/31/2026 22:00,,,,\n");
    let mut reader = Reader::new(file.as_bytes(), Mapping::parse(MAPPING).unwrap()).unwrap();
    let call = async |request: ImportIncidentsRequest| {
        let rejection = Rejection {
            line: request.rows[0].line,
            incident: request.rows[0].incident.clone(),
            reason: "INCIDENT_WITHDRAWN".into(),
            message: "The incident was withdrawn.".into(),
        };
        Ok(ImportIncidentsResponse {
            rejected: vec![rejection],
            ..ImportIncidentsResponse::default()
        })
    };
    let mut rejects = Vec::new();
    let keep = |_: &[String], rejected: &Rejected| {
        rejects.push(rejected.clone());
        Ok(())
    };
    let summary = send(&mut reader, call, keep, |_| ()).await.unwrap();
    assert_eq!((summary.rows_read, summary.rejected), (2, 2));
    let reasons: Vec<_> = summary
        .rejected_by_reason
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(reasons, ["INCIDENT_WITHDRAWN", "TOWN_UNKNOWN"]);
    assert_eq!(rejects[1].fields[0], "26-1");
}
