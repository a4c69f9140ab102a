//! The calendars over HTTP, read by somebody else's parser.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use ical::IcalParser;
use tower::ServiceExt;
use vocabulary::TokenHash;
use wire::registry::v1 as registry;
use wire::scheduling::v1 as pb;

use crate::world::{World, by, done, refused, settings, world};

const TOKEN: &str = "an-address-that-nobody-guesses";

async fn fetch(world: &World, token: &str) -> (StatusCode, String) {
    let routes = scheduling::routes(world.store.clone(), settings());
    let request = Request::get(format!("/calendar/{token}.ics"));
    let answer = routes
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let status = answer.status();
    let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn open(world: &World, token: &str) {
    let asked = pb::OpenCalendarRequest {
        officer: "cso-1".into(),
        token_sha256: TokenHash::of(token).to_string(),
    };
    done(
        world
            .officers
            .clone()
            .open_calendar(by("cso-1", asked))
            .await,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_and_a_cancelled_shift_are_read_by_a_foreign_parser() {
    let world = world().await;
    for (id, date) in [
        ("b1", "2026-11-09"),
        ("b2", "2026-11-10"),
        ("b3", "2026-11-11"),
    ] {
        world.published(id, date, "cso-1").await;
    }
    world.draft("b4", "2026-11-12", "cso-1").await;
    world.published("b5", "2026-11-09", "cso-2").await;
    let change = pb::ChangeShiftRequest {
        shift: "b2".into(),
        start: "2026-11-10T09:00".into(),
        ..Default::default()
    };
    done(
        world
            .shifts
            .clone()
            .change_shift(by("plan-1", change))
            .await,
    );
    let cancel = pb::CancelShiftRequest {
        shift: "b3".into(),
        short_notice: false,
    };
    done(
        world
            .shifts
            .clone()
            .cancel_shift(by("plan-1", cancel))
            .await,
    );
    open(&world, TOKEN).await;
    let (status, text) = fetch(&world, TOKEN).await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains("BEGIN:VTIMEZONE"), "{text}");
    assert!(
        text.contains("REFRESH-INTERVAL;VALUE=DURATION:PT60M"),
        "{text}"
    );
    let mut calendars = IcalParser::new(text.as_bytes());
    let calendar = calendars.next().unwrap().unwrap();
    assert!(calendars.next().is_none());
    let told = calendar.events.iter().map(|event| {
        let value = |name: &str| {
            let mut found = event.properties.iter().filter(|p| p.name == name);
            found
                .next()
                .and_then(|p| p.value.clone())
                .unwrap_or_default()
        };
        ["UID", "DTSTART", "SEQUENCE", "STATUS"].map(value)
    });
    let told: Vec<_> = told.collect();
    assert_eq!(
        told,
        [
            ["b1@provider.example", "20261109T080000", "0", "CONFIRMED"],
            ["b2@provider.example", "20261110T090000", "1", "CONFIRMED"],
            ["b3@provider.example", "20261111T080000", "1", "CANCELLED"],
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_a_replaced_and_a_revoked_address_are_answered_alike() {
    let world = world().await;
    let unknown = fetch(&world, "never").await;
    assert_eq!(unknown.0, StatusCode::NOT_FOUND);
    open(&world, TOKEN).await;
    open(&world, "another").await;
    assert_eq!(fetch(&world, TOKEN).await, unknown);
    assert_eq!(fetch(&world, "another").await.0, StatusCode::OK);
    let again = pb::OpenCalendarRequest {
        officer: "cso-2".into(),
        token_sha256: TokenHash::of(TOKEN).to_string(),
    };
    let answer = world
        .officers
        .clone()
        .open_calendar(by("cso-2", again))
        .await;
    refused(answer, "TOKEN_TAKEN");
    let revoke = pb::RevokeCalendarRequest {
        officer: "cso-1".into(),
    };
    done(
        world
            .officers
            .clone()
            .revoke_calendar(by("cso-1", revoke))
            .await,
    );
    assert_eq!(fetch(&world, "another").await, unknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_erased_has_no_calendar_any_more() {
    let world = world().await;
    open(&world, TOKEN).await;
    assert_eq!(fetch(&world, TOKEN).await.0, StatusCode::OK);
    for officer in ["cso-1", "cso-2"] {
        let erased = registry::OfficerErased {
            officer: officer.into(),
            on: "2026-11-01".into(),
        };
        world.hear("registry", &erased).await;
    }
    assert_eq!(fetch(&world, TOKEN).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_event_holds_the_address() {
    let world = world().await;
    open(&world, TOKEN).await;
    let events = world
        .store
        .read_events(&scheduling::log(), 0, 1_000)
        .await
        .unwrap();
    assert!(events.iter().all(|event| !event.body.contains(TOKEN)));
    assert!(world.told().await.is_empty());
}
