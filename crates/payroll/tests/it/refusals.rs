//! How payroll says no over the wire. The rules themselves are tested beside them.

use tonic::Code;
use wire::payroll::v1 as pb;

use crate::world::{World, by, refusal};

fn clock_in(officer: &str, at: &str, location: &str) -> pb::ClockInRequest {
    pb::ClockInRequest {
        officer: officer.into(),
        at: at.into(),
        location: location.into(),
        account: String::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rules_refusal_arrives_with_its_reason_and_sentence() {
    let world = World::usual().await;
    world.clock_in("2026-10-05T08:00", "town:barlow").await;
    let asked = clock_in("cso-114", "2026-10-05T09:00", "town:corbin");
    let refused = refusal(world.client.clone().clock_in(by("jdoe", asked)).await);
    assert_eq!(refused.code, Code::FailedPrecondition);
    assert_eq!(refused.reason, "ALREADY_ON_DUTY");
    assert_eq!(
        refused.message,
        "cso-114 is already on duty in barlow since 2026-10-05 08:00 CDT (cso-114.1): clock out, \
         or move."
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_or_town_the_registry_never_named_is_unknown() {
    let world = World::usual().await;
    let asked = clock_in("cso-999", "2026-10-05T08:00", "town:barlow");
    let refused = refusal(world.client.clone().clock_in(by("hr-2", asked)).await);
    assert_eq!(
        (refused.code, refused.reason.as_str()),
        (Code::NotFound, "OFFICER_UNKNOWN")
    );
    let asked = clock_in("cso-114", "2026-10-05T08:00", "town:atlantis");
    let refused = refusal(world.client.clone().clock_in(by("hr-2", asked)).await);
    assert_eq!(refused.reason, "TOWN_UNKNOWN");
    assert_eq!(refused.violations[0].field, "town");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_fields_are_named_and_unclear_times_told_apart() {
    let world = World::usual().await;
    for (asked, reason, field) in [
        (
            clock_in("Jane Doe", "2026-10-05T08:00", "town:barlow"),
            "INVALID_REQUEST",
            "officer",
        ),
        (
            clock_in("cso-114", "2026-10-05T08:00", "barlow"),
            "INVALID_REQUEST",
            "location",
        ),
        (
            clock_in("cso-114", "2026-10-05T08:00", ""),
            "LOCATION_MISSING",
            "location",
        ),
        (
            clock_in("cso-114", "2026-03-08T02:30", "town:barlow"),
            "TIME_IN_GAP",
            "at",
        ),
        (
            clock_in("cso-114", "2026-11-01T01:30", "town:barlow"),
            "TIME_AMBIGUOUS",
            "at",
        ),
        (
            clock_in("cso-114", "eight", "town:barlow"),
            "INVALID_REQUEST",
            "at",
        ),
    ] {
        let refused = refusal(world.client.clone().clock_in(by("hr-2", asked)).await);
        assert_eq!(refused.reason, reason);
        assert_eq!(refused.violations[0].field, field, "{refused}");
        assert_ne!(refused.code, Code::Internal);
    }
    let list = pb::ListTimesheetsRequest {
        officer: "Jane Doe".into(),
        ..pb::ListTimesheetsRequest::default()
    };
    let refused = refusal(world.client.clone().list_timesheets(by("hr-2", list)).await);
    assert_eq!(refused.violations[0].field, "officer", "{refused}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_acts_for_themself_alone_and_approves_nothing() {
    let world = World::usual().await;
    let asked = clock_in("cso-114", "2026-10-05T08:00", "town:barlow");
    let refused = refusal(world.client.clone().clock_in(by("asmith", asked)).await);
    assert_eq!(refused.code, Code::PermissionDenied);
    let asked = clock_in("cso-114", "2026-10-05T08:00", "town:barlow");
    let refused = refusal(world.client.clone().clock_in(by("clerk-1", asked)).await);
    assert_eq!(refused.code, Code::PermissionDenied);

    world.record("2026-10-05", 8, "town:barlow").await;
    world.submit("2026-10-05").await;
    let approve = || pb::ApproveWeekRequest {
        officer: "cso-114".into(),
        week: "2026-10-05".into(),
        ..pb::ApproveWeekRequest::default()
    };
    let refused = refusal(
        world
            .client
            .clone()
            .approve_week(by("jdoe", approve()))
            .await,
    );
    assert_eq!(refused.code, Code::PermissionDenied);
    let refused = refusal(
        world
            .client
            .clone()
            .approve_week(by("cso-114", approve()))
            .await,
    );
    assert_eq!(refused.reason, "OWN_TIMESHEET");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn returning_a_week_without_a_reason_is_refused() {
    let world = World::usual().await;
    world.record("2026-10-05", 8, "town:barlow").await;
    world.submit("2026-10-05").await;
    let asked = pb::ReturnWeekRequest {
        officer: "cso-114".into(),
        week: "2026-10-05".into(),
        reason: "  ".into(),
    };
    let refused = refusal(world.client.clone().return_week(by("hr-2", asked)).await);
    assert_eq!(refused.reason, "REASON_MISSING");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_clock_ins_at_once_exactly_one_succeeds() {
    let world = World::usual().await;
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let mut client = world.client.clone();
        calls.spawn(async move {
            let asked = clock_in("cso-114", "2026-10-05T08:00", "town:barlow");
            client.clock_in(by("jdoe", asked)).await
        });
    }
    let answers = calls.join_all().await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    for answer in lost {
        assert_eq!(refusal(answer).reason, "ALREADY_ON_DUTY");
    }
    assert_eq!(world.kinds().await, ["DutyStarted"]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ends_of_the_calendar_are_refused_like_any_other_slip() {
    let world = World::usual().await;
    for week in ["9999-12-31", "0000-01-01"] {
        let asked = pb::ApproveWeekRequest {
            officer: "cso-114".into(),
            week: week.into(),
            ..pb::ApproveWeekRequest::default()
        };
        let refused = refusal(world.client.clone().approve_week(by("hr-2", asked)).await);
        assert_eq!(refused.reason, "WEEK_EMPTY", "{week}");
    }
    for at in ["9999-12-30T22:00:00Z", "-009999-01-02T01:59:59Z"] {
        let asked = clock_in("cso-114", at, "town:barlow");
        let refused = refusal(world.client.clone().clock_in(by("hr-2", asked)).await);
        assert_ne!(refused.code, Code::Internal, "{refused}");
    }
    world.clock_in("2026-10-05T08:00", "town:barlow").await;
    world.timesheet("9999-12-31").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_as_long_as_a_document_is_refused() {
    let world = World::usual().await;
    let asked = pb::RecordDutyRequest {
        officer: "cso-114".into(),
        start: "2026-10-05T08:00".into(),
        end: "2026-10-05T09:00".into(),
        location: "town:barlow".into(),
        reason: "x".repeat(2_001),
        ..pb::RecordDutyRequest::default()
    };
    let refused = refusal(world.client.clone().record_duty(by("jdoe", asked)).await);
    assert_eq!(refused.violations[0].field, "reason");
    world.end().await;
}
