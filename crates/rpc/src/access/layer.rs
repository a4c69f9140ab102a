//! The layer that lets a call through, or answers in the handler's place.

use std::collections::BTreeSet;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tonic::body::Body;
use tonic::transport::server::{TcpConnectInfo, TlsConnectInfo};
use tonic::{Code, Status};
use tower::{Layer, Service};
use wire::Refusal;

use super::rules::{Declared, Rules, Way};
use crate::actor::Actor;
use crate::call::text;
use crate::denials::Denials;
use crate::grants::{Found, Grants, Held, Standing, TokenHash};

/// What a gRPC frame begins with: a flag and the message's length.
const FRAME_HEADER: usize = 5;
/// How long changes may be made on grants that were not confirmed current again.
const FRESH: SignedDuration = SignedDuration::from_secs(60);
/// Readings that are not confirmed come in within moments, or the registry is away for longer.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// What the access layer decides by.
pub(crate) struct Guard {
    pub(crate) rules: Rules,
    pub(crate) grants: Arc<dyn Grants>,
    pub(crate) surroundings: Arc<dyn eventlog::Surroundings>,
    /// Names of the services that answer here.
    pub(crate) served: BTreeSet<&'static str>,
    /// The largest request message.
    pub(crate) message_bytes: usize,
    /// Where denied calls are counted.
    pub(crate) denials: Arc<Denials>,
}

/// A caller that is not let in, with its id as far as it is known.
struct Stranger {
    actor: Option<vocabulary::Actor>,
    refusal: Box<Refusal>,
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
        let path = request.uri().path().to_owned();
        let path = path.as_str();
        let declared = match self.rules.way(path) {
            Way::Open => return Ok(request),
            Way::Declared(declared) if self.serves(path) => declared.clone(),
            Way::Declared(_) | Way::Unknown => {
                let message = format!("{path} is not served at this address.");
                return Err(Refusal::new(Code::Unimplemented, "NOT_SERVED", message));
            }
        };
        let peer = peer(&request);
        let now = self.surroundings.now();
        let held = self.authenticate(request.headers(), now);
        let held = held.map_err(|Stranger { actor, refusal }| {
            let actor = actor.as_ref().map_or("", |actor| actor.as_str());
            self.note(now, actor, peer, path, *refusal)
        })?;
        let actor = &held.grant.actor;
        tracing::Span::current().record("actor", actor.id.as_str());
        let mut request = self
            .authorise(&declared, actor, request)
            .await
            .map_err(|refusal| self.note(now, actor.id.as_str(), peer, path, refusal))?;
        if !declared.reads {
            fresh(held.confirmed_at, now)?;
        }
        request.extensions_mut().insert(actor.clone());
        Ok(request)
    }

    /// Counts a refusal that denies access.
    fn note(
        &self,
        now: Timestamp,
        actor: &str,
        peer: Option<IpAddr>,
        path: &str,
        refusal: Refusal,
    ) -> Refusal {
        if matches!(refusal.code, Code::Unauthenticated | Code::PermissionDenied) {
            self.denials.note(now, actor, peer, path, &refusal.reason);
        }
        refusal
    }

    fn serves(&self, path: &str) -> bool {
        let service = path
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default();
        self.served.contains(service)
    }

    fn authenticate(&self, headers: &HeaderMap, now: Timestamp) -> Result<Held, Stranger> {
        let unknown = |reason, message: &str| {
            let refusal = Refusal::new(Code::Unauthenticated, reason, message);
            Err(Stranger {
                actor: None,
                refusal: Box::new(refusal),
            })
        };
        let Some(header) = text(headers, AUTHORIZATION.as_str()) else {
            let message = "This call needs a token: send `authorization: Bearer <token>`.";
            return unknown("TOKEN_MISSING", message);
        };
        let token = match header.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => {
                let message = "The authorization must read `Bearer <token>`.";
                return unknown("TOKEN_MALFORMED", message);
            }
        };
        let held = match self.grants.find(&TokenHash::of(token)) {
            Found::Held(held) => held,
            Found::Nobody => {
                let message = "The token is unknown here: it was mistyped, or was given out a \
                               moment ago and is not known here yet.";
                return unknown("TOKEN_UNKNOWN", message);
            }
            Found::Unconfirmed => return Err(unconfirmed()),
        };
        let today = now.to_zoned(TimeZone::UTC).date();
        let (reason, message) = match (held.standing, held.grant.expires_on) {
            (Standing::Revoked { on }, _) => {
                let message =
                    format!("The access that came with this token was taken away on {on}.");
                ("TOKEN_REVOKED", message)
            }
            (Standing::Replaced { until }, _) if until <= now => {
                let message = format!(
                    "The token was replaced, and was valid until {until}: use the new one."
                );
                ("TOKEN_REPLACED", message)
            }
            (_, Some(last)) if last < today => {
                let message = format!("The token was valid until {last}: ask for a new one.");
                ("TOKEN_EXPIRED", message)
            }
            _ => return Ok(held),
        };
        let actor = Some(held.grant.actor.id.clone());
        let refusal = Box::new(Refusal::new(Code::Unauthenticated, reason, message));
        Err(Stranger { actor, refusal })
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

/// What the registry granted is not known here yet.
fn unconfirmed() -> Stranger {
    let message = "The grants of the registry are still being read here: try again in a moment. \
                   If it lasts, see whether the registry answers (`cwctl log parked` tells what \
                   stands still); actors of the grants file are let in meanwhile.";
    let refusal = Refusal::new(Code::Unavailable, "GRANTS_UNCONFIRMED", message);
    Stranger {
        actor: None,
        refusal: Box::new(refusal.retry_after(RETRY_AFTER)),
    }
}

/// Whether grants were confirmed current lately enough to change something. A clock that was set
/// back does not make them younger.
fn fresh(confirmed_at: Option<Timestamp>, now: Timestamp) -> Result<(), Refusal> {
    let Some(confirmed_at) = confirmed_at else {
        return Ok(());
    };
    if now.duration_since(confirmed_at).abs() <= FRESH {
        return Ok(());
    }
    let message = format!(
        "Nothing can be changed here: the grants were last confirmed current at {confirmed_at}, \
         and yours may have been taken away since. See whether the registry answers and what \
         stands still (`cwctl log parked`). Reading goes on; actors of the grants file may act."
    );
    let refusal = Refusal::new(Code::Unavailable, "GRANTS_STALE", message);
    Err(refusal.retry_after(RETRY_AFTER))
}

/// The caller's network address; unknown where the connection is none of TCP.
fn peer(request: &Request<Body>) -> Option<IpAddr> {
    let extensions = request.extensions();
    let secured = extensions.get::<TlsConnectInfo<TcpConnectInfo>>();
    let tcp = extensions
        .get()
        .or_else(|| secured.map(TlsConnectInfo::get_ref))?;
    tcp.remote_addr().map(|address| address.ip())
}

fn garbled(why: &str) -> Refusal {
    let message = format!("The request cannot be read: {why}.");
    Refusal::new(Code::InvalidArgument, "REQUEST_GARBLED", message)
}
