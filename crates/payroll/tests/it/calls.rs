//! The month's ordinary calls, from the first punch to the cost.

use prost::Message;
use wire::payroll::v1 as pb;

use crate::world::{World, by, with};

#[tokio::test(flavor = "multi_thread")]
async fn a_day_in_two_towns_from_the_punch_to_its_cost() {
    let world = World::usual().await;
    world.clock_in("2026-10-05T08:00", "town:barlow").await;
    let asked = pb::MoveRequest {
        officer: "cso-114".into(),
        town: "corbin".into(),
        leave_at: "2026-10-05T11:30".into(),
        ..pb::MoveRequest::default()
    };
    let moved = world.client.clone().r#move(by("jdoe", asked)).await;
    assert_eq!(moved.unwrap().into_inner().duty, "cso-114.2");
    let asked = pb::ArriveRequest {
        officer: "cso-114".into(),
        at: "2026-10-05T12:10".into(),
    };
    let arrived = world.client.clone().arrive(by("jdoe", asked)).await;
    assert_eq!(arrived.unwrap().into_inner().duty, "cso-114.3");
    let out = world.clock_out("2026-10-05T16:40").await;
    assert_eq!((out.duty.as_str(), out.minutes), ("cso-114.3", 270));

    world.submit("2026-10-05").await;
    let costs = world.approve("2026-10-05").await;
    // 8 h 40 min at $20.00 and a fifth on it.
    let [cost] = costs.as_slice() else {
        panic!("{costs:?}");
    };
    assert_eq!(cost.account, "agreement:three-rivers");
    assert_eq!((cost.minutes, cost.cost_cents.as_str()), (520, "20800/1"));
    assert_eq!(cost.premium_cents, "0/1");

    let week = world.timesheet("2026-10-07").await;
    assert_eq!(week.week_start, "2026-10-04");
    assert_eq!(week.state(), pb::WeekState::Approved);
    assert_eq!(week.minutes, 520);
    let places: Vec<_> = week
        .locations
        .iter()
        .map(|place| (place.location.as_str(), place.minutes))
        .collect();
    assert_eq!(
        places,
        [
            ("town:barlow", 210),
            ("town:corbin", 270),
            ("travel:corbin", 40)
        ]
    );
    assert_eq!(week.costs, costs);
    assert_eq!(week.duties.len(), 3);
    assert_eq!(
        world.kinds().await,
        [
            "DutyStarted",
            "WeekOpened",
            "DutyRecorded",
            "DutyStarted",
            "DutyRecorded",
            "DutyStarted",
            "DutyRecorded",
            "WeekSubmitted",
            "WeekApproved",
            "LabourCosted",
        ]
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_night_into_november_reaches_both_weeks_with_its_extra_hour() {
    let world = World::usual().await;
    world.clock_in("2026-10-31T22:00", "town:barlow").await;
    let out = world.clock_out("2026-11-01T06:00").await;
    assert_eq!(out.minutes, 9 * 60);
    assert_eq!(world.timesheet("2026-10-31").await.minutes, 120);
    assert_eq!(world.timesheet("2026-11-01").await.minutes, 420);
    for week in ["2026-10-25", "2026-11-01"] {
        world.submit(week).await;
        world.approve(week).await;
    }
    let facts = world.facts().await;
    let costed: Vec<_> = facts
        .iter()
        .filter(|fact| fact.kind == "LabourCosted")
        .map(|fact| pb::LabourCosted::decode(fact.bytes.as_slice()).unwrap())
        .map(|fact| (fact.week_start, fact.slices[0].minutes, fact.premium_on))
        .collect();
    assert_eq!(
        costed,
        [
            ("2026-10-25".to_owned(), 120, "2026-10-31".to_owned()),
            ("2026-11-01".to_owned(), 420, "2026-11-07".to_owned()),
        ]
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overtime_week_carries_its_premium_and_what_it_was_split_from() {
    let world = World::usual().await;
    for (day, location) in (5..10).zip([
        "town:barlow",
        "town:barlow",
        "town:corbin",
        "town:corbin",
        "training",
    ]) {
        world
            .record(&format!("2026-10-{day:02}"), 10, location)
            .await;
    }
    world.submit("2026-10-05").await;
    let costs = world.approve("2026-10-05").await;
    let shares: Vec<_> = costs
        .iter()
        .map(|cost| {
            (
                cost.account.as_str(),
                cost.minutes,
                cost.premium_cents.as_str(),
            )
        })
        .collect();
    // 10 h past the threshold at half of $20.00; four fifths of the minutes are the agreement's.
    assert_eq!(
        shares,
        [
            ("agreement:three-rivers", 2400, "8000/1"),
            ("provider", 600, "2000/1")
        ]
    );
    let facts = world.facts().await;
    let last = facts.last().unwrap();
    let costed = pb::LabourCosted::decode(last.bytes.as_slice()).unwrap();
    let week = costed.week.unwrap();
    assert_eq!(week.premium_cents, "10000/1");
    assert_eq!((week.minutes, week.threshold_minutes), (3000, 2400));
    assert_eq!((week.overtime_minutes, week.account_minutes), (600, 600));
    assert_eq!(week.regular_rate, "2000/1");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_command_twice_gets_the_same_answer_and_happens_once() {
    let world = World::usual().await;
    let id = "018f2c7e-9b1d-7c3a-8a55-1d2e3f405162";
    let asked = |at: &str| pb::ClockInRequest {
        officer: "cso-114".into(),
        at: at.into(),
        location: "town:barlow".into(),
        account: String::new(),
    };
    let mut answers = Vec::new();
    for _ in 0..2 {
        let request = with(by("jdoe", asked("2026-10-05T08:00")), rpc::COMMAND_ID, id);
        let answer = world.client.clone().clock_in(request).await;
        answers.push(answer.unwrap().into_inner());
    }
    assert_eq!(answers[0], answers[1]);
    let other = with(by("jdoe", asked("2026-10-05T09:00")), rpc::COMMAND_ID, id);
    let refused = crate::world::refusal(world.client.clone().clock_in(other).await);
    assert_eq!(refused.reason, "COMMAND_ID_REUSED");
    assert_eq!(world.kinds().await, ["DutyStarted"]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_answers_and_leaves_nothing() {
    let world = World::usual().await;
    world.record("2026-10-05", 8, "town:barlow").await;
    world.submit("2026-10-05").await;
    let before = world.kinds().await;
    let asked = pb::ApproveWeekRequest {
        officer: "cso-114".into(),
        week: "2026-10-05".into(),
        ..pb::ApproveWeekRequest::default()
    };
    let request = with(by("hr-2", asked), rpc::DRY_RUN, "true");
    let answer = world.client.clone().approve_week(request).await.unwrap();
    assert_eq!(answer.into_inner().costs[0].cost_cents, "19200/1");
    assert_eq!(world.kinds().await, before);
    assert!(world.timesheet("2026-10-05").await.costs.is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_time_means_now() {
    let world = World::usual().await;
    world.set("2026-10-05T13:00:40Z");
    world.clock_in("", "town:barlow").await;
    world.set("2026-10-05T14:00:10Z");
    assert_eq!(world.clock_out("").await.minutes, 60);
    world.end().await;
}
