//! A service that answers every RPC of `StatementsService` with an empty message, so that what
//! is tested is what stands before it.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use tokio::sync::Notify;
use tonic::body::Body;
use tonic::server::NamedService;
use tower::Service;

/// `ListMonths` waits until it is let go; everything else answers at once, with the actor's id in
/// the header `x-actor`, the request body's length in `x-length`, and the `traceparent` that came
/// in `x-trace`.
#[derive(Clone, Default)]
pub(crate) struct Echo {
    pub(crate) entered: Arc<Notify>,
    pub(crate) let_go: Arc<Notify>,
}

impl NamedService for Echo {
    const NAME: &'static str = "commonwatch.statements.v1.StatementsService";
}

impl Service<Request<Body>> for Echo {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let echo = self.clone();
        Box::pin(async move {
            let actor = request
                .extensions()
                .get::<rpc::Actor>()
                .expect("no call without one");
            let actor = actor.id.to_string();
            if request.uri().path().ends_with("/ListMonths") {
                echo.entered.notify_one();
                echo.let_go.notified().await;
            }
            let trace = request.headers().get("traceparent").cloned();
            let length = request
                .into_body()
                .collect()
                .await
                .unwrap()
                .to_bytes()
                .len();
            let mut trailers = HeaderMap::new();
            trailers.insert("grpc-status", "0".parse().unwrap());
            let empty = Full::new(bytes::Bytes::from_static(&[0; 5]));
            let body = empty.with_trailers(std::future::ready(Some(Ok(trailers))));
            let response = Response::builder()
                .header("content-type", "application/grpc")
                .header("x-actor", actor)
                .header("x-length", length)
                .header("x-trace", trace.unwrap_or(HeaderValue::from_static("")));
            Ok(response.body(Body::new(body)).unwrap())
        })
    }
}
