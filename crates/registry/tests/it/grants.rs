use jiff::Timestamp;
use tonic::Code;
use wire::convert;
use wire::registry::v1::{
    ChangeGrantRequest, GetGrantRequest, GetTownRequest, GrantAccessRequest, ListGrantsRequest,
    ListTownsRequest, RevokeAccessRequest, RotateTokenRequest,
};

use crate::world::{World, by, refusal, town, with, world};

/// A grant whose token is `t-<token>`.
pub(crate) fn give(actor: &str, roles: &[&str], token: &str) -> GrantAccessRequest {
    GrantAccessRequest {
        actor: actor.to_owned(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        token_sha256: hash(token),
        ..GrantAccessRequest::default()
    }
}

pub(crate) fn rotate(actor: &str, token: &str, overlap_minutes: u32) -> RotateTokenRequest {
    RotateTokenRequest {
        actor: actor.to_owned(),
        token_sha256: hash(token),
        overlap_minutes,
    }
}

pub(crate) fn revoke(actor: &str) -> RevokeAccessRequest {
    RevokeAccessRequest {
        actor: actor.to_owned(),
    }
}

fn hash(token: &str) -> String {
    rpc::TokenHash::of(&format!("t-{token}")).to_string()
}

fn clerk(actor: &str, of: &str) -> GrantAccessRequest {
    GrantAccessRequest {
        towns: vec![of.to_owned()],
        ..give(actor, &["town"], actor)
    }
}

impl World {
    /// Asks with a token until the answer is the one that is waited for.
    async fn until(&mut self, token: &str, reason: &str) {
        loop {
            let asked = ListTownsRequest::default();
            let found = match self.client.list_towns(by(token, asked)).await {
                Ok(_) => "OK".to_owned(),
                Err(status) => wire::Refusal::from_status(&status).reason,
            };
            if found == reason {
                return;
            }
            // Whatever else it says must be what was true a moment ago.
            let before = ["TOKEN_UNKNOWN", "OK", "ROLE_MISSING", "GRANTS_UNCONFIRMED"];
            assert!(before.contains(&found.as_str()), "{found}, not {reason}");
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    fn clock_at(&self, text: &str) -> Timestamp {
        let at = text.parse().unwrap();
        self.clock.set(at);
        at
    }
}

#[tokio::test]
async fn a_granted_token_lets_in_until_it_is_revoked() {
    let mut world = world().await;
    let given = world
        .access
        .grant_access(by("admin-1", give("hr-7", &["hr"], "hr-7")));
    given.await.unwrap();
    world.until("hr-7", "OK").await;

    let other = ChangeGrantRequest {
        actor: "hr-7".to_owned(),
        roles: vec!["admin".to_owned()],
        ..ChangeGrantRequest::default()
    };
    world
        .access
        .change_grant(by("admin-1", other))
        .await
        .unwrap();
    world.until("hr-7", "ROLE_MISSING").await;

    world
        .access
        .revoke_access(by("admin-1", revoke("hr-7")))
        .await
        .unwrap();
    world.until("hr-7", "TOKEN_REVOKED").await;
    let asked = GetGrantRequest {
        actor: "hr-7".to_owned(),
    };
    let grant = world.access.get_grant(by("admin-1", asked)).await.unwrap();
    assert_eq!(grant.get_ref().revoked_on, "2026-09-07");
    assert_eq!(
        world.facts().await,
        ["AccessGranted", "AccessChanged", "AccessRevoked"]
    );
    world.ended().await;
}

#[tokio::test]
async fn a_rotated_token_gives_way_to_the_new_one_after_the_overlap() {
    let mut world = world().await;
    let hr = give("hr-7", &["hr"], "old");
    world.access.grant_access(by("admin-1", hr)).await.unwrap();
    let rotated = world
        .access
        .rotate_token(by("admin-1", rotate("hr-7", "new", 30)));
    let until = rotated.await.unwrap().into_inner().former_until;
    let until = convert::timestamp("former_until", until.as_ref()).unwrap();
    assert_eq!(until, "2026-09-07T15:30:00Z".parse().unwrap());
    world.until("new", "OK").await;
    world.until("old", "OK").await;
    world.clock_at("2026-09-07T15:29:59Z");
    world.until("old", "OK").await;
    world.clock_at("2026-09-07T15:30:00Z");
    world.until("old", "TOKEN_REPLACED").await;
    world.until("new", "OK").await;
    // Without an overlap nothing remains of the old one.
    let again = world
        .access
        .rotate_token(by("admin-1", rotate("hr-7", "newest", 0)));
    assert_eq!(again.await.unwrap().into_inner().former_until, None);
    world.until("newest", "OK").await;
    world.until("new", "TOKEN_UNKNOWN").await;
    world.ended().await;
}

#[tokio::test]
async fn a_grant_ends_with_its_last_day_in_utc() {
    let mut world = world().await;
    let mut hr = give("hr-7", &["hr"], "hr-7");
    hr.expires_on = "2026-09-08".to_owned();
    world.access.grant_access(by("admin-1", hr)).await.unwrap();
    world.until("hr-7", "OK").await;
    // Still the 8th in Missouri, and no longer the 8th in UTC.
    world.clock_at("2026-09-08T23:59:59Z");
    world.until("hr-7", "OK").await;
    world.clock_at("2026-09-09T00:00:00Z");
    world.until("hr-7", "TOKEN_EXPIRED").await;
    world.ended().await;
}

#[tokio::test]
async fn a_repeated_grant_is_answered_alike_and_a_doubled_token_refused() {
    let mut world = world().await;
    let id = "0199aaaa-0000-7000-8000-000000000002";
    let ask = || {
        with(
            by("admin-1", give("hr-7", &["hr"], "hr-7")),
            "cw-command-id",
            id,
        )
    };
    let first = world.access.grant_access(ask()).await.unwrap().into_inner();
    let again = world.access.grant_access(ask()).await.unwrap().into_inner();
    assert_eq!(first, again);
    assert_eq!(world.events().await.len(), 1);

    let doubled = world
        .access
        .grant_access(by("admin-1", give("hr-8", &["hr"], "hr-7")));
    let doubled = refusal(doubled.await);
    assert_eq!(
        (doubled.code, doubled.reason.as_str()),
        (Code::AlreadyExists, "TOKEN_GIVEN_OUT")
    );
    assert_eq!(doubled.violations[0].field, "token_sha256");
    // Nor does it come back when its grant is gone.
    world
        .access
        .revoke_access(by("admin-1", revoke("hr-7")))
        .await
        .unwrap();
    let back = world
        .access
        .grant_access(by("admin-1", give("hr-7", &["hr"], "hr-7")));
    assert_eq!(refusal(back.await).reason, "TOKEN_GIVEN_OUT");
    world.ended().await;
}

#[tokio::test]
async fn a_clerk_sees_its_own_town_and_no_grant_names_a_town_that_is_not_there() {
    let mut world = world().await;
    let missing = world
        .access
        .grant_access(by("admin-1", clerk("clerk-7", "barlow")));
    assert_eq!(refusal(missing.await).reason, "TOWN_UNKNOWN");
    for (id, name) in [("barlow", "Barlow"), ("milford", "Milford")] {
        world
            .client
            .register_town(by("ops-1", town(id, name)))
            .await
            .unwrap();
    }
    world
        .access
        .grant_access(by("admin-1", clerk("clerk-7", "barlow")))
        .await
        .unwrap();
    world.until("clerk-7", "ROLE_MISSING").await;
    let asked = |town: &str| GetTownRequest {
        town: town.to_owned(),
    };
    world
        .client
        .get_town(by("clerk-7", asked("barlow")))
        .await
        .unwrap();
    let foreign = world.client.get_town(by("clerk-7", asked("milford"))).await;
    assert_eq!(refusal(foreign).reason, "SCOPE_FOREIGN");
    world.ended().await;
}

#[tokio::test]
async fn wrong_grants_are_refused_field_by_field() {
    let mut world = world().await;
    let townless = give("clerk-7", &["town"], "x");
    let badgeless = give("cso-7", &["officer"], "x");
    let mut both = clerk("clerk-7", "barlow");
    both.officer = "cso-114".to_owned();
    let mut raw = give("hr-7", &["hr"], "x");
    raw.token_sha256 = "t-the-token-itself".to_owned();
    let cases = [
        (townless, "towns"),
        (badgeless, "officer"),
        (both, "towns"),
        (raw, "token_sha256"),
        (give("hr-7", &[], "x"), "roles"),
        (give("hr-7", &["boss"], "x"), "roles"),
        (give("", &["hr"], "x"), "actor"),
        (give("svc", &["service"], "x"), "roles"),
    ];
    for (wrong, field) in cases {
        let refused = refusal(world.access.grant_access(by("admin-1", wrong)).await);
        assert_eq!(refused.code, Code::InvalidArgument, "{refused}");
        assert_eq!(refused.violations[0].field, field, "{refused}");
        assert!(
            !refused.to_string().contains("the-token-itself"),
            "{refused}"
        );
    }
    assert!(world.events().await.is_empty());
    world.ended().await;
}

#[tokio::test]
async fn the_last_administrator_does_not_lock_itself_out() {
    let mut world = world().await;
    let admin = give("admin-7", &["admin"], "admin-7");
    world
        .access
        .grant_access(by("admin-1", admin))
        .await
        .unwrap();
    world.until("admin-7", "ROLE_MISSING").await;
    let own = world
        .access
        .revoke_access(by("admin-7", revoke("admin-7")))
        .await;
    assert_eq!(refusal(own).reason, "LAST_ADMIN");
    let lesser = ChangeGrantRequest {
        actor: "admin-7".to_owned(),
        roles: vec!["hr".to_owned()],
        ..ChangeGrantRequest::default()
    };
    let lesser = world.access.change_grant(by("admin-7", lesser)).await;
    assert_eq!(refusal(lesser).reason, "LAST_ADMIN");
    // With a second one there is somebody left.
    let second = give("admin-8", &["admin"], "admin-8");
    world
        .access
        .grant_access(by("admin-7", second))
        .await
        .unwrap();
    world
        .access
        .revoke_access(by("admin-7", revoke("admin-7")))
        .await
        .unwrap();
    // An administrator of the grants file may take the last one away: it stays itself.
    world
        .access
        .revoke_access(by("admin-1", revoke("admin-8")))
        .await
        .unwrap();
    world.ended().await;
}

#[tokio::test]
async fn grants_are_listed_by_actor_page_by_page() {
    let mut world = world().await;
    for actor in ["hr-9", "hr-7", "hr-8"] {
        let grant = give(actor, &["hr"], actor);
        world
            .access
            .grant_access(by("admin-1", grant))
            .await
            .unwrap();
    }
    let mut listed = Vec::new();
    let mut page_token = String::new();
    loop {
        let asked = ListGrantsRequest {
            page_size: 2,
            page_token,
        };
        let page = world
            .access
            .list_grants(by("admin-1", asked))
            .await
            .unwrap();
        let page = page.into_inner();
        listed.extend(
            page.grants
                .into_iter()
                .map(|grant| (grant.actor, grant.seq)),
        );
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let expected = [("hr-7", 2), ("hr-8", 3), ("hr-9", 1)];
    assert_eq!(listed, expected.map(|(actor, seq)| (actor.to_owned(), seq)));
    let asked = ListGrantsRequest::default();
    let others = world.access.list_grants(by("hr-1", asked)).await;
    assert_eq!(refusal(others).reason, "ROLE_MISSING");
    world.ended().await;
}
