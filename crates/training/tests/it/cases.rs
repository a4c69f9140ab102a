//! The acceptance cases of training that rest on what the service records and remembers; the rules
//! themselves are tested by the same ids in crate `eligibility`.

use wire::training::v1 as pb;
use wire::training::v1::record_evidence_request::Evidence;

use crate::world::{armed, by, done, missing, outcome, patrol, world};

#[tokio::test(flavor = "multi_thread")]
async fn t04_the_day_after_the_permit_ends_the_officer_is_refused_armed_and_offered_unarmed() {
    let world = world().await;
    world.finished("cso-114").await;
    let last = world
        .ask(armed(patrol("cso-114", "barlow", "2027-03-01")))
        .await;
    assert_eq!(last.verdict(), pb::Verdict::Yes);
    let next = world
        .ask(armed(patrol("cso-114", "barlow", "2027-03-02")))
        .await;
    assert_eq!(
        (next.verdict(), missing(&next)),
        (pb::Verdict::No, vec!["ccw"])
    );
    let unarmed = world.ask(patrol("cso-114", "barlow", "2027-03-02")).await;
    assert_eq!(unarmed.verdict(), pb::Verdict::Yes);
}

#[tokio::test(flavor = "multi_thread")]
async fn t05_a_late_renewal_is_recorded_and_fills_no_gap() {
    let world = world().await;
    world.finished("cso-114").await;
    // Within the six months in which the sheriff renews late.
    world.on("2027-05-10");
    let gap = world
        .ask(armed(patrol("cso-114", "barlow", "2027-05-10")))
        .await;
    let ccw = gap
        .findings
        .iter()
        .find(|f| f.requirement == "ccw")
        .unwrap();
    assert!(
        ccw.says.contains("can be renewed until 2027-09-01"),
        "{}",
        ccw.says
    );
    assert_eq!(
        world.permit("cso-114", "2027-05-10", "2032-05-09").await,
        "cso-114.c2"
    );
    let verdict = async |on: &str| {
        let question = armed(patrol("cso-114", "barlow", on));
        world.ask(question).await.verdict()
    };
    assert_eq!(verdict("2027-05-09").await, pb::Verdict::No);
    assert_eq!(verdict("2027-05-10").await, pb::Verdict::Yes);
}

#[tokio::test(flavor = "multi_thread")]
async fn t09_training_elsewhere_counts_once_somebody_decided_and_its_gaps_stay() {
    let world = world().await;
    let check = Evidence::Check(pb::Check {
        check: "background".into(),
        on: "2026-01-02".into(),
        passed: true,
        until: String::new(),
    });
    world.record("cso-115", check).await;
    world
        .record("cso-115", outcome("az-academy", "2026-01-15"))
        .await;
    let before = world.ask(patrol("cso-115", "barlow", "2026-11-22")).await;
    assert_eq!(missing(&before), ["core"]);
    let decide = pb::DecideEquivalenceRequest {
        officer: "cso-115".into(),
        foreign: "az-academy".into(),
        basis: "transcript".into(),
        satisfies: vec!["core".into()],
        lacks: vec!["pistol".into()],
        from: "2026-11-22".into(),
        until: String::new(),
    };
    let mut client = world.client.clone();
    let decided = done(client.decide_equivalence(by("director-1", decide)).await);
    assert_eq!(decided.decision, "cso-115.q1");
    let after = world.ask(patrol("cso-115", "barlow", "2026-11-22")).await;
    assert_eq!(after.verdict(), pb::Verdict::Yes);
    let core = after
        .findings
        .iter()
        .find(|f| f.requirement == "core")
        .unwrap();
    assert!(core.says.contains("director-1"), "{}", core.says);
    let armed = world
        .ask(armed(patrol("cso-115", "barlow", "2026-11-22")))
        .await;
    assert!(missing(&armed).contains(&"pistol"), "{:?}", missing(&armed));
}

#[tokio::test(flavor = "multi_thread")]
async fn t10_a_doubt_takes_nothing_and_is_told_with_every_answer() {
    let world = world().await;
    world.finished("cso-114").await;
    let question = pb::QuestionRecordRequest {
        officer: "cso-114".into(),
        record: 2,
        because: "instructor-not-qualified".into(),
    };
    let mut client = world.client.clone();
    done(client.question_record(by("trainer-1", question)).await);
    let answer = world.ask(patrol("cso-114", "barlow", "2026-11-22")).await;
    assert_eq!(answer.verdict(), pb::Verdict::Yes);
    let doubt = "training 2 is in doubt: instructor-not-qualified";
    assert!(answer.conditions.contains(&doubt.to_owned()), "{answer:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn t12_a_suspension_takes_the_days_from_its_first_to_the_reinstatement() {
    let world = world().await;
    world.finished("cso-114").await;
    let mut client = world.client.clone();
    let suspend = pb::SuspendCredentialRequest {
        officer: "cso-114".into(),
        credential: "cso-114.c1".into(),
        from: "2026-12-03".into(),
    };
    done(client.suspend_credential(by("trainer-1", suspend)).await);
    let reinstate = pb::ReinstateCredentialRequest {
        officer: "cso-114".into(),
        credential: "cso-114.c1".into(),
        from: "2026-12-10".into(),
    };
    done(
        client
            .reinstate_credential(by("trainer-1", reinstate))
            .await,
    );
    let request = pb::ListLapsesRequest {
        question: Some(armed(patrol("cso-114", "barlow", "2026-12-01"))),
        to: "2026-12-31".into(),
        known: None,
    };
    let stretches = done(client.list_lapses(by("scheduler-1", request)).await).stretches;
    let lapse = &stretches[1];
    assert_eq!(stretches.len(), 3);
    assert_eq!(
        (lapse.from.as_str(), lapse.until.as_str()),
        ("2026-12-03", "2026-12-09")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn t14_a_waiver_lets_the_officer_work_where_it_holds_and_says_who_signed() {
    let world = world().await;
    world.finished("cso-114").await;
    let waive = pb::GrantWaiverRequest {
        officer: "cso-114".into(),
        requirement: "ccw".into(),
        from: "2027-03-02".into(),
        until: "2027-03-20".into(),
        towns: vec!["barlow".into()],
    };
    let mut client = world.client.clone();
    done(client.grant_waiver(by("director-1", waive)).await);
    let ask = async |on: &str| world.ask(armed(patrol("cso-114", "barlow", on))).await;
    let waived = ask("2027-03-02").await;
    assert_eq!(waived.verdict(), pb::Verdict::YesWithWaiver);
    assert_eq!(waived.stays_until, "2027-03-20");
    let ccw = waived
        .findings
        .iter()
        .find(|f| f.requirement == "ccw")
        .unwrap();
    assert!(ccw.says.contains("signed by director-1"), "{}", ccw.says);
    assert_eq!(ask("2027-03-21").await.verdict(), pb::Verdict::No);
}
