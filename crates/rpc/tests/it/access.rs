use std::io::Write;
use std::sync::{Arc, mpsc};

use rpc::{Limits, Services};
use tonic::{Code, Request};
use wire::payroll::v1::ListOnDutyRequest;
use wire::payroll::v1::payroll_service_client::PayrollServiceClient;
use wire::statements::v1::statements_service_client::StatementsServiceClient;
use wire::statements::v1::{GetStatementRequest, ListMonthsRequest, RecordExpenseRequest};

use crate::echo::Echo;
use crate::world::{Served, by, refusal, serve};

async fn served() -> Served {
    serve(Services::new().with(Echo::default()), Limits::default()).await
}

fn statement_of(party: &str) -> GetStatementRequest {
    GetStatementRequest {
        party: party.to_owned(),
        ..GetStatementRequest::default()
    }
}

#[tokio::test]
async fn a_call_without_a_known_token_is_not_let_in() {
    let served = served().await;
    let mut client = StatementsServiceClient::new(served.channel().await);

    let missing = refusal(client.get_statement(statement_of("barlow")).await);
    assert_eq!(
        (missing.code, missing.reason.as_str()),
        (Code::Unauthenticated, "TOKEN_MISSING")
    );
    assert!(missing.message.contains("authorization: Bearer <token>"));

    let unknown = refusal(
        client
            .get_statement(by("nobody", statement_of("barlow")))
            .await,
    );
    assert_eq!(
        (unknown.code, unknown.reason.as_str()),
        (Code::Unauthenticated, "TOKEN_UNKNOWN")
    );

    let expired = refusal(
        client
            .get_statement(by("left-1", statement_of("barlow")))
            .await,
    );
    assert_eq!(
        (expired.code, expired.reason.as_str()),
        (Code::Unauthenticated, "TOKEN_EXPIRED")
    );
    assert!(expired.message.contains("2020-12-31"));

    let mut basic = Request::new(statement_of("barlow"));
    basic
        .metadata_mut()
        .insert("authorization", "Basic eDp5".parse().unwrap());
    assert_eq!(
        refusal(client.get_statement(basic).await).reason,
        "TOKEN_MALFORMED"
    );
}

#[tokio::test]
async fn a_call_without_the_role_is_denied_naming_the_roles_needed() {
    let served = served().await;
    let mut client = StatementsServiceClient::new(served.channel().await);
    let expense = RecordExpenseRequest::default();
    let denied = refusal(client.record_expense(by("trainer-1", expense)).await);
    assert_eq!(
        (denied.code, denied.reason.as_str()),
        (Code::PermissionDenied, "ROLE_MISSING")
    );
    assert!(
        denied
            .message
            .starts_with("trainer-1 holds the role trainer; this call needs ")
    );
    assert!(denied.message.contains("finance"), "{}", denied.message);
}

#[tokio::test]
async fn a_town_that_asks_for_another_towns_statement_is_denied() {
    let served = served().await;
    let mut client = StatementsServiceClient::new(served.channel().await);

    let own = client
        .get_statement(by("clerk-barlow", statement_of("barlow")))
        .await
        .unwrap();
    assert_eq!(own.metadata().get("x-actor").unwrap(), "clerk-barlow");
    // The handler reads the very bytes that the access layer has read.
    let length = 5 + prost::Message::encoded_len(&statement_of("barlow"));
    assert_eq!(own.metadata().get("x-length").unwrap(), &length.to_string());

    let foreign = refusal(
        client
            .get_statement(by("clerk-barlow", statement_of("milford")))
            .await,
    );
    assert_eq!(
        (foreign.code, foreign.reason.as_str()),
        (Code::PermissionDenied, "SCOPE_FOREIGN")
    );
    assert_eq!(
        foreign.message,
        "clerk-barlow may act for barlow only, not for milford."
    );
    assert_eq!(foreign.violations[0].field, "party");

    let empty = refusal(
        client
            .get_statement(by("clerk-barlow", statement_of("")))
            .await,
    );
    assert_eq!(empty.reason, "SCOPE_EMPTY");
    client
        .get_statement(by("finance-1", statement_of("milford")))
        .await
        .unwrap();
}

#[tokio::test]
async fn an_rpc_that_is_served_elsewhere_is_said_to_be() {
    let served = served().await;
    let mut client = PayrollServiceClient::new(served.channel().await);
    let elsewhere = refusal(
        client
            .list_on_duty(by("ops-1", ListOnDutyRequest::default()))
            .await,
    );
    assert_eq!(
        (elsewhere.code, elsewhere.reason.as_str()),
        (Code::Unimplemented, "NOT_SERVED")
    );
    assert!(
        elsewhere
            .message
            .contains("PayrollService/ListOnDuty is not served")
    );
}

#[tokio::test]
async fn an_oversized_request_is_refused_with_the_limit() {
    let limits = Limits {
        message_bytes: 1024,
        ..Limits::default()
    };
    let served = serve(Services::new().with(Echo::default()), limits).await;
    let mut client = StatementsServiceClient::new(served.channel().await);
    let sized = |bytes: usize| by("finance-1", statement_of(&"x".repeat(bytes)));
    client.get_statement(sized(900)).await.unwrap();
    let refused = refusal(client.get_statement(sized(100_000)).await);
    assert_eq!(refused.code, Code::ResourceExhausted);
    assert_eq!(refused.reason, "REQUEST_TOO_LARGE");
    assert!(refused.message.contains("1024 bytes"));
}

/// Collects log lines.
#[derive(Clone)]
struct Lines(mpsc::Sender<String>);

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0.send(String::from_utf8_lossy(line).into_owned()).ok();
        Ok(line.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_call_is_logged_once_with_its_ids_and_never_with_its_token() {
    let (sender, lines) = mpsc::channel();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_writer(move || Lines(sender.clone()))
        .finish();
    // The test's runtime has one thread, so its server logs here too.
    let logging = tracing::subscriber::set_default(subscriber);
    let served = served().await;
    let mut client = StatementsServiceClient::new(served.channel().await);
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let mut foreign = by("clerk-barlow", statement_of("milford"));
    let metadata = foreign.metadata_mut();
    metadata.insert("x-request-id", "req-7".parse().unwrap());
    metadata.insert(
        "traceparent",
        format!("00-{trace}-00f067aa0ba902b7-01").parse().unwrap(),
    );
    let status = client.get_statement(foreign).await.unwrap_err();
    assert_eq!(status.metadata().get("x-request-id").unwrap(), "req-7");
    drop(logging);

    let lines: Vec<String> = lines.try_iter().collect();
    assert!(
        lines.iter().all(|line| !line.contains("t-clerk-barlow")),
        "{lines:?}"
    );
    let calls: Vec<_> = lines.iter().filter(|line| line.contains("req-7")).collect();
    let [line] = calls[..] else {
        panic!("not one line: {calls:?}")
    };
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    let fields = &line["fields"];
    assert_eq!(line["level"], "WARN");
    assert_eq!(fields["message"], "call denied");
    assert_eq!(fields["code"], "PERMISSION_DENIED");
    assert_eq!(fields["reason"], "SCOPE_FOREIGN");
    assert!(fields["duration_ms"].is_u64());
    let span = &line["span"];
    assert_eq!(span["trace_id"], trace);
    assert_eq!(span["actor"], "clerk-barlow");
    assert_eq!(
        span["rpc"],
        "/commonwatch.statements.v1.StatementsService/GetStatement"
    );
}

#[tokio::test]
async fn a_call_whose_client_went_away_is_logged_as_cancelled() {
    let (sender, lines) = mpsc::channel();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_writer(move || Lines(sender.clone()))
        .finish();
    let logging = tracing::subscriber::set_default(subscriber);
    let echo = Echo::default();
    let entered = Arc::clone(&echo.entered);
    let served = serve(Services::new().with(echo), Limits::default()).await;
    let mut client = StatementsServiceClient::new(served.channel().await);
    let call = client.list_months(by("finance-1", ListMonthsRequest::default()));
    tokio::select! {
        answer = call => panic!("it was to wait: {answer:?}"),
        () = entered.notified() => {}
    }
    drop(client);
    served.ended().await;
    drop(logging);
    let cancelled = lines
        .try_iter()
        .filter(|line| line.contains("CANCELLED"))
        .count();
    assert_eq!(cancelled, 1);
}
