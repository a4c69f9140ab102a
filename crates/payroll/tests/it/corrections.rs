//! What happens when a duty was not as it was said, before and after approval.

use prost::Message;
use wire::payroll::v1 as pb;

use crate::world::{World, by};

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_after_approval_reopens_its_days_and_costs_anew() {
    let world = World::usual().await;
    let duty = world.record("2026-10-05", 8, "town:barlow").await;
    world.record("2026-10-06", 8, "town:barlow").await;
    world.submit("2026-10-05").await;
    world.approve("2026-10-05").await;

    let asked = pb::CorrectDutyRequest {
        officer: "cso-114".into(),
        duty: duty.clone(),
        end: "2026-10-05T12:00".into(),
        location: "town:corbin".into(),
        reason: "Was sent to Corbin.".into(),
        ..pb::CorrectDutyRequest::default()
    };
    let answer = world.client.clone().correct_duty(by("hr-2", asked)).await;
    assert_eq!(answer.unwrap().into_inner().reopened_days, ["2026-10-05"]);

    let week = world.timesheet("2026-10-05").await;
    assert_eq!(week.state(), pb::WeekState::Open);
    assert_eq!(week.open_days, ["2026-10-05"]);
    // What was approved stays in force until the correction is.
    assert_eq!(week.costs[0].minutes, 960);
    assert!(week.duties[0].corrected && week.duties[0].manual);

    world.submit("2026-10-05").await;
    let costs = world.approve("2026-10-05").await;
    assert_eq!(costs[0].minutes, 720);
    let facts = world.facts().await;
    let last = pb::LabourCosted::decode(facts.last().unwrap().bytes.as_slice()).unwrap();
    assert_eq!(last.revision, 2);
    assert_eq!(last.slices[0].location, "town:corbin");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_duty_leaves_an_empty_costing_behind() {
    let world = World::usual().await;
    let duty = world.record("2026-10-05", 8, "town:barlow").await;
    world.submit("2026-10-05").await;
    world.approve("2026-10-05").await;
    let asked = pb::RemoveDutyRequest {
        officer: "cso-114".into(),
        duty,
        reason: "Entered twice.".into(),
    };
    let answer = world.client.clone().remove_duty(by("hr-2", asked)).await;
    assert_eq!(answer.unwrap().into_inner().reopened_days, ["2026-10-05"]);
    world.submit("2026-10-05").await;
    world.approve("2026-10-05").await;
    let facts = world.facts().await;
    let last = pb::LabourCosted::decode(facts.last().unwrap().bytes.as_slice()).unwrap();
    assert_eq!((last.revision, last.slices.len()), (2, 0));
    assert_eq!(last.premium_cents, "0/1");
    let week = world.timesheet("2026-10-05").await;
    assert!(week.costs.is_empty() && week.duties.is_empty());
    assert_eq!(week.state(), pb::WeekState::Approved);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_goes_back_and_forth_until_it_is_right() {
    let world = World::usual().await;
    world.record("2026-10-05", 8, "town:barlow").await;
    world.submit("2026-10-05").await;
    let asked = pb::ReturnWeekRequest {
        officer: "cso-114".into(),
        week: "2026-10-05".into(),
        reason: "Tuesday is missing.".into(),
    };
    world
        .client
        .clone()
        .return_week(by("hr-2", asked))
        .await
        .unwrap();
    let week = world.timesheet("2026-10-05").await;
    assert_eq!(week.state(), pb::WeekState::Returned);
    world.record("2026-10-06", 8, "town:barlow").await;
    world.submit("2026-10-05").await;
    assert_eq!(world.approve("2026-10-05").await[0].minutes, 960);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_days_before_a_months_end_are_approved_alone() {
    let world = World::usual().await;
    world.record("2026-09-29", 8, "town:barlow").await;
    world.record("2026-10-01", 8, "town:barlow").await;
    world.submit("2026-09-27").await;
    let asked = pb::ApproveWeekRequest {
        officer: "cso-114".into(),
        week: "2026-09-27".into(),
        from: "2026-09-27".into(),
        to: "2026-09-30".into(),
    };
    let answer = world.client.clone().approve_week(by("hr-2", asked)).await;
    assert_eq!(answer.unwrap().into_inner().costs[0].minutes, 480);
    let week = world.timesheet("2026-09-27").await;
    assert_eq!(week.state(), pb::WeekState::Submitted);
    assert_eq!(week.open_days, ["2026-10-01"]);
    assert_eq!(world.approve("2026-09-27").await[0].minutes, 960);
    world.end().await;
}
