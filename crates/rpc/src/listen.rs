//! Listening, serving until told to stop, draining: the same for servers and gateways.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::body::Body;
use tonic::service::Routes;
use tonic::transport::server::{Router, TcpIncoming};
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tower::{Layer, Service};

use crate::server::ServeError;
use crate::tls::Tls;

/// A socket that is bound and not served yet.
pub(crate) struct Listening {
    incoming: TcpIncoming,
    tls: Option<Arc<Tls>>,
    /// With the port that was found.
    pub(crate) address: SocketAddr,
}

/// How a server ends.
pub(crate) struct Ending {
    /// Told NOT_SERVING first, for these names.
    pub(crate) health: HealthReporter,
    pub(crate) names: Vec<&'static str>,
    /// Time that running calls get to finish.
    pub(crate) drain: Duration,
}

impl Listening {
    /// Binds the address.
    pub(crate) fn bind(address: SocketAddr, tls: Option<Arc<Tls>>) -> Result<Self, ServeError> {
        let failed = |source| ServeError::Listen { address, source };
        let incoming = TcpIncoming::bind(address)
            .map_err(failed)?
            .with_nodelay(Some(true));
        let address = incoming.local_addr().map_err(failed)?;
        Ok(Self {
            incoming,
            tls,
            address,
        })
    }

    /// Serves until `stop` completes and running calls are done.
    pub(crate) fn serve<L>(
        self,
        router: Router<L>,
        ending: Ending,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> JoinHandle<Result<(), ServeError>>
    where
        L: Layer<Routes> + Clone + Send + 'static,
        L::Service: Service<Request<Body>, Response = Response<Body>> + Clone + Send + 'static,
        <L::Service as Service<Request<Body>>>::Future: Send,
        <L::Service as Service<Request<Body>>>::Error:
            Into<Box<dyn std::error::Error + Send + Sync>> + Send,
    {
        let Ending {
            health,
            names,
            drain,
        } = ending;
        let (stopped, drained) = oneshot::channel();
        let signal = async move {
            stop.await;
            for name in names.into_iter().chain([""]) {
                health
                    .set_service_status(name, ServingStatus::NotServing)
                    .await;
            }
            stopped.send(()).ok(); // the receiver outlives the server
        };
        let (incoming, tls) = (self.incoming, self.tls);
        tokio::spawn(async move {
            let serve = async move {
                match tls {
                    None => router.serve_with_incoming_shutdown(incoming, signal).await,
                    Some(tls) => {
                        let incoming = tls.accept(incoming);
                        router.serve_with_incoming_shutdown(incoming, signal).await
                    }
                }
            };
            tokio::select! {
                served = serve => Ok(served?),
                () = overdue(drained, drain) => {
                    tracing::warn!(drain_ms = drain.as_millis(), "calls were cut off at the stop");
                    Ok(())
                }
            }
        })
    }
}

/// Completes when calls still run `drain` after the stop.
async fn overdue(stopped: oneshot::Receiver<()>, drain: Duration) {
    if stopped.await.is_err() {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(drain).await;
}
