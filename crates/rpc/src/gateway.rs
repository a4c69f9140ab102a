//! One address before all services: a call goes on to the service that its path names.
//!
//! Nothing is decided here. Tokens, ids and deadlines travel on as they came, answers and their
//! trailers come back as they are; the services know who may do what. A call is a step of its
//! trace here too, with one line in the log, and is counted. The services that every
//! role answers (the log service, health) have no owner in their path: the caller names one in the
//! metadata `cw-service`.

use std::collections::BTreeMap;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use eventlog::Real;
use http::{HeaderMap, HeaderValue, Request, Response, Uri, Version};
use tonic::body::Body;
use tonic::service::Routes;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};
use tower::{Layer, Service, ServiceExt};
use wire::metadata::HEADER_LIST_BYTES;
use wire::{Refusal, Violation};

use crate::access::Rules;
use crate::call::{Call, REQUEST_ID, TRACEPARENT, text};
use crate::calls::Calls;
use crate::listen::{Ending, Listening};
use crate::server::{Limits, Running, ServeError, reflection};
use crate::signals::Labels;
use crate::tls::Tls;

/// Metadata key that names the service which shall answer, where the path does not.
pub const SERVICE: &str = "cw-service";

const HEALTH: &str = "grpc.health.v1.Health";

/// A gateway about to start.
pub struct Gateway {
    address: SocketAddr,
    services: BTreeMap<String, Channel>,
    tls: Option<Arc<Tls>>,
}

impl Gateway {
    /// A gateway at `address` before services by name (`payroll`). They are connected to when
    /// first needed, and again whenever a connection was lost.
    pub fn new(
        address: SocketAddr,
        services: impl IntoIterator<Item = (impl Into<String>, Endpoint)>,
    ) -> Self {
        let connect = |endpoint: Endpoint| {
            endpoint
                .connect_timeout(Duration::from_secs(3))
                .http2_adaptive_window(true)
                .http2_max_header_list_size(HEADER_LIST_BYTES)
                .http2_keep_alive_interval(Duration::from_secs(20))
                .keep_alive_timeout(Duration::from_secs(5))
                .connect_lazy()
        };
        let services = services
            .into_iter()
            .map(|(name, endpoint)| (name.into(), connect(endpoint)))
            .collect();
        Self {
            address,
            services,
            tls: None,
        }
    }

    /// The same, speaking TLS if there is any.
    pub fn tls(mut self, tls: Option<Arc<Tls>>) -> Self {
        self.tls = tls;
        self
    }

    /// Listens and hands on until `stop` completes; running calls then get the time of
    /// [`Limits::default`] to finish.
    pub async fn start(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Running, ServeError> {
        let listening = Listening::bind(self.address, self.tls)?;
        let address = listening.address;
        let (health, health_service) = tonic_health::server::health_reporter();
        let routes = Routes::new(health_service)
            .add_service(reflection().build_v1()?)
            .add_service(reflection().build_v1alpha()?);
        let calls = Calls {
            surroundings: Arc::new(Real),
            deadlines: None,
            labels: Labels::of_gateway(&Rules::of_protos()?),
        };
        let router = tonic::transport::Server::builder()
            .http2_keepalive_interval(Some(Duration::from_secs(30)))
            .http2_adaptive_window(Some(true))
            .layer(calls)
            .layer(Forward(Arc::new(self.services)))
            .add_routes(routes);
        let ending = Ending {
            health: health.clone(),
            names: Vec::new(),
            drain: Limits::default().drain,
        };
        let task = listening.serve(router, ending, stop);
        tracing::info!(%address, "gateway listens");
        Ok(Running::new(address, health, task))
    }
}

/// Where a call goes.
#[derive(Debug, PartialEq, Eq)]
enum Way {
    /// The gateway answers: its own health, reflection, paths that nobody serves.
    Here,
    /// To this service.
    To(String),
}

/// Reads the way off path and metadata.
fn way(path: &str, headers: &HeaderMap, known: &[&str]) -> Result<Way, Refusal> {
    let service = path.trim_start_matches('/').split('/').next();
    let service = service.unwrap_or_default();
    let named = text(headers, SERVICE).map(str::trim);
    let package = service.strip_prefix("commonwatch.");
    let owner = package.and_then(|rest| rest.split('.').next());
    match (owner, named) {
        (Some(owner), _) if known.contains(&owner) => Ok(Way::To(owner.to_owned())),
        (None, None) => Ok(Way::Here),
        (None, Some(_)) if service != HEALTH => Ok(Way::Here),
        (_, Some(named)) if known.contains(&named) => Ok(Way::To(named.to_owned())),
        (_, named) => {
            let choices = known.join(", ");
            let given = match named {
                Some(named) => format!("\"{named}\" is none of them"),
                None => "and the call names none".to_owned(),
            };
            let message = format!(
                "Every service answers {service}, {given}: name one in the metadata {SERVICE} \
                 ({choices})."
            );
            let violation = Violation::new(SERVICE, format!("one of {choices}"));
            let refusal = Refusal::new(Code::InvalidArgument, "SERVICE_NOT_NAMED", message);
            Err(refusal.violations([violation]))
        }
    }
}

/// Lays the gateway before what it answers itself.
#[derive(Clone)]
struct Forward(Arc<BTreeMap<String, Channel>>);

impl<S> Layer<S> for Forward {
    type Service = Forwarding<S>;
    fn layer(&self, inner: S) -> Forwarding<S> {
        Forwarding {
            services: Arc::clone(&self.0),
            inner,
        }
    }
}

#[derive(Clone)]
struct Forwarding<S> {
    services: Arc<BTreeMap<String, Channel>>,
    inner: S,
}

impl<S> Service<Request<Body>> for Forwarding<S>
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
        let known: Vec<&str> = self.services.keys().map(String::as_str).collect();
        match way(request.uri().path(), request.headers(), &known) {
            Ok(Way::Here) => {
                // The clone takes the place of the service that was polled ready.
                let next = self.inner.clone();
                let mut inner = std::mem::replace(&mut self.inner, next);
                Box::pin(async move { inner.call(request).await })
            }
            Ok(Way::To(name)) => {
                let channel = self.services.get(&name).cloned();
                let channel = channel.expect("only services of the map are known");
                Box::pin(async move { Ok(forward(&name, channel, request).await) })
            }
            Err(refusal) => Box::pin(async move { Ok(Status::from(refusal).into_http()) }),
        }
    }
}

async fn forward(name: &str, mut channel: Channel, request: Request<Body>) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    if let Some(call) = parts.extensions.get::<Call>() {
        // Our step is the service's parent; the id of the request is one for both.
        let ids = [
            (TRACEPARENT, call.trace.to_string()),
            (REQUEST_ID, call.request_id.clone()),
        ];
        for (name, id) in ids {
            if let Ok(id) = HeaderValue::from_str(&id) {
                parts.headers.insert(name, id);
            }
        }
    }
    // The channel knows scheme and authority; what the listener noted is of no use beyond it.
    let path = parts.uri.path_and_query().cloned();
    parts.uri = path.map_or_else(Uri::default, Uri::from);
    parts.version = Version::HTTP_2;
    parts.extensions = http::Extensions::new();
    let answered = match channel.ready().await {
        Ok(ready) => ready.call(Request::from_parts(parts, body)).await,
        Err(error) => Err(error),
    };
    answered.unwrap_or_else(|error| Status::from(unreachable(name, &error)).into_http())
}

fn unreachable(name: &str, error: &(dyn std::error::Error + 'static)) -> Refusal {
    let why = match wire::tls::trouble(error) {
        Some((why, _)) => why,
        None => {
            let mut last = error;
            while let Some(source) = last.source() {
                last = source;
            }
            last.to_string()
        }
    };
    tracing::warn!(service = name, why, "a service does not answer");
    let message = format!("The {name} service does not answer the gateway: {why}.");
    Refusal::new(Code::Unavailable, "SERVICE_UNREACHABLE", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 2] = ["payroll", "registry"];
    const LOG: &str = "/commonwatch.log.v1.LogService/Heads";

    fn route(path: &str, named: Option<&'static str>) -> Result<Way, Refusal> {
        let mut headers = HeaderMap::new();
        if let Some(named) = named {
            headers.insert(SERVICE, HeaderValue::from_static(named));
        }
        way(path, &headers, &KNOWN)
    }

    #[test]
    fn a_path_that_names_its_service_needs_no_metadata_and_heeds_none() {
        let clock_in = "/commonwatch.payroll.v1.PayrollService/ClockIn";
        let payroll = Ok(Way::To("payroll".to_owned()));
        assert_eq!(route(clock_in, None), payroll);
        assert_eq!(route(clock_in, Some("registry")), payroll);
    }

    #[test]
    fn what_every_service_answers_goes_to_the_one_that_is_named() {
        assert_eq!(
            route(LOG, Some("payroll")),
            Ok(Way::To("payroll".to_owned()))
        );
        for named in [None, Some("training")] {
            let refusal = route(LOG, named).unwrap_err();
            assert_eq!(refusal.reason, "SERVICE_NOT_NAMED");
            assert!(refusal.message.contains("payroll, registry"), "{refusal}");
        }
    }

    #[test]
    fn health_is_the_gateways_own_unless_a_service_is_named() {
        let check = "/grpc.health.v1.Health/Check";
        assert_eq!(route(check, None), Ok(Way::Here));
        assert_eq!(
            route(check, Some("registry")),
            Ok(Way::To("registry".to_owned()))
        );
        assert!(route(check, Some("training")).is_err());
        let reflect = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
        assert_eq!(route(reflect, Some("payroll")), Ok(Way::Here));
    }
}
