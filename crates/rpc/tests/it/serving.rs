use std::sync::Arc;
use std::time::Duration;

use rpc::{Limits, ServeError, Server, Services};
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use wire::statements::v1::ListMonthsRequest;
use wire::statements::v1::statements_service_client::StatementsServiceClient;

use crate::echo::Echo;
use crate::world::{by, grants, refusal, serve};

const SERVICE: &str = "commonwatch.statements.v1.StatementsService";

fn check(service: &str) -> HealthCheckRequest {
    HealthCheckRequest {
        service: service.to_owned(),
    }
}

#[tokio::test]
async fn health_is_told_to_everybody_for_each_service() {
    let served = serve(Services::new().with(Echo::default()), Limits::default()).await;
    let mut health = HealthClient::new(served.channel().await);
    for service in ["", SERVICE] {
        let status = health
            .check(check(service))
            .await
            .unwrap()
            .into_inner()
            .status();
        assert_eq!(status, ServingStatus::Serving, "{service}");
    }
    assert_eq!(
        health.check(check("nobody")).await.unwrap_err().code(),
        Code::NotFound
    );
    let said = served.running.as_ref().unwrap().health();
    said.set_ready(false).await;
    for service in ["", SERVICE] {
        let answer = health.check(check(service)).await.unwrap();
        let status = answer.into_inner().status();
        assert_eq!(status, ServingStatus::NotServing, "{service}");
    }
}

#[tokio::test]
async fn reflection_answers_new_clients_and_old_ones() {
    let served = serve(Services::new().with(Echo::default()), Limits::default()).await;
    macro_rules! services_by {
        ($version:ident) => {{
            use tonic_reflection::pb::$version::ServerReflectionRequest;
            use tonic_reflection::pb::$version::server_reflection_client::ServerReflectionClient;
            use tonic_reflection::pb::$version::server_reflection_request::MessageRequest;
            use tonic_reflection::pb::$version::server_reflection_response::MessageResponse;
            let ask = ServerReflectionRequest {
                host: String::new(),
                message_request: Some(MessageRequest::ListServices(String::new())),
            };
            let mut client = ServerReflectionClient::new(served.channel().await);
            let asked = futures::stream::iter([ask]);
            let mut answers = client
                .server_reflection_info(asked)
                .await
                .unwrap()
                .into_inner();
            let answer = answers
                .message()
                .await
                .unwrap()
                .unwrap()
                .message_response
                .unwrap();
            let MessageResponse::ListServicesResponse(list) = answer else {
                panic!("{answer:?}")
            };
            list.service
                .into_iter()
                .map(|service| service.name)
                .collect::<Vec<_>>()
        }};
    }
    for names in [services_by!(v1), services_by!(v1alpha)] {
        assert!(names.iter().any(|name| name == SERVICE), "{names:?}");
        assert!(
            names
                .iter()
                .any(|name| name == "commonwatch.log.v1.LogService"),
            "{names:?}"
        );
    }
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_answered_at_its_deadline() {
    let limits = Limits {
        deadline: Duration::from_millis(50),
        ..Limits::default()
    };
    let served = serve(Services::new().with(Echo::default()), limits).await;
    let mut client = StatementsServiceClient::new(served.channel().await);
    let late = refusal(
        client
            .list_months(by("finance-1", ListMonthsRequest::default()))
            .await,
    );
    assert_eq!(
        (late.code, late.reason.as_str()),
        (Code::DeadlineExceeded, "DEADLINE_EXCEEDED")
    );
    assert!(late.message.contains("50 ms"), "{}", late.message);
}

#[tokio::test]
async fn a_caller_cannot_wait_longer_than_the_maximum() {
    let limits = Limits {
        deadline_max: Duration::from_millis(50),
        ..Limits::default()
    };
    let served = serve(Services::new().with(Echo::default()), limits).await;
    let mut client = StatementsServiceClient::new(served.channel().await);
    let mut patient = by("finance-1", ListMonthsRequest::default());
    patient.set_timeout(Duration::from_secs(3600));
    assert_eq!(
        refusal(client.list_months(patient).await).reason,
        "DEADLINE_EXCEEDED"
    );
}

#[tokio::test]
async fn running_calls_finish_after_the_stop_and_new_ones_find_nobody() {
    let echo = Echo::default();
    let (entered, let_go) = (Arc::clone(&echo.entered), Arc::clone(&echo.let_go));
    let mut served = serve(Services::new().with(echo), Limits::default()).await;
    let mut client = StatementsServiceClient::new(served.channel().await);
    let call = tokio::spawn(async move {
        client
            .list_months(by("finance-1", ListMonthsRequest::default()))
            .await
    });
    entered.notified().await;
    served.stop();
    while tokio::net::TcpStream::connect(served.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    let_go.notify_one();
    call.await.unwrap().unwrap();
    served.ended().await;
}

#[tokio::test]
async fn a_call_that_never_finishes_does_not_hold_the_stop_for_ever() {
    let limits = Limits {
        drain: Duration::from_millis(50),
        ..Limits::default()
    };
    let echo = Echo::default();
    let entered = Arc::clone(&echo.entered);
    let served = serve(Services::new().with(echo), limits).await;
    let mut client = StatementsServiceClient::new(served.channel().await);
    let call = tokio::spawn(async move {
        client
            .list_months(by("finance-1", ListMonthsRequest::default()))
            .await
    });
    entered.notified().await;
    served.ended().await;
    call.abort();
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    let server = Server::new(address, grants(), Arc::new(eventlog::Real));
    let error = server
        .start(std::future::pending())
        .await
        .err()
        .expect("taken");
    assert!(matches!(error, ServeError::Listen { .. }));
    assert!(
        error
            .to_string()
            .starts_with(&format!("cannot listen on {address}")),
        "{error}"
    );
}
