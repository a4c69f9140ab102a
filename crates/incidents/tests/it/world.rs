//! What every test here begins with: a store that has heard of two towns and an officer, a running
//! server, a client.

use std::sync::Arc;

use bus::Listener;
use eventlog::{FactRow, LogId, Replayed, Store, Surroundings};
use prost::Message;
use rpc::{GrantsFile, Running, Server, TokenHash};
use tokio::sync::oneshot;
use tonic::metadata::MetadataValue;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};
use vocabulary::{Keep, KeptFrom};
use wire::Refusal;
use wire::incidents::v1::incidents_service_client::IncidentsServiceClient;
use wire::registry::v1::{OfficerEnded, OfficerEnrolled, TownRegistered};

pub(crate) type Client = IncidentsServiceClient<InterceptedService<Channel, Token>>;
type Token = fn(Request<()>) -> Result<Request<()>, Status>;

/// A service of its own for one test; its clock stands at 2026-11-02, noon UTC.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) client: Client,
    _running: Running,
    _stop: oneshot::Sender<()>,
    _local: local::testing::World,
}

pub(crate) async fn world() -> World {
    let local = local::testing::world().await;
    let clock = "2026-11-02T12:00:00Z".parse().unwrap();
    let surroundings: Arc<dyn Surroundings> = Arc::new(Replayed::new(3, clock));
    let mut options = incidents::options(local.database_url("incidents"));
    options.surroundings = Arc::clone(&surroundings);
    let store = Store::open(options).await.unwrap();
    let known = [
        town("barlow", "America/Chicago"),
        town("millbrook", "America/Chicago"),
        enrolled("cso-114", "2026-09-01"),
        enrolled("cso-115", "2026-09-01"),
        ended("cso-115", "2026-10-01"),
    ];
    hear(&store, 0, &known).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let address = "127.0.0.1:0".parse().unwrap();
    let running = Server::new(address, Arc::new(grants()), surroundings)
        .services(incidents::services(&store, settings()))
        .start(async { drop(stopped.await) })
        .await
        .unwrap();
    let channel = Channel::from_shared(format!("http://{}", running.address())).unwrap();
    let channel = channel.connect().await.unwrap();
    let client = IncidentsServiceClient::with_interceptor(channel, bearer as Token);
    World {
        store,
        client,
        _running: running,
        _stop: stop,
        _local: local,
    }
}

fn bearer(mut request: Request<()>) -> Result<Request<()>, Status> {
    request
        .metadata_mut()
        .insert("authorization", MetadataValue::from_static("Bearer t-ops"));
    Ok(request)
}

fn grants() -> GrantsFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let hash = TokenHash::of("t-ops");
    let text =
        format!("[[grant]]\nactor = 'ops-1'\nroles = ['operations']\ntoken_sha256 = '{hash}'\n");
    std::fs::write(file.path(), text).unwrap();
    GrantsFile::open(file.path()).unwrap()
}

/// What the registry said, in order, after the fact at `prev`.
pub(crate) async fn hear(store: &Store, prev: u64, facts: &[(&str, Vec<u8>)]) {
    let listener = incidents::Incidents::new(store.clone());
    listener.apply(&rows(prev, facts)).await.unwrap();
}

pub(crate) fn rows(prev: u64, facts: &[(&str, Vec<u8>)]) -> Vec<FactRow> {
    facts
        .iter()
        .zip(prev + 1..)
        .map(|((kind, bytes), seq)| row(seq, kind, bytes))
        .collect()
}

fn row(seq: u64, kind: &str, bytes: &[u8]) -> FactRow {
    FactRow {
        log: LogId::try_new("registry").unwrap(),
        seq,
        prev: seq - 1,
        kind: kind.to_owned(),
        bytes: bytes.to_owned(),
        recorded_at: "2026-09-01T12:00:00Z".parse().unwrap(),
        valid_on: jiff::civil::date(2026, 9, 1),
        actor: "ops-1".to_owned(),
        trace: None,
        leaf_hash: proof::Hash::of(bytes),
        group_last: true,
    }
}

pub(crate) fn town(town: &str, zone: &str) -> (&'static str, Vec<u8>) {
    let (town, zone) = (town.to_owned(), zone.to_owned());
    let fact = TownRegistered {
        name: town.clone(),
        state: "MO".to_owned(),
        town,
        zone,
    };
    ("TownRegistered", fact.encode_to_vec())
}

fn enrolled(officer: &str, from: &str) -> (&'static str, Vec<u8>) {
    let fact = OfficerEnrolled {
        officer: officer.to_owned(),
        from: from.to_owned(),
    };
    ("OfficerEnrolled", fact.encode_to_vec())
}

fn ended(officer: &str, on: &str) -> (&'static str, Vec<u8>) {
    let fact = OfficerEnded {
        officer: officer.to_owned(),
        on: on.to_owned(),
    };
    ("OfficerEnded", fact.encode_to_vec())
}

/// The answer, which must be one.
#[track_caller]
pub(crate) fn done<T>(answer: Result<Response<T>, Status>) -> T {
    match answer {
        Ok(response) => response.into_inner(),
        Err(status) => panic!("refused: {}", Refusal::from_status(&status)),
    }
}

/// The refusal, which must be one, with this reason.
#[track_caller]
pub(crate) fn refused<T>(answer: Result<Response<T>, Status>, reason: &str) -> Refusal {
    let Err(status) = answer else {
        panic!("not refused: expected {reason}")
    };
    let refusal = Refusal::from_status(&status);
    assert_eq!(refusal.reason, reason, "{refusal}");
    refusal
}

/// The provider keeps an incident's record for three years.
fn settings() -> incidents::Settings {
    incidents::Settings {
        zone: "America/Chicago".parse().unwrap(),
        keep_incidents: vec![Keep {
            rule: "a state's schedule".to_owned(),
            months: 36,
            from: KeptFrom::LastDay,
        }],
    }
}
