//! The log service as operators use it: looking, verifying, passing over, rebuilding.

use eventlog::{FactRow, Mirror, Options, Recorded, Store, Typed, TypedRows};
use rpc::Limits;
use rpc::log::{Client, Logs};
use serde_json::{Value, json};
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Code, Request};
use wire::Refusal;
use wire::log::v1::log_service_client::LogServiceClient;
use wire::log::v1::{
    GetEventRequest, GetFactRequest, ListConsumersRequest, ListEventsRequest, ListSkippedRequest,
    ListTablesRequest, RebuildTableRequest, RebuildTableResponse, SkipParkedRequest,
    VerifyLogRequest,
};
use wire::metadata::REASON;

use crate::log::{log, note};
use crate::world::{Served, by, refusal, serve};

/// How many notes there are.
struct Count;

impl TypedRows for Count {
    const NAME: &'static str = "count";
    const VERSION: u32 = 1;
    type Row = u64;

    fn keys(event: &Recorded) -> Vec<String> {
        vec![event.stream.clone()]
    }

    fn apply(_: &Recorded, _: &str, old: Option<u64>) -> Option<u64> {
        Some(old.unwrap_or(0) + 1)
    }
}

/// How many notes statements has heard of.
struct Heard;

impl Mirror for Heard {
    fn name(&self) -> &'static str {
        "heard"
    }
    fn version(&self) -> u32 {
        1
    }
    fn keys(&self, _: &FactRow) -> Vec<String> {
        vec!["all".to_owned()]
    }
    fn apply(&self, _: &FactRow, _: &str, old: Option<Value>) -> Option<Value> {
        Some(json!(old.and_then(|old| old.as_u64()).unwrap_or(0) + 1))
    }
}

/// Payroll, and statements, which listens to it; both at one address.
struct Two {
    _stack: local::testing::World,
    payroll: Store,
    statements: Store,
    served: Served,
}

impl Two {
    async fn new() -> Two {
        let stack = local::testing::world().await;
        let mut options = Options::new("payroll", stack.database_url("payroll"));
        options.projections = vec![Box::new(Typed::of::<Count>())];
        let payroll = Store::open(options).await.unwrap();
        let mut options = Options::new("statements", stack.database_url("statements"));
        options.mirrors = vec![Box::new(Heard)];
        let statements = Store::open(options).await.unwrap();
        // Where payroll answers, for statements: an address of its own.
        let owner = Logs::new().with("payroll", payroll.clone());
        let owner = serve(rpc::log::services(owner), Limits::default()).await;
        let owners = Client::new([("payroll", owner.url())], "t-payroll-service").unwrap();
        std::mem::forget(owner); // it serves to the end of the test
        let logs = Logs::new()
            .with("payroll", payroll.clone())
            .with("statements", statements.clone())
            .owners(owners);
        let served = serve(rpc::log::services(logs), Limits::default()).await;
        Two {
            _stack: stack,
            payroll,
            statements,
            served,
        }
    }

    async fn client(&self) -> LogServiceClient<Channel> {
        LogServiceClient::new(self.served.channel().await)
    }

    /// Lets statements hear the facts after `from` up to `to`.
    async fn hear(&self, from: u64, to: u64) {
        let payroll = log("payroll");
        let mut facts = self.payroll.read_facts(&payroll, from, 100).await.unwrap();
        facts.retain(|fact| fact.seq <= to);
        let heard = self
            .statements
            .accept("statements", &payroll, from, to, &facts);
        heard.await.unwrap();
    }
}

fn why<T>(actor: &str, message: T) -> Request<T> {
    let mut request = by(actor, message);
    let reason = MetadataValue::from_bytes("gave it up".as_bytes());
    request.metadata_mut().insert_bin(REASON, reason);
    request
}

fn events(log: &str) -> ListEventsRequest {
    ListEventsRequest {
        log: log.to_owned(),
        page_size: 2,
        ..ListEventsRequest::default()
    }
}

#[tokio::test]
async fn events_are_listed_from_either_end_and_bodies_shown_to_those_who_may_see_them() {
    let two = Two::new().await;
    note(&two.payroll, "payroll", 3, 4).await;
    note(&two.payroll, "payroll", 2, 4).await;
    let mut client = two.client().await;
    let mut list = async |actor: &str, request| {
        let answer = client.list_events(by(actor, request)).await?.into_inner();
        let seqs: Vec<u64> = answer.events.iter().map(|event| event.seq).collect();
        Ok::<_, tonic::Status>((seqs, answer))
    };
    let (seqs, newest) = list("ops-1", events("payroll")).await.unwrap();
    assert_eq!(seqs, [5, 4]);
    let event = &newest.events[0];
    assert_eq!(
        (event.kind.as_str(), event.stream.as_str()),
        ("noted", "note/one")
    );
    assert_eq!(
        (event.fact_kind.as_str(), event.body.as_str()),
        ("NoteTaken", "")
    );
    let older = ListEventsRequest {
        page_token: newest.next_page_token,
        ..events("payroll")
    };
    let (seqs, _) = list("ops-1", older).await.unwrap();
    assert_eq!(seqs, [3, 2]);

    let mut following = ListEventsRequest {
        after: 2,
        ..events("payroll")
    };
    let mut seen = Vec::new();
    for _ in 0..3 {
        let (seqs, answer) = list("admin-1", following.clone()).await.unwrap();
        assert!(
            answer
                .events
                .iter()
                .all(|event| event.body.contains("bytes"))
        );
        seen.push(seqs);
        following.page_token = answer.next_page_token;
    }
    assert_eq!(seen, [vec![3, 4], vec![5], vec![]]);
    note(&two.payroll, "payroll", 1, 4).await;
    assert_eq!(list("admin-1", following).await.unwrap().0, [6]);

    let none = ListEventsRequest {
        kind: "else".to_owned(),
        ..events("payroll")
    };
    assert!(list("ops-1", none).await.unwrap().0.is_empty());
    let denied = list("finance-1", events("payroll")).await.unwrap_err();
    assert_eq!(denied.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn one_event_and_one_fact_are_found_by_their_position() {
    let two = Two::new().await;
    note(&two.payroll, "payroll", 2, 4).await;
    let mut client = two.client().await;
    let at = |seq| GetEventRequest {
        log: "payroll".to_owned(),
        seq,
    };
    let event = client.get_event(by("admin-1", at(2))).await.unwrap();
    assert_eq!(event.into_inner().event.unwrap().seq, 2);
    let none = refusal(client.get_event(by("admin-1", at(3))).await);
    assert_eq!(
        (none.code, none.reason.as_str()),
        (Code::NotFound, "NO_EVENT")
    );
    let at = |seq| GetFactRequest {
        log: "payroll".to_owned(),
        seq,
    };
    let fact = client.get_fact(by("admin-1", at(1))).await.unwrap();
    assert_eq!(fact.into_inner().fact.unwrap().body, [0; 4]);
    assert_eq!(
        refusal(client.get_fact(by("admin-1", at(9))).await).reason,
        "NO_FACT"
    );
    // It may tell a pay rate.
    let denied = refusal(client.get_fact(by("ops-1", at(1))).await);
    assert_eq!(denied.reason, "ROLE_MISSING");
}

#[tokio::test]
async fn a_log_is_verified_and_what_is_wrong_is_said() {
    let two = Two::new().await;
    note(&two.payroll, "payroll", 3, 4).await;
    let mut client = two.client().await;
    let request = || VerifyLogRequest {
        log: "payroll".to_owned(),
    };
    let mut answers = client
        .verify_log(by("ops-1", request()))
        .await
        .unwrap()
        .into_inner();
    let mut last = None;
    while let Some(answer) = answers.message().await.unwrap() {
        last = Some(answer);
    }
    let verified = last.unwrap().verified.unwrap();
    assert_eq!(
        (verified.events, verified.facts, verified.root.len()),
        (3, 3, 32)
    );

    // Nothing that is signed is true any more when a checkpoint says otherwise.
    let note = "commonwatch/x/payroll\n2\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    two.payroll
        .checkpoint(&log("payroll"), note, 2)
        .await
        .unwrap();
    let mut answers = client
        .verify_log(by("ops-1", request()))
        .await
        .unwrap()
        .into_inner();
    let wrong = loop {
        if let Err(status) = answers.message().await {
            break Refusal::from_status(&status);
        }
    };
    assert_eq!(
        (wrong.code, wrong.reason.as_str()),
        (Code::DataLoss, "LOG_CORRUPT")
    );
    assert!(
        wrong.message.contains("checkpoint of 2"),
        "{}",
        wrong.message
    );
}

#[tokio::test]
async fn a_parked_fact_is_passed_over_and_stays_listed() {
    let two = Two::new().await;
    note(&two.payroll, "payroll", 3, 4).await;
    let payroll = log("payroll");
    let parked = two
        .statements
        .park("statements", &payroll, 1, &[1, 2, 3], ("NoteTaken", "no"));
    parked.await.unwrap();
    let mut client = two.client().await;
    let skip = |seq| SkipParkedRequest {
        consumer: "statements".to_owned(),
        log: "payroll".to_owned(),
        seq,
    };
    let refused = refusal(client.skip_parked(by("ops-1", skip(2))).await);
    assert_eq!(refused.reason, "REASON_MISSING");
    let refused = refusal(client.skip_parked(why("ops-1", skip(4))).await);
    assert_eq!(refused.reason, "PARKED_ELSEWHERE");
    client.skip_parked(why("ops-1", skip(2))).await.unwrap();
    assert_eq!(two.statements.parked().await.unwrap(), []);
    for (reader, reason) in [("admin-1", "gave it up"), ("ops-1", "")] {
        let listed = client.list_skipped(by(reader, ListSkippedRequest::default()));
        let listed = listed.await.unwrap().into_inner().skipped.remove(0);
        assert_eq!((listed.log.as_str(), listed.seq), ("payroll", 2));
        assert_eq!(
            (listed.actor.as_str(), listed.reason.as_str()),
            ("ops-1", reason)
        );
        let upkeep = client.list_events(by(reader, events("statements/_upkeep")));
        let event = upkeep.await.unwrap().into_inner().events.remove(0);
        assert_eq!(
            (event.kind.as_str(), event.reason.as_str()),
            ("parked_skipped", reason)
        );
    }
}

#[tokio::test]
async fn what_takes_access_or_a_name_away_is_passed_over_by_an_administrator_alone() {
    let two = Two::new().await;
    let mut client = two.client().await;
    let registry = log("registry");
    let skip = |seq| SkipParkedRequest {
        consumer: "statements".to_owned(),
        log: "registry".to_owned(),
        seq,
    };
    for kind in ["AccessRevoked", "TokenRotated", "OfficerErased"] {
        let parked = two
            .statements
            .park("statements", &registry, 7, &[7], (kind, "no"));
        parked.await.unwrap();
        let denied = refusal(client.skip_parked(why("ops-1", skip(7))).await);
        assert_eq!(
            (denied.code, denied.reason.as_str()),
            (Code::PermissionDenied, "ROLE_MISSING"),
            "{kind}"
        );
        let elsewhere = refusal(client.skip_parked(why("ops-1", skip(8))).await);
        assert_eq!(elsewhere.reason, "PARKED_ELSEWHERE");
    }
    client.skip_parked(why("admin-1", skip(7))).await.unwrap();
    let parked = two
        .statements
        .park("statements", &registry, 9, &[9], ("TownRegistered", "no"));
    parked.await.unwrap();
    client.skip_parked(why("ops-1", skip(9))).await.unwrap();
}

#[tokio::test]
async fn consumers_are_told_with_what_they_lack() {
    let two = Two::new().await;
    note(&two.payroll, "payroll", 4, 4).await;
    note(&two.payroll, "payroll/north", 1, 4).await;
    let mut client = two.client().await;
    two.hear(0, 2).await;
    let request = by("ops-1", ListConsumersRequest::default());
    let consumers = client.list_consumers(request).await.unwrap().into_inner();
    let consumers = consumers.consumers;
    let told: Vec<_> = consumers
        .iter()
        .map(|c| (c.log.as_str(), c.receipt, c.head, c.behind, c.parked))
        .collect();
    let expected = [
        ("payroll", 2, 4, 2, false),
        ("payroll/north", 0, 1, 1, false),
    ];
    assert_eq!(told, expected);
    assert!(consumers[0].taken_at.is_some() && !consumers[0].owner_silent);
}

async fn rebuild(
    two: &Two,
    request: Request<RebuildTableRequest>,
) -> Result<RebuildTableResponse, Refusal> {
    let mut client = two.client().await;
    let answers = client.rebuild_table(request).await;
    let mut answers = answers.map_err(|s| Refusal::from_status(&s))?.into_inner();
    let mut last = None;
    loop {
        match answers.message().await {
            Ok(Some(answer)) => last = Some(answer),
            Ok(None) => return Ok(last.unwrap()),
            Err(status) => return Err(Refusal::from_status(&status)),
        }
    }
}

#[tokio::test]
async fn tables_are_listed_compared_and_rebuilt() {
    let two = Two::new().await;
    note(&two.payroll, "payroll", 5, 4).await;
    two.hear(0, 3).await;
    let mut client = two.client().await;
    let mut tables = async || {
        let request = ListTablesRequest {
            digests: true,
            ..ListTablesRequest::default()
        };
        let answer = client.list_tables(by("ops-1", request)).await.unwrap();
        answer.into_inner().tables
    };
    let listed = tables().await;
    let told: Vec<_> = listed
        .iter()
        .map(|t| (t.service.as_str(), t.name.as_str(), t.mirror, t.rows))
        .collect();
    let expected = [
        ("payroll", "count", false, 1),
        ("statements", "heard", true, 1),
    ];
    assert_eq!(told, expected);

    let request = |service: &str, table: &str, mirror| RebuildTableRequest {
        service: service.to_owned(),
        table: table.to_owned(),
        mirror,
    };
    let mut dry = by("admin-1", request("payroll", "count", false));
    let metadata = dry.metadata_mut();
    metadata.insert(rpc::DRY_RUN, "true".parse().unwrap());
    let compared = rebuild(&two, dry).await.unwrap().rebuilt.unwrap();
    assert!(!compared.swapped);
    assert_eq!(compared.digest, listed[0].digest);
    let mirror = by("admin-1", request("statements", "heard", true));
    let rebuilt = rebuild(&two, mirror).await.unwrap().rebuilt.unwrap();
    assert!(rebuilt.swapped);
    assert_eq!(
        (&rebuilt.digest, rebuilt.positions[0].seq),
        (&listed[1].digest, 3)
    );

    let spoiler = two.payroll.pool().get().await.unwrap();
    spoiler
        .batch_execute("UPDATE p_count_v1 SET row = '9'")
        .await
        .unwrap();
    let count = || request("payroll", "count", false);
    let refused = rebuild(&two, by("admin-1", count())).await.unwrap_err();
    assert_eq!(refused.reason, "DIGESTS_DIFFER");
    let rebuilt = rebuild(&two, why("admin-1", count())).await.unwrap();
    assert_eq!((rebuilt.folded, rebuilt.stage.as_str()), (5, "swapping"));
    assert_eq!(tables().await[0].digest, compared.digest);

    let unknown = rebuild(&two, by("admin-1", request("payroll", "heard", true))).await;
    assert_eq!(unknown.unwrap_err().reason, "NO_TABLE");
    let denied = rebuild(&two, by("ops-1", count())).await.unwrap_err();
    assert_eq!(denied.code, Code::PermissionDenied);
}
