use wire::payroll::v1::{AccountCost, Duty, ListTimesheetsResponse, Timesheet, WeekState};
use wire::statements::v1::{Pool, PoolShare};

use super::*;

fn timesheet() -> Timesheet {
    Timesheet {
        officer: "cso-114".into(),
        week_start: "2026-10-25".into(),
        state: WeekState::Submitted.into(),
        minutes: 2_520,
        open_days: vec!["2026-10-31".into()],
        duties: vec![Duty {
            duty: "cso-114.17".into(),
            start: Some(wire::convert::timestamp_value(
                "2026-11-01T03:00:00Z".parse().unwrap(),
            )),
            ..Duty::default()
        }],
        costs: vec![AccountCost {
            cost_cents: "123457/7".into(),
            ..AccountCost::default()
        }],
        ..Timesheet::default()
    }
}

#[test]
fn a_message_is_shown_by_the_names_of_its_proto() {
    let json = serde_json::to_string(&View::of(&timesheet())).unwrap();
    assert!(
        json.starts_with(r#"{"officer":"cso-114","week_start":"2026-10-25","state":"submitted""#)
    );
    assert!(
        json.contains(r#""start":"2026-11-01T03:00:00Z","end":null"#),
        "{json}"
    );
    assert!(json.contains(r#""cost_cents":"123457/7""#), "{json}");
}

#[test]
fn empty_fields_are_shown_too() {
    let json = serde_json::to_string(&View::of(&ListTimesheetsResponse::default())).unwrap();
    assert_eq!(json, r#"{"timesheets":[],"next_page_token":""}"#);
}

#[test]
fn a_path_leads_into_nested_records() {
    let view = View::Record(vec![("summary".into(), View::of(&timesheet()))]);
    assert_eq!(view.at("summary.minutes"), &View::Number(2_520));
    assert_eq!(view.at("summary.nothing.there"), &View::Null);
    assert_eq!(view.items("summary.duties").len(), 1);
}

#[test]
fn inner_lists_unfold_into_rows() {
    let share = |party: &str| PoolShare {
        party: party.into(),
        charge_cents: 5,
        ..PoolShare::default()
    };
    let pool = |pool: &str, shares| {
        View::of(&Pool {
            pool: pool.into(),
            amount_cents: 10,
            shares,
        })
    };
    let pools = [
        pool("vehicle", vec![share("barlow"), share("shelby")]),
        pool("empty", vec![]),
    ];
    let rows = View::unfold(&pools, "shares");
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[1].at("pool"), &View::Text("vehicle".into()));
    assert_eq!(rows[1].at("party"), &View::Text("shelby".into()));
    assert_eq!(rows[2].at("party"), &View::Null);
}

#[test]
fn every_request_belongs_to_one_call_only() {
    // What a command relies on when it gives nothing but its request.
    let mut seen = std::collections::HashSet::new();
    for service in protos()
        .services()
        .filter(|s| s.full_name().starts_with("commonwatch."))
    {
        for method in service.methods() {
            assert!(
                seen.insert(method.input().full_name().to_owned()),
                "{}",
                method.full_name()
            );
        }
    }
}
