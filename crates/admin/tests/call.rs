//! Calls over a real connection: what goes out with each, how pages are joined, how a refusal ends.

use std::sync::{Arc, OnceLock};

use admin::client::{Client, Options};
use admin::context::{Context, Endpoints, Service};
use admin::failure::Exit;
use admin::view::View;
use axum::body::Body;
use axum::extract::Request;
use http::{HeaderMap, HeaderValue, Response};
use http_body_util::{BodyExt, Full};
use prost::Message;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Status};
use wire::Violation;
use wire::log::v1::{
    HeadsRequest, ListParkedRequest, ListParkedResponse, Parked, RetryParkedRequest,
};

/// What came with a retry.
type Sent = Arc<OnceLock<HeaderMap>>;

/// Answers with three parked facts on two pages; refuses a retry, remembering what came with it;
/// denies everything else.
async fn answer(sent: Sent, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let frame = body.collect().await.expect("a whole request").to_bytes();
    let status = match parts.uri.path().rsplit('/').next() {
        Some("ListParked") => {
            let request = ListParkedRequest::decode(&frame[5..]).expect("well formed");
            assert_eq!(request.page_size, 2);
            return message(&page(&request.page_token));
        }
        Some("RetryParked") => {
            sent.set(parts.headers).expect("one retry a test");
            let violation = Violation::new("log", "payroll does not stand still");
            wire::status(
                Code::NotFound,
                "NOT_PARKED",
                "Nothing is parked.",
                [violation],
            )
        }
        _ => Status::permission_denied("no role of yours may call this"),
    };
    status.into_http::<Body>()
}

fn page(token: &str) -> ListParkedResponse {
    let parked = |seq| Parked {
        seq,
        ..Parked::default()
    };
    let (parked, next) = match token {
        "" => (vec![parked(1), parked(2)], "more"),
        _ => (vec![parked(3)], ""),
    };
    ListParkedResponse {
        parked,
        next_page_token: next.to_owned(),
    }
}

/// A message as the one frame of an answer that went well.
fn message(message: &impl Message) -> Response<Body> {
    let bytes = message.encode_to_vec();
    let length = u32::try_from(bytes.len()).expect("small").to_be_bytes();
    let frame: Vec<u8> = [&[0], &length[..], &bytes].concat();
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let body = Full::new(bytes::Bytes::from(frame));
    let body = body.with_trailers(std::future::ready(Some(Ok(trailers))));
    let response = Response::builder().header("content-type", "application/grpc");
    response.body(Body::new(body)).expect("well formed")
}

async fn served() -> (Client, Sent) {
    let sent = Sent::default();
    let told = Arc::clone(&sent);
    let app = axum::Router::new().fallback(move |request| answer(Arc::clone(&told), request));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("bound");
    let serving = Server::builder().add_routes(Routes::from(app));
    tokio::spawn(serving.serve_with_incoming(TcpIncoming::from(listener)));
    let context = Context {
        token: Some("secret".to_owned()),
        endpoints: Endpoints {
            payroll: Some(format!("http://{address}")),
            ..Endpoints::default()
        },
        ..Context::default()
    };
    let options = Options {
        dry_run: true,
        page_size: 2,
        ..Options::default()
    };
    let client = Client::new(context, options).expect("a right address");
    (client, sent)
}

#[tokio::test]
async fn a_list_is_read_to_its_last_page() {
    let (client, _) = served().await;
    let request = ListParkedRequest::default();
    let reply = client
        .view_at(Service::Payroll, &request)
        .await
        .expect("answered");
    let seqs: Vec<_> = reply
        .items("parked")
        .iter()
        .map(|p| p.at("seq").clone())
        .collect();
    assert_eq!(seqs, [1, 2, 3].map(View::Number));
    assert_eq!(reply.at("next_page_token"), &View::Null);
}

#[tokio::test]
async fn a_change_carries_token_ids_and_deadline_and_its_refusal_keeps_its_details() {
    let (client, sent) = served().await;
    let request = RetryParkedRequest::default();
    let failure = client
        .view_at(Service::Payroll, &request)
        .await
        .expect_err("refused");
    assert_eq!(
        (failure.exit, failure.reason.as_str()),
        (Exit::NotFound, "NOT_PARKED")
    );
    assert_eq!(failure.violations[0].field, "log");
    let sent = sent.get().expect("called");
    let value = |name: &str| sent.get(name).map(|v| v.to_str().expect("text").to_owned());
    assert_eq!(value("authorization").as_deref(), Some("Bearer secret"));
    assert_eq!(value("traceparent").as_deref(), Some(client.trace()));
    assert_eq!(value("cw-service").as_deref(), Some("payroll"));
    assert_eq!(value("cw-dry-run").as_deref(), Some("true"));
    assert_eq!(value("cw-command-id").map(|id| id.len()), Some(36));
    assert!(value("grpc-timeout").is_some());
}

#[tokio::test]
async fn a_denied_call_is_a_matter_of_access() {
    let (client, _) = served().await;
    let request = HeadsRequest::default();
    let failure = client
        .view_at(Service::Payroll, &request)
        .await
        .expect_err("denied");
    assert_eq!(failure.exit, Exit::Access);
}
