//! What every test begins with: the service's store, its listener, a served address, and owners
//! whose heads the test decides.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use bus::{ApplyError, Backfill, Listener as _, Unreachable};
use eventlog::{FactRow, LogId, Replayed, Store, Surroundings};
use proof::VerifierKey;
use proof::bundle::Files;
use rpc::{GrantsFile, Running, Server, TokenHash};
use statements::{Signing, Statements};
use tokio::sync::oneshot;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};
use wire::Refusal;
use wire::statements::v1::statements_service_client::StatementsServiceClient;
use wire::statements::v1::{
    CloseMonthRequest, CloseMonthResponse, GetBundleRequest, GetStatementRequest, Statement,
};

use crate::told::Logs;

pub(crate) type Client = StatementsServiceClient<Channel>;

/// Tokens are `t-<actor>`.
const GRANTS: &[(&str, &str)] = &[
    ("finance-1", "roles = ['finance']"),
    ("trainer-1", "roles = ['trainer']"),
    ("clerk-barlow", "roles = ['town']\ntowns = ['barlow']"),
];

fn grants() -> Arc<dyn rpc::Grants> {
    let blocks = GRANTS.iter().map(|(actor, rest)| {
        let token = TokenHash::of(&format!("t-{actor}"));
        format!("[[grant]]\nactor = '{actor}'\n{rest}\ntoken_sha256 = '{token}'\n")
    });
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), blocks.collect::<String>()).unwrap();
    Arc::new(GrantsFile::open(file.path()).unwrap())
}

/// The owners, as far as a close asks them: where their logs stand.
#[derive(Default)]
pub(crate) struct Owners(RwLock<BTreeMap<&'static str, u64>>);

impl Owners {
    pub(crate) fn stand_at(&self, heads: BTreeMap<&'static str, u64>) {
        *self.0.write().unwrap() = heads;
    }
}

impl Backfill for Owners {
    async fn read(&self, log: &LogId, _: u64, _: u32) -> Result<Vec<FactRow>, Unreachable> {
        Err(Unreachable(format!("nobody reads {log} here")))
    }

    async fn heads(&self, service: &'static str) -> Result<Vec<(LogId, u64)>, Unreachable> {
        let heads = self.0.read().unwrap();
        let head = heads
            .get(service)
            .map(|head| (service.parse().unwrap(), *head));
        Ok(head.into_iter().collect())
    }
}

/// The service, served, with a clock that stands.
pub(crate) struct Service<B = Owners> {
    pub(crate) store: Store,
    pub(crate) listener: Statements,
    pub(crate) owners: Arc<B>,
    pub(crate) clock: Arc<Replayed>,
    pub(crate) client: Client,
    _running: Running,
    _stop: oneshot::Sender<()>,
}

/// The provider's signing key.
pub(crate) const SEED: [u8; 32] = [7; 32];

pub(crate) fn signing() -> Signing {
    Signing::try_new("river-bend", &SEED).unwrap()
}

pub(crate) async fn service(world: &local::testing::World, name: &str) -> Service {
    let filter = std::env::var("RUST_LOG").unwrap_or_else(|_| "warn".to_owned());
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_test_writer()
        .try_init();
    let owners = Arc::new(Owners::default());
    serve(world.database_url(name), owners, Duration::from_millis(200)).await
}

pub(crate) async fn serve<B: Backfill>(
    database_url: String,
    owners: Arc<B>,
    patience: Duration,
) -> Service<B> {
    let now = "2026-11-02T12:00:00Z".parse().unwrap();
    let clock = Arc::new(Replayed::new(7, now));
    let surroundings: Arc<dyn Surroundings> = clock.clone();
    let options = eventlog::Options {
        surroundings: surroundings.clone(),
        ..statements::options(database_url)
    };
    let store = Store::open(options).await.unwrap();
    let services = statements::services(&store, owners.clone(), signing(), patience);
    let (stop, stopped) = oneshot::channel::<()>();
    let address = "127.0.0.1:0".parse().unwrap();
    let server = Server::new(address, grants(), surroundings).services(services);
    let running = server.start(async { drop(stopped.await) }).await.unwrap();
    let url = format!("http://{}", running.address());
    let channel = Channel::from_shared(url).unwrap().connect().await.unwrap();
    Service {
        listener: Statements::new(store.clone()),
        client: Client::new(channel),
        store,
        owners,
        clock,
        _running: running,
        _stop: stop,
    }
}

impl Service {
    /// A service of its own that has heard all of these.
    pub(crate) async fn having_heard(world: &local::testing::World, logs: &Logs) -> Service {
        let service = service(world, "statements").await;
        for rows in logs.rows() {
            service.hear(&rows).await.unwrap();
        }
        service.owners.stand_at(logs.heads());
        service
    }
}

impl<B> Service<B> {
    /// The listener is given a batch.
    pub(crate) async fn hear(&self, batch: &[FactRow]) -> Result<(), ApplyError> {
        self.listener.apply(batch).await
    }

    pub(crate) async fn close(
        &mut self,
        month: &str,
        allow_open: bool,
    ) -> Result<CloseMonthResponse, Refusal> {
        let request = closing(month, allow_open);
        answer(self.client.close_month(by("finance-1", request)).await)
    }

    pub(crate) async fn statement(&mut self, month: &str, party: &str) -> Statement {
        let request = GetStatementRequest {
            agreement: "three-rivers".to_owned(),
            month: month.to_owned(),
            party: party.to_owned(),
        };
        answer(self.client.get_statement(by("finance-1", request)).await).unwrap()
    }

    pub(crate) async fn bundle(&mut self, month: &str, party: &str) -> Files {
        let request = bundle_of(month, party);
        let answer = self.client.get_bundle(by("finance-1", request)).await;
        let mut stream = answer.unwrap().into_inner();
        let mut files = Files::new();
        while let Some(chunk) = stream.message().await.unwrap() {
            files.entry(chunk.file).or_default().extend(chunk.data);
        }
        files
    }

    /// Every statement of a month as issued, byte for byte.
    pub(crate) async fn documents(&mut self, month: &str) -> Vec<(String, String)> {
        let mut documents = Vec::new();
        for party in ["barlow", "milford", "provider"] {
            let statement = self.statement(month, party).await;
            documents.push((statement.json, statement.csv));
        }
        documents
    }

    /// Rows in the agreement's log.
    pub(crate) async fn leaves(&self) -> u64 {
        self.store.head(&log()).await.unwrap().seq
    }
}

pub(crate) fn log() -> LogId {
    statements::log(&"three-rivers".parse().unwrap())
}

pub(crate) fn closing(month: &str, allow_open: bool) -> CloseMonthRequest {
    CloseMonthRequest {
        agreement: "three-rivers".to_owned(),
        month: month.to_owned(),
        allow_open,
    }
}

pub(crate) fn bundle_of(month: &str, party: &str) -> GetBundleRequest {
    GetBundleRequest {
        agreement: "three-rivers".to_owned(),
        month: month.to_owned(),
        party: party.to_owned(),
    }
}

pub(crate) fn key() -> VerifierKey {
    signing().verifier_key()
}

/// A request by an actor of [`GRANTS`].
pub(crate) fn by<T>(actor: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let bearer: MetadataValue<_> = format!("Bearer t-{actor}").parse().unwrap();
    request.metadata_mut().insert("authorization", bearer);
    request
}

/// The same under a command id.
pub(crate) fn under<T>(id: u128, mut request: Request<T>) -> Request<T> {
    let id = uuid::Uuid::from_u128(id).to_string();
    request
        .metadata_mut()
        .insert("cw-command-id", id.parse().unwrap());
    request
}

/// What was answered, or what was refused.
pub(crate) fn answer<T>(answer: Result<Response<T>, Status>) -> Result<T, Refusal> {
    answer
        .map(Response::into_inner)
        .map_err(|status| Refusal::from_status(&status))
}
