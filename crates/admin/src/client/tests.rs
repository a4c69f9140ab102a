use wire::log::v1::ListParkedRequest;
use wire::payroll::v1::ClockInRequest;
use wire::statements::v1::GetStatementRequest;

use super::*;
use crate::context::Endpoints;
use crate::view::protos;

fn context(address: &str) -> Context {
    Context {
        token: Some("t".into()),
        endpoints: Endpoints {
            payroll: Some(address.into()),
            ..Endpoints::default()
        },
        ..Context::default()
    }
}

#[test]
fn a_request_finds_its_call_and_service() {
    let method = method_of::<ClockInRequest>();
    assert_eq!(
        path(&method).as_str(),
        "/commonwatch.payroll.v1.PayrollService/ClockIn"
    );
    assert_eq!(service_of(&method), Service::Payroll);
    let method = method_of::<GetStatementRequest>();
    assert_eq!(service_of(&method), Service::Statements);
    assert_eq!(method_of::<ListParkedRequest>().name(), "ListParked");
}

#[test]
fn only_changing_calls_carry_a_command_id() {
    let mut reading = Vec::new();
    let mut changing = Vec::new();
    for service in protos()
        .services()
        .filter(|s| s.full_name().starts_with("commonwatch."))
    {
        for method in service.methods() {
            let list = if changes(&method) {
                &mut changing
            } else {
                &mut reading
            };
            list.push(method.name().to_owned());
        }
    }
    let holds = |list: &[String], names: &[&str]| {
        names
            .iter()
            .all(|name| list.iter().any(|listed| listed == name))
    };
    assert!(
        holds(&reading, &["Heads", "GetTown", "ExplainLine"]),
        "{reading:?}"
    );
    let expected = ["ReturnWeek", "RecordDuty", "RetryParked", "RegisterTown"];
    assert!(holds(&changing, &expected), "{changing:?}");
}

#[test]
fn pages_are_joined_up_to_the_limit() {
    let page = |rows: i128| {
        let rows = (0..rows).map(View::Number).collect();
        View::Record(vec![("towns".into(), View::List(rows))])
    };
    let mut all = None;
    assert!(!join(&mut all, page(3), Some(5)));
    assert!(join(&mut all, page(3), Some(5)));
    assert_eq!(all.unwrap().items("towns").len(), 5);
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_named_with_its_address_and_what_to_do() {
    // Bound but not listening for gRPC any more: the port is free again.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let client = Client::new(context(&format!("http://{port}")), Options::default()).unwrap();
    let failure = client.view(&ClockInRequest::default()).await.unwrap_err();
    assert_eq!(failure.exit, Exit::Unavailable);
    assert!(
        failure.message.contains(&port.to_string()),
        "{}",
        failure.message
    );
    assert!(
        failure
            .hint
            .as_deref()
            .unwrap_or_default()
            .contains("--command-id")
    );
}

#[tokio::test]
async fn an_address_that_is_missing_or_wrong_is_said_before_any_call() {
    let client = Client::new(context("http://127.0.0.1:1"), Options::default()).unwrap();
    let failure = client
        .view(&GetStatementRequest::default())
        .await
        .unwrap_err();
    assert_eq!(
        (failure.exit, failure.reason.as_str()),
        (Exit::Usage, "NO_ENDPOINT")
    );
    let failure = Client::new(context("ftp://x"), Options::default()).unwrap_err();
    assert!(failure.message.contains("https://"), "{}", failure.message);
}
