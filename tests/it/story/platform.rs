//! A whole platform for one story: private servers, a process per role, hands that call it.
//!
//! A story ends with [`Platform::finish`], which refuses loose ends: nothing unsent, unhandled or
//! parked, every log sound. A story that fails shows the tail of each role's log.

use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::ExitStatusExt as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use eventlog::{Options, Store};
use local::Stack;
use tempfile::TempDir;
use tonic::metadata::MetadataValue;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use uuid::Uuid;
use wire::Refusal;
use wire::refusal::code_name;

use super::ask::Ask;
use super::files::{self, Who};
use super::role::{Process, Role};
use super::streams;

/// How long anything that is waited for may take: generous, because a story never waits for luck.
const PATIENCE: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// First bits of every command id; the counter stands above the low half, which an import uses.
const COMMANDS: u128 = 0x5707_1e50_0000_4000_8000_0000_0000_0000;

/// What a story did to its platform, and what that cost.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Roles that killed themselves, and where.
    pub(crate) kills: Vec<(Role, &'static str)>,
    /// Messages put onto the streams beside the relays' own.
    pub(crate) redeliveries: usize,
    /// Times that JetStream's store was deleted.
    pub(crate) wipes: usize,
    /// Calls made again, under the same command id, because no answer came.
    pub(crate) repeats: usize,
    /// Events that the logs hold at the end.
    pub(crate) events: u64,
}

pub(crate) struct Platform {
    // Dropped in this order: the roles end before their servers, the folder is the last.
    pub(crate) roles: Vec<Process>,
    pub(crate) stores: Vec<(Role, Store)>,
    pub(crate) channels: BTreeMap<Role, Channel>,
    pub(crate) stack: Stack,
    /// The platform's own loopback address.
    pub(crate) address: String,
    /// Who looks at the streams, where NATS asks.
    pub(crate) nats_login: Option<(String, String)>,
    pub(crate) home: TempDir,
    /// Kill points that a role is still to be started with, after the one it has.
    arms: BTreeMap<Role, VecDeque<&'static str>>,
    calls: u32,
    /// Attempts without an answer after which PostgreSQL, gone until then, is started again.
    pub(crate) outage: Option<usize>,
    /// Given as the reason of every call.
    pub(crate) reason: Option<&'static str>,
    pub(crate) tally: Tally,
    finished: bool,
}

impl Platform {
    /// Servers and roles, all answering.
    pub(crate) async fn start() -> Platform {
        Self::start_armed(&[]).await
    }

    /// The same; each role is first started with the first of its kill points.
    pub(crate) async fn start_armed(arms: &[(Role, &[&'static str])]) -> Platform {
        let stack = Stack::start(local::Options::temporary()).await.unwrap();
        let home = tempfile::tempdir().unwrap();
        let address = own_address();
        let mut roles = Vec::new();
        for (role, config) in files::write(home.path(), &address, &stack) {
            stack.create_database(role.name()).await.unwrap();
            let log = home.path().join(format!("{role}.log"));
            roles.push(Process::new(role, config, log));
        }
        let mut platform = Self::of(stack, home, address, roles).await;
        for (role, points) in arms {
            platform
                .arms
                .insert(*role, points.iter().copied().collect());
        }
        for role in Role::ALL {
            let kill_at = platform.next_arm(role);
            platform.process(role).start(kill_at);
        }
        platform.serving().await;
        platform
    }

    /// Servers and roles that are still to be started; their databases are there.
    pub(crate) async fn of(
        stack: Stack,
        home: TempDir,
        address: String,
        roles: Vec<Process>,
    ) -> Platform {
        let (mut stores, mut channels) = (Vec::new(), BTreeMap::new());
        for role in Role::ALL {
            // Made once here, so that the roles find their tables and we can look from the start.
            let options = Options::new("stories", stack.postgres_url(role.name()));
            stores.push((role, Store::open(options).await.unwrap()));
            let endpoint = Endpoint::from_shared(format!("http://{address}:{}", role.port()));
            let endpoint = endpoint.unwrap().connect_timeout(Duration::from_secs(5));
            channels.insert(role, endpoint.connect_lazy());
        }
        Platform {
            roles,
            stores,
            channels,
            nats_login: None,
            stack,
            address,
            home,
            arms: BTreeMap::new(),
            calls: 0,
            outage: None,
            reason: None,
            tally: Tally::default(),
            finished: false,
        }
    }

    pub(crate) fn process(&mut self, role: Role) -> &mut Process {
        let process = self.roles.iter_mut().find(|process| process.role == role);
        process.expect("every role has a process, running or not")
    }

    /// Everything that a role has logged, over all its lives.
    pub(crate) fn lines(&self, role: Role) -> String {
        let process = self.roles.iter().find(|process| process.role == role);
        process
            .expect("every role has a process, running or not")
            .lines()
    }

    fn next_arm(&mut self, role: Role) -> Option<&'static str> {
        self.arms.get_mut(&role).and_then(VecDeque::pop_front)
    }

    /// Starts a role again in good order, to kill itself at each of `points` in turn.
    pub(crate) async fn arm(&mut self, role: Role, points: &[&'static str]) {
        self.process(role).stop().await;
        self.arms.insert(role, points.iter().copied().collect());
        let kill_at = self.next_arm(role);
        self.process(role).start(kill_at);
        self.serving().await;
    }

    /// Starts a role again in good order, with its clock set.
    pub(crate) async fn set_clock(&mut self, role: Role, now: &str) {
        self.process(role).stop().await;
        self.process(role).set_clock(now);
        self.process(role).start(None);
        self.serving().await;
    }

    /// Kill points that no role has reached yet.
    pub(crate) fn unreached(&mut self) -> Vec<String> {
        let mut left = Vec::new();
        for (role, points) in &self.arms {
            left.extend(points.iter().map(|point| format!("{role} at {point}")));
        }
        for process in &self.roles {
            left.extend(
                process
                    .armed()
                    .map(|point| format!("{} at {point}", process.role)),
            );
        }
        left
    }

    /// Waits until every running role answers its health check.
    pub(crate) async fn serving(&mut self) {
        self.until("every role serves", async |platform| {
            let mut away = Vec::new();
            for process in platform.roles.iter().filter(|process| process.runs()) {
                if !platform.serves(process.role).await {
                    away.push(format!("{} does not serve", process.role));
                }
            }
            away
        })
        .await;
    }

    /// What a role's health check says.
    pub(crate) async fn serves(&self, role: Role) -> bool {
        let mut health = HealthClient::new(self.channels[&role].clone());
        let answer = health.check(HealthCheckRequest::default()).await;
        answer.is_ok_and(|a| a.get_ref().status() == ServingStatus::Serving)
    }

    /// Starts whatever killed itself as it was told to. Whoever ended otherwise fails the story.
    pub(crate) fn tend(&mut self) {
        for role in Role::ALL {
            let Some((status, armed)) = self.process(role).ended() else {
                continue;
            };
            let (Some(point), Some(9)) = (armed, status.signal()) else {
                panic!("{role} ended by itself: {status}");
            };
            self.tally.kills.push((role, point));
            let kill_at = self.next_arm(role);
            self.process(role).start(kill_at);
        }
    }

    /// Asks until there is an answer; a role that is away is asked again under the same id.
    pub(crate) async fn ask<Q: Ask>(
        &mut self,
        who: Who,
        question: Q,
    ) -> Result<Q::Answer, Refusal> {
        let id = self.next_id();
        self.answered(who, id, question).await
    }

    /// The same under a given command id.
    pub(crate) async fn answered<Q: Ask>(
        &mut self,
        who: Who,
        id: Uuid,
        question: Q,
    ) -> Result<Q::Answer, Refusal> {
        let until = Instant::now() + PATIENCE;
        loop {
            let refusal = match self.ask_once(who, id, question.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(refusal) => refusal,
            };
            if !is_away(&refusal) || Instant::now() > until {
                return Err(refusal);
            }
            self.tally.repeats += 1;
            self.end_outage().await;
            self.tend();
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn end_outage(&mut self) {
        self.outage = match self.outage {
            Some(0) => {
                self.stack.start_postgres().await.unwrap();
                None
            }
            left => left.map(|left| left - 1),
        };
    }

    /// Asks until it is done; a refusal fails the story.
    #[track_caller]
    pub(crate) fn must<Q: Ask>(
        &mut self,
        who: Who,
        question: Q,
    ) -> impl Future<Output = Q::Answer> {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.ask(who, question).await;
            answer.unwrap_or_else(|refusal| panic!("{caller}: {refusal}"))
        }
    }

    /// One attempt under a given command id.
    pub(crate) async fn ask_once<Q: Ask>(
        &self,
        who: Who,
        id: Uuid,
        question: Q,
    ) -> Result<Q::Answer, Refusal> {
        let mut request = Request::new(question);
        request.set_timeout(Duration::from_secs(30));
        let mut put = |key: &'static str, value: String| {
            request.metadata_mut().insert(key, value.parse().unwrap());
        };
        put("authorization", format!("Bearer {}", who.token()));
        put("cw-command-id", id.to_string());
        put(
            "traceparent",
            format!("00-{}-00000000000000aa-01", id.simple()),
        );
        if let Some(reason) = self.reason {
            let reason = MetadataValue::from_bytes(reason.as_bytes());
            request
                .metadata_mut()
                .insert_bin(wire::metadata::REASON, reason);
        }
        let answer = Q::send(request, self.channels[&Q::ROLE].clone()).await;
        answer
            .map(tonic::Response::into_inner)
            .map_err(|status| Refusal::from_status(&status))
    }

    /// The id of the next call, the same in every run of a story; also its trace id.
    pub(crate) fn next_id(&mut self) -> Uuid {
        self.calls += 1;
        Uuid::from_u128(COMMANDS | (u128::from(self.calls) << 32))
    }

    /// The id of the last call.
    pub(crate) fn last_id(&self) -> Uuid {
        Uuid::from_u128(COMMANDS | (u128::from(self.calls) << 32))
    }

    /// Waits until every running listener has taken in all that its owners' logs say.
    pub(crate) async fn heard(&mut self) {
        self.until("everything is heard", async |platform| {
            platform
                .unheard()
                .await
                .unwrap_or_else(|error| vec![error.to_string()])
        })
        .await;
    }

    async fn unheard(&self) -> Result<Vec<String>, eventlog::Error> {
        let mut behind = Vec::new();
        for process in self.roles.iter().filter(|process| process.runs()) {
            let (listener, store) = (process.role, self.store(process.role));
            for parked in store.parked().await? {
                behind.push(format!(
                    "{listener} parked {}: {}",
                    parked.log, parked.error
                ));
            }
            for owner in listener.hears() {
                for (log, head) in self.store(*owner).heads().await? {
                    let receipt = store.receipt(listener.name(), &log).await?;
                    if receipt != head.fact_seq {
                        let head = head.fact_seq;
                        behind.push(format!("{listener} heard {log} to {receipt} of {head}"));
                    }
                }
            }
        }
        Ok(behind)
    }

    /// Facts that the relays have not sent, or not to this filling of the stream.
    async fn unsent(&self) -> Result<Vec<String>, eventlog::Error> {
        let mut unsent = Vec::new();
        for (role, store) in &self.stores {
            for (log, head) in store.heads().await? {
                let cursor = store
                    .relay_cursor(&log)
                    .await?
                    .map_or(0, |cursor| cursor.seq);
                if cursor != head.fact_seq {
                    let head = head.fact_seq;
                    unsent.push(format!("{role} sent {log} to {cursor} of {head}"));
                }
            }
        }
        Ok(unsent)
    }

    /// A way to a role, for calls that are not made again.
    pub(crate) fn channel(&self, role: Role) -> Channel {
        self.channels[&role].clone()
    }

    /// A role's database, for looking.
    pub(crate) fn store(&self, role: Role) -> &Store {
        let found = self.stores.iter().find(|(of, _)| *of == role);
        &found.expect("every role has a store").1
    }

    /// Waits until `left` finds nothing left, tending the roles meanwhile.
    pub(crate) async fn until(&mut self, what: &str, left: impl AsyncFn(&Platform) -> Vec<String>) {
        let until = Instant::now() + PATIENCE;
        loop {
            let found = left(self).await;
            if found.is_empty() {
                return;
            }
            assert!(
                Instant::now() < until,
                "waited {PATIENCE:?} until {what}: {found:#?}"
            );
            self.tend();
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Refuses loose ends, stops everything in good order, and tells what was done.
    pub(crate) async fn finish(mut self) -> Tally {
        self.heard().await;
        self.until("everything is sent", async |platform| {
            platform
                .unsent()
                .await
                .unwrap_or_else(|error| vec![error.to_string()])
        })
        .await;
        self.until("the streams hold the logs' facts", streams::differences)
            .await;
        for (role, store) in &self.stores {
            for (log, head) in store.heads().await.unwrap() {
                let sound = store.verify(&log).await;
                let sound = sound.unwrap_or_else(|error| panic!("{role}: {error}"));
                assert_eq!(sound.events, head.seq, "{log}");
                self.tally.events += sound.events;
            }
        }
        // Listeners first: an owner that is gone would only make them back off.
        for role in Role::ALL.into_iter().rev() {
            self.process(role).stop().await;
        }
        for (_, store) in &self.stores {
            store.close().await;
        }
        self.stack.stop_nats().await.unwrap();
        self.stack.stop_postgres().await.unwrap();
        self.finished = true;
        eprintln!("{:?}", self.tally);
        std::mem::take(&mut self.tally)
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for process in &self.roles {
                eprintln!("--- the end of {}'s log\n{}", process.role, process.tail());
            }
        } else {
            assert!(
                self.finished,
                "a story ends with finish(), which refuses loose ends"
            );
        }
    }
}

/// Whether nobody answered, as opposed to saying no. A status that carries no reason of ours comes
/// from the transport.
pub(crate) fn is_away(refusal: &Refusal) -> bool {
    let bare = refusal.reason == code_name(refusal.code) && refusal.metadata.is_empty();
    let broken = matches!(
        refusal.code,
        Code::Unknown | Code::Cancelled | Code::Internal
    );
    refusal.code == Code::Unavailable || (bare && broken)
}

/// A loopback address that no other platform uses.
pub(super) fn own_address() -> String {
    static STARTED: AtomicU32 = AtomicU32::new(0);
    loop {
        let n = STARTED.fetch_add(1, Ordering::Relaxed);
        let host = (std::process::id() * 16 + n) % 0x00fe_0000 + 0x0001_0000;
        let address = Ipv4Addr::from_bits(0x7f00_0000 | host);
        let free = |role: &Role| TcpListener::bind((address, role.port())).is_ok();
        if Role::ALL.iter().all(free) {
            return address.to_string();
        }
    }
}
