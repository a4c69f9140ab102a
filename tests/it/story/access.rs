//! Who may call what, over every RPC of the platform: what happens must be what stands in
//! `golden/access.txt`, which people read and nobody generates from the rules.

mod calls;
mod life;
mod table;

use std::collections::BTreeMap;

use tonic::Code;
use wire::registry::v1 as registry;

use super::files::Who::Staff;
use super::month::{self, OFFICER, Step};
use super::platform::Platform;
use calls::{Call, Kind, Outcome};

/// Every role; `service` stands in the grants file, the others are granted by command.
const ROLES: [&str; 10] = [
    "operations",
    "finance",
    "hr",
    "scheduler",
    "trainer",
    "officer",
    "town",
    "auditor",
    "service",
    "admin",
];
const FOREIGN_TOWN: &str = "millbrook";
const TOWN: &str = "barlow";
const FOREIGN_OFFICER: &str = "cso-115";

/// Tokens that open nothing, and why.
const STRANGERS: [(&str, &str); 6] = [
    ("", "TOKEN_MISSING"),
    ("Basic bWU6bXk=", "TOKEN_MALFORMED"),
    ("Bearer token-of-nobody", "TOKEN_UNKNOWN"),
    ("Bearer token-of-expired", "TOKEN_EXPIRED"),
    ("Bearer token-of-revoked", "TOKEN_REVOKED"),
    ("Bearer token-of-rotated", "TOKEN_UNKNOWN"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_rpc_lets_in_exactly_whom_the_table_names() {
    let mut platform = Platform::start().await;
    month::take(&mut platform, Step::Towns).await;
    for officer in [OFFICER, FOREIGN_OFFICER] {
        month::enrol(&mut platform, officer).await;
    }
    grant_everything(&mut platform).await;
    let calls = calls::every();
    let mut told = BTreeMap::new();
    let mut denied = 0;
    for call in &calls {
        let (allowed, refused) = crossed(&platform, call).await;
        let strangers = strangers(&platform, call).await;
        // That one was called before, to see whether all is known.
        if call.name() != life::LIST_DENIALS {
            denied += refused + strangers;
        }
        told.insert(call.name(), allowed);
    }
    let grants = table::grants().len();
    let crossings = calls.len() * grants;
    println!(
        "{} RPCs × {grants} grants = {crossings} calls, and {} by strangers; {denied} denied",
        calls.len(),
        calls.len() * STRANGERS.len()
    );
    table::compare(&told);
    recorded(&mut platform, denied).await;
    platform.finish().await;
}

/// A grant for every role and kind of scope that can go together.
async fn grant_everything(platform: &mut Platform) {
    for (role, kind) in table::grants() {
        if role != "service" {
            let actor = calls::actor(role, kind);
            platform.must(Staff, grant(role, kind, &actor)).await;
        }
    }
    for actor in ["revoked", "rotated"] {
        let kind = Kind::Unscoped;
        platform.must(Staff, grant("hr", kind, actor)).await;
    }
    let rotate = registry::RotateTokenRequest {
        actor: "rotated".to_owned(),
        token_sha256: life::hash("token of another"),
        overlap_minutes: 0,
    };
    platform.must(Staff, rotate).await;
    let revoke = registry::RevokeAccessRequest {
        actor: "revoked".to_owned(),
    };
    platform.must(Staff, revoke).await;
    // What was said last is known last.
    life::until_known(platform, "Bearer token-of-revoked", "TOKEN_REVOKED").await;
}

fn grant(role: &str, kind: Kind, actor: &str) -> registry::GrantAccessRequest {
    registry::GrantAccessRequest {
        actor: actor.to_owned(),
        roles: vec![role.to_owned()],
        towns: kind.town().map(str::to_owned).into_iter().collect(),
        officer: kind.officer().unwrap_or_default().to_owned(),
        token_sha256: life::hash(&calls::token(actor)),
        expires_on: String::new(),
    }
}

/// Calls an RPC with every grant; gives those that were let in, by role, and how many were not.
async fn crossed(platform: &Platform, call: &Call) -> (table::Allowed, usize) {
    let mut allowed = table::Allowed::new();
    let mut refused = 0;
    for (role, kind) in table::grants() {
        let token = format!("Bearer {}", calls::token(&calls::actor(role, kind)));
        match call.send(platform, &token).await {
            Outcome::Allowed => allowed.entry(role).or_default().push(kind),
            Outcome::Denied(code, reason) => {
                assert_eq!(code, Code::PermissionDenied, "{}: {reason}", call.name());
                refused += 1;
            }
        }
    }
    (allowed, refused)
}

async fn strangers(platform: &Platform, call: &Call) -> usize {
    for (header, expected) in STRANGERS {
        let outcome = call.send(platform, header).await;
        let denied = Outcome::Denied(Code::Unauthenticated, expected.to_owned());
        assert_eq!(outcome, denied, "{} with {header:?}", call.name());
    }
    STRANGERS.len()
}

/// Every denied call is told by the service that denied it.
async fn recorded(platform: &mut Platform, denied: usize) {
    platform
        .until("every denied call is recorded", async |platform| {
            let counted = life::denials(platform).await;
            if counted == denied {
                return Vec::new();
            }
            vec![format!("{counted} of {denied} are recorded")]
        })
        .await;
}
