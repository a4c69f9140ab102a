//! What every test here begins with: grants, a running server, clients with tokens.

use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;

use eventlog::{Real, Surroundings};
use rpc::{GrantsFile, Limits, Running, Server, Services, Tls, TokenHash};
use tokio::sync::oneshot;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Request, Status};
use wire::Refusal;

/// Tokens are `t-<actor>`.
const GRANTS: &[(&str, &str)] = &[
    ("ops-1", "roles = ['operations']"),
    ("finance-1", "roles = ['finance']"),
    ("trainer-1", "roles = ['trainer']"),
    ("admin-1", "roles = ['admin']"),
    ("payroll-service", "roles = ['service']"),
    ("clerk-barlow", "roles = ['town']\ntowns = ['barlow']"),
    ("auditor-barlow", "roles = ['auditor']\ntowns = ['barlow']"),
    ("left-1", "roles = ['finance']\nexpires_on = '2020-12-31'"),
];

pub(crate) fn grants() -> Arc<GrantsFile> {
    let blocks = GRANTS.iter().map(|(actor, rest)| {
        let token = TokenHash::of(&format!("t-{actor}"));
        format!("[[grant]]\nactor = '{actor}'\n{rest}\ntoken_sha256 = '{token}'\n")
    });
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), blocks.collect::<String>()).unwrap();
    Arc::new(GrantsFile::open(file.path()).unwrap())
}

/// A server that is told to stop when this is dropped.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) running: Option<Running>,
    stop: Option<oneshot::Sender<()>>,
}

pub(crate) async fn serve(services: Services, limits: Limits) -> Served {
    serve_at("127.0.0.1:0", services, limits).await
}

pub(crate) async fn serve_at(address: &str, services: Services, limits: Limits) -> Served {
    serve_over(address, services, limits, None).await
}

pub(crate) async fn serve_secured(services: Services, limits: Limits, tls: Arc<Tls>) -> Served {
    serve_over("127.0.0.1:0", services, limits, Some(tls)).await
}

async fn serve_over(
    address: &str,
    services: Services,
    limits: Limits,
    tls: Option<Arc<Tls>>,
) -> Served {
    let surroundings: Arc<dyn Surroundings> = Arc::new(Real);
    let (stop, stopped) = oneshot::channel::<()>();
    let server = Server::new(
        SocketAddr::from_str(address).unwrap(),
        grants(),
        surroundings,
    );
    let signal = async { drop(stopped.await) };
    let running = server
        .services(services)
        .limits(limits)
        .tls(tls)
        .start(signal)
        .await
        .unwrap();
    Served {
        address: running.address(),
        running: Some(running),
        stop: Some(stop),
    }
}

impl Served {
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) async fn channel(&self) -> Channel {
        Channel::from_shared(self.url())
            .unwrap()
            .connect()
            .await
            .unwrap()
    }

    /// Tells it to stop, without waiting.
    pub(crate) fn stop(&mut self) {
        self.stop.take();
    }

    /// Stops it and waits for the end.
    pub(crate) async fn ended(mut self) {
        self.stop();
        self.running.take().unwrap().wait().await.unwrap();
    }
}

/// A request by an actor of [`GRANTS`].
pub(crate) fn by<T>(actor: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let bearer: MetadataValue<_> = format!("Bearer t-{actor}").parse().unwrap();
    request.metadata_mut().insert("authorization", bearer);
    request
}

/// What a call was refused with.
pub(crate) fn refusal<T: std::fmt::Debug>(answer: Result<T, Status>) -> Refusal {
    Refusal::from_status(&answer.expect_err("refused"))
}
