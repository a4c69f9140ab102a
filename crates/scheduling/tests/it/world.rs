//! What every test here begins with: a store that has heard of two towns that work by a programme,
//! three officers, two of whom are trained; a running server, clients.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bus::Listener;
use eventlog::{FactRow, LogId, Replayed, Store, Surroundings};
use jiff::civil::Weekday;
use prost::{Message, Name};
use roster::Limits;
use rpc::{GrantsFile, Running, Server, TokenHash};
use scheduling::Settings;
use tokio::sync::oneshot;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};
use vocabulary::{Minutes, Workweek};
use wire::Refusal;
use wire::registry::v1 as registry;
use wire::scheduling::v1 as pb;
use wire::scheduling::v1::availability_service_client::AvailabilityServiceClient;
use wire::scheduling::v1::coverage_service_client::CoverageServiceClient;
use wire::scheduling::v1::scheduling_service_client::SchedulingServiceClient;
use wire::training::v1 as training;

/// Tokens are `t-<actor>`.
const GRANTS: &[(&str, &str)] = &[
    ("plan-1", "roles = ['scheduler']"),
    ("cso-1", "roles = ['officer']\nofficer = 'cso-1'"),
    ("cso-2", "roles = ['officer']\nofficer = 'cso-2'"),
    ("clerk-1", "roles = ['town']\ntowns = ['barlow']"),
];

/// One programme: who patrols holds a permit.
const PROFILE: &str = r#"
grammar = 1
programme = "us-mo-cso"
version = 1
title = "Community Safety Officers"
jurisdiction = "US-MO"
sources = ["a test"]

[authority]
sworn = false

[[requirement]]
id = "permit"
title = "Permit"
kind = "credential"
credential = "mo-permit"

[[duty]]
kind = "patrol"
title = "Patrol"
requires = ["permit"]
"#;

/// A service of its own for one test; it is Sunday, 1 November 2026, noon in Chicago.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) clock: Arc<Replayed>,
    pub(crate) shifts: SchedulingServiceClient<Channel>,
    pub(crate) towns: CoverageServiceClient<Channel>,
    pub(crate) officers: AvailabilityServiceClient<Channel>,
    heads: [(&'static str, AtomicU64); 4],
    _running: Running,
    _stop: oneshot::Sender<()>,
    // Dropped last: the databases go with it.
    pub(crate) local: local::testing::World,
}

pub(crate) fn settings() -> Settings {
    Settings {
        limits: Limits {
            rest_minutes: Minutes(8 * 60),
            stretch_minutes_max: Minutes(14 * 60),
            days_in_a_row_max: 6,
            weekly_minutes_max: None,
            overtime_after_minutes: Minutes(40 * 60),
            workweek: Workweek {
                starts_on: Weekday::Sunday,
                zone: "America/Chicago".parse().unwrap(),
            },
        },
        notice: Minutes(72 * 60),
        weekly_minutes: Minutes(40 * 60),
        travel: Minutes(25),
        domain: "provider.example".to_owned(),
    }
}

pub(crate) async fn world() -> World {
    let world = quiet().await;
    world.usual().await;
    world
}

/// The same before it has heard anything.
pub(crate) async fn quiet() -> World {
    let local = local::testing::world().await;
    let clock = Arc::new(Replayed::new(5, "2026-11-01T18:00:00Z".parse().unwrap()));
    let surroundings: Arc<dyn Surroundings> = clock.clone();
    let mut options = scheduling::options(local.database_url("scheduling"));
    options.surroundings = Arc::clone(&surroundings);
    let store = Store::open(options).await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let address = "127.0.0.1:0".parse().unwrap();
    let running = Server::new(address, Arc::new(grants()), surroundings)
        .services(scheduling::services(&store, settings()))
        .start(async { drop(stopped.await) })
        .await
        .unwrap();
    let channel = Channel::from_shared(format!("http://{}", running.address())).unwrap();
    let channel = channel.connect().await.unwrap();
    World {
        store,
        clock,
        shifts: SchedulingServiceClient::new(channel.clone()),
        towns: CoverageServiceClient::new(channel.clone()),
        officers: AvailabilityServiceClient::new(channel),
        heads: ["registry", "training", "payroll", "statements/two-rivers"]
            .map(|log| (log, AtomicU64::new(0))),
        _running: running,
        _stop: stop,
        local,
    }
}

fn grants() -> GrantsFile {
    let blocks = GRANTS.iter().map(|(actor, rest)| {
        let token = TokenHash::of(&format!("t-{actor}"));
        format!("[[grant]]\nactor = '{actor}'\n{rest}\ntoken_sha256 = '{token}'\n")
    });
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), blocks.collect::<String>()).unwrap();
    GrantsFile::open(file.path()).unwrap()
}

impl World {
    /// A fact of a neighbour, as it would come.
    pub(crate) fn fact<M: Message + Name>(&self, log: &str, message: &M) -> FactRow {
        self.row(log, M::NAME, message.encode_to_vec())
    }

    fn row(&self, log: &str, kind: &str, bytes: Vec<u8>) -> FactRow {
        let head = self.heads.iter().find(|(own, _)| *own == log).unwrap();
        let prev = head.1.fetch_add(1, Ordering::SeqCst);
        FactRow {
            log: LogId::try_new(log).unwrap(),
            seq: prev + 1,
            prev,
            kind: kind.to_owned(),
            leaf_hash: proof::Hash::of(&bytes),
            bytes,
            recorded_at: self.clock.now(),
            valid_on: jiff::civil::date(2026, 11, 1),
            actor: "ops-1".to_owned(),
            trace: None,
            group_last: true,
        }
    }

    /// Hears one fact of a neighbour.
    pub(crate) async fn hear<M: Message + Name>(&self, log: &str, message: &M) {
        let fact = self.fact(log, message);
        self.listener().apply(&[fact]).await.unwrap();
    }

    pub(crate) fn listener(&self) -> scheduling::Scheduling {
        scheduling::Scheduling::new(self.store.clone(), settings())
    }

    async fn usual(&self) {
        for (log, kind, bytes) in usual() {
            let fact = self.row(log, kind, bytes);
            self.listener().apply(&[fact]).await.unwrap();
        }
    }

    /// Drafts a shift of a day from eight to four in Barlow.
    pub(crate) async fn draft(&self, id: &str, date: &str, officer: &str) {
        let asked = pb::AddShiftRequest {
            shift: id.into(),
            town: "barlow".into(),
            kind: "patrol".into(),
            start: format!("{date}T08:00"),
            end: format!("{date}T16:00"),
            officer: officer.into(),
            ..Default::default()
        };
        done(self.shifts.clone().add_shift(by("plan-1", asked)).await);
    }

    pub(crate) async fn publish(&self, ids: &[&str]) {
        let asked = pb::PublishShiftsRequest {
            shifts: ids.iter().map(|id| (*id).to_owned()).collect(),
            ..Default::default()
        };
        done(
            self.shifts
                .clone()
                .publish_shifts(by("plan-1", asked))
                .await,
        );
    }

    /// A published day.
    pub(crate) async fn published(&self, id: &str, date: &str, officer: &str) {
        self.draft(id, date, officer).await;
        self.publish(&[id]).await;
    }

    /// Every shift as a planner sees it.
    pub(crate) async fn list(&self) -> Vec<pb::Shift> {
        let asked = pb::ListShiftsRequest::default();
        done(self.shifts.clone().list_shifts(by("plan-1", asked)).await).shifts
    }

    pub(crate) async fn flags(&self) -> Vec<pb::Flag> {
        let asked = pb::ListFlagsRequest::default();
        done(self.shifts.clone().list_flags(by("plan-1", asked)).await).flags
    }

    /// The kinds of what scheduling told, in order.
    pub(crate) async fn told(&self) -> Vec<String> {
        let facts = self.store.read_facts(&scheduling::log(), 0, 1_000).await;
        facts.unwrap().into_iter().map(|fact| fact.kind).collect()
    }
}

/// A fact: log, kind, bytes.
pub(crate) type Said = (&'static str, &'static str, Vec<u8>);

pub(crate) fn said<M: Message + Name>(log: &'static str, message: &M) -> Said {
    (log, M::NAME, message.encode_to_vec())
}

/// Two towns in an agreement that work by the programme; three officers, two with a permit.
pub(crate) fn usual() -> Vec<Said> {
    let mut all = Vec::new();
    for town in ["barlow", "corbin"] {
        let fact = registry::TownRegistered {
            town: town.into(),
            name: town.to_uppercase(),
            state: "MO".into(),
            zone: "America/Chicago".into(),
        };
        all.push(said("registry", &fact));
    }
    let agreement = registry::AgreementSigned {
        agreement: "two-rivers".into(),
        towns: vec!["barlow".into(), "corbin".into()],
        starts_on: "2026-01-01".into(),
        zone: "America/Chicago".into(),
        ..Default::default()
    };
    all.push(said("registry", &agreement));
    let issued = registry::ProfileIssued {
        programme: "us-mo-cso".into(),
        version: 1,
        effective_from: "2026-01-01".into(),
        toml: PROFILE.into(),
    };
    all.push(said("registry", &issued));
    for town in ["barlow", "corbin"] {
        let agreed = registry::ProgrammeAgreed {
            agreement: "two-rivers".into(),
            town: town.into(),
            programme: "us-mo-cso".into(),
            from: "2026-01-01".into(),
            narrowing: String::new(),
        };
        all.push(said("registry", &agreed));
    }
    for n in 1..=3 {
        all.push(said("registry", &enrolled(n)));
    }
    for n in 1..=2 {
        all.push(said("training", &permit(n)));
    }
    all
}

pub(crate) fn enrolled(n: u32) -> registry::OfficerEnrolled {
    registry::OfficerEnrolled {
        officer: format!("cso-{n}"),
        from: "2026-01-01".into(),
    }
}

/// A permit of an officer for the whole of 2026.
pub(crate) fn permit(n: u32) -> training::CredentialGranted {
    training::CredentialGranted {
        officer: format!("cso-{n}"),
        credential: format!("cso-{n}.c1"),
        kind: "mo-permit".into(),
        issuer: "sheriff".into(),
        issued: "2026-01-01".into(),
        from: "2026-01-01".into(),
        until: "2026-12-31".into(),
        ..Default::default()
    }
}

/// A request by an actor of [`GRANTS`].
pub(crate) fn by<T>(actor: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let bearer: MetadataValue<_> = format!("Bearer t-{actor}").parse().unwrap();
    request.metadata_mut().insert("authorization", bearer);
    request
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
