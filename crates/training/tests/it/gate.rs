use wire::training::v1 as pb;

use crate::world::{
    ARMED, USUAL, agreed, armed, by, done, hear, issued, missing, patrol, refused, world,
};

fn at(instant: &str) -> Option<pb::KnownAt> {
    let at: jiff::Timestamp = instant.parse().unwrap();
    Some(pb::KnownAt {
        at: Some(wire::convert::timestamp_value(at)),
        heads: vec![],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn each_requirement_is_told_with_the_event_that_proves_it() {
    let world = world().await;
    world.finished("cso-114").await;
    let answer = world
        .ask(armed(patrol("cso-114", "barlow", "2026-11-22")))
        .await;
    assert_eq!(answer.verdict(), pb::Verdict::Yes, "{answer:#?}");
    assert_eq!(answer.stays_until, "2027-03-01");
    assert_eq!(
        (answer.version, answer.agreement.as_str()),
        (1, "three-rivers")
    );
    let ccw = answer
        .findings
        .iter()
        .find(|f| f.requirement == "ccw")
        .unwrap();
    assert_eq!(ccw.proofs[0].kind, "CredentialGranted");
    assert_eq!(
        (ccw.proofs[0].log.as_str(), ccw.proofs[0].seq),
        ("training", 7)
    );
    assert!(ccw.proofs[0].recorded_at.is_some());
    let elsewhere = world
        .ask(armed(patrol("cso-114", "fenwick", "2026-11-22")))
        .await;
    assert_eq!(elsewhere.verdict(), pb::Verdict::No);
    let unarmed = world.ask(patrol("cso-114", "fenwick", "2026-11-22")).await;
    assert_eq!(unarmed.verdict(), pb::Verdict::Yes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_recorded_late_changes_the_answer_as_known_now_and_not_as_known_then() {
    let world = world().await;
    world.on("2026-02-01");
    world.finished("cso-114").await;
    let question = || armed(patrol("cso-114", "barlow", "2026-06-15"));
    world.on("2026-06-15");
    let then = world.ask(question()).await;
    assert_eq!(then.verdict(), pb::Verdict::Yes);
    // The sheriff had revoked it two weeks before; the letter came in August.
    world.on("2026-08-01");
    world.revoke("cso-114.c1", "2026-06-01").await;
    // Years later.
    world.on("2031-03-03");
    let now = world.ask(question()).await;
    assert_eq!(
        (now.verdict(), missing(&now)),
        (pb::Verdict::No, vec!["ccw"])
    );
    let as_known_then = world
        .ask_as_known(question(), at("2026-06-15T12:00:00Z"))
        .await;
    assert_eq!(as_known_then, then);
    let heads = then.heads.clone();
    let by_heads = Some(pb::KnownAt { at: None, heads });
    assert_eq!(world.ask_as_known(question(), by_heads).await, then);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_too_are_those_that_were_known_then() {
    let world = world().await;
    world.on("2026-02-01");
    world.finished("cso-114").await;
    let question = || armed(patrol("cso-114", "fenwick", "2026-06-15"));
    let then = world.ask(question()).await;
    assert_eq!(then.verdict(), pb::Verdict::No);
    hear(
        &world.store,
        USUAL,
        &[
            agreed("fenwick", "2026-03-01", ARMED),
            issued(2, "2026-05-01"),
        ],
    )
    .await;
    let now = world.ask(question()).await;
    assert_eq!((now.verdict(), now.version), (pb::Verdict::Yes, 2));
    let heads = then.heads.clone();
    let by_heads = Some(pb::KnownAt { at: None, heads });
    assert_eq!(world.ask_as_known(question(), by_heads).await, then);
}

#[tokio::test(flavor = "multi_thread")]
async fn lapses_are_swept_over_whatever_rules_hold_on_the_way() {
    let world = world().await;
    world.finished("cso-114").await;
    world.on("2027-03-11");
    world.permit("cso-114", "2027-03-11", "2032-03-10").await;
    let clauses = "[equipment.handgun]\ncarried = false";
    hear(
        &world.store,
        USUAL,
        &[agreed("barlow", "2027-06-01", clauses)],
    )
    .await;
    let request = pb::ListLapsesRequest {
        question: Some(armed(patrol("cso-114", "barlow", "2027-01-01"))),
        to: "2027-12-31".into(),
        known: None,
    };
    let mut client = world.client.clone();
    let answer = done(client.list_lapses(by("scheduler-1", request)).await);
    let shown: Vec<_> = answer
        .stretches
        .iter()
        .map(|s| (s.from.as_str(), s.until.as_str(), s.verdict()))
        .collect();
    assert_eq!(
        shown,
        [
            ("2027-01-01", "2027-03-01", pb::Verdict::Yes),
            ("2027-03-02", "2027-03-10", pb::Verdict::No),
            ("2027-03-11", "2027-05-31", pb::Verdict::Yes),
            ("2027-06-01", "2027-12-31", pb::Verdict::No),
        ]
    );
    assert!(
        answer.stretches[1].missing[0].contains("cso-114.c1"),
        "{answer:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_could_be_armed_in_a_town_is_told_by_officer() {
    let world = world().await;
    world.finished("cso-114").await;
    let ask = async |town: &str, only_yes| {
        let request = pb::ListEligibleRequest {
            question: Some(armed(patrol("", town, "2026-11-22"))),
            only_yes,
            ..pb::ListEligibleRequest::default()
        };
        let mut client = world.client.clone();
        let answer = client.list_eligible(by("director-1", request)).await;
        done(answer).officers
    };
    let all = ask("barlow", false).await;
    let shown: Vec<_> = all
        .iter()
        .map(|o| (o.officer.as_str(), o.verdict()))
        .collect();
    assert_eq!(
        shown,
        [
            ("cso-114", pb::Verdict::Yes),
            ("cso-115", pb::Verdict::No),
            ("cso-116", pb::Verdict::No),
        ]
    );
    assert_eq!(all[1].missing, ["background", "ccw", "core", "pistol"]);
    assert_eq!(ask("barlow", true).await.len(), 1);
    assert!(ask("fenwick", true).await.is_empty());
    // A clerk sees the own town and no other.
    let mut client = world.client.clone();
    let mut as_clerk = async |town: &str| {
        let request = pb::ListEligibleRequest {
            question: Some(patrol("", town, "")),
            ..pb::ListEligibleRequest::default()
        };
        client.list_eligible(by("clerk-1", request)).await
    };
    assert_eq!(done(as_clerk("barlow").await).officers.len(), 3);
    refused(as_clerk("fenwick").await, "SCOPE_FOREIGN");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_about_to_end_is_told_by_town_with_its_renewal() {
    let world = world().await;
    world.finished("cso-114").await;
    let within = async |town: &str, days| {
        let request = pb::ListExpiringRequest {
            town: town.to_owned(),
            days,
            on: "2026-12-15".into(),
            ..pb::ListExpiringRequest::default()
        };
        let mut client = world.client.clone();
        let answer = client.list_expiring(by("trainer-1", request)).await;
        done(answer).expiring
    };
    assert!(
        within("barlow", 60)
            .await
            .iter()
            .all(|e| e.requirement != "ccw")
    );
    let found = within("", 90).await;
    let ccw: Vec<_> = found.iter().filter(|e| e.requirement == "ccw").collect();
    assert_eq!(ccw.len(), 1, "fenwick lets nobody carry it: {found:#?}");
    let ccw = ccw[0];
    assert_eq!(
        (ccw.town.as_str(), ccw.until.as_str()),
        ("barlow", "2027-03-01")
    );
    assert_eq!((ccw.days, ccw.credential.as_str()), (76, "cso-114.c1"));
    assert_eq!(ccw.renewable_from, "2026-12-01");
    assert_eq!(ccw.renewable_until, "2027-09-01");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_can_not_be_answered_says_why() {
    let world = world().await;
    world.finished("cso-114").await;
    let ask = async |question: pb::Question, known| {
        let request = pb::CheckEligibilityRequest {
            question: Some(question),
            known,
        };
        let mut client = world.client.clone();
        client.check_eligibility(by("scheduler-1", request)).await
    };
    let early = patrol("cso-114", "barlow", "2026-01-31");
    refused(ask(early, None).await, "PROGRAMME_NOT_AGREED");
    let nowhere = patrol("cso-114", "atlantis", "");
    refused(ask(nowhere, None).await, "TOWN_UNKNOWN");
    let nobody = patrol("cso-999", "barlow", "");
    refused(ask(nobody, None).await, "OFFICER_UNKNOWN");
    let usual = || patrol("cso-114", "barlow", "");
    let refusal = refused(
        ask(usual(), at("2026-11-23T00:00:00Z")).await,
        "INVALID_REQUEST",
    );
    assert_eq!(refusal.violations[0].field, "known.at");
    let heads = |training, registry| {
        let head = |log: &str, seq| pb::KnownHead {
            log: log.to_owned(),
            seq,
        };
        let heads = vec![head("training", training), head("registry", registry)];
        Some(pb::KnownAt { at: None, heads })
    };
    done(ask(usual(), heads(7, USUAL)).await);
    for ahead in [heads(8, USUAL), heads(7, USUAL + 1)] {
        let refusal = refused(ask(usual(), ahead).await, "INVALID_REQUEST");
        assert_eq!(refusal.violations[0].field, "known.heads");
    }
    // A duty that the profile does not have is a no, with its reason.
    let odd = pb::Question {
        duty: "riot-control".into(),
        ..usual()
    };
    let answer = done(ask(odd, None).await);
    assert_eq!(answer.verdict(), pb::Verdict::No);
}
