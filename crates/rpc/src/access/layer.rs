//! The layer that lets a call through, or answers in the handler's place.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use jiff::tz::TimeZone;
use tonic::body::Body;
use tonic::{Code, Status};
use tower::{Layer, Service};
use wire::Refusal;

use super::rules::{Declared, Rules, Way};
use crate::actor::Actor;
use crate::call::text;
use crate::grants::{Grants, TokenHash};

/// What a gRPC frame begins with: a flag and the message's length.
const FRAME_HEADER: usize = 5;

/// What the access layer decides by.
pub(crate) struct Guard {
    pub(crate) rules: Rules,
    pub(crate) grants: Arc<dyn Grants>,
    pub(crate) surroundings: Arc<dyn eventlog::Surroundings>,
    /// Names of the services that answer here.
    pub(crate) served: BTreeSet<&'static str>,
    /// The largest request message.
    pub(crate) message_bytes: usize,
}

/// Lays a [`Guard`] before a service.
#[derive(Clone)]
pub(crate) struct Access(pub(crate) Arc<Guard>);

impl<S> Layer<S> for Access {
    type Service = Guarded<S>;
    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded {
            guard: Arc::clone(&self.0),
            inner,
        }
    }
}

/// A service behind its guard.
#[derive(Clone)]
pub(crate) struct Guarded<S> {
    guard: Arc<Guard>,
    inner: S,
}

impl<S> Service<Request<Body>> for Guarded<S>
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

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let guard = Arc::clone(&self.guard);
        // The clone takes the place of the service that was polled ready.
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        Box::pin(async move {
            match guard.admit(request).await {
                Ok(request) => inner.call(request).await,
                Err(refusal) => Ok(Status::from(refusal).into_http()),
            }
        })
    }
}

impl Guard {
    /// The request as the handler gets it, with its [`Actor`]; or why it gets none.
    async fn admit(&self, request: Request<Body>) -> Result<Request<Body>, Refusal> {
        let path = request.uri().path();
        let declared = match self.rules.way(path) {
            Way::Open => return Ok(request),
            Way::Declared(declared) if self.serves(path) => declared.clone(),
            Way::Declared(_) | Way::Unknown => {
                let message = format!("{path} is not served at this address.");
                return Err(Refusal::new(Code::Unimplemented, "NOT_SERVED", message));
            }
        };
        let actor = self.authenticate(request.headers())?;
        tracing::Span::current().record("actor", actor.id.as_str());
        let mut request = self.authorise(&declared, &actor, request).await?;
        request.extensions_mut().insert(actor);
        Ok(request)
    }

    fn serves(&self, path: &str) -> bool {
        let service = path
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default();
        self.served.contains(service)
    }

    fn authenticate(&self, headers: &HeaderMap) -> Result<Actor, Refusal> {
        let stranger =
            |reason, message: &str| Err(Refusal::new(Code::Unauthenticated, reason, message));
        let Some(header) = text(headers, AUTHORIZATION.as_str()) else {
            let message = "This call needs a token: send `authorization: Bearer <token>`.";
            return stranger("TOKEN_MISSING", message);
        };
        let token = match header.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => {
                let message = "The authorization must read `Bearer <token>`.";
                return stranger("TOKEN_MALFORMED", message);
            }
        };
        let Some(grant) = self.grants.find(&TokenHash::of(token)) else {
            let message =
                "The token is unknown here: it was mistyped, or its grant was taken away.";
            return stranger("TOKEN_UNKNOWN", message);
        };
        let today = self.surroundings.now().to_zoned(TimeZone::UTC).date();
        match grant.expires_on {
            Some(last) if last < today => {
                let message = format!("The token was valid until {last}: ask for a new one.");
                stranger("TOKEN_EXPIRED", &message)
            }
            _ => Ok(grant.actor.clone()),
        }
    }

    async fn authorise(
        &self,
        declared: &Declared,
        actor: &Actor,
        request: Request<Body>,
    ) -> Result<Request<Body>, Refusal> {
        let open = declared.open_to(actor)?;
        if declared.client_streaming {
            // No rule of a client's stream reads the request; `Rules::read` sees to that.
            declared
                .covered(actor, &open, &[])
                .map_err(|e| garbled(&e.to_string()))??;
            return Ok(request);
        }
        let (parts, body) = request.into_parts();
        let frame = self.whole(body).await?;
        let message = frame.get(FRAME_HEADER..).unwrap_or_default();
        if open.iter().any(|rule| rule.reads_request(actor)) && frame.first() != Some(&0) {
            return Err(garbled(
                "it is compressed, and this server reads plain messages",
            ));
        }
        declared
            .covered(actor, &open, message)
            .map_err(|e| garbled(&e.to_string()))??;
        Ok(Request::from_parts(parts, Body::new(Full::new(frame))))
    }

    /// The one frame of a unary request, bounded.
    async fn whole(&self, body: Body) -> Result<Bytes, Refusal> {
        let limit = self.message_bytes;
        let collected = Limited::new(body, limit + FRAME_HEADER).collect().await;
        let frame = match collected {
            Ok(collected) => collected.to_bytes(),
            Err(e) if e.is::<LengthLimitError>() => {
                let message = format!(
                    "The request is larger than {limit} bytes: send less at a time, or have the \
                     server's message limit raised."
                );
                return Err(Refusal::new(
                    Code::ResourceExhausted,
                    "REQUEST_TOO_LARGE",
                    message,
                ));
            }
            Err(_) => {
                let message = "The connection broke while the request was sent.";
                return Err(Refusal::new(Code::Cancelled, "REQUEST_BROKEN_OFF", message));
            }
        };
        let length = frame
            .get(1..FRAME_HEADER)
            .and_then(|length| length.try_into().ok());
        let length = length
            .map(u32::from_be_bytes)
            .and_then(|n| usize::try_from(n).ok());
        if length != frame.len().checked_sub(FRAME_HEADER) {
            return Err(garbled("it is not one whole gRPC frame"));
        }
        Ok(frame)
    }
}

fn garbled(why: &str) -> Refusal {
    let message = format!("The request cannot be read: {why}.");
    Refusal::new(Code::InvalidArgument, "REQUEST_GARBLED", message)
}
