//! Erasing officers and contacts: what goes, what stays, what is refused.

use tonic::metadata::MetadataValue;
use wire::registry::v1::{
    ChangeTownRequest, EndOfficerRequest, EnrolOfficerRequest, EraseContactRequest,
    EraseOfficerRequest, GetOfficerRequest, GetTownRequest,
};

use crate::world::{World, by, contact, officer, refusal, town, with, world};

/// Somebody who left on that day.
async fn former(world: &mut World, last_day: &str) {
    let enrol = EnrolOfficerRequest {
        from: "2020-01-06".to_owned(),
        ..officer()
    };
    world.client.enrol_officer(by("hr-1", enrol)).await.unwrap();
    let end = EndOfficerRequest {
        officer: "cso-114".to_owned(),
        on: last_day.to_owned(),
    };
    world.client.end_officer(by("hr-1", end)).await.unwrap();
}

fn erase() -> EraseOfficerRequest {
    EraseOfficerRequest {
        officer: "cso-114".to_owned(),
        grounds: "request".to_owned(),
    }
}

fn erase_clerk(former_only: bool) -> EraseContactRequest {
    EraseContactRequest {
        town: "barlow".to_owned(),
        role: "clerk".to_owned(),
        grounds: "request".to_owned(),
        former_only,
    }
}

#[tokio::test]
async fn a_former_officer_is_erased_after_a_look_at_what_would_go() {
    let mut world = world().await;
    former(&mut world, "2023-09-06").await;
    let dry = with(by("admin-1", erase()), "cw-dry-run", "true");
    let would_go = world.client.erase_officer(dry).await.unwrap().into_inner();
    let fields: Vec<_> = would_go.erased.iter().map(|t| t.field.as_str()).collect();
    assert_eq!(fields, ["email", "name", "phone"]);
    assert_eq!(world.sealed().await, 3);
    let erased = world.client.erase_officer(by("admin-1", erase())).await;
    assert_eq!(erased.unwrap().into_inner().erased, would_go.erased);
    assert_eq!(world.sealed().await, 0);
    let ask = GetOfficerRequest {
        officer: "cso-114".to_owned(),
    };
    let shown = world.client.get_officer(by("hr-1", ask)).await.unwrap();
    let shown = shown.into_inner();
    assert_eq!(
        (shown.name.as_str(), shown.erased_on.as_str()),
        ("", "2026-09-07")
    );
    assert_eq!(world.facts().await.last().unwrap(), "OfficerErased");
    let again = refusal(world.client.erase_officer(by("admin-1", erase())).await);
    assert_eq!(again.reason, "OFFICER_ALREADY_ERASED");
    world.ended().await;
}

#[tokio::test]
async fn why_somebody_was_erased_is_found_when_the_record_is_gone() {
    let mut world = world().await;
    former(&mut world, "2023-09-06").await;
    let mut request = by("admin-1", erase());
    let reason = MetadataValue::from_bytes(b"asked for by letter");
    request.metadata_mut().insert_bin("cw-reason-bin", reason);
    world.client.erase_officer(request).await.unwrap();
    let event = world.events().await.pop().unwrap();
    let kept = world.store.reason(&event.log, event.command_id).await;
    assert_eq!(kept.unwrap().as_deref(), Some("asked for by letter"));
    world.ended().await;
}

#[tokio::test]
async fn a_record_that_a_law_keeps_is_not_erased_before_the_day_that_is_named() {
    let mut world = world().await;
    former(&mut world, "2023-09-07").await;
    let kept = refusal(world.client.erase_officer(by("admin-1", erase())).await);
    assert_eq!(kept.reason, "RETENTION_RUNS");
    assert!(kept.message.contains("29 CFR 516.5"), "{}", kept.message);
    assert!(
        kept.message.contains("from 2026-09-08 on"),
        "{}",
        kept.message
    );
    assert_eq!(world.sealed().await, 3);
    let by_hr = refusal(world.client.erase_officer(by("hr-1", erase())).await);
    assert_eq!(by_hr.code, tonic::Code::PermissionDenied);
    world.ended().await;
}

#[tokio::test]
async fn former_holders_of_an_office_are_erased_and_the_present_one_stays() {
    let mut world = world().await;
    let mut register = town("barlow", "Barlow");
    register.contacts = vec![contact("clerk", "Ann Lee")];
    world
        .client
        .register_town(by("ops-1", register))
        .await
        .unwrap();
    let nobody = refusal(
        world
            .client
            .erase_contact(by("admin-1", erase_clerk(true)))
            .await,
    );
    assert_eq!(nobody.reason, "CONTACT_UNKNOWN");
    let change = ChangeTownRequest {
        town: "barlow".to_owned(),
        contacts: vec![contact("clerk", "Bo Reed")],
        ..Default::default()
    };
    world.client.change_town(by("ops-1", change)).await.unwrap();
    assert_eq!(world.sealed().await, 4);
    let former = world
        .client
        .erase_contact(by("admin-1", erase_clerk(true)))
        .await;
    assert_eq!(former.unwrap().into_inner().erased.len(), 2);
    assert_eq!(world.sealed().await, 2);
    let ask = || GetTownRequest {
        town: "barlow".to_owned(),
    };
    let shown = world.client.get_town(by("ops-1", ask())).await.unwrap();
    assert_eq!(shown.into_inner().contacts[0].name, "Bo Reed");
    let all = world
        .client
        .erase_contact(by("admin-1", erase_clerk(false)))
        .await;
    all.unwrap();
    assert_eq!(world.sealed().await, 0);
    let shown = world.client.get_town(by("ops-1", ask())).await.unwrap();
    assert!(shown.into_inner().contacts.is_empty());
    world.ended().await;
}

#[tokio::test]
async fn an_erasure_that_stuck_half_way_is_finished_by_whoever_asks_next() {
    let mut world = world().await;
    former(&mut world, "2020-06-30").await;
    let mut register = town("barlow", "Barlow");
    register.contacts = vec![contact("clerk", "Ann Lee")];
    let registered = world.client.register_town(by("ops-1", register)).await;
    registered.unwrap();
    world.register_away(true);
    let stuck = refusal(world.client.erase_officer(by("admin-1", erase())).await);
    assert_eq!(stuck.code, tonic::Code::Unavailable);
    assert_eq!(world.facts().await.last().unwrap(), "OfficerErased");
    let again = refusal(world.client.erase_officer(by("admin-1", erase())).await);
    assert_eq!(again.code, tonic::Code::Unavailable);
    assert_eq!(world.sealed().await, 5);
    world.register_away(false);
    let again = refusal(world.client.erase_officer(by("admin-1", erase())).await);
    assert_eq!(again.reason, "OFFICER_ALREADY_ERASED");
    assert_eq!(world.sealed().await, 2);

    world.register_away(true);
    let stuck = world
        .client
        .erase_contact(by("admin-1", erase_clerk(false)));
    assert_eq!(refusal(stuck.await).code, tonic::Code::Unavailable);
    world.register_away(false);
    let again = world
        .client
        .erase_contact(by("admin-1", erase_clerk(false)));
    assert_eq!(refusal(again.await).reason, "CONTACT_UNKNOWN");
    assert_eq!(world.sealed().await, 0);
    world.ended().await;
}
