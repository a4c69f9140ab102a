//! Grants of the registry, followed in a service's mirror: when they count, and when they do not.

use std::sync::Arc;
use std::time::Duration;

use bus::Standing;
use eventlog::{FactRow, LogId, Options, Replayed, Store, Surroundings};
use jiff::{SignedDuration, Timestamp};
use proof::Hash;
use prost::{Message, Name};
use rpc::grants::{FileFirst, Followed, Origin};
use rpc::{Running, Server, Services, TokenHash};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tonic::Code;
use tonic::transport::Channel;
use wire::Refusal;
use wire::registry::v1::{AccessChanged, AccessGrant, AccessGranted, AccessRevoked, TokenRotated};
use wire::statements::v1::statements_service_client::StatementsServiceClient;
use wire::statements::v1::{GetStatementRequest, RecordExpenseRequest};

use crate::echo::Echo;
use crate::world::{by, grants};

const LISTENER: &str = "statements";

/// A service that heard nothing yet; its clock stands at 2026-11-02, 15:00 UTC.
struct World {
    clock: Arc<Replayed>,
    store: Store,
    standing: watch::Sender<Standing>,
    follow: JoinHandle<()>,
    end: watch::Sender<bool>,
    client: StatementsServiceClient<Channel>,
    running: Running,
    stop: oneshot::Sender<()>,
    /// Position of the last fact that was heard.
    seq: u64,
    _local: local::testing::World,
}

fn registry() -> LogId {
    "registry".parse().unwrap()
}

async fn world() -> World {
    let local = local::testing::world().await;
    let clock = Arc::new(Replayed::new(5, "2026-11-02T15:00:00Z".parse().unwrap()));
    let mut options = Options::new(LISTENER, local.database_url(LISTENER));
    options.mirrors = vec![rpc::grants::mirror()];
    options.surroundings = Arc::clone(&clock) as Arc<dyn Surroundings>;
    let store = Store::open(options).await.unwrap();
    let (standing, told) = watch::channel(Standing::default());
    let (end, ended) = watch::channel(false);
    let followed = Arc::new(Followed::default());
    let origin = Origin::Mirror(LISTENER, told);
    let follow = tokio::spawn(Arc::clone(&followed).follow(store.clone(), origin, ended));
    let (stop, stopped) = oneshot::channel::<()>();
    let grants = FileFirst {
        file: grants(),
        followed,
    };
    let surroundings = Arc::clone(&clock) as Arc<dyn Surroundings>;
    let running = Server::new(
        "127.0.0.1:0".parse().unwrap(),
        Arc::new(grants),
        surroundings,
    )
    .services(Services::new().with(Echo::default()))
    .start(async { drop(stopped.await) })
    .await
    .unwrap();
    let channel = Channel::from_shared(format!("http://{}", running.address()));
    let client = StatementsServiceClient::new(channel.unwrap().connect().await.unwrap());
    World {
        clock,
        store,
        standing,
        follow,
        end,
        client,
        running,
        stop,
        seq: 0,
        _local: local,
    }
}

impl World {
    /// A fact of the registry is applied.
    async fn hears<F: Message + Name>(&mut self, fact: &F) {
        self.seq += 1;
        let row = row(self.seq, fact);
        rpc::grants::check(&row).unwrap();
        let log = registry();
        let (prev, seq) = (row.prev, row.seq);
        self.store
            .accept(LISTENER, &log, prev, seq, &[row])
            .await
            .unwrap();
        self.standing.send_modify(|standing| standing.applied += 1);
    }

    /// The owner's heads are reached, as of now.
    fn confirmed(&self) {
        let now = self.clock.now();
        self.standing
            .send_modify(|standing| standing.confirmed_at = Some(now));
    }

    fn later(&self, by: SignedDuration) {
        self.clock.set(self.clock.now() + by);
    }

    /// What a read and a write of an actor come to: `OK`, or the reason.
    async fn asks(&mut self, actor: &str) -> [String; 2] {
        let read = GetStatementRequest {
            party: "barlow".to_owned(),
            ..GetStatementRequest::default()
        };
        let read = said(self.client.get_statement(by(actor, read)).await);
        let write = by(actor, RecordExpenseRequest::default());
        [read, said(self.client.record_expense(write).await)]
    }

    /// Asks until it comes to that.
    async fn until(&mut self, actor: &str, expected: [&str; 2]) {
        let mut found = self.asks(actor).await;
        for _ in 0..6_000 {
            if found == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
            found = self.asks(actor).await;
        }
        panic!("{actor} hears {found:?}, not {expected:?}");
    }

    /// Long enough for the follower to have looked, were there anything to see: it tells another
    /// actor's grant, and waits until that is known.
    async fn looked(&mut self, nth: u32) {
        let actor = format!("other-{nth}");
        self.hears(&granted(&actor)).await;
        self.confirmed();
        self.until(&actor, ["OK", "OK"]).await;
    }

    async fn ended(self) {
        drop((self.client, self.stop));
        self.running.wait().await.unwrap();
        self.end.send_replace(true);
        self.follow.await.unwrap();
        self.store.close().await;
    }
}

fn said<T>(answer: Result<T, tonic::Status>) -> String {
    match answer {
        Ok(_) => "OK".to_owned(),
        Err(status) => {
            let refusal = Refusal::from_status(&status);
            if refusal.reason.starts_with("GRANTS_") {
                assert_eq!(refusal.code, Code::Unavailable);
                assert!(refusal.message.contains("cwctl log parked"), "{refusal}");
                assert!(refusal.retry_after.is_some());
            }
            refusal.reason
        }
    }
}

fn row<F: Message + Name>(seq: u64, fact: &F) -> FactRow {
    FactRow {
        log: registry(),
        seq,
        prev: seq - 1,
        kind: F::NAME.to_owned(),
        bytes: fact.encode_to_vec(),
        recorded_at: Timestamp::UNIX_EPOCH,
        valid_on: jiff::civil::date(2026, 11, 2),
        actor: "admin-1".to_owned(),
        trace: None,
        leaf_hash: Hash::of(b"leaf"),
        group_last: true,
    }
}

/// Finance, with the token `t-<actor>`.
fn grant(actor: &str) -> AccessGrant {
    AccessGrant {
        actor: actor.to_owned(),
        roles: vec!["finance".to_owned()],
        token_sha256: TokenHash::of(&format!("t-{actor}")).to_string(),
        ..AccessGrant::default()
    }
}

fn granted(actor: &str) -> AccessGranted {
    AccessGranted {
        grant: Some(grant(actor)),
    }
}

fn revoked(actor: &str) -> AccessRevoked {
    AccessRevoked {
        actor: actor.to_owned(),
        on: "2026-11-02".to_owned(),
    }
}

#[tokio::test]
async fn without_the_registry_for_a_minute_nothing_is_changed_and_everything_read() {
    let mut world = world().await;
    world.hears(&granted("finance-7")).await;
    world.confirmed();
    world.until("finance-7", ["OK", "OK"]).await;
    world.later(SignedDuration::from_secs(60));
    assert_eq!(world.asks("finance-7").await, ["OK", "OK"]);
    world.later(SignedDuration::from_secs(1));
    assert_eq!(world.asks("finance-7").await, ["OK", "GRANTS_STALE"]);
    // Who stands in the grants file may act; who may not is told that, whatever the minute.
    assert_eq!(world.asks("finance-1").await, ["OK", "OK"]);
    assert_eq!(
        world.asks("trainer-1").await,
        ["ROLE_MISSING", "ROLE_MISSING"]
    );
    // Facts that come in prove nothing about those that do not.
    world.hears(&granted("finance-8")).await;
    world.until("finance-8", ["OK", "GRANTS_STALE"]).await;
    world.confirmed();
    world.until("finance-7", ["OK", "OK"]).await;
    // A clock that is set back does not make it younger.
    world.later(SignedDuration::from_hours(-24));
    assert_eq!(world.asks("finance-7").await, ["OK", "GRANTS_STALE"]);
    world.ended().await;
}

#[tokio::test]
async fn a_mirror_that_was_never_confirmed_lets_nobody_in() {
    let mut world = world().await;
    let unconfirmed = ["GRANTS_UNCONFIRMED", "GRANTS_UNCONFIRMED"];
    assert_eq!(world.asks("finance-7").await, unconfirmed);
    // The state in between, in which a token works that was taken away since.
    world.hears(&granted("finance-7")).await;
    assert_eq!(world.asks("finance-7").await, unconfirmed);
    assert_eq!(world.asks("finance-1").await, ["OK", "OK"]);
    world.hears(&revoked("finance-7")).await;
    assert_eq!(world.asks("finance-7").await, unconfirmed);
    world.confirmed();
    world
        .until("finance-7", ["TOKEN_REVOKED", "TOKEN_REVOKED"])
        .await;
    assert_eq!(
        world.asks("nobody").await,
        ["TOKEN_UNKNOWN", "TOKEN_UNKNOWN"]
    );
    world.ended().await;
}

#[tokio::test]
async fn a_mirror_that_is_read_in_anew_opens_no_window_for_a_revoked_token() {
    let mut world = world().await;
    world.hears(&granted("finance-7")).await;
    world.hears(&granted("finance-8")).await;
    world.hears(&revoked("finance-7")).await;
    world.confirmed();
    let gone = ["TOKEN_REVOKED", "TOKEN_REVOKED"];
    world.until("finance-7", gone).await;

    world.store.forget(LISTENER).await.unwrap();
    world.seq = 0;
    world.standing.send_modify(|standing| standing.applied += 1);
    world.hears(&granted("finance-7")).await;
    world.hears(&granted("finance-8")).await;
    // The mirror says now that finance-7 may come in. What was known before stays known.
    for _ in 0..20 {
        assert_eq!(world.asks("finance-7").await, gone);
        assert_eq!(world.asks("finance-8").await, ["OK", "OK"]);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    world.hears(&revoked("finance-7")).await;
    world.looked(1).await;
    assert_eq!(world.asks("finance-7").await, gone);
    world.ended().await;
}

#[tokio::test]
async fn a_change_or_another_token_counts_within_moments() {
    let mut world = world().await;
    world.hears(&granted("finance-7")).await;
    world.confirmed();
    world.until("finance-7", ["OK", "OK"]).await;
    let until = world.clock.now() + SignedDuration::from_mins(5);
    let mut rotated = grant("finance-7");
    rotated.former_token_sha256 = rotated.token_sha256.clone();
    rotated.former_until = Some(wire::convert::timestamp_value(until));
    rotated.token_sha256 = TokenHash::of("t-another").to_string();
    let fact = TokenRotated {
        grant: Some(rotated.clone()),
    };
    world.hears(&fact).await;
    world.until("another", ["OK", "OK"]).await;
    assert_eq!(world.asks("finance-7").await, ["OK", "OK"]);
    world.later(SignedDuration::from_mins(5));
    world.confirmed();
    let replaced = ["TOKEN_REPLACED", "TOKEN_REPLACED"];
    world.until("finance-7", replaced).await;
    world.until("another", ["OK", "OK"]).await;

    rotated.roles = vec!["auditor".to_owned()];
    let fact = AccessChanged {
        grant: Some(rotated.clone()),
    };
    world.hears(&fact).await;
    world.until("another", ["OK", "ROLE_MISSING"]).await;
    rotated.expires_on = "2026-11-01".to_owned();
    let fact = AccessChanged {
        grant: Some(rotated.clone()),
    };
    world.hears(&fact).await;
    let expired = ["TOKEN_EXPIRED", "TOKEN_EXPIRED"];
    world.until("another", expired).await;

    // A role of a later version opens nothing here.
    (rotated.expires_on, rotated.roles) = (String::new(), vec!["dispatcher".to_owned()]);
    let fact = AccessChanged {
        grant: Some(rotated),
    };
    world.hears(&fact).await;
    let unknown = ["TOKEN_UNKNOWN", "TOKEN_UNKNOWN"];
    world.until("another", unknown).await;
    world.ended().await;
}

#[test]
fn a_grant_that_cannot_be_read_is_refused_before_it_reaches_the_mirror() {
    let mut garbled = grant("finance-7");
    garbled.token_sha256 = "x".to_owned();
    let fact = AccessGranted {
        grant: Some(garbled),
    };
    let wrong = rpc::grants::check(&row(3, &fact)).unwrap_err();
    assert!(
        wrong.starts_with("AccessGranted registry:3 cannot be read"),
        "{wrong}"
    );
    let wrong = rpc::grants::check(&row(4, &AccessGranted::default())).unwrap_err();
    assert!(wrong.ends_with("it holds no grant"), "{wrong}");
}
