//! Three pages over HTTP/1.1, for Prometheus and whoever starts and stops processes; and what roles
//! answer beside, once they run.

use std::future::IntoFuture as _;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::sync::RwLock;
use tokio::sync::watch::Receiver;

use tower::ServiceExt;

use super::{Missing, process};

/// The text form of Prometheus.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What roles answer beside. They come after the listener, which is there before the stores are.
pub(super) type Pages = Arc<RwLock<Router>>;

/// Answers `/livez`, `/readyz` and `/metrics` until the process ends.
pub(super) async fn listen(
    address: SocketAddr,
    scrape: PrometheusHandle,
    missing: Receiver<Missing>,
    pages: Pages,
) -> Result<(), String> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|e| format!("http.listen = \"{address}\": {e}; give another address"))?;
    let metrics = move || {
        process::tell();
        std::future::ready(([(CONTENT_TYPE, TEXT)], scrape.render()))
    };
    let routes = Router::new()
        .route("/livez", get(async || "alive\n"))
        .route(
            "/readyz",
            get(move || std::future::ready(readiness(&missing.borrow()))),
        )
        .route("/metrics", get(metrics))
        .fallback(move |request| beside(pages.clone(), request));
    tracing::info!(%address, "metrics and readiness are told");
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, routes).into_future().await {
            tracing::error!(%error, "metrics and readiness are told no more");
        }
    });
    Ok(())
}

/// What a role answers; 404 while none does.
async fn beside(pages: Pages, request: Request) -> Response {
    let pages = pages.read().await.clone();
    match pages.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// 200, or 503 with a line for everything that is missing.
fn readiness(missing: &Missing) -> (StatusCode, String) {
    if missing.is_empty() {
        return (StatusCode::OK, "ready\n".to_owned());
    }
    let lines = missing.iter().map(|what| format!("not ready: {what}\n"));
    (StatusCode::SERVICE_UNAVAILABLE, lines.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_is_200_and_anything_missing_is_503_with_a_line_each() {
        assert_eq!(readiness(&vec![]), (StatusCode::OK, "ready\n".to_owned()));
        let (code, body) = readiness(&vec!["NATS".to_owned(), "a database".to_owned()]);
        assert_eq!(code, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(body, "not ready: NATS\nnot ready: a database\n");
    }
}
