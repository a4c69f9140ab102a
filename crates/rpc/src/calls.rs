//! What surrounds every call: its ids, its span, its deadline, its one log line.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use eventlog::AsOf;
use http::{HeaderValue, Request, Response};
use tonic::body::Body;
use tonic::{Code, Status};
use tower::{Layer, Service};
use tracing::{Instrument, Span};
use wire::Refusal;
use wire::refusal::code_name;

use crate::call::{CALL, Call, REQUEST_ID, caller_deadline, peer};
use crate::changes;
use crate::refuse::internal;
use crate::signals::Labels;

/// How long calls may take.
#[derive(Clone, Copy)]
pub(crate) struct Deadlines {
    /// For callers that name none.
    pub(crate) usual: Duration,
    /// For callers that would wait longer.
    pub(crate) longest: Duration,
}

/// Lays ids, span, deadline and log line around a service.
#[derive(Clone)]
pub(crate) struct Calls {
    pub(crate) surroundings: Arc<dyn eventlog::Surroundings>,
    /// How long calls may take; whoever hands them on leaves that to those who answer.
    pub(crate) deadlines: Option<Deadlines>,
    /// The names under which calls are counted.
    pub(crate) labels: Labels,
}

impl<S> Layer<S> for Calls {
    type Service = Called<S>;
    fn layer(&self, inner: S) -> Called<S> {
        Called {
            calls: self.clone(),
            inner,
        }
    }
}

/// A service whose calls are numbered, bounded and logged.
#[derive(Clone)]
pub(crate) struct Called<S> {
    calls: Calls,
    inner: S,
}

impl<S> Service<Request<Body>> for Called<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let drawn = self.calls.surroundings.uuid();
        let call = Call::new(request.uri().path(), request.headers(), drawn);
        let deadline = self.calls.deadlines.map(|limits| limits.of(&request));
        request.extensions_mut().insert(call.clone());
        let span = tracing::info_span!(
            "call",
            trace_id = call.trace.trace_hex(),
            span_id = call.trace.span_hex(),
            parent_span_id = call.parent.map(|parent| format!("{parent:016x}")),
            request_id = call.request_id,
            rpc = call.rpc,
            peer = peer(&request).map(|peer| peer.to_string()),
            actor = tracing::field::Empty,
            failed = tracing::field::Empty,
        );
        // The clone takes the place of the service that was polled ready.
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let line = Line::new(span.clone(), call.rpc.clone(), self.calls.labels.clone());
        Box::pin(
            CALL.scope(call.clone(), async move {
                let answer = inner.call(request);
                let mut response = match deadline {
                    None => answer.await?,
                    Some(deadline) => match tokio::time::timeout(deadline, answer).await {
                        Ok(response) => response?,
                        Err(_) => too_late(deadline),
                    },
                };
                if let Ok(id) = HeaderValue::from_str(&call.request_id) {
                    response.headers_mut().insert(REQUEST_ID, id);
                }
                changes::send(&call.preview, &mut response).await;
                line.finish(&response);
                Ok(response)
            })
            .instrument(span),
        )
    }
}

impl Deadlines {
    fn of(&self, request: &Request<Body>) -> Duration {
        match caller_deadline(request.headers()) {
            None => self.usual.min(self.longest),
            // tonic races the same header outside of us and would answer CANCELLED, without a
            // reason or a log line; so ours is a little sooner.
            Some(asked) => {
                let sooner = Duration::from_millis(5).min(asked / 10);
                asked.saturating_sub(sooner).min(self.longest)
            }
        }
    }
}

/// Runs work of the present call to its end, also when its caller goes away meanwhile.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Status>> + Send + 'static,
) -> Result<T, Status> {
    let no_call = |_| internal(&"the call did not pass rpc::Server");
    let call = CALL.try_with(Call::clone).map_err(no_call)?;
    let as_of = AsOf::current();
    let work = CALL.scope(call, async move {
        match as_of {
            Some(as_of) => as_of.scope(work).await,
            None => work.await,
        }
    });
    let ended = tokio::spawn(work.in_current_span()).await;
    ended.unwrap_or_else(|error| Err(internal(&error)))
}

fn too_late(deadline: Duration) -> Response<Body> {
    let message = format!(
        "No answer within {} ms. A command may still be carried out: ask again with the same \
         command id.",
        deadline.as_millis()
    );
    Status::from(Refusal::new(
        Code::DeadlineExceeded,
        "DEADLINE_EXCEEDED",
        message,
    ))
    .into_http()
}

/// The call's one line in the log; a call that is dropped unfinished (its client went away)
/// writes it too.
struct Line {
    span: Span,
    rpc: String,
    labels: Labels,
    began: Instant,
    finished: bool,
}

impl Line {
    fn new(span: Span, rpc: String, labels: Labels) -> Self {
        Self {
            span,
            rpc,
            labels,
            began: Instant::now(),
            finished: false,
        }
    }

    fn finish(mut self, response: &Response<Body>) {
        self.finished = true;
        let refusal = Status::from_header_map(response.headers())
            .map(|status| Refusal::from_status(&status))
            .filter(|refusal| refusal.code != Code::Ok);
        self.write(
            refusal.as_ref().map_or(Code::Ok, |r| r.code),
            refusal.as_ref(),
        );
    }

    fn write(&self, code: Code, refusal: Option<&Refusal>) {
        let took = self.began.elapsed();
        let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let code_name = code_name(code);
        // The reason only: a message may quote what the caller sent.
        let reason = refusal.map_or("", |r| r.reason.as_str());
        if code != Code::Ok {
            self.span.record("failed", code_name);
        }
        self.labels.called(&self.rpc, code_name, reason, took);
        self.span.in_scope(|| match code {
            Code::Ok => tracing::info!(code = code_name, duration_ms, "call finished"),
            Code::PermissionDenied | Code::Unauthenticated => {
                tracing::warn!(code = code_name, reason, duration_ms, "call denied");
            }
            Code::Internal | Code::Unknown | Code::DataLoss => {
                tracing::error!(code = code_name, reason, duration_ms, "call failed");
            }
            _ => tracing::info!(code = code_name, reason, duration_ms, "call refused"),
        });
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if !self.finished {
            self.write(Code::Cancelled, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Deadlines {
        let (usual, longest) = (Duration::from_secs(10), Duration::from_secs(20));
        Deadlines { usual, longest }
    }

    fn calls() -> Calls {
        Calls {
            surroundings: Arc::new(eventlog::Real),
            deadlines: Some(limits()),
            labels: Labels::of(&crate::Rules::of_protos().unwrap()),
        }
    }

    fn asking(timeout: &str) -> Request<Body> {
        let mut request = Request::new(Body::empty());
        request
            .headers_mut()
            .insert("grpc-timeout", timeout.parse().unwrap());
        request
    }

    #[test]
    fn the_callers_deadline_is_met_a_little_before_the_transports() {
        let ms = Duration::from_millis;
        assert_eq!(limits().of(&Request::new(Body::empty())), ms(10_000));
        assert_eq!(limits().of(&asking("10m")), ms(9));
        assert_eq!(limits().of(&asking("15S")), ms(14_995));
        assert_eq!(limits().of(&asking("1H")), ms(20_000));
        assert_eq!(limits().of(&asking("soon")), ms(10_000));
    }

    #[tokio::test]
    async fn a_late_answer_has_a_reason_and_the_requests_id() {
        let never = tower::service_fn(|_: Request<Body>| {
            std::future::pending::<Result<Response<Body>, std::convert::Infallible>>()
        });
        let response = calls().layer(never).call(asking("20m")).await.unwrap();
        let status = Status::from_header_map(response.headers()).unwrap();
        assert_eq!(Refusal::from_status(&status).reason, "DEADLINE_EXCEEDED");
        assert!(response.headers().contains_key(REQUEST_ID));
    }
}
