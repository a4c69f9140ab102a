//! Closing months: once, in order, with what is open, and what is learnt late.

use tonic::Code;
use wire::statements::v1::{ListMonthsRequest, PreviewMonthRequest};

use crate::told::{duty, labour, october};
use crate::world::{Service, answer, by, closing, under};

fn preview(month: &str) -> PreviewMonthRequest {
    PreviewMonthRequest {
        agreement: "three-rivers".to_owned(),
        month: month.to_owned(),
    }
}

fn amounts(statements: &[wire::statements::v1::StatementSummary]) -> Vec<(&str, i64, i64)> {
    let told = statements.iter();
    told.map(|s| (s.party.as_str(), s.amount_cents, s.adjustment_cents))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_issues_what_its_preview_says() {
    let world = local::testing::world().await;
    let mut service = Service::having_heard(&world, &october()).await;
    let preview = service
        .client
        .preview_month(by("finance-1", preview("2026-10")))
        .await;
    let preview = answer(preview).unwrap();
    let heads: Vec<_> = preview
        .heads
        .iter()
        .map(|h| (h.log.as_str(), h.fact_seq))
        .collect();
    let stand = [("incidents", 13), ("payroll", 5), ("registry", 7)];
    assert_eq!(heads, stand);

    let closed = service.close("2026-10", false).await.unwrap();
    assert_eq!(preview.pools, closed.pools);
    assert_eq!(preview.statements, closed.statements);
    let expected = [("barlow", 19_200, 0), ("milford", 0, 0), ("provider", 0, 0)];
    assert_eq!(amounts(&closed.statements), expected);
    for pool in &closed.pools {
        let sum: i64 = pool.shares.iter().map(|share| share.charge_cents).sum();
        assert_eq!(sum, pool.amount_cents, "{}", pool.pool);
    }
    assert!(
        closed
            .checkpoint
            .starts_with("commonwatch/river-bend/statements/three-rivers\n")
    );

    let request = ListMonthsRequest {
        agreement: "three-rivers".to_owned(),
    };
    let months = answer(service.client.list_months(by("finance-1", request)).await).unwrap();
    assert_eq!(months.closed.len(), 1);
    assert_eq!(months.closed[0].total_cents, 19_200);
    assert_eq!(months.next, "2026-11");
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_twice_is_refused_and_the_same_command_is_answered_again() {
    let world = local::testing::world().await;
    let mut service = Service::having_heard(&world, &october()).await;
    let close = || under(5, by("finance-1", closing("2026-10", false)));
    let first = answer(service.client.close_month(close()).await).unwrap();
    let again = answer(service.client.close_month(close()).await).unwrap();
    assert_eq!(first, again);
    let refusal = service.close("2026-10", false).await.unwrap_err();
    assert_eq!(
        (refusal.code, refusal.reason.as_str()),
        (Code::AlreadyExists, "ALREADY_CLOSED")
    );
    let other = under(5, by("finance-1", closing("2026-11", false)));
    let reused = answer(service.client.close_month(other).await).unwrap_err();
    assert_eq!(reused.reason, "COMMAND_ID_REUSED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_that_is_not_over_in_the_agreements_zone_is_not_closed() {
    let world = local::testing::world().await;
    let mut service = Service::having_heard(&world, &october()).await;
    // Half past eleven in the evening of the 31st in Chicago, November in London.
    service.clock.set("2026-11-01T04:30:00Z".parse().unwrap());
    let refusal = service.close("2026-10", false).await.unwrap_err();
    assert_eq!(refusal.reason, "MONTH_NOT_OVER");
    service.clock.set("2026-11-01T05:00:00Z".parse().unwrap());
    service.close("2026-10", false).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn open_time_is_listed_and_a_close_may_leave_it_open() {
    let world = local::testing::world().await;
    let mut logs = october();
    logs.tell("payroll", vec![duty(2, "2026-10-30", 240)]);
    let mut service = Service::having_heard(&world, &logs).await;
    let refusal = service.close("2026-10", false).await.unwrap_err();
    assert_eq!(
        (refusal.code, refusal.reason.as_str()),
        (Code::FailedPrecondition, "TIME_NOT_APPROVED")
    );
    let told = "cso-114 on 2026-10-30, 240 minutes, unapproved";
    assert_eq!(refusal.violations[0].description, told);

    let closed = service.close("2026-10", true).await.unwrap();
    let open: Vec<_> = closed
        .open
        .iter()
        .map(|o| (o.date.as_str(), o.minutes))
        .collect();
    assert_eq!(open, [("2026-10-30", 240)]);
    let statement = service.statement("2026-10", "milford").await;
    assert!(
        statement.json.contains("\"2026-10-30\""),
        "{}",
        statement.json
    );
    assert!(
        statement.csv.contains("cso-114 2026-10-30"),
        "{}",
        statement.csv
    );

    service.clock.set("2026-12-01T12:00:00Z".parse().unwrap());
    let refusal = service.close("2026-11", false).await.unwrap_err();
    assert_eq!(
        refusal.violations[0].description, told,
        "it is not forgotten"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_fact_is_adjusted_by_the_next_statement() {
    let world = local::testing::world().await;
    let mut logs = october();
    let mut service = Service::having_heard(&world, &logs).await;
    service.close("2026-10", false).await.unwrap();
    let before = service.documents("2026-10").await;

    service
        .hear(&logs.tell("payroll", vec![labour(2, 540)]))
        .await
        .unwrap();
    service.owners.stand_at(logs.heads());
    service.clock.set("2026-12-01T12:00:00Z".parse().unwrap());
    let closed = service.close("2026-11", false).await.unwrap();
    let expected = [
        ("barlow", 2_400, 2_400),
        ("milford", 0, 0),
        ("provider", 0, 0),
    ];
    assert_eq!(amounts(&closed.statements), expected);
    assert_eq!(
        service.documents("2026-10").await,
        before,
        "a closed month is never edited"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_closed_before_everything_was_heard() {
    let world = local::testing::world().await;
    let mut logs = october();
    let mut service = Service::having_heard(&world, &logs).await;
    let late = logs.tell(
        "incidents",
        vec![crate::told::incident(9, "barlow", "2026-10-09")],
    );
    service.owners.stand_at(logs.heads());
    let close = || under(9, by("finance-1", closing("2026-10", false)));
    let refusal = answer(service.client.close_month(close()).await).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.reason.as_str()),
        (Code::Unavailable, "SOURCES_NOT_HEARD")
    );
    assert!(
        refusal.message.contains("incidents stands at 15"),
        "{}",
        refusal.message
    );
    assert!(refusal.retry_after.is_some());
    // Nothing was decided: the same command succeeds once the fact has come.
    service.hear(&late).await.unwrap();
    answer(service.client.close_month(close()).await).unwrap();
}
