//! The tables that answer: lists, pages, and that they are what the log says.

use wire::payroll::v1 as pb;

use crate::world::{World, by};

#[tokio::test(flavor = "multi_thread")]
async fn weeks_are_listed_by_time_filtered_by_state_and_in_pages() {
    let world = World::usual().await;
    for day in ["2026-10-26", "2026-10-05", "2026-10-12", "2026-10-19"] {
        world.record(day, 8, "town:barlow").await;
    }
    world.submit("2026-10-12").await;
    let list = async |state: pb::WeekState, token: String| {
        let asked = pb::ListTimesheetsRequest {
            officer: "cso-114".into(),
            state: state.into(),
            page_size: 3,
            page_token: token,
        };
        let answer = world
            .client
            .clone()
            .list_timesheets(by("jdoe", asked))
            .await;
        let answer = answer.unwrap().into_inner();
        let weeks: Vec<_> = answer
            .timesheets
            .into_iter()
            .map(|week| week.week_start)
            .collect();
        (weeks, answer.next_page_token)
    };
    let (first, token) = list(pb::WeekState::Unspecified, String::new()).await;
    assert_eq!(first, ["2026-10-04", "2026-10-11", "2026-10-18"]);
    let (second, token) = list(pb::WeekState::Unspecified, token).await;
    assert_eq!(
        (second, token),
        (vec!["2026-10-25".to_owned()], String::new())
    );
    let (submitted, _) = list(pb::WeekState::Submitted, String::new()).await;
    assert_eq!(submitted, ["2026-10-11"]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_on_duty_is_known_while_they_are() {
    let world = World::usual().await;
    let list = async || {
        let asked = pb::ListOnDutyRequest::default();
        let answer = world.client.clone().list_on_duty(by("ops-1", asked)).await;
        answer.unwrap().into_inner().on_duty
    };
    assert!(list().await.is_empty());
    world.clock_in("2026-10-05T08:00", "town:barlow").await;
    let on_duty = list().await;
    assert_eq!(on_duty[0].officer, "cso-114");
    assert_eq!(on_duty[0].location, "town:barlow");
    let week = world.timesheet("2026-10-05").await;
    assert_eq!(
        week.exceptions,
        ["Duty cso-114.1 is still open since 2026-10-05 08:00 CDT."]
    );
    assert!(week.duties[0].end.is_none());
    world.clock_out("2026-10-05T16:00").await;
    assert!(list().await.is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duty_over_24_hours_is_kept_and_stands_among_the_exceptions() {
    let world = World::usual().await;
    world.clock_in("2026-10-05T08:00", "town:barlow").await;
    assert_eq!(world.clock_out("2026-10-06T09:30").await.minutes, 1530);
    let week = world.timesheet("2026-10-05").await;
    assert_eq!(
        week.exceptions,
        ["Duty cso-114.1 lasts 25:30 hours, more than 24: correct it."]
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_folds_again_to_the_same_rows() {
    let world = World::usual().await;
    world.clock_in("2026-10-31T22:00", "town:barlow").await;
    world.clock_out("2026-11-01T06:00").await;
    let duty = world.record("2026-10-26", 8, "town:corbin").await;
    world.submit("2026-10-31").await;
    world.approve("2026-10-31").await;
    let asked = pb::RemoveDutyRequest {
        officer: "cso-114".into(),
        duty,
        reason: "Entered twice.".into(),
    };
    let removed = world.client.clone().remove_duty(by("hr-2", asked)).await;
    removed.unwrap();
    world.clock_in("2026-11-02T08:00", "town:barlow").await;
    for table in ["duties", "timesheets", "on_duty"] {
        let rebuilt = world.store.rebuild(table).await.unwrap();
        assert!(
            rebuilt.is_equal() && rebuilt.rows > 0,
            "{table}: {rebuilt:?}"
        );
    }
    world.end().await;
}
