//! What a dry run would change comes beside the answer of any RPC, even when it is much.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use eventlog::{Options, Recorded, Store, Typed, TypedRows};
use http_body_util::{BodyExt, Full};
use prost::Message;
use rpc::{Limits, Services};
use tonic::body::Body;
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::server::NamedService;
use tonic::transport::Channel;
use tonic::{Request, Response};
use tower::Service;
use wire::log::v1::Changes;
use wire::metadata::{CHANGES, HEADER_LIST_BYTES, REASON};
use wire::statements::v1::ListMonthsRequest;
use wire::statements::v1::statements_service_client::StatementsServiceClient;

use crate::log::{Notes, log};
use crate::world::{Served, by, refusal, serve};

/// One row per note, forty thousand characters long.
struct Long;

impl TypedRows for Long {
    const NAME: &'static str = "long";
    const VERSION: u32 = 1;
    type Row = String;

    fn keys(event: &Recorded) -> Vec<String> {
        vec![event.seq.to_string()]
    }

    fn apply(_: &Recorded, _: &str, _: Option<String>) -> Option<String> {
        Some("x".repeat(40_000))
    }
}

/// Takes as many notes as `agreement` says, whatever is called.
#[derive(Clone)]
struct Taking(Store);

impl NamedService for Taking {
    const NAME: &'static str = "commonwatch.statements.v1.StatementsService";
}

impl Service<http::Request<Body>> for Taking {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let Taking(store) = self.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let frame = body.collect().await.unwrap().to_bytes();
            let message = ListMonthsRequest::decode(&frame[5..]).unwrap();
            let notes = message.agreement.parse().unwrap();
            let metadata = MetadataMap::from_headers(parts.headers);
            let request = Request::from_parts(metadata, parts.extensions, message);
            let meta = match rpc::meta(&request) {
                Ok(meta) => meta,
                Err(status) => return Ok(status.into_http()),
            };
            let log = log("statements");
            let taken = store.execute::<Notes>(&log, "one", (notes, 1), meta);
            if let Err(error) = taken.await {
                return Ok(rpc::refuse(error).into_http());
            }
            let mut trailers = http::HeaderMap::new();
            trailers.insert("grpc-status", "0".parse().unwrap());
            let empty = Full::new(bytes::Bytes::from_static(&[0; 5]));
            let body = Body::new(empty.with_trailers(std::future::ready(Some(Ok(trailers)))));
            let answer = http::Response::builder().header("content-type", "application/grpc");
            Ok(answer.body(body).unwrap())
        })
    }
}

async fn client(served: &Served) -> StatementsServiceClient<Channel> {
    let channel = Channel::from_shared(served.url())
        .unwrap()
        .http2_max_header_list_size(HEADER_LIST_BYTES)
        .connect()
        .await
        .unwrap();
    StatementsServiceClient::new(channel)
}

fn noting(notes: u32, dry_run: bool) -> Request<ListMonthsRequest> {
    let agreement = notes.to_string();
    let mut request = by("finance-1", ListMonthsRequest { agreement });
    let dry_run = if dry_run { "true" } else { "false" };
    let metadata = request.metadata_mut();
    metadata.insert(rpc::DRY_RUN, dry_run.parse().unwrap());
    metadata.insert_bin(REASON, MetadataValue::from_bytes("später".as_bytes()));
    request
}

fn changes<T>(answer: &Response<T>) -> Option<Changes> {
    let value = answer.metadata().get_bin(CHANGES)?;
    Some(Changes::decode(value.to_bytes().unwrap()).unwrap())
}

#[tokio::test]
async fn a_dry_run_brings_its_changes_and_a_real_run_its_reason() {
    let stack = local::testing::world().await;
    let mut options = Options::new("statements", stack.database_url("statements"));
    options.projections = vec![Box::new(Typed::of::<Long>())];
    let store = Store::open(options).await.unwrap();
    let services = Services::new().with(Taking(store.clone()));
    let served = serve(services, Limits::default()).await;
    let mut client = client(&served).await;

    let said = client.list_months(noting(1, true)).await.unwrap();
    let said = changes(&said).unwrap();
    let row = &said.changes[0];
    assert_eq!((row.table.as_str(), row.key.as_str()), ("long", "1"));
    assert_eq!((row.before.len(), row.after.len()), (0, 40_002));
    let much = client.list_months(noting(5, true)).await.unwrap();
    let much = changes(&much).unwrap();
    assert_eq!((much.changes.len(), much.left_out), (1, 4));
    assert_eq!(store.head(&log("statements")).await.unwrap().seq, 0);

    let done = client.list_months(noting(1, false)).await.unwrap();
    assert_eq!(changes(&done), None);
    let event = store.read_events(&log("statements"), 0, 1).await.unwrap();
    let reason = store.reason(&event[0].log, event[0].command_id).await;
    let reason = reason.unwrap();
    assert_eq!(reason.as_deref(), Some("später"));

    let mut wrong = noting(1, false);
    let metadata = wrong.metadata_mut();
    metadata.insert_bin(REASON, MetadataValue::from_bytes(&[0xff]));
    let refused = refusal(client.list_months(wrong).await);
    assert_eq!(refused.violations[0].field, REASON);
}
