//! Denied calls, counted and told.

use std::sync::Arc;

use eventlog::{DENIAL_OVERFLOW, DenialKey, Denials, Options, Replayed, Store, Surroundings};
use jiff::{SignedDuration, Timestamp};
use rpc::{Running, Server, Services};
use tokio::sync::oneshot;
use tonic::transport::Channel;
use wire::access::v1::denial_service_client::DenialServiceClient;
use wire::access::v1::{Denial, ListDenialsRequest};
use wire::statements::v1::statements_service_client::StatementsServiceClient;
use wire::statements::v1::{GetStatementRequest, RecordExpenseRequest};

use crate::echo::Echo;
use crate::world::{by, grants, refusal};

struct World {
    clock: Arc<Replayed>,
    store: Store,
    _local: local::testing::World,
}

async fn world() -> World {
    let local = local::testing::world().await;
    let clock = Arc::new(Replayed::new(6, "2026-11-02T15:20:00Z".parse().unwrap()));
    let mut options = Options::new("statements", local.database_url("statements"));
    options.surroundings = Arc::clone(&clock) as Arc<dyn Surroundings>;
    World {
        store: Store::open(options).await.unwrap(),
        clock,
        _local: local,
    }
}

impl World {
    async fn served(&self) -> (Running, oneshot::Sender<()>, Channel) {
        let (stop, stopped) = oneshot::channel::<()>();
        let surroundings = Arc::clone(&self.clock) as Arc<dyn Surroundings>;
        let running = Server::new("127.0.0.1:0".parse().unwrap(), grants(), surroundings)
            .denials(&self.store)
            .services(Services::new().with(Echo::default()))
            .start(async { drop(stopped.await) })
            .await
            .unwrap();
        let channel = Channel::from_shared(format!("http://{}", running.address()));
        let channel = channel.unwrap().connect().await.unwrap();
        (running, stop, channel)
    }

    /// Adds one row that counts one call.
    async fn count(&self, key: DenialKey, at: Timestamp) {
        let one = Denials {
            key,
            count: 1,
            first: at,
            last: at,
        };
        self.store.count_denials(&[one]).await.unwrap();
    }

    fn key(&self, peer: &str) -> DenialKey {
        DenialKey {
            hour: DenialKey::hour_of(self.clock.now()),
            peer: peer.to_owned(),
            rpc: "/s/R".to_owned(),
            reason: "TOKEN_UNKNOWN".to_owned(),
            ..DenialKey::default()
        }
    }
}

#[tokio::test]
async fn every_denied_call_is_told_with_who_whence_what_and_why() {
    let world = world().await;
    let (running, stop, channel) = world.served().await;
    let mut client = StatementsServiceClient::new(channel.clone());
    for minute in ["15:20", "15:30", "16:01"] {
        let now = format!("2026-11-02T{minute}:00Z").parse().unwrap();
        world.clock.set(now);
        let expense = RecordExpenseRequest::default();
        refusal(client.record_expense(by("trainer-1", expense)).await);
    }
    let foreign = || GetStatementRequest {
        party: "milford".to_owned(),
        ..GetStatementRequest::default()
    };
    refusal(client.get_statement(by("clerk-barlow", foreign())).await);
    refusal(client.get_statement(by("left-1", foreign())).await);
    refusal(client.get_statement(by("nobody", foreign())).await);
    refusal(client.get_statement(foreign()).await);
    // Let in is not denied.
    client
        .get_statement(by("finance-1", foreign()))
        .await
        .unwrap();
    drop((client, stop));
    running.wait().await.unwrap();

    // The stop has written all of it; another process tells it, page by page.
    let (running, stop, channel) = world.served().await;
    let mut client = DenialServiceClient::new(channel);
    let all = listed(&mut client, ListDenialsRequest::default()).await;
    let seen: Vec<_> = all
        .iter()
        .map(|denial| (denial.actor.as_str(), denial.reason.as_str(), denial.count))
        .collect();
    let expected = [
        ("trainer-1", "ROLE_MISSING", 1),
        ("left-1", "TOKEN_EXPIRED", 1),
        ("clerk-barlow", "SCOPE_FOREIGN", 1),
        ("", "TOKEN_UNKNOWN", 1),
        ("", "TOKEN_MISSING", 1),
        ("trainer-1", "ROLE_MISSING", 2),
    ];
    assert_eq!(seen, expected);
    let earlier = &all[5];
    assert_eq!(earlier.peer, "127.0.0.1");
    assert!(earlier.rpc.ends_with("StatementsService/RecordExpense"));
    let [first, last] = [&earlier.first, &earlier.last].map(|at| at.unwrap().seconds);
    assert_eq!(last - first, 600);
    let hour = "2026-11-02T16:00:00Z".parse::<Timestamp>().unwrap();
    let asked = ListDenialsRequest {
        actor: "trainer-1".to_owned(),
        since: Some(wire::convert::timestamp_value(hour)),
        ..ListDenialsRequest::default()
    };
    assert_eq!(listed(&mut client, asked).await, [all[0].clone()]);
    drop((client, stop));
    running.wait().await.unwrap();
}

async fn listed(
    client: &mut DenialServiceClient<Channel>,
    mut asked: ListDenialsRequest,
) -> Vec<Denial> {
    let mut all = Vec::new();
    asked.page_size = 2;
    loop {
        let page = client.list_denials(by("admin-1", asked.clone())).await;
        let page = page.unwrap().into_inner();
        all.extend(page.denials);
        asked.page_token = page.next_page_token;
        if asked.page_token.is_empty() {
            return all;
        }
    }
}

#[tokio::test]
async fn an_hour_holds_so_many_rows_and_counts_the_rest_together() {
    let world = world().await;
    let now = world.clock.now();
    world.count(world.key("192.0.2.1"), now).await;
    let client = world.store.pool().get().await.unwrap();
    client
        .execute(
            "INSERT INTO denial SELECT hour, actor, peer || n, rpc, reason, 1, first, last
             FROM denial, generate_series(1, 9999) AS n",
            &[],
        )
        .await
        .unwrap();
    for peer in ["198.51.100.1", "198.51.100.2", "192.0.2.1"] {
        world.count(world.key(peer), now).await;
    }
    let rows = client
        .query(
            "SELECT reason, count FROM denial WHERE count > 1 ORDER BY reason",
            &[],
        )
        .await
        .unwrap();
    let counted: Vec<(String, i64)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let (overflow, known) = (DENIAL_OVERFLOW.to_owned(), "TOKEN_UNKNOWN".to_owned());
    assert_eq!(counted, [(overflow, 2), (known, 2)]);
    // The next hour has room again.
    world.clock.set(now + SignedDuration::from_hours(1));
    world
        .count(world.key("198.51.100.1"), world.clock.now())
        .await;
    let latest = world.store.denials(None, None, None, 1).await.unwrap();
    assert_eq!(latest[0].key.peer, "198.51.100.1");
}

#[tokio::test]
async fn what_is_older_than_four_hundred_days_is_forgotten() {
    let world = world().await;
    let then = world.clock.now();
    world.count(world.key("192.0.2.1"), then).await;
    for (days, rows) in [(399, 2), (401, 2)] {
        world
            .clock
            .set(then + SignedDuration::from_hours(24 * days));
        world.count(world.key("192.0.2.2"), world.clock.now()).await;
        let kept = world.store.denials(None, None, None, 10).await.unwrap();
        assert_eq!(kept.len(), rows, "after {days} days");
    }
}
