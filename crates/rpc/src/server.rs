//! The gRPC server that every role runs: one address, many services, the same manners.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use eventlog::Store;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tower::Service;

use crate::access::{Access, Guard, RuleError, Rules};
use crate::as_of::Earlier;
use crate::calls::{Calls, Deadlines};
use crate::denials::Denials;
use crate::grants::Grants;
use crate::listen::{Ending, Listening};
use crate::signals::Labels;
use crate::tls::Tls;

/// gRPC services to be served together.
#[derive(Default)]
pub struct Services {
    names: BTreeSet<&'static str>,
    add: Vec<Box<dyn FnOnce(Routes) -> Routes + Send>>,
}

impl Services {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same and one more, such as a generated `PayrollServiceServer`.
    pub fn with<S>(mut self, service: S) -> Self
    where
        S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        self.names.insert(S::NAME);
        self.add
            .push(Box::new(|routes| routes.add_service(service)));
        self
    }

    /// These and those.
    pub fn and(mut self, other: Services) -> Self {
        self.names.extend(other.names);
        self.add.extend(other.add);
        self
    }

    /// Full names of the services.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.iter().copied()
    }
}

/// How much a call may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Time for callers that name none.
    pub deadline: Duration,
    /// Time at most, whatever a caller asks for.
    pub deadline_max: Duration,
    /// Bytes of a request message. Above 4 MiB, a service must raise its generated server's
    /// `max_decoding_message_size` too.
    pub message_bytes: usize,
    /// Time that running calls get to finish when the server stops.
    pub drain: Duration,
}

impl Default for Limits {
    /// 10 s, at most 2 min; 4 MiB; 10 s.
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(10),
            deadline_max: Duration::from_secs(120),
            message_bytes: 4 * 1024 * 1024,
            drain: Duration::from_secs(10),
        }
    }
}

/// Why a server cannot start or ended badly.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken, not ours, or not permitted.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// An access rule of the protos cannot be kept.
    #[error("the protos declare an access that cannot be kept: {0}")]
    Rules(#[from] RuleError),
    /// The descriptors cannot be served by reflection.
    #[error("reflection cannot serve the descriptors: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The transport gave up.
    #[error("the gRPC server failed: {0}")]
    Transport(#[from] tonic::transport::Error),
}

/// A server about to start.
pub struct Server {
    address: SocketAddr,
    services: Services,
    grants: Arc<dyn Grants>,
    surroundings: Arc<dyn eventlog::Surroundings>,
    limits: Limits,
    tls: Option<Arc<Tls>>,
    denials: Option<Store>,
    ready: bool,
}

/// A server that answers.
pub struct Running {
    address: SocketAddr,
    health: HealthReporter,
    /// Every service by full name, and the server as a whole by the empty one.
    names: Vec<&'static str>,
    task: JoinHandle<Result<(), ServeError>>,
    /// Writes denied calls down, until told to stop.
    denials: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Server {
    /// A server for `address` (port 0: any free one) without services yet.
    pub fn new(
        address: SocketAddr,
        grants: Arc<dyn Grants>,
        surroundings: Arc<dyn eventlog::Surroundings>,
    ) -> Self {
        let (services, limits) = (Services::new(), Limits::default());
        Self {
            address,
            services,
            grants,
            surroundings,
            limits,
            tls: None,
            denials: None,
            ready: true,
        }
    }

    /// The same; health checks hear "not serving" until [`Health::set_ready`] says otherwise.
    pub fn not_ready(mut self) -> Self {
        self.ready = false;
        self
    }

    /// The same, speaking TLS if there is any; plain text otherwise.
    pub fn tls(mut self, tls: Option<Arc<Tls>>) -> Self {
        self.tls = tls;
        self
    }

    /// The same, writing calls that are denied into this store and telling them
    /// ([`crate::denials`]).
    pub fn denials(mut self, store: &Store) -> Self {
        self.denials = Some(store.clone());
        self.services(crate::denials::services(store))
    }

    /// The same, answering for these services too.
    pub fn services(mut self, services: Services) -> Self {
        self.services = self.services.and(services);
        self
    }

    /// The same with other limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Listens and serves until `stop` completes. Then it reports NOT_SERVING, takes no new
    /// connection, and gives running calls [`Limits::drain`] to finish.
    pub async fn start(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Running, ServeError> {
        let listening = Listening::bind(self.address, self.tls)?;
        let address = listening.address;

        let (health, health_service) = tonic_health::server::health_reporter();
        let denied = Arc::new(Denials::default());
        let names: Vec<_> = self.services.names().chain([""]).collect();
        report(&health, &names, self.ready).await;
        let guard = Guard {
            denials: Arc::clone(&denied),
            rules: Rules::of_protos()?,
            grants: self.grants,
            surroundings: Arc::clone(&self.surroundings),
            served: self.services.names.clone(),
            message_bytes: self.limits.message_bytes,
        };
        let recalling = Arc::clone(&self.surroundings);
        let calls = Calls {
            labels: Labels::of(&guard.rules),
            surroundings: self.surroundings,
            deadlines: Some(Deadlines {
                usual: self.limits.deadline,
                longest: self.limits.deadline_max,
            }),
        };
        let routes = Routes::new(health_service);
        // Old clients ask v1alpha, new ones v1; each needs its own service.
        let routes = routes.add_service(reflection().build_v1()?);
        let routes = routes.add_service(reflection().build_v1alpha()?);
        let routes = self
            .services
            .add
            .into_iter()
            .fold(routes, |routes, add| add(routes));

        let router = tonic::transport::Server::builder()
            .http2_keepalive_interval(Some(Duration::from_secs(30)))
            .layer(calls)
            .layer(Access(Arc::new(guard)))
            .layer(Earlier(recalling))
            .add_routes(routes);
        let ending = Ending {
            health: health.clone(),
            names: names.clone(),
            drain: self.limits.drain,
        };
        let task = listening.serve(router, ending, stop);
        let denials = self.denials.map(|store| {
            let (stop, stopped) = oneshot::channel();
            (stop, tokio::spawn(denied.write(store, stopped)))
        });
        tracing::info!(%address, "gRPC server listens");
        Ok(Running {
            address,
            health,
            names,
            task,
            denials,
        })
    }
}

impl Running {
    pub(crate) fn new(
        address: SocketAddr,
        health: HealthReporter,
        task: JoinHandle<Result<(), ServeError>>,
    ) -> Self {
        Self {
            address,
            health,
            names: vec![""],
            task,
            denials: None,
        }
    }

    /// Where it listens, with the port that was found.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Tells health checks, now and later, whether this server can do its work.
    pub fn health(&self) -> Health {
        Health {
            reporter: self.health.clone(),
            names: self.names.clone(),
        }
    }

    /// Waits for the end: `stop` completed and calls drained, or the transport failed.
    pub async fn wait(self) -> Result<(), ServeError> {
        let ended = self.task.await;
        if let Some((stop, written)) = self.denials {
            drop(stop);
            // Nobody is let in any more: what is counted now is all there will be.
            if let Err(error) = written.await {
                tracing::error!(%error, "the writing of denied calls broke down");
            }
        }
        match ended {
            Ok(ended) => ended,
            Err(e) if e.is_panic() => std::panic::resume_unwind(e.into_panic()),
            Err(_) => Ok(()), // the runtime is going away
        }
    }
}

/// What a server says about itself to health checks.
#[derive(Clone)]
pub struct Health {
    reporter: HealthReporter,
    names: Vec<&'static str>,
}

impl Health {
    /// Says of every service, and of the server as a whole, whether it can do its work.
    pub async fn set_ready(&self, ready: bool) {
        report(&self.reporter, &self.names, ready).await;
    }
}

async fn report(reporter: &HealthReporter, names: &[&'static str], ready: bool) {
    let status = if ready {
        ServingStatus::Serving
    } else {
        ServingStatus::NotServing
    };
    for name in names {
        reporter.set_service_status(*name, status).await;
    }
}

/// What the protos say of themselves, for clients that ask.
pub(crate) fn reflection() -> tonic_reflection::server::Builder<'static> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(wire::DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
}
