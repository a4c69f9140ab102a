//! What every test here begins with: a store that has heard of two towns, three officers and a
//! programme; a running server; a client for each caller.

use std::sync::Arc;

use bus::Listener;
use eligibility::shipped;
use eventlog::{FactRow, LogId, Register, Replayed, Store, Surroundings};
use prost::Message;
use rpc::{GrantsFile, Running, Server, TokenHash};
use tokio::sync::oneshot;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};
use wire::Refusal;
use wire::registry::v1 as facts;
use wire::training::v1 as pb;
use wire::training::v1::course_service_client::CourseServiceClient;
use wire::training::v1::record_evidence_request::Evidence;
use wire::training::v1::training_service_client::TrainingServiceClient;

/// Tokens are `t-<actor>`.
const GRANTS: &[(&str, &str)] = &[
    ("trainer-1", "roles = ['trainer']"),
    ("director-1", "roles = ['operations']"),
    ("scheduler-1", "roles = ['scheduler']"),
    ("jdoe", "roles = ['officer']\nofficer = 'cso-114'"),
    ("clerk-1", "roles = ['town']\ntowns = ['barlow']"),
];

/// A service of its own for one test; its clock stands at 2026-11-22, noon UTC.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) clock: Arc<Replayed>,
    pub(crate) client: TrainingServiceClient<Channel>,
    pub(crate) courses: CourseServiceClient<Channel>,
    pub(crate) register: tempfile::TempDir,
    _running: Running,
    _stop: oneshot::Sender<()>,
    pub(crate) local: local::testing::World,
}

pub(crate) const PROGRAMME: &str = "us-mo-matthew-group-cso";
pub(crate) const ARMED: &str = "[equipment.handgun]\ncarry = [\"open\", \"concealed\"]";

/// A world where Barlow works by Missouri's programme and lets the handgun be carried, and
/// Fenwick by the same without it.
pub(crate) async fn world() -> World {
    let local = local::testing::world().await;
    let register = tempfile::tempdir().unwrap();
    let clock = Arc::new(Replayed::new(5, "2026-11-22T12:00:00Z".parse().unwrap()));
    let surroundings: Arc<dyn Surroundings> = clock.clone();
    let mut options = training::options(local.database_url("training"));
    options.surroundings = surroundings.clone();
    options.register = Some(Register::path(register.path(), "training"));
    let store = Store::open(options).await.unwrap();
    hear(&store, 0, &usual()).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let running = Server::new(
        "127.0.0.1:0".parse().unwrap(),
        Arc::new(grants()),
        surroundings,
    )
    .services(training::services(&store, settings()))
    .start(async { drop(stopped.await) })
    .await
    .unwrap();
    let channel = Channel::from_shared(format!("http://{}", running.address())).unwrap();
    let channel = channel.connect().await.unwrap();
    World {
        client: TrainingServiceClient::new(channel.clone()),
        courses: CourseServiceClient::new(channel),
        store,
        clock,
        register,
        _running: running,
        _stop: stop,
        local,
    }
}

pub(crate) fn settings() -> training::Settings {
    training::Settings {
        zone: "America/Chicago".parse().unwrap(),
    }
}

fn grants() -> GrantsFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let block = |(actor, granted): &(&str, &str)| {
        let hash = TokenHash::of(&format!("t-{actor}"));
        format!("[[grant]]\nactor = '{actor}'\n{granted}\ntoken_sha256 = '{hash}'\n")
    };
    std::fs::write(file.path(), GRANTS.iter().map(block).collect::<String>()).unwrap();
    GrantsFile::open(file.path()).unwrap()
}

/// What the registry had said by 22 November.
fn usual() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        town("barlow"),
        town("fenwick"),
        enrolled("cso-114", "2026-02-01"),
        enrolled("cso-115", "2026-02-01"),
        enrolled("cso-116", "2026-02-01"),
        issued(1, "2026-01-01"),
        signed("three-rivers"),
        agreed("barlow", "2026-02-01", ARMED),
        agreed(
            "fenwick",
            "2026-02-01",
            "[equipment.handgun]\ncarried = false",
        ),
    ]
}

/// How many facts [`usual`] has.
pub(crate) const USUAL: u64 = 9;

/// What the registry said, in order, after the fact at `prev`.
pub(crate) async fn hear(store: &Store, prev: u64, facts: &[(&str, Vec<u8>)]) {
    let listener = training::Training::new(store.clone());
    listener.apply(&rows(prev, facts)).await.unwrap();
}

pub(crate) fn rows(prev: u64, facts: &[(&str, Vec<u8>)]) -> Vec<FactRow> {
    let rows = facts.iter().zip(prev + 1..);
    rows.map(|((kind, bytes), seq)| FactRow {
        log: LogId::try_new("registry").unwrap(),
        seq,
        prev: seq - 1,
        kind: (*kind).to_owned(),
        bytes: bytes.clone(),
        recorded_at: "2026-01-10T12:00:00Z".parse().unwrap(),
        valid_on: jiff::civil::date(2026, 1, 10),
        actor: "ops-1".to_owned(),
        trace: None,
        leaf_hash: proof::Hash::of(bytes),
        group_last: true,
    })
    .collect()
}

pub(crate) fn town(town: &str) -> (&'static str, Vec<u8>) {
    let fact = facts::TownRegistered {
        town: town.to_owned(),
        name: town.to_owned(),
        state: "MO".to_owned(),
        zone: "America/Chicago".to_owned(),
    };
    ("TownRegistered", fact.encode_to_vec())
}

pub(crate) fn enrolled(officer: &str, from: &str) -> (&'static str, Vec<u8>) {
    let (officer, from) = (officer.to_owned(), from.to_owned());
    let fact = facts::OfficerEnrolled { officer, from };
    ("OfficerEnrolled", fact.encode_to_vec())
}

pub(crate) fn erased(officer: &str, on: &str) -> (&'static str, Vec<u8>) {
    let (officer, on) = (officer.to_owned(), on.to_owned());
    let fact = facts::OfficerErased { officer, on };
    ("OfficerErased", fact.encode_to_vec())
}

pub(crate) fn issued(version: u32, from: &str) -> (&'static str, Vec<u8>) {
    let (_, toml) = shipped()
        .find(|(name, _)| name.as_str() == "missouri-cso")
        .unwrap();
    let fact = facts::ProfileIssued {
        programme: PROGRAMME.to_owned(),
        version,
        effective_from: from.to_owned(),
        // With a window in which the permit can be renewed early.
        toml: toml
            .replace("version = 1", &format!("version = {version}"))
            .replace("late_renewal", "renewal_opens = \"3 months\"\nlate_renewal"),
    };
    ("ProfileIssued", fact.encode_to_vec())
}

pub(crate) fn signed(agreement: &str) -> (&'static str, Vec<u8>) {
    let fact = facts::AgreementSigned {
        agreement: agreement.to_owned(),
        starts_on: "2026-02-01".to_owned(),
        ..facts::AgreementSigned::default()
    };
    ("AgreementSigned", fact.encode_to_vec())
}

pub(crate) fn agreed(town: &str, from: &str, clauses: &str) -> (&'static str, Vec<u8>) {
    let fact = facts::ProgrammeAgreed {
        agreement: "three-rivers".to_owned(),
        town: town.to_owned(),
        programme: PROGRAMME.to_owned(),
        from: from.to_owned(),
        narrowing: format!(
            "grammar = 1\nprogramme = \"{PROGRAMME}\"\nversion = 1\n\
             agreement = \"three-rivers\"\ntown = \"{town}\"\n{clauses}"
        ),
    };
    ("ProgrammeAgreed", fact.encode_to_vec())
}

/// A request in somebody's name.
pub(crate) fn by<T>(actor: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let token: MetadataValue<_> = format!("Bearer t-{actor}").parse().unwrap();
    request.metadata_mut().insert("authorization", token);
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

impl World {
    /// Sets the clock to noon UTC of a day.
    pub(crate) fn on(&self, day: &str) {
        self.clock.set(format!("{day}T12:00:00Z").parse().unwrap());
    }

    pub(crate) async fn record(&self, officer: &str, evidence: Evidence) -> u64 {
        let request = pb::RecordEvidenceRequest {
            officer: officer.to_owned(),
            evidence: Some(evidence),
        };
        let mut client = self.client.clone();
        done(client.record_evidence(by("trainer-1", request)).await).seq
    }

    /// The permit of Missouri, for its years.
    pub(crate) async fn permit(&self, officer: &str, from: &str, until: &str) -> String {
        let request = permit(officer, from, until);
        let mut client = self.client.clone();
        done(client.grant_credential(by("trainer-1", request)).await).credential
    }

    /// Whoever finished everything in January 2026 and has a permit until 1 March 2027.
    pub(crate) async fn finished(&self, officer: &str) {
        let check = Evidence::Check(pb::Check {
            check: "background".into(),
            on: "2026-01-02".into(),
            passed: true,
            until: String::new(),
        });
        self.record(officer, check).await;
        for course in ["core", "pistol"] {
            self.record(officer, outcome(course, "2026-01-15")).await;
        }
        for tool in ["taser", "oc-spray", "baton"] {
            self.record(officer, passed(tool, "2026-01-15")).await;
        }
        self.permit(officer, "2026-01-20", "2027-03-01").await;
    }

    pub(crate) async fn ask(&self, question: pb::Question) -> pb::CheckEligibilityResponse {
        self.ask_as_known(question, None).await
    }

    pub(crate) async fn ask_as_known(
        &self,
        question: pb::Question,
        known: Option<pb::KnownAt>,
    ) -> pb::CheckEligibilityResponse {
        let request = pb::CheckEligibilityRequest {
            question: Some(question),
            known,
        };
        let mut client = self.client.clone();
        done(client.check_eligibility(by("scheduler-1", request)).await)
    }

    pub(crate) async fn revoke(&self, credential: &str, from: &str) -> u64 {
        let request = pb::RevokeCredentialRequest {
            officer: "cso-114".into(),
            credential: credential.to_owned(),
            from: from.to_owned(),
        };
        let mut client = self.client.clone();
        done(client.revoke_credential(by("trainer-1", request)).await).seq
    }

    /// Kinds of training's facts, in order.
    pub(crate) async fn facts(&self) -> Vec<String> {
        let facts = self.store.read_facts(&training::log(), 0, 1_000).await;
        facts.unwrap().into_iter().map(|fact| fact.kind).collect()
    }
}

pub(crate) fn permit(officer: &str, from: &str, until: &str) -> pb::GrantCredentialRequest {
    pb::GrantCredentialRequest {
        officer: officer.to_owned(),
        kind: "mo-ccw".into(),
        issuer: "clay-sheriff".into(),
        number: "8841772".into(),
        issued: from.to_owned(),
        until: until.to_owned(),
        ..pb::GrantCredentialRequest::default()
    }
}

pub(crate) fn outcome(course: &str, on: &str) -> Evidence {
    Evidence::Outcome(pb::CourseOutcome {
        course: course.to_owned(),
        started: "2026-01-05".into(),
        on: on.to_owned(),
        result: pb::CourseResult::CompletionAndProficiency.into(),
        minutes: 4_800,
    })
}

pub(crate) fn passed(qualification: &str, on: &str) -> Evidence {
    Evidence::Assessment(pb::Assessment {
        qualification: qualification.to_owned(),
        on: on.to_owned(),
        passed: true,
        weapon: None,
        score: None,
    })
}

pub(crate) fn patrol(officer: &str, town: &str, on: &str) -> pb::Question {
    pb::Question {
        officer: officer.to_owned(),
        town: town.to_owned(),
        duty: "patrol".into(),
        on: on.to_owned(),
        ..pb::Question::default()
    }
}

pub(crate) fn armed(question: pb::Question) -> pb::Question {
    let handgun = pb::Carries {
        item: "handgun".into(),
        ..pb::Carries::default()
    };
    pb::Question {
        carries: vec![handgun],
        ..question
    }
}

/// The names of what is missing and must not be.
pub(crate) fn missing(answer: &pb::CheckEligibilityResponse) -> Vec<&str> {
    let missing =
        |finding: &&pb::Finding| finding.standing() == pb::Standing::Missing && finding.mandatory;
    let found = answer.findings.iter().filter(missing);
    found.map(|finding| finding.requirement.as_str()).collect()
}
