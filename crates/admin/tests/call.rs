//! Calls over a real connection: what goes out with each, how pages are joined, how a refusal ends.

use std::sync::{Arc, OnceLock};

use admin::client::{Client, Options};
use admin::context::{Context, Endpoints, Service};
use admin::failure::Exit;
use admin::view::View;
use tonic::metadata::MetadataMap;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Request, Response, Status};
use wire::Violation;
use wire::log::v1::log_service_server::{LogService, LogServiceServer};
use wire::log::v1::{
    HeadsRequest, HeadsResponse, ListParkedRequest, ListParkedResponse, Parked, ReadRequest,
    ReadResponse, RetryParkedRequest, RetryParkedResponse,
};

/// Answers with three parked facts on two pages; refuses a retry. Remembers what came with it.
#[derive(Clone, Default)]
struct Log(Arc<OnceLock<MetadataMap>>);

#[tonic::async_trait]
impl LogService for Log {
    async fn read(&self, _: Request<ReadRequest>) -> Result<Response<ReadResponse>, Status> {
        Err(Status::unimplemented("read"))
    }

    async fn heads(&self, _: Request<HeadsRequest>) -> Result<Response<HeadsResponse>, Status> {
        Err(Status::permission_denied("no role of yours may call Heads"))
    }

    async fn list_parked(
        &self,
        request: Request<ListParkedRequest>,
    ) -> Result<Response<ListParkedResponse>, Status> {
        let request = request.into_inner();
        assert_eq!(request.page_size, 2);
        let parked = |seq| Parked {
            seq,
            ..Parked::default()
        };
        let (parked, next) = match request.page_token.as_str() {
            "" => (vec![parked(1), parked(2)], "more"),
            _ => (vec![parked(3)], ""),
        };
        Ok(Response::new(ListParkedResponse {
            parked,
            next_page_token: next.to_owned(),
        }))
    }

    async fn retry_parked(
        &self,
        request: Request<RetryParkedRequest>,
    ) -> Result<Response<RetryParkedResponse>, Status> {
        self.0
            .set(request.metadata().clone())
            .expect("one retry a test");
        let violation = Violation::new("log", "payroll does not stand still");
        let message = "Nothing is parked.";
        Err(wire::status(
            Code::NotFound,
            "NOT_PARKED",
            message,
            [violation],
        ))
    }
}

async fn served() -> (Client, Log) {
    let log = Log::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("bound");
    let service = LogServiceServer::new(log.clone());
    let serving = Server::builder().add_service(service);
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
    (Client::new(context, options).expect("a right address"), log)
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
    let (client, log) = served().await;
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
    let sent = log.0.get().expect("called");
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
