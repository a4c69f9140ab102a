use bus::Backfill;
use eventlog::{Decider, Event, Fact, LogId, Meta, Options, Refuse, Store};
use jiff::civil::{Date, date};
use rpc::log::{Client, Logs};
use rpc::{Limits, Services};
use serde::{Deserialize, Serialize};
use tonic::Code;
use wire::log::v1::log_service_client::LogServiceClient;
use wire::log::v1::{HeadsRequest, ListParkedRequest, ReadRequest, RetryParkedRequest};

use crate::world::{Served, by, refusal, serve, serve_at};

/// An aggregate that notes as many facts at once as it is told.
pub(crate) struct Notes;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Noted {
    #[serde(rename = "noted")]
    Noted { n: u32, bytes: u32 },
}

#[derive(Debug, Clone, thiserror::Error)]
#[error("Nothing is refused here.")]
pub(crate) struct Never;

impl Refuse for Never {
    fn reason(&self) -> &'static str {
        "NEVER"
    }
}

impl Event for Noted {
    fn valid_on(&self) -> Date {
        date(2026, 10, 31)
    }
}

impl Decider for Notes {
    const STREAM: &'static str = "note";
    /// Facts of this command, and bytes of each.
    type Command = (u32, u32);
    type Event = Noted;
    type State = ();
    type Refusal = Never;

    fn decide((): &(), (facts, bytes): &(u32, u32)) -> Result<Vec<Noted>, Never> {
        Ok((0..*facts)
            .map(|n| Noted::Noted { n, bytes: *bytes })
            .collect())
    }
    fn evolve((): &mut (), _: &Noted) {}
    fn publish((): &(), Noted::Noted { n, bytes }: &Noted) -> Option<Fact> {
        let byte = u8::try_from(*n % 256).unwrap();
        Some(Fact {
            kind: "NoteTaken",
            bytes: vec![byte; usize::try_from(*bytes).unwrap()],
        })
    }
}

struct World {
    _stack: local::testing::World,
    store: Store,
}

async fn world(service: &'static str) -> World {
    let stack = local::testing::world().await;
    let store = Store::open(Options::new(service, stack.database_url(service)))
        .await
        .unwrap();
    World {
        _stack: stack,
        store,
    }
}

pub(crate) fn log(id: &str) -> LogId {
    id.parse().unwrap()
}

pub(crate) async fn note(store: &Store, id: &str, facts: u32, bytes: u32) {
    let command_id = store.surroundings().uuid();
    let meta = Meta::new(command_id, "hr-2").with_content(command_id.as_bytes().to_vec());
    store
        .execute::<Notes>(&log(id), "one", (facts, bytes), meta)
        .await
        .unwrap();
}

fn services(logs: Logs) -> Services {
    rpc::log::services(logs)
}

/// The log service over one payroll store.
async fn serve_log(world: &World) -> Served {
    serve(
        services(Logs::new().with("payroll", world.store.clone())),
        Limits::default(),
    )
    .await
}

fn after(id: &str, after: u64, limit: u32) -> ReadRequest {
    ReadRequest {
        log: id.to_owned(),
        after,
        limit,
    }
}

#[tokio::test]
async fn facts_are_read_in_order_to_the_end() {
    let world = world("payroll").await;
    note(&world.store, "payroll", 3, 4).await;
    note(&world.store, "payroll", 2, 4).await;
    let served = serve_log(&world).await;
    let mut client = LogServiceClient::new(served.channel().await);

    let mut read = async |from, limit| {
        let request = by("payroll-service", after("payroll", from, limit));
        client.read(request).await.unwrap().into_inner().facts
    };
    let all = read(0, 0).await;
    assert_eq!(
        all.iter().map(|f| f.seq).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5]
    );
    assert_eq!(
        all.iter().map(|f| f.prev).collect::<Vec<_>>(),
        [0, 1, 2, 3, 4]
    );
    let ends: Vec<_> = all.iter().map(|f| f.group_last).collect();
    assert_eq!(ends, [false, false, true, false, true]);
    let first = &all[0];
    assert_eq!(
        (first.kind.as_str(), first.body.as_slice()),
        ("NoteTaken", &[0; 4][..])
    );
    assert_eq!(
        (first.valid_on.as_str(), first.actor.as_str()),
        ("2026-10-31", "hr-2")
    );
    assert_eq!(first.leaf_hash.len(), 32);
    assert_eq!(read(3, 1).await, &all[3..]);
    assert_eq!(read(5, 0).await, []);
}

#[tokio::test]
async fn an_answer_stays_below_what_clients_take() {
    let world = world("payroll").await;
    note(&world.store, "payroll", 5, 1_200_000).await;
    let served = serve_log(&world).await;
    let mut client = LogServiceClient::new(served.channel().await);
    let (mut last, mut answers) = (0, 0);
    loop {
        let request = by("payroll-service", after("payroll", last, 0));
        let facts = client.read(request).await.unwrap().into_inner().facts;
        let Some(fact) = facts.last() else { break };
        (last, answers) = (fact.seq, answers + 1);
    }
    assert_eq!((last, answers), (5, 3));
}

#[tokio::test]
async fn a_log_that_is_kept_elsewhere_is_said_to_be() {
    let world = world("payroll").await;
    let served = serve_log(&world).await;
    let mut client = LogServiceClient::new(served.channel().await);
    let elsewhere = refusal(
        client
            .read(by("payroll-service", after("registry", 0, 0)))
            .await,
    );
    assert_eq!(
        (elsewhere.code, elsewhere.reason.as_str()),
        (Code::NotFound, "LOG_NOT_HERE")
    );
    assert!(
        elsewhere
            .message
            .contains("\"registry\" are not kept at this address; payroll are")
    );
    let wrong = refusal(
        client
            .read(by("payroll-service", after("Pay Roll", 0, 0)))
            .await,
    );
    assert_eq!(wrong.code, Code::InvalidArgument);
    assert_eq!(wrong.violations[0].field, "log");
    let foreign = by("auditor-barlow", after("payroll", 0, 0));
    assert_eq!(refusal(client.read(foreign).await).reason, "SCOPE_KIND");
}

#[tokio::test]
async fn logs_of_several_services_answer_at_one_address() {
    let stack = local::testing::world().await;
    let open = async |service: &'static str| {
        Store::open(Options::new(service, stack.database_url(service)))
            .await
            .unwrap()
    };
    let (payroll, statements) = (open("payroll").await, open("statements").await);
    note(&payroll, "payroll", 2, 1).await;
    note(&statements, "statements/three-rivers", 3, 1).await;
    let logs = Logs::new()
        .with("payroll", payroll)
        .with("statements", statements);
    let served = serve(services(logs), Limits::default()).await;
    let mut client = LogServiceClient::new(served.channel().await);
    let mut heads = async |service: &str| {
        let request = by(
            "ops-1",
            HeadsRequest {
                service: service.to_owned(),
            },
        );
        let heads = client
            .heads(request)
            .await
            .map(|answer| answer.into_inner().heads);
        heads.map(|heads| {
            heads
                .into_iter()
                .map(|h| (h.log, h.fact_seq))
                .collect::<Vec<_>>()
        })
    };
    let of_payroll = ("payroll".to_owned(), 2);
    let of_agreement = ("statements/three-rivers".to_owned(), 3);
    assert_eq!(heads("").await.unwrap(), [of_payroll, of_agreement.clone()]);
    assert_eq!(heads("statements").await.unwrap(), [of_agreement]);
    assert_eq!(refusal(heads("incidents").await).reason, "LOG_NOT_HERE");
}

#[tokio::test]
async fn parked_facts_are_listed_in_pages_and_retried() {
    let world = world("statements").await;
    for source in ["payroll", "registry", "incidents"] {
        let error = "the town is unknown";
        world
            .store
            .park("statements", &log(source), 7, &[7], ("DutyRecorded", error))
            .await
            .unwrap();
    }
    let logs = Logs::new().with("statements", world.store.clone());
    let served = serve(services(logs), Limits::default()).await;
    let mut client = LogServiceClient::new(served.channel().await);
    let ask = |page_token: &str| ListParkedRequest {
        page_size: 2,
        page_token: page_token.to_owned(),
        ..ListParkedRequest::default()
    };
    let first = client
        .list_parked(by("ops-1", ask("")))
        .await
        .unwrap()
        .into_inner();
    let names: Vec<_> = first.parked.iter().map(|p| p.log.as_str()).collect();
    assert_eq!(names, ["incidents", "payroll"]);
    assert_eq!((first.parked[0].seq, first.parked[0].attempts), (7, 1));
    let token = first.next_page_token;
    let second = client
        .list_parked(by("ops-1", ask(&token)))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(second.parked.len(), 1);
    assert_eq!(second.next_page_token, "");

    let wrong = refusal(client.list_parked(by("ops-1", ask("garbage"))).await);
    assert_eq!(wrong.code, Code::InvalidArgument);
    assert_eq!(wrong.violations[0].field, "page_token");
    let filtered = ListParkedRequest {
        consumer: "payroll".to_owned(),
        ..ask(&token)
    };
    let other = refusal(client.list_parked(by("ops-1", filtered)).await);
    assert!(other.violations[0].description.contains("another list"));

    let retry = || RetryParkedRequest {
        consumer: "statements".into(),
        log: "payroll".into(),
    };
    client.retry_parked(by("ops-1", retry())).await.unwrap();
    assert_eq!(world.store.parked().await.unwrap().len(), 2);
    let again = refusal(client.retry_parked(by("ops-1", retry())).await);
    assert_eq!(
        (again.code, again.reason.as_str()),
        (Code::NotFound, "NOTHING_PARKED")
    );
    let empty = refusal(
        client
            .retry_parked(by("ops-1", RetryParkedRequest::default()))
            .await,
    );
    let fields: Vec<_> = empty.violations.iter().map(|v| v.field.as_str()).collect();
    assert_eq!(fields, ["consumer", "log"]);
}

#[tokio::test]
async fn a_listener_reads_from_the_owner_again_when_it_is_back() {
    let world = world("payroll").await;
    note(&world.store, "payroll", 3, 4).await;
    let logs = || services(Logs::new().with("payroll", world.store.clone()));
    let served = serve(logs(), Limits::default()).await;
    let address = served.address.to_string();
    let client = Client::new([("payroll", served.url())], "t-payroll-service").unwrap();

    let stored = world
        .store
        .read_facts(&log("payroll"), 0, 100)
        .await
        .unwrap();
    assert_eq!(client.read(&log("payroll"), 0, 100).await.unwrap(), stored);
    assert_eq!(
        client.heads("payroll").await.unwrap(),
        [(log("payroll"), 3)]
    );
    let unknown = client.read(&log("registry"), 0, 100).await.unwrap_err();
    assert_eq!(unknown.to_string(), "no address is configured for registry");

    served.ended().await;
    let gone = client.read(&log("payroll"), 0, 100).await.unwrap_err();
    assert!(gone.to_string().starts_with("payroll: "), "{gone}");
    let _served = serve_at(&address, logs(), Limits::default()).await;
    assert_eq!(
        client.read(&log("payroll"), 2, 100).await.unwrap(),
        &stored[2..]
    );
}

#[tokio::test]
async fn a_listener_with_a_wrong_token_is_told_so() {
    let world = world("payroll").await;
    let logs = services(Logs::new().with("payroll", world.store.clone()));
    let served = serve(logs, Limits::default()).await;
    let client = Client::new([("payroll", served.url())], "t-wrong").unwrap();
    let denied = client.heads("payroll").await.unwrap_err().to_string();
    assert!(denied.contains("[TOKEN_UNKNOWN]"), "{denied}");
    assert!(Client::new([("payroll", "127.0.0.1:1 x")], "t").is_err());
    assert!(Client::new([("payroll", "http://127.0.0.1:1")], "t\n").is_err());
}
