//! Shifts and requests over gRPC.

use wire::scheduling::v1 as pb;

use crate::world::{by, done, refused, world};

fn add(start: &str, end: &str) -> pb::AddShiftRequest {
    pb::AddShiftRequest {
        town: "barlow".into(),
        kind: "patrol".into(),
        start: start.into(),
        end: end.into(),
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_in_the_past_or_in_the_gap_of_the_clocks_is_refused() {
    let world = world().await;
    let past = add("2026-10-30T08:00", "2026-10-30T16:00");
    let answer = world.shifts.clone().add_shift(by("plan-1", past)).await;
    refused(answer, "SHIFT_IN_PAST");
    let gap = add("2027-03-14T02:30", "2027-03-14T10:00");
    let answer = world.shifts.clone().add_shift(by("plan-1", gap)).await;
    let refusal = refused(answer, "TIME_IN_GAP");
    assert_eq!(refusal.violations[0].field, "start");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_clerks_at_once_do_not_book_an_officer_twice() {
    let world = world().await;
    for (id, start) in [("b1", "2026-11-09T08:00"), ("b2", "2026-11-09T12:00")] {
        let end = format!("{}T20:00", &start[..10]);
        let asked = pb::AddShiftRequest {
            shift: id.into(),
            ..add(start, &end)
        };
        done(world.shifts.clone().add_shift(by("plan-1", asked)).await);
    }
    let give = |id: &str| pb::ChangeShiftRequest {
        shift: id.into(),
        officer: "cso-1".into(),
        ..Default::default()
    };
    let (mut one, mut other) = (world.shifts.clone(), world.shifts.clone());
    let (one, other) = tokio::join!(
        one.change_shift(by("plan-1", give("b1"))),
        other.change_shift(by("plan-1", give("b2")))
    );
    let (won, lost) = if one.is_ok() {
        (one, other)
    } else {
        (other, one)
    };
    done(won);
    refused(lost, "SHIFTS_OVERLAP");
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_names_every_requirement_that_is_missing_and_publishes_nothing() {
    let world = world().await;
    world.draft("b1", "2026-11-09", "cso-1").await;
    world.draft("b2", "2026-11-09", "cso-3").await;
    world.draft("b3", "2026-11-10", "cso-3").await;
    let all = pb::PublishShiftsRequest {
        from: "2026-11-01".into(),
        until: "2026-11-30".into(),
        ..Default::default()
    };
    let answer = world.shifts.clone().publish_shifts(by("plan-1", all)).await;
    let refusal = refused(answer, "REQUIREMENTS_UNMET");
    let told: Vec<_> = refusal
        .violations
        .iter()
        .map(|v| v.description.as_str())
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("cso-3 may not be on b2 on 2026-11-09: Permit: missing"));
    assert!(told[1].contains("b3"), "{told:?}");
    assert!(world.told().await.is_empty());
    world.publish(&["b1"]).await;
    assert_eq!(world.told().await, ["ShiftPublished"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_sees_their_own_and_open_shifts_and_a_town_its_own_and_nobody_drafts() {
    let world = world().await;
    world.published("b1", "2026-11-09", "cso-1").await;
    world.published("b2", "2026-11-09", "cso-2").await;
    world.published("b3", "2026-11-10", "").await;
    world.draft("b4", "2026-11-11", "cso-1").await;
    let own = pb::ListShiftsRequest {
        officer: "cso-1".into(),
        ..Default::default()
    };
    let ids = |shifts: Vec<pb::Shift>| -> Vec<String> {
        shifts.into_iter().map(|shift| shift.shift).collect()
    };
    let mut client = world.shifts.clone();
    let mine = done(client.list_shifts(by("cso-1", own.clone())).await);
    assert_eq!(ids(mine.shifts), ["b1"]);
    assert!(client.list_shifts(by("cso-2", own)).await.is_err());
    let open = client
        .list_open_shifts(by("cso-1", Default::default()))
        .await;
    assert_eq!(ids(done(open).shifts), ["b3"]);
    let town = pb::ListShiftsRequest {
        town: "barlow".into(),
        page_size: 2,
        ..Default::default()
    };
    let first = done(client.list_shifts(by("clerk-1", town.clone())).await);
    assert_eq!(ids(first.shifts), ["b1", "b2"]);
    let next = pb::ListShiftsRequest {
        page_token: first.next_page_token,
        ..town
    };
    let second = done(client.list_shifts(by("clerk-1", next)).await);
    assert_eq!(ids(second.shifts), ["b3"]);
    assert_eq!(ids(world.list().await).len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_is_approved_and_a_swap_agreed_and_approved() {
    let world = world().await;
    world.published("b1", "2026-11-09", "cso-1").await;
    world.published("b2", "2026-11-10", "").await;
    let mut client = world.shifts.clone();
    let sign_up = pb::SignUpRequest {
        officer: "cso-2".into(),
        shift: "b2".into(),
    };
    let made = done(client.sign_up(by("cso-2", sign_up)).await).request;
    let approve = |request: String| by("plan-1", pb::ApproveRequestRequest { request });
    done(client.approve_request(approve(made)).await);
    let swap = pb::AskSwapRequest {
        officer: "cso-1".into(),
        shift: "b1".into(),
        colleague: "cso-2".into(),
        in_return: "b2".into(),
    };
    let made = done(client.ask_swap(by("cso-1", swap)).await).request;
    let waiting = pb::ListRequestsRequest {
        officer: "cso-2".into(),
        waiting: true,
        ..Default::default()
    };
    let asked = done(client.list_requests(by("cso-2", waiting)).await).requests;
    assert_eq!(
        (asked[0].request.as_str(), asked[0].what.as_str()),
        ("r2", "swap")
    );
    refused(
        client.approve_request(approve(made.clone())).await,
        "SWAP_NOT_AGREED",
    );
    let agree = pb::AgreeSwapRequest {
        officer: "cso-2".into(),
        request: made.clone(),
    };
    done(client.agree_swap(by("cso-2", agree)).await);
    done(client.approve_request(approve(made)).await);
    let officers: Vec<_> = world.list().await.into_iter().map(|s| s.officer).collect();
    assert_eq!(officers, ["cso-2", "cso-1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn leave_and_availability_keep_shifts_away() {
    let world = world().await;
    world.draft("b1", "2026-11-10", "cso-1").await;
    world.draft("b2", "2026-11-12", "cso-1").await;
    let mut client = world.shifts.clone();
    let leave = pb::RequestLeaveRequest {
        officer: "cso-1".into(),
        from: "2026-11-09".into(),
        until: "2026-11-11".into(),
        kind: "vacation".into(),
    };
    let made = done(client.request_leave(by("cso-1", leave)).await).request;
    let approve = pb::ApproveRequestRequest { request: made };
    done(client.approve_request(by("plan-1", approve)).await);
    let busy = pb::AddUnavailableRequest {
        officer: "cso-1".into(),
        pattern: "DTSTART;TZID=America/Chicago:20261105T120000\nDURATION:PT1H\n\
                  RRULE:FREQ=WEEKLY;COUNT=9"
            .into(),
        ..Default::default()
    };
    done(
        world
            .officers
            .clone()
            .add_unavailable(by("cso-1", busy))
            .await,
    );
    let all = pb::PublishShiftsRequest {
        shifts: vec!["b1".into(), "b2".into()],
        ..Default::default()
    };
    let refusal = refused(
        client.publish_shifts(by("plan-1", all)).await,
        "REQUIREMENTS_UNMET",
    );
    assert!(refusal.message.contains("on approved leave"), "{refusal}");
    assert!(refusal.message.contains("not available"), "{refusal}");
    let shown = pb::GetAvailabilityRequest {
        officer: "cso-1".into(),
    };
    let shown = done(
        world
            .officers
            .clone()
            .get_availability(by("cso-1", shown))
            .await,
    );
    assert_eq!(shown.unavailable[0].entry, "a1");
    assert_eq!(shown.weekly_minutes, 2_400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_and_does_nothing_and_a_repeated_command_is_done_once() {
    let world = world().await;
    world.draft("b1", "2026-11-09", "cso-1").await;
    let publish = pb::PublishShiftsRequest {
        shifts: vec!["b1".into()],
        ..Default::default()
    };
    let mut dry = by("plan-1", publish.clone());
    dry.metadata_mut()
        .insert("cw-dry-run", "true".parse().unwrap());
    done(world.shifts.clone().publish_shifts(dry).await);
    assert!(world.told().await.is_empty());
    let id = "0195b7a4-0000-7000-8000-000000000001";
    for _ in 0..2 {
        let mut once = by("plan-1", publish.clone());
        once.metadata_mut()
            .insert("cw-command-id", id.parse().unwrap());
        done(world.shifts.clone().publish_shifts(once).await);
    }
    assert_eq!(world.told().await, ["ShiftPublished"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_folds_again_to_the_same_rows() {
    let world = world().await;
    world.published("b1", "2026-11-09", "cso-1").await;
    world.published("b2", "2026-11-10", "").await;
    let sign_up = pb::SignUpRequest {
        officer: "cso-2".into(),
        shift: "b2".into(),
    };
    done(world.shifts.clone().sign_up(by("cso-2", sign_up)).await);
    let open = pb::OpenCalendarRequest {
        officer: "cso-1".into(),
        token_sha256: "a".repeat(64),
    };
    done(
        world
            .officers
            .clone()
            .open_calendar(by("cso-1", open))
            .await,
    );
    let way = pb::SetTravelRequest {
        from: "barlow".into(),
        to: "corbin".into(),
        minutes: 20,
    };
    done(world.towns.clone().set_travel(by("plan-1", way)).await);
    for table in [
        "shifts",
        "availability",
        "towns",
        "calendars",
        "calendar_tokens",
    ] {
        let rebuilt = world.store.rebuild(table).await.unwrap();
        assert!(
            rebuilt.is_equal() && rebuilt.rows > 0,
            "{table}: {rebuilt:?}"
        );
    }
}
