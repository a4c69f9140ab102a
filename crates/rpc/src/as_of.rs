//! Calls that ask what was known earlier: answered from the log, or not at all.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use eventlog::AsOf;
use http::{HeaderMap, HeaderValue, Request, Response};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use tonic::body::Body;
use tonic::{Code, Status};
use tower::{Layer, Service};
use wire::metadata::{AS_OF, AS_OF_POSITIONS};
use wire::{Refusal, Violation};

use crate::call::text;

/// Lays the caller's instant around a service.
#[derive(Clone)]
pub(crate) struct Earlier(pub(crate) Arc<dyn eventlog::Surroundings>);

impl<S> Layer<S> for Earlier {
    type Service = Recalled<S>;
    fn layer(&self, inner: S) -> Recalled<S> {
        Recalled {
            earlier: self.clone(),
            inner,
        }
    }
}

/// A service that can be asked about earlier times.
#[derive(Clone)]
pub(crate) struct Recalled<S> {
    earlier: Earlier,
    inner: S,
}

impl<S> Service<Request<Body>> for Recalled<S>
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
        let at = instant(request.headers(), self.earlier.0.now());
        // The clone takes the place of the service that was polled ready.
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        Box::pin(async move {
            let as_of = match at {
                Ok(None) => return inner.call(request).await,
                Ok(Some(at)) => AsOf::new(at),
                Err(refusal) => return Ok(Status::from(refusal).into_http()),
            };
            let response = as_of.scope(inner.call(request)).await?;
            Ok(kept(&as_of, response).await)
        })
    }
}

/// An answer that rests on projections alone, with the positions it rests on; else a refusal.
async fn kept(as_of: &AsOf, mut response: Response<Body>) -> Response<Body> {
    let status = Status::from_header_map(response.headers());
    if status.is_some_and(|status| status.code() != Code::Ok) {
        return response;
    }
    let Some(positions) = as_of.answered().await else {
        let message = "This call can not be answered as of an earlier time, because not all that \
                       it tells is kept in the log of its service: ask without cw-as-of.";
        let refusal = Refusal::new(Code::FailedPrecondition, "AS_OF_NOT_KEPT", message);
        return Status::from(refusal).into_http();
    };
    let told = positions.iter().map(|(log, seq)| format!("{log}@{seq}"));
    let told = told.collect::<Vec<_>>().join(",");
    if let Ok(value) = HeaderValue::from_str(&told) {
        response.headers_mut().insert(AS_OF_POSITIONS, value);
    }
    response
}

/// The instant that a call asks for.
fn instant(headers: &HeaderMap, now: Timestamp) -> Result<Option<Timestamp>, Refusal> {
    if !headers.contains_key(AS_OF) {
        return Ok(None);
    }
    let wrong = |problem: String| {
        let message = format!("The metadata {AS_OF} is not valid: {problem}.");
        let violation = Violation::new(AS_OF, problem);
        Refusal::new(Code::InvalidArgument, "INVALID_METADATA", message).violations([violation])
    };
    let given = text(headers, AS_OF).unwrap_or_default().trim();
    let at = read(given).ok_or_else(|| {
        wrong(format!(
            "\"{given}\" is neither an instant (2026-10-31T17:00:00Z) nor a day and its zone \
             (2026-10-31[America/Chicago], which means its end)"
        ))
    })?;
    if at > now {
        return Err(wrong(format!("{given} is still to come")));
    }
    Ok(Some(at))
}

fn read(given: &str) -> Option<Timestamp> {
    if let Some((date, zone)) = given
        .strip_suffix(']')
        .and_then(|text| text.split_once('['))
        && let Ok(date) = date.parse::<Date>()
    {
        let next = date
            .tomorrow()
            .ok()?
            .to_zoned(TimeZone::get(zone).ok()?)
            .ok()?;
        return next.timestamp().checked_sub(1.microsecond()).ok();
    }
    given.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Result<Option<Timestamp>, Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert(AS_OF, text.parse().unwrap());
        instant(&headers, "2026-12-01T00:00:00Z".parse().unwrap())
    }

    #[test]
    fn an_instant_or_the_end_of_a_day_in_its_zone_can_be_asked_for() {
        let at = |text: &str| Ok(Some(text.parse().unwrap()));
        assert_eq!(asked("2026-10-31T17:00:00Z"), at("2026-10-31T17:00:00Z"));
        assert_eq!(
            asked("2026-10-31T17:00:00-05:00"),
            at("2026-10-31T22:00:00Z")
        );
        // The day after begins at 05:00 UTC; the clocks go back later that day.
        let end = at("2026-11-01T04:59:59.999999Z");
        assert_eq!(asked("2026-10-31[America/Chicago]"), end);
        assert_eq!(instant(&HeaderMap::new(), Timestamp::UNIX_EPOCH), Ok(None));
    }

    #[test]
    fn what_is_no_time_or_still_to_come_is_refused() {
        let wrong = [
            "",
            "yesterday",
            "2026-10-31",
            "2026-10-31[Nowhere]",
            "2027-01-01T00:00:00Z",
        ];
        for wrong in wrong {
            let refusal = asked(wrong).unwrap_err();
            assert_eq!(refusal.violations[0].field, AS_OF, "{wrong}");
        }
    }
}
