use tonic::Request;
use wire::payroll::v1 as pb;

use crate::world::{World, by, refusal, with};

const COMMAND: &str = "0199aaaa-0000-7000-8000-00000000000a";

/// A duty by hand on 5 October.
fn entry(hours: [&str; 2], reason: &str) -> Request<pb::RecordDutyRequest> {
    let [start, end] = hours.map(|hour| format!("2026-10-05T{hour}"));
    let asked = pb::RecordDutyRequest {
        officer: "cso-114".into(),
        start,
        end,
        location: "town:barlow".into(),
        account: String::new(),
        reason: reason.into(),
    };
    with(by("jdoe", asked), rpc::COMMAND_ID, COMMAND)
}

/// How many texts lie in the vault.
async fn sealed(world: &World) -> i64 {
    let client = world.store.pool().get().await.unwrap();
    let count = client.query_one("SELECT count(*) FROM vault.item", &[]);
    count.await.unwrap().get(0)
}

/// The words that the one entry's event points to.
async fn words(world: &World) -> Option<String> {
    let log = payroll::log();
    let events = world.store.read_events(&log, 0, 100).await.unwrap();
    assert!(events.iter().all(|event| !event.body.contains("radio")));
    let entered = events.iter().find(|event| event.kind == "duty_entered");
    let body: serde_json::Value = serde_json::from_str(&entered.unwrap().body).unwrap();
    let token = body["reason"].as_str().unwrap();
    world.store.vault().open(token, "reason").await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_a_reason_stand_in_the_vault_alone_and_no_other_command_touches_them() {
    let world = World::usual().await;
    let mut client = world.client.clone();
    let entry_of_the_day = || entry(["08:00", "16:00"], "The radio was dead.");
    client.record_duty(entry_of_the_day()).await.unwrap();
    client.record_duty(entry_of_the_day()).await.unwrap();
    let other = entry(["08:00", "16:00"], "Other words.");
    let reused = refusal(client.record_duty(other).await);
    assert_eq!(reused.reason, "COMMAND_ID_REUSED");
    assert_eq!(words(&world).await.unwrap(), "The radio was dead.");
    assert_eq!(sealed(&world).await, 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_comes_to_nothing_leaves_no_words_behind() {
    let world = World::usual().await;
    let mut client = world.client.clone();
    let rehearsed = with(
        entry(["08:00", "16:00"], "A rehearsal."),
        rpc::DRY_RUN,
        "true",
    );
    client.record_duty(rehearsed).await.unwrap();
    assert_eq!(sealed(&world).await, 0);
    let backwards = entry(["16:00", "08:00"], "A slip.");
    assert_eq!(
        refusal(client.record_duty(backwards).await).reason,
        "ENDS_BEFORE_START"
    );
    assert_eq!(sealed(&world).await, 0);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_are_read_by_those_who_work_with_the_week_until_it_is_signed_again() {
    let world = World::usual().await;
    world.record("2026-10-05", 8, "town:barlow").await;
    world.submit("2026-10-05").await;
    let back = pb::ReturnWeekRequest {
        officer: "cso-114".into(),
        week: "2026-10-05".into(),
        reason: "Monday began at nine.".into(),
    };
    let answer = world.client.clone().return_week(by("hr-2", back)).await;
    answer.unwrap();
    let seen = world.timesheet("2026-10-05").await;
    assert_eq!(seen.returned_because, "Monday began at nine.");
    assert_eq!(seen.duties[0].reason, "The radio was dead.");
    let asked = pb::GetTimesheetRequest {
        officer: "cso-114".into(),
        week: "2026-10-05".into(),
    };
    let audited = by("auditor-1", asked);
    let audited = world.client.clone().get_timesheet(audited).await;
    let audited = audited.unwrap().into_inner();
    assert_eq!(audited.returned_because, "");
    assert_eq!(audited.duties[0].reason, "");
    world.submit("2026-10-05").await;
    assert_eq!(world.timesheet("2026-10-05").await.returned_because, "");
    world.end().await;
}
