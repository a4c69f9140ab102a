//! One call: where it goes, under which ids, and how it is logged.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Request};
use tonic::transport::server::{TcpConnectInfo, TlsConnectInfo};
use uuid::Uuid;

/// Header that carries the caller's own id of a request, and brings it back.
pub const REQUEST_ID: &str = "x-request-id";
/// Header of W3C trace context.
pub const TRACEPARENT: &str = "traceparent";

tokio::task_local! {
    /// The call that the running task serves.
    pub(crate) static CALL: Call;
}

/// What every call carries beside its message; in the request's extensions.
#[derive(Debug, Clone)]
pub struct Call {
    /// The RPC's path: `/commonwatch.payroll.v1.PayrollService/ClockIn`.
    pub rpc: String,
    /// The caller's id of this request, or ours.
    pub request_id: String,
    /// Our span in the caller's trace, or in a new one.
    pub trace: Traceparent,
    /// The caller's step in that trace, if it named one.
    pub(crate) parent: Option<u64>,
    /// Drawn once per call: the command id of callers that bring none.
    pub(crate) drawn: Uuid,
    /// What the call's dry runs would change; sent along with the answer.
    pub(crate) preview: eventlog::Preview,
}

impl Call {
    /// Reads the headers; `drawn` fills in what they lack.
    pub(crate) fn new(rpc: &str, headers: &HeaderMap, drawn: Uuid) -> Self {
        let request_id = text(headers, REQUEST_ID)
            .filter(|id| (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic()))
            .map_or_else(|| drawn.to_string(), str::to_owned);
        let caller = text(headers, TRACEPARENT).and_then(|t| t.parse::<Traceparent>().ok());
        let trace = Traceparent::within(caller, drawn);
        let parent = caller.map(|caller| caller.span_id);
        Self {
            rpc: rpc.to_owned(),
            request_id,
            trace,
            parent,
            drawn,
            preview: eventlog::Preview::default(),
        }
    }
}

/// W3C trace context, version 00: `00-<trace>-<span>-<flags>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traceparent {
    /// The whole walk through all services. Never zero.
    pub trace_id: u128,
    /// One step of it. Never zero.
    pub span_id: u64,
    /// Bit 0: sampled.
    pub flags: u8,
}

impl Traceparent {
    /// A new step: of the caller's trace, or of a new one that `drawn` names.
    pub fn within(caller: Option<Self>, drawn: Uuid) -> Self {
        let (high, low) = drawn.as_u64_pair();
        // The time bits of a v7 id stand high, its random ones low: low alone tells steps apart.
        let span_id = if low == 0 { high | 1 } else { low };
        match caller {
            Some(caller) => Self { span_id, ..caller },
            None => Self {
                trace_id: drawn.as_u128().max(1),
                span_id,
                flags: 1,
            },
        }
    }

    /// The step as 16 hexadecimal digits.
    pub fn span_hex(&self) -> String {
        format!("{:016x}", self.span_id)
    }

    /// The trace as 32 hexadecimal digits.
    pub fn trace_hex(&self) -> String {
        format!("{:032x}", self.trace_id)
    }
}

impl fmt::Display for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "00-{:032x}-{:016x}-{:02x}",
            self.trace_id, self.span_id, self.flags
        )
    }
}

/// The text is not a traceparent of version 00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a W3C traceparent: 00-<32 hex digits>-<16 hex digits>-<2 hex digits>")]
pub struct NotATraceparent;

impl FromStr for Traceparent {
    type Err = NotATraceparent;
    fn from_str(text: &str) -> Result<Self, NotATraceparent> {
        let parts: Vec<&str> = text.split('-').collect();
        let [version, trace, span, flags] = parts[..] else {
            return Err(NotATraceparent);
        };
        let lower_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        let shapes = [(trace, 32), (span, 16), (flags, 2)];
        let shaped = shapes
            .iter()
            .all(|(part, n)| part.len() == *n && part.bytes().all(lower_hex));
        if version != "00" || !shaped {
            return Err(NotATraceparent);
        }
        let trace_id = u128::from_str_radix(trace, 16).map_err(|_| NotATraceparent)?;
        let span_id = u64::from_str_radix(span, 16).map_err(|_| NotATraceparent)?;
        let flags = u8::from_str_radix(flags, 16).map_err(|_| NotATraceparent)?;
        if trace_id == 0 || span_id == 0 {
            return Err(NotATraceparent);
        }
        Ok(Self {
            trace_id,
            span_id,
            flags,
        })
    }
}

/// How long the caller waits, from `grpc-timeout`: up to eight digits and a unit.
pub(crate) fn caller_deadline(headers: &HeaderMap) -> Option<Duration> {
    let text = text(headers, "grpc-timeout")?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let n: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(n * 3600)),
        "M" => Some(Duration::from_secs(n * 60)),
        "S" => Some(Duration::from_secs(n)),
        "m" => Some(Duration::from_millis(n)),
        "u" => Some(Duration::from_micros(n)),
        "n" => Some(Duration::from_nanos(n)),
        _ => None,
    }
}

/// The caller's network address; unknown where the connection is none of TCP.
pub(crate) fn peer<B>(request: &Request<B>) -> Option<IpAddr> {
    let extensions = request.extensions();
    let secured = extensions.get::<TlsConnectInfo<TcpConnectInfo>>();
    let tcp = extensions
        .get()
        .or_else(|| secured.map(TlsConnectInfo::get_ref))?;
    tcp.remote_addr().map(|address| address.ip())
}

pub(crate) fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).map(HeaderValue::to_str)?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIVEN: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_callers_trace_is_carried_on_with_a_span_of_our_own() {
        let caller: Traceparent = GIVEN.parse().unwrap();
        assert_eq!(caller.to_string(), GIVEN);
        let ours = Traceparent::within(Some(caller), Uuid::from_u128(7));
        assert_eq!(ours.trace_id, caller.trace_id);
        assert_ne!(ours.span_id, caller.span_id);
        assert_eq!(ours.to_string().parse(), Ok(ours));
    }

    #[test]
    fn a_wrong_traceparent_starts_a_new_trace() {
        let zero = format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32));
        let long = format!("{GIVEN}-00");
        let upper = GIVEN.to_uppercase();
        for wrong in ["", "00-1-2-3", &zero, &long, &upper, "01-x"] {
            assert_eq!(
                wrong.parse::<Traceparent>(),
                Err(NotATraceparent),
                "{wrong}"
            );
        }
        assert_ne!(Traceparent::within(None, Uuid::nil()).trace_id, 0);
    }

    #[test]
    fn the_callers_deadline_is_read_in_every_unit() {
        let read = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("grpc-timeout", HeaderValue::from_static(text));
            caller_deadline(&headers)
        };
        assert_eq!(read("250m"), Some(Duration::from_millis(250)));
        assert_eq!(read("2H"), Some(Duration::from_secs(7200)));
        assert_eq!(read("99999999n"), Some(Duration::from_nanos(99_999_999)));
        for wrong in ["", "m", "1", "123456789S", "-1S", "1x", "1.5S"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_request_id_that_would_garble_the_log_is_replaced() {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_static("a b"));
        assert_eq!(
            Call::new("/x", &headers, Uuid::nil()).request_id,
            Uuid::nil().to_string()
        );
        headers.insert(REQUEST_ID, HeaderValue::from_static("mine-1"));
        assert_eq!(Call::new("/x", &headers, Uuid::nil()).request_id, "mine-1");
    }
}
