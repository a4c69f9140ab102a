//! What every test here begins with: a store of its own, a running server, clients with tokens.

use std::sync::Arc;

use eventlog::{Recorded, Replayed, Store, Surroundings};
use rpc::grants::{FileFirst, Followed, Origin};
use rpc::{GrantsFile, Running, Server, TokenHash};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};
use vocabulary::{Keep, KeptFrom};
use wire::Refusal;
use wire::registry::v1::access_service_client::AccessServiceClient;
use wire::registry::v1::registry_service_client::RegistryServiceClient;
use wire::registry::v1::{
    Contact, DraftAgreementRequest, EnrolOfficerRequest, ProposeTermsRequest, RegisterTownRequest,
    SignTermsRequest,
};

pub(crate) const TERMS: &str = r#"grammar = 1
agreement = "three-rivers"
towns = ["barlow", "milford"]

[rounding]
order = ["barlow", "milford", "provider"]
"#;

/// Tokens are `t-<actor>`.
const GRANTS: &[(&str, &str)] = &[
    ("admin-1", "roles = ['admin']"),
    ("ops-1", "roles = ['operations']"),
    ("hr-1", "roles = ['hr']"),
    ("finance-1", "roles = ['finance']"),
    ("scheduler-1", "roles = ['scheduler']"),
    ("officer-114", "roles = ['officer']\nofficer = 'cso-114'"),
    ("clerk-barlow", "roles = ['town']\ntowns = ['barlow']"),
    ("clerk-oakham", "roles = ['town']\ntowns = ['oakham']"),
];

/// A registry of its own for one test; its clock stands at 2026-09-07, 10 in the morning.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) client: RegistryServiceClient<Channel>,
    pub(crate) access: AccessServiceClient<Channel>,
    pub(crate) clock: Arc<Replayed>,
    follow: (watch::Sender<bool>, JoinHandle<()>),
    running: Running,
    stop: oneshot::Sender<()>,
    local: local::testing::World,
    /// Of the erasure register.
    folder: tempfile::TempDir,
}

pub(crate) async fn world() -> World {
    let local = local::testing::world().await;
    let clock = "2026-09-07T15:00:00Z".parse().unwrap();
    let clock = Arc::new(Replayed::new(2, clock));
    let surroundings: Arc<dyn Surroundings> = Arc::clone(&clock) as Arc<dyn Surroundings>;
    let mut options = registry::options(local.database_url("registry"));
    options.surroundings = Arc::clone(&surroundings);
    let folder = tempfile::tempdir().unwrap();
    options.register = Some(folder.path().join("register"));
    let store = Store::open(options).await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let followed = Arc::new(Followed::default());
    let file = Arc::new(grants());
    let grants = FileFirst {
        file,
        followed: Arc::clone(&followed),
    };
    let (end, ended) = watch::channel(false);
    let follow = tokio::spawn(followed.follow(store.clone(), Origin::Own, ended));
    let running = Server::new(
        "127.0.0.1:0".parse().unwrap(),
        Arc::new(grants),
        surroundings,
    )
    .denials(&store)
    .services(registry::services(&store, settings()))
    .start(async { drop(stopped.await) })
    .await
    .unwrap();
    let address = format!("http://{}", running.address());
    let channel = Channel::from_shared(address)
        .unwrap()
        .connect()
        .await
        .unwrap();
    let client = RegistryServiceClient::new(channel.clone());
    let access = AccessServiceClient::new(channel);
    World {
        store,
        client,
        access,
        clock,
        follow: (end, follow),
        running,
        stop,
        local,
        folder,
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

/// A request by an actor of [`GRANTS`].
pub(crate) fn by<T>(actor: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let bearer: MetadataValue<_> = format!("Bearer t-{actor}").parse().unwrap();
    request.metadata_mut().insert("authorization", bearer);
    request
}

/// The same with metadata.
pub(crate) fn with<T>(mut request: Request<T>, key: &'static str, value: &str) -> Request<T> {
    request.metadata_mut().insert(key, value.parse().unwrap());
    request
}

/// What a call was refused with.
pub(crate) fn refusal<T: std::fmt::Debug>(answer: Result<Response<T>, Status>) -> Refusal {
    Refusal::from_status(&answer.expect_err("refused"))
}

impl World {
    pub(crate) async fn events(&self) -> Vec<Recorded> {
        self.store
            .read_events(&registry::log(), 0, 10_000)
            .await
            .unwrap()
    }

    /// Kinds of the facts so far, in order.
    pub(crate) async fn facts(&self) -> Vec<String> {
        let facts = self
            .store
            .read_facts(&registry::log(), 0, 10_000)
            .await
            .unwrap();
        facts.into_iter().map(|fact| fact.kind).collect()
    }

    /// How many personal texts lie in the vault.
    pub(crate) async fn sealed(&self) -> i64 {
        let client = self.store.pool().get().await.unwrap();
        client
            .query_one("SELECT count(*) FROM vault.item", &[])
            .await
            .unwrap()
            .get(0)
    }

    /// Whether the erasure register can be written.
    pub(crate) fn register_away(&self, away: bool) {
        let [register, aside] = ["register", "aside"].map(|name| self.folder.path().join(name));
        if away {
            std::fs::rename(&register, aside).unwrap();
            std::fs::create_dir(&register).unwrap();
        } else {
            std::fs::remove_dir(&register).unwrap();
            std::fs::rename(aside, &register).unwrap();
        }
    }

    /// Towns, an officer and an agreement that every party has signed.
    pub(crate) async fn with_agreement(mut self) -> World {
        for (id, name) in [
            ("barlow", "Barlow"),
            ("milford", "Milford"),
            ("oakham", "Oakham"),
        ] {
            self.client
                .register_town(by("ops-1", town(id, name)))
                .await
                .unwrap();
        }
        self.client
            .enrol_officer(by("hr-1", officer()))
            .await
            .unwrap();
        self.client
            .draft_agreement(by("ops-1", draft()))
            .await
            .unwrap();
        self.client
            .propose_terms(by("ops-1", terms("2026-10-01")))
            .await
            .unwrap();
        for party in ["barlow", "milford", "provider"] {
            self.client
                .sign_terms(by("ops-1", signature(1, party)))
                .await
                .unwrap();
        }
        self
    }

    /// Stops the server; nothing may be left running.
    pub(crate) async fn ended(self) {
        drop((self.client, self.access));
        drop(self.stop);
        self.follow.0.send_replace(true);
        self.follow.1.await.unwrap();
        self.running.wait().await.unwrap();
        self.store.close().await;
        drop(self.local);
        drop(self.folder);
    }
}

pub(crate) fn town(id: &str, name: &str) -> RegisterTownRequest {
    RegisterTownRequest {
        town: id.to_owned(),
        name: name.to_owned(),
        state: "MO".to_owned(),
        zone: "America/Chicago".to_owned(),
        contacts: Vec::new(),
    }
}

pub(crate) fn contact(role: &str, name: &str) -> Contact {
    Contact {
        role: role.to_owned(),
        name: name.to_owned(),
        email: format!("{role}@barlow.example"),
        phone: String::new(),
    }
}

pub(crate) fn officer() -> EnrolOfficerRequest {
    EnrolOfficerRequest {
        officer: "cso-114".to_owned(),
        from: "2026-09-14".to_owned(),
        name: "Rosalind Quist".to_owned(),
        email: "quist@provider.example".to_owned(),
        phone: "+1 555 010 0114".to_owned(),
    }
}

pub(crate) fn draft() -> DraftAgreementRequest {
    DraftAgreementRequest {
        agreement: "three-rivers".to_owned(),
        name: "Three Rivers Community Safety".to_owned(),
        zone: "America/Chicago".to_owned(),
        towns: vec!["barlow".to_owned(), "milford".to_owned()],
        starts_on: "2026-10-01".to_owned(),
        ends_on: String::new(),
    }
}

pub(crate) fn terms(effective_from: &str) -> ProposeTermsRequest {
    ProposeTermsRequest {
        agreement: "three-rivers".to_owned(),
        effective_from: effective_from.to_owned(),
        toml: TERMS.to_owned(),
    }
}

pub(crate) fn signature(version: u32, party: &str) -> SignTermsRequest {
    SignTermsRequest {
        agreement: "three-rivers".to_owned(),
        version,
        party: party.to_owned(),
        on: "2026-09-07".to_owned(),
    }
}

/// The rule that every employer has.
pub(crate) fn settings() -> registry::Settings {
    registry::Settings {
        zone: "America/Chicago".parse().unwrap(),
        keep_officers: vec![Keep {
            rule: "29 CFR 516.5".to_owned(),
            months: 36,
            from: KeptFrom::LastDay,
        }],
    }
}
