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
use tonic::{Code, Status};
use tower::{Layer, Service};
use wire::Refusal;

use super::check::Denied;
use super::rules::{Declared, Rules, Way};
use crate::actor::Actor;
use crate::call::{peer, text};
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
        let from = (path, peer(&request));
        // Whoever is nobody, or may not, sends us nothing first.
        let actor = self.caller(&declared, request.headers(), from)?.0;
        tracing::Span::current().record("actor", actor.grant.actor.id.as_str());
        let (mut request, frame) = self.read(&declared, request).await?;
        // Anew, by the grants and the clock of now: a request that comes in slowly does not
        // outlive its grant.
        let (held, now) = self.caller(&declared, request.headers(), from)?;
        let actor = &held.grant.actor;
        covered(&declared, actor, &frame)
            .map_err(|refusal| self.note(now, actor.id.as_str(), from, refusal))?;
        if !declared.reads {
            fresh(held.confirmed_at, now)?;
        }
        request.extensions_mut().insert(actor.clone());
        Ok(request)
    }

    /// Who calls, at this moment, with a role that the RPC is open to.
    fn caller(
        &self,
        declared: &Declared,
        headers: &HeaderMap,
        from: (&str, Option<IpAddr>),
    ) -> Result<(Held, Timestamp), Refusal> {
        let now = self.surroundings.now();
        let held = self.authenticate(headers, now);
        let held = held.map_err(|Stranger { actor, refusal }| {
            let actor = actor.as_ref().map_or("", |actor| actor.as_str());
            self.note(now, actor, from, *refusal)
        })?;
        let actor = &held.grant.actor;
        let denied = |denied: Denied| self.note(now, actor.id.as_str(), from, denied.into());
        declared.open_to(actor).map_err(denied)?;
        Ok((held, now))
    }

    /// Counts a refusal that denies access.
    fn note(
        &self,
        now: Timestamp,
        actor: &str,
        (path, peer): (&str, Option<IpAddr>),
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

    /// The request with its one frame, read whole; of a client's stream nothing is read here.
    async fn read(
        &self,
        declared: &Declared,
        request: Request<Body>,
    ) -> Result<(Request<Body>, Bytes), Refusal> {
        if declared.client_streaming {
            return Ok((request, Bytes::new()));
        }
        let (parts, body) = request.into_parts();
        let frame = self.whole(body).await?;
        let body = Body::new(Full::new(frame.clone()));
        Ok((Request::from_parts(parts, body), frame))
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

/// Whether the caller may make this request. No rule of a client's stream reads it; `Rules::read`
/// sees to that.
fn covered(declared: &Declared, actor: &Actor, frame: &Bytes) -> Result<(), Refusal> {
    let open = declared.open_to(actor)?;
    let compressed = frame.first().is_some_and(|flag| *flag != 0);
    if compressed && open.iter().any(|rule| rule.reads_request(actor)) {
        return Err(garbled(
            "it is compressed, and this server reads plain messages",
        ));
    }
    let message = frame.get(FRAME_HEADER..).unwrap_or_default();
    declared
        .covered(actor, &open, message)
        .map_err(|e| garbled(&e.to_string()))??;
    Ok(())
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

fn garbled(why: &str) -> Refusal {
    let message = format!("The request cannot be read: {why}.");
    Refusal::new(Code::InvalidArgument, "REQUEST_GARBLED", message)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use eventlog::Replayed;
    use prost::Message as _;
    use wire::payroll::v1::ClockInRequest;

    use super::*;
    use crate::grants::GrantsFile;

    /// A guard with two grants, of which one ends with the day; its clock stands an hour before.
    struct Gate {
        guard: Guard,
        clock: Arc<Replayed>,
        file: Arc<GrantsFile>,
        path: tempfile::TempPath,
    }

    impl Gate {
        fn new() -> Arc<Gate> {
            let path = tempfile::NamedTempFile::new().unwrap().into_temp_path();
            let mut text = String::new();
            for (actor, more) in [("hr-1", ""), ("hr-2", "expires_on = '2026-11-02'\n")] {
                let token = TokenHash::of(actor);
                let begin = format!("[[grant]]\nactor = '{actor}'\nroles = ['hr']\n{more}");
                writeln!(text, "{begin}token_sha256 = '{token}'").unwrap();
            }
            std::fs::write(&path, text).unwrap();
            let file = Arc::new(GrantsFile::open(&*path).unwrap());
            let clock = Arc::new(Replayed::new(1, "2026-11-02T23:00:00Z".parse().unwrap()));
            let guard = Guard {
                rules: Rules::of_protos().unwrap(),
                grants: Arc::clone(&file) as Arc<dyn Grants>,
                surroundings: Arc::clone(&clock) as Arc<dyn eventlog::Surroundings>,
                served: BTreeSet::from(["commonwatch.payroll.v1.PayrollService"]),
                message_bytes: 1000,
                denials: Arc::default(),
            };
            Arc::new(Gate {
                guard,
                clock,
                file,
                path,
            })
        }

        /// What becomes of a call by the actor, while whose body is sent that happens.
        async fn admits(self: &Arc<Gate>, actor: &str, meanwhile: fn(&Gate)) -> String {
            let message = ClockInRequest::default().encode_to_vec();
            let length = u32::try_from(message.len()).unwrap().to_be_bytes();
            let frame = Bytes::from([&[0], length.as_slice(), &message].concat());
            let gate = Arc::clone(self);
            let body = Full::new(frame).map_frame(move |frame| {
                meanwhile(&gate);
                frame
            });
            let request = Request::builder()
                .uri("/commonwatch.payroll.v1.PayrollService/ClockIn")
                .header(AUTHORIZATION, format!("Bearer {actor}"))
                .body(Body::new(body))
                .unwrap();
            match self.guard.admit(request).await {
                Ok(_) => "OK".to_owned(),
                Err(refusal) => refusal.reason,
            }
        }
    }

    #[tokio::test]
    async fn a_body_that_comes_slowly_does_not_outlive_its_grant() {
        let gate = Gate::new();
        assert_eq!(gate.admits("hr-1", |_| {}).await, "OK");
        assert_eq!(gate.admits("hr-2", |_| {}).await, "OK");
        let midnight = |gate: &Gate| gate.clock.set("2026-11-03T00:00:01Z".parse().unwrap());
        assert_eq!(gate.admits("hr-2", midnight).await, "TOKEN_EXPIRED");
        assert_eq!(gate.admits("hr-1", |_| {}).await, "OK");
        let taken_away = |gate: &Gate| {
            std::fs::write(&*gate.path, "").unwrap();
            gate.file.reload().unwrap();
        };
        assert_eq!(gate.admits("hr-1", taken_away).await, "TOKEN_UNKNOWN");
    }
}
