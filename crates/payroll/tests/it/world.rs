//! What every test here begins with: payroll's store and server, a registry, clients.

use std::net::SocketAddr;
use std::sync::Arc;

use bus::Listener;
use eventlog::{FactRow, Options, Replayed, Store, Surroundings};
use jiff::Timestamp;
use jiff::civil::Weekday;
use payroll::{Payroll, Settings};
use rpc::{GrantsFile, Running, Server, TokenHash};
use tokio::sync::oneshot;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Request, Status};
use vocabulary::Workweek;
use wire::Refusal;
use wire::payroll::v1 as pb;
use wire::payroll::v1::payroll_service_client::PayrollServiceClient;

use crate::registry::{Registry, log};

/// Tokens are `t-<actor>`.
const GRANTS: &[(&str, &str)] = &[
    ("jdoe", "roles = ['officer']\nofficer = 'cso-114'"),
    ("asmith", "roles = ['officer']\nofficer = 'cso-115'"),
    ("hr-2", "roles = ['hr']"),
    // An account that carries the officer's own badge code, with an office role.
    ("cso-114", "roles = ['hr']"),
    ("ops-1", "roles = ['operations']"),
    ("auditor-1", "roles = ['auditor']"),
    ("clerk-1", "roles = ['town']\ntowns = ['barlow']"),
];

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) registry: Registry,
    pub(crate) clock: Arc<Replayed>,
    pub(crate) client: PayrollServiceClient<Channel>,
    stop: Option<oneshot::Sender<()>>,
    running: Option<Running>,
    // Dropped last: the databases go with it.
    pub(crate) servers: local::testing::World,
}

impl World {
    /// The usual world on Sunday 15 November 2026: everything of October is past.
    pub(crate) async fn usual() -> World {
        let world = World::empty().await;
        world.registry.usual().await;
        world.listen().await;
        world
    }

    /// Payroll that has heard nothing yet.
    pub(crate) async fn empty() -> World {
        let servers = local::testing::world().await;
        let registry = Registry::open(servers.database_url("registry")).await;
        let clock = Arc::new(Replayed::new(7, at("2026-11-15T18:00:00Z")));
        let surroundings: Arc<dyn Surroundings> = clock.clone();
        let options = Options {
            surroundings: surroundings.clone(),
            ..payroll::options(servers.database_url("payroll"))
        };
        let store = Store::open(options).await.unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let address: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let running = Server::new(address, grants(), surroundings)
            .services(payroll::services(&store, settings()))
            .start(async { drop(stopped.await) })
            .await
            .unwrap();
        let url = format!("http://{}", running.address());
        let channel = Channel::from_shared(url).unwrap().connect().await.unwrap();
        World {
            store,
            registry,
            clock,
            client: PayrollServiceClient::new(channel),
            stop: Some(stop),
            running: Some(running),
            servers,
        }
    }

    /// Payroll hears what the registry said since.
    pub(crate) async fn listen(&self) {
        let batch = self.unheard().await;
        if !batch.is_empty() {
            Payroll::new(self.store.clone())
                .apply(&batch)
                .await
                .unwrap();
        }
    }

    /// What the registry said and payroll has not heard.
    pub(crate) async fn unheard(&self) -> Vec<FactRow> {
        let receipt = self.store.receipt(payroll::SERVICE, &log()).await.unwrap();
        self.registry
            .store
            .read_facts(&log(), receipt, 1000)
            .await
            .unwrap()
    }

    pub(crate) fn set(&self, now: &str) {
        self.clock.set(at(now));
    }

    /// Payroll's facts, in order.
    pub(crate) async fn facts(&self) -> Vec<FactRow> {
        self.store
            .read_facts(&payroll::log(), 0, 1000)
            .await
            .unwrap()
    }

    pub(crate) async fn kinds(&self) -> Vec<String> {
        self.facts()
            .await
            .into_iter()
            .map(|fact| fact.kind)
            .collect()
    }

    pub(crate) async fn clock_in(&self, when: &str, location: &str) -> String {
        let asked = pb::ClockInRequest {
            officer: "cso-114".into(),
            at: when.into(),
            location: location.into(),
            account: String::new(),
        };
        let answer = self.client.clone().clock_in(by("jdoe", asked)).await;
        answer.unwrap().into_inner().duty
    }

    pub(crate) async fn clock_out(&self, when: &str) -> pb::ClockOutResponse {
        let asked = pb::ClockOutRequest {
            officer: "cso-114".into(),
            at: when.into(),
        };
        let answer = self.client.clone().clock_out(by("jdoe", asked)).await;
        answer.unwrap().into_inner()
    }

    /// A duty by hand, from eight in the morning for so many hours.
    pub(crate) async fn record(&self, day: &str, hours: i64, location: &str) -> String {
        let asked = pb::RecordDutyRequest {
            officer: "cso-114".into(),
            start: format!("{day}T08:00"),
            end: format!("{day}T{:02}:00", 8 + hours),
            location: location.into(),
            account: String::new(),
            reason: "The radio was dead.".into(),
        };
        let answer = self.client.clone().record_duty(by("jdoe", asked)).await;
        answer.unwrap().into_inner().duty
    }

    pub(crate) async fn submit(&self, week: &str) {
        let asked = pb::SubmitWeekRequest {
            officer: "cso-114".into(),
            week: week.into(),
        };
        let answer = self.client.clone().submit_week(by("jdoe", asked)).await;
        answer.unwrap();
    }

    pub(crate) async fn approve(&self, week: &str) -> Vec<pb::AccountCost> {
        let asked = pb::ApproveWeekRequest {
            officer: "cso-114".into(),
            week: week.into(),
            ..pb::ApproveWeekRequest::default()
        };
        let answer = self.client.clone().approve_week(by("hr-2", asked)).await;
        answer.unwrap().into_inner().costs
    }

    pub(crate) async fn timesheet(&self, week: &str) -> pb::Timesheet {
        let asked = pb::GetTimesheetRequest {
            officer: "cso-114".into(),
            week: week.into(),
        };
        let answer = self.client.clone().get_timesheet(by("jdoe", asked)).await;
        answer.unwrap().into_inner()
    }

    /// Stops the server and waits for its end: nothing may still run.
    pub(crate) async fn end(mut self) {
        self.stop.take();
        if let Some(running) = self.running.take() {
            running.wait().await.unwrap();
        }
        self.store.close().await;
        self.registry.store.close().await;
        assert!(self.store.parked().await.unwrap().is_empty());
    }
}

pub(crate) fn settings() -> Settings {
    Settings {
        workweek: Workweek {
            starts_on: Weekday::Sunday,
            zone: "America/Chicago".parse().unwrap(),
        },
    }
}

pub(crate) fn at(instant: &str) -> Timestamp {
    instant.parse().unwrap()
}

/// A request by an actor of [`GRANTS`].
pub(crate) fn by<T>(actor: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let bearer: MetadataValue<_> = format!("Bearer t-{actor}").parse().unwrap();
    request.metadata_mut().insert("authorization", bearer);
    request
}

/// The same with one more metadata value.
pub(crate) fn with<T>(mut request: Request<T>, key: &'static str, value: &str) -> Request<T> {
    request.metadata_mut().insert(key, value.parse().unwrap());
    request
}

/// What a call was refused with.
pub(crate) fn refusal<T: std::fmt::Debug>(answer: Result<T, Status>) -> Refusal {
    Refusal::from_status(&answer.expect_err("refused"))
}

fn grants() -> Arc<GrantsFile> {
    let blocks = GRANTS.iter().map(|(actor, rest)| {
        let token = TokenHash::of(&format!("t-{actor}"));
        format!("[[grant]]\nactor = '{actor}'\n{rest}\ntoken_sha256 = '{token}'\n")
    });
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), blocks.collect::<String>()).unwrap();
    Arc::new(GrantsFile::open(file.path()).unwrap())
}
