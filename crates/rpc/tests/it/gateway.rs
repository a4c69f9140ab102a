//! The one address before services: what goes through it, and what does not.

use rpc::{Gateway, Limits, Running, SERVICE, Services, Traceparent};
use tokio::sync::oneshot;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use wire::Refusal;
use wire::log::v1::HeadsRequest;
use wire::log::v1::log_service_client::LogServiceClient;
use wire::statements::v1::statements_service_client::StatementsServiceClient;
use wire::statements::v1::{ListExpensesRequest, ListMonthsRequest};

use crate::echo::Echo;
use crate::world::{Served, by, refusal, serve};

struct Before {
    running: Running,
    stop: oneshot::Sender<()>,
    channel: Channel,
}

/// A gateway before `statements`, and before a `payroll` that is not there.
async fn before(served: &Served) -> Before {
    let (stop, stopped) = oneshot::channel::<()>();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr());
    let nobody = format!("http://{}", nobody.unwrap());
    let services = [
        ("statements", Endpoint::from_shared(served.url()).unwrap()),
        ("payroll", Endpoint::from_shared(nobody).unwrap()),
    ];
    let running = Gateway::new("127.0.0.1:0".parse().unwrap(), services)
        .start(async { drop(stopped.await) })
        .await
        .unwrap();
    let endpoint = Endpoint::from_shared(format!("http://{}", running.address())).unwrap();
    let channel = endpoint.connect().await.unwrap();
    Before {
        running,
        stop,
        channel,
    }
}

async fn echo() -> (Echo, Served) {
    let echo = Echo::default();
    let served = serve(Services::new().with(echo.clone()), Limits::default()).await;
    (echo, served)
}

fn to<T>(service: &str, mut request: Request<T>) -> Request<T> {
    request
        .metadata_mut()
        .insert(SERVICE, service.parse().unwrap());
    request
}

#[tokio::test]
async fn a_call_goes_to_the_service_of_its_path_with_all_that_comes_with_it_and_back() {
    let (_, served) = echo().await;
    let gateway = before(&served).await;
    let mut client = StatementsServiceClient::new(gateway.channel.clone());
    let mut request = by("finance-1", ListExpensesRequest::default());
    request
        .metadata_mut()
        .insert("x-request-id", "r-7".parse().unwrap());
    let caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    request
        .metadata_mut()
        .insert("traceparent", caller.parse().unwrap());
    let answer = client.list_expenses(request).await.unwrap();
    let value = |key: &str| answer.metadata().get(key).map(|v| v.to_str().unwrap());
    assert_eq!(value("x-actor"), Some("finance-1"));
    assert_eq!(value("x-request-id"), Some("r-7"));
    // The gateway's step lies between the caller's and the service's.
    let ours: Traceparent = value("x-trace").unwrap().parse().unwrap();
    let caller: Traceparent = caller.parse().unwrap();
    assert_eq!(ours.trace_id, caller.trace_id);
    assert_ne!(ours.span_id, caller.span_id);
}

#[tokio::test]
async fn a_services_refusal_arrives_with_its_details_and_nothing_is_decided_before() {
    let (_, served) = echo().await;
    let gateway = before(&served).await;
    let mut client = StatementsServiceClient::new(gateway.channel.clone());
    let answer = client.list_expenses(by("nobody", ListExpensesRequest::default()));
    assert_eq!(refusal(answer.await).reason, "TOKEN_UNKNOWN");
    let answer = client.list_expenses(by("trainer-1", ListExpensesRequest::default()));
    assert_eq!(refusal(answer.await).code, Code::PermissionDenied);
}

#[tokio::test]
async fn what_every_service_answers_needs_a_name() {
    let (_, served) = echo().await;
    let gateway = before(&served).await;
    let mut client = LogServiceClient::new(gateway.channel.clone());
    let heads = || by("ops-1", HeadsRequest::default());
    let unnamed = refusal(client.heads(heads()).await);
    assert_eq!(unnamed.reason, "SERVICE_NOT_NAMED");
    assert!(unnamed.message.contains("payroll, statements"), "{unnamed}");
    // The echo has no log service; that it says so shows that it was asked.
    let named = refusal(client.heads(to("statements", heads())).await);
    assert_eq!(named.reason, "NOT_SERVED");
}

#[tokio::test]
async fn a_service_that_is_away_is_named_and_the_gateway_stays_healthy() {
    let (_, served) = echo().await;
    let gateway = before(&served).await;
    let mut client = LogServiceClient::new(gateway.channel.clone());
    let away = client.heads(to("payroll", by("ops-1", HeadsRequest::default())));
    let away = away.await.unwrap_err();
    assert!(away.metadata().contains_key("x-request-id"), "{away:?}");
    let away = Refusal::from_status(&away);
    assert_eq!(
        (away.code, away.reason.as_str()),
        (Code::Unavailable, "SERVICE_UNREACHABLE")
    );
    assert!(away.message.contains("payroll"), "{away}");
    let mut health = HealthClient::new(gateway.channel.clone());
    health.check(HealthCheckRequest::default()).await.unwrap();
    let named = to("payroll", Request::new(HealthCheckRequest::default()));
    assert_eq!(
        health.check(named).await.unwrap_err().code(),
        Code::Unavailable
    );
}

#[tokio::test]
async fn a_stop_lets_running_calls_finish() {
    let (echo, served) = echo().await;
    let gateway = before(&served).await;
    let mut client = StatementsServiceClient::new(gateway.channel.clone());
    let call = tokio::spawn(async move {
        client
            .list_months(by("finance-1", ListMonthsRequest::default()))
            .await
    });
    echo.entered.notified().await;
    drop(gateway.stop);
    echo.let_go.notify_one();
    call.await.unwrap().unwrap();
    drop(gateway.channel);
    gateway.running.wait().await.unwrap();
}
