//! Asking what was known earlier, of any service.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use eventlog::{Options, Recorded, Store, Table, Typed, TypedRows};
use http_body_util::{BodyExt, Full};
use rpc::{Limits, Services};
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::{Code, Request};
use tower::Service;
use wire::metadata::{AS_OF, AS_OF_POSITIONS};
use wire::statements::v1::statements_service_client::StatementsServiceClient;
use wire::statements::v1::{ListMonthsRequest, ListStatementsRequest};

use crate::log::{log, note};
use crate::world::{by, refusal, serve};

/// How many notes there are.
struct Count;

impl TypedRows for Count {
    const NAME: &'static str = "count";
    const VERSION: u32 = 1;
    type Row = u64;

    fn keys(_: &Recorded) -> Vec<String> {
        vec!["all".to_owned()]
    }

    fn apply(_: &Recorded, _: &str, old: Option<u64>) -> Option<u64> {
        Some(old.unwrap_or(0) + 1)
    }
}

/// Says in the header `x-count` how many notes there are; `ListStatements` looks at the head too.
#[derive(Clone)]
struct Counting(Store);

impl NamedService for Counting {
    const NAME: &'static str = "commonwatch.statements.v1.StatementsService";
}

impl Service<http::Request<Body>> for Counting {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let Counting(store) = self.clone();
        Box::pin(async move {
            let notes = log("statements");
            let table = Table::Projection("count");
            let row: Option<u64> = store.read_row(table, &notes, "all").await.unwrap();
            if request.uri().path().ends_with("/ListStatements") {
                store.head(&notes).await.unwrap();
            }
            let mut trailers = http::HeaderMap::new();
            trailers.insert("grpc-status", "0".parse().unwrap());
            let empty = Full::new(bytes::Bytes::from_static(&[0; 5]));
            let body = Body::new(empty.with_trailers(std::future::ready(Some(Ok(trailers)))));
            let answer = http::Response::builder()
                .header("content-type", "application/grpc")
                .header("x-count", row.unwrap_or(0));
            Ok(answer.body(body).unwrap())
        })
    }
}

fn months(as_of: Option<&str>) -> Request<ListMonthsRequest> {
    let mut request = by("finance-1", ListMonthsRequest::default());
    if let Some(as_of) = as_of {
        request.metadata_mut().insert(AS_OF, as_of.parse().unwrap());
    }
    request
}

#[tokio::test]
async fn an_earlier_answer_is_given_from_the_log_or_refused() {
    let stack = local::testing::world().await;
    let mut options = Options::new("statements", stack.database_url("statements"));
    options.projections = vec![Box::new(Typed::of::<Count>())];
    let store = Store::open(options).await.unwrap();
    let services = Services::new().with(Counting(store.clone()));
    let served = serve(services, Limits::default()).await;
    let mut client = StatementsServiceClient::new(served.channel().await);
    note(&store, "statements", 2, 1).await;
    let then = store.surroundings().now().to_string();
    note(&store, "statements", 3, 1).await;

    let now = client.list_months(months(None)).await.unwrap();
    assert_eq!(now.metadata().get("x-count").unwrap(), "5");
    assert!(now.metadata().get(AS_OF_POSITIONS).is_none());
    let earlier = client.list_months(months(Some(&then))).await.unwrap();
    assert_eq!(earlier.metadata().get("x-count").unwrap(), "2");
    let positions = earlier.metadata().get(AS_OF_POSITIONS).unwrap();
    assert_eq!(positions, "statements@2");

    let mut statements = by("finance-1", ListStatementsRequest::default());
    let metadata = statements.metadata_mut();
    metadata.insert(AS_OF, then.parse().unwrap());
    let refused = refusal(client.list_statements(statements).await);
    assert_eq!(
        (refused.code, refused.reason.as_str()),
        (Code::FailedPrecondition, "AS_OF_NOT_KEPT")
    );
    let wrong = refusal(client.list_months(months(Some("soon"))).await);
    assert_eq!(
        (wrong.code, wrong.violations[0].field.as_str()),
        (Code::InvalidArgument, AS_OF)
    );
}
