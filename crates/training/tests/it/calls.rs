use wire::training::v1 as pb;
use wire::training::v1::record_evidence_request::Evidence;

use crate::world::{by, done, outcome, passed, permit, refused, world};

fn listed(officer: &str) -> pb::ListCredentialsRequest {
    pb::ListCredentialsRequest {
        officer: officer.to_owned(),
        ..pb::ListCredentialsRequest::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_is_listed_with_what_it_is_on_the_day() {
    let world = world().await;
    let mut client = world.client.clone();
    let credential = world.permit("cso-114", "2026-01-20", "2027-03-01").await;
    assert_eq!(credential, "cso-114.c1");
    let suspend = pb::SuspendCredentialRequest {
        officer: "cso-114".into(),
        credential,
        from: "2026-11-20".into(),
    };
    done(client.suspend_credential(by("trainer-1", suspend)).await);
    let state = async |on: &str| {
        let request = pb::ListCredentialsRequest {
            on: on.to_owned(),
            ..listed("cso-114")
        };
        let mut client = world.client.clone();
        let answer = done(client.list_credentials(by("trainer-1", request)).await);
        answer.credentials[0].state()
    };
    assert_eq!(state("2026-01-19").await, pb::CredentialState::NotYet);
    assert_eq!(state("2026-11-19").await, pb::CredentialState::Valid);
    assert_eq!(state("").await, pb::CredentialState::Suspended);
    assert_eq!(state("2027-03-02").await, pb::CredentialState::Expired);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_lies_in_the_vault_and_is_shown_to_whoever_works_with_it() {
    let world = world().await;
    world.permit("cso-114", "2026-01-20", "2027-03-01").await;
    let number = async |actor: &str| {
        let mut client = world.client.clone();
        let answer = done(client.list_credentials(by(actor, listed("cso-114"))).await);
        answer.credentials[0].number.clone()
    };
    assert_eq!(number("trainer-1").await, "8841772");
    assert_eq!(number("jdoe").await, "8841772");
    assert_eq!(number("scheduler-1").await, "");
    let events = world
        .store
        .read_events(&training::log(), 0, 10)
        .await
        .unwrap();
    assert!(events.iter().all(|event| !event.body.contains("8841772")));
    let mut client = world.client.clone();
    let other = client.list_credentials(by("jdoe", listed("cso-115"))).await;
    refused(other, "SCOPE_FOREIGN");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named_with_its_field() {
    let world = world().await;
    let mut client = world.client.clone();
    let mut early = permit("cso-114", "2026-01-20", "2027-03-01");
    early.from = "2026-01-19".into();
    let answer = client.grant_credential(by("trainer-1", early)).await;
    let refusal = refused(answer, "VALID_BEFORE_ISSUED");
    assert_eq!(refusal.violations[0].field, "from");
    // Nothing of it is left in the vault.
    let reader = world.store.pool().get().await.unwrap();
    let items = reader.query_one("SELECT count(*) FROM vault.item", &[]);
    assert_eq!(items.await.unwrap().get::<_, i64>(0), 0);
    let unknown = permit("cso-999", "2026-01-20", "2027-03-01");
    let answer = client.grant_credential(by("trainer-1", unknown)).await;
    refused(answer, "OFFICER_UNKNOWN");
    let mut elsewhere = permit("cso-114", "2026-01-20", "2027-03-01");
    elsewhere.towns = vec!["atlantis".into()];
    let answer = client.grant_credential(by("trainer-1", elsewhere)).await;
    refused(answer, "TOWN_UNKNOWN");
    let endless = pb::GrantWaiverRequest {
        officer: "cso-114".into(),
        requirement: "refresher".into(),
        from: "2026-11-22".into(),
        ..pb::GrantWaiverRequest::default()
    };
    let answer = client.grant_waiver(by("director-1", endless.clone())).await;
    refused(answer, "WAIVER_WITHOUT_END");
    let misspelt = pb::GrantWaiverRequest {
        requirement: "refreshr".into(),
        until: "2026-12-31".into(),
        ..endless
    };
    let answer = client.grant_waiver(by("director-1", misspelt)).await;
    refused(answer, "REQUIREMENT_UNKNOWN");
    let above = Evidence::Assessment(pb::Assessment {
        qualification: "pistol".into(),
        on: "2026-01-15".into(),
        passed: true,
        weapon: None,
        score: Some(pb::Score {
            points: 21,
            maximum: 20,
            pass_mark: 15,
        }),
    });
    let above = pb::RecordEvidenceRequest {
        officer: "cso-114".into(),
        evidence: Some(above),
    };
    let answer = client.record_evidence(by("trainer-1", above)).await;
    let refusal = refused(answer, "SCORE_ABOVE_MAXIMUM");
    assert_eq!(refusal.violations[0].field, "assessment.score.points");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_command_id_grants_once() {
    let world = world().await;
    let mut client = world.client.clone();
    let mut send = async || {
        let mut request = by("trainer-1", permit("cso-114", "2026-01-20", "2027-03-01"));
        let id = "0199aaaa-0000-7000-8000-00000000000a";
        request
            .metadata_mut()
            .insert(rpc::COMMAND_ID, id.parse().unwrap());
        done(client.grant_credential(request).await)
    };
    let (first, again) = (send().await, send().await);
    assert_eq!(first, again);
    assert_eq!(world.facts().await, ["CredentialGranted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_listed_as_learnt_with_what_was_found_wrong() {
    let world = world().await;
    let mut client = world.client.clone();
    let core = world.record("cso-114", outcome("core", "2026-01-15")).await;
    let taser = world.record("cso-114", passed("taser", "2026-01-15")).await;
    let void = pb::VoidRecordRequest {
        officer: "cso-114".into(),
        record: taser,
    };
    let voided = done(client.void_record(by("trainer-1", void.clone())).await).seq;
    let twice = client.void_record(by("trainer-1", void)).await;
    refused(twice, "RECORD_ALREADY_VOIDED");
    let question = pb::QuestionRecordRequest {
        officer: "cso-114".into(),
        record: core,
        because: "instructor-not-qualified".into(),
    };
    done(client.question_record(by("trainer-1", question)).await);
    let foreign = pb::VoidRecordRequest {
        officer: "cso-115".into(),
        record: core,
    };
    let answer = client.void_record(by("trainer-1", foreign)).await;
    refused(answer, "RECORD_UNKNOWN");
    let request = pb::ListRecordsRequest {
        officer: "cso-114".into(),
        ..pb::ListRecordsRequest::default()
    };
    let records = done(client.list_records(by("jdoe", request)).await).records;
    let shown: Vec<_> = records
        .iter()
        .map(|r| (r.seq, r.kind.as_str(), r.voided, r.questioned.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            (core, "OutcomeIssued", false, "instructor-not-qualified"),
            (taser, "AssessmentRecorded", true, ""),
            (voided, "RecordVoided", false, ""),
            (voided + 1, "RecordQuestioned", false, ""),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_come_in_pages_that_follow_each_other() {
    let world = world().await;
    for officer in ["cso-114", "cso-115", "cso-116"] {
        world.permit(officer, "2026-01-20", "2027-03-01").await;
        world.permit(officer, "2026-06-01", "2032-03-01").await;
    }
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let request = pb::ListCredentialsRequest {
            page_size: 4,
            page_token: token,
            ..listed("")
        };
        let mut client = world.client.clone();
        let page = done(client.list_credentials(by("trainer-1", request)).await);
        seen.extend(page.credentials.into_iter().map(|c| c.credential));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let all = ["cso-114", "cso-115", "cso-116"].map(|o| [format!("{o}.c1"), format!("{o}.c2")]);
    assert_eq!(seen, all.concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn hours_are_summed_by_officer_and_what_they_were_for() {
    let world = world().await;
    world.record("cso-114", outcome("core", "2026-01-15")).await;
    let ride = |on: &str| {
        Evidence::Service(pb::SupervisedService {
            service: "ride-along".into(),
            on: on.to_owned(),
            minutes: 480,
        })
    };
    world.record("cso-114", ride("2026-01-20")).await;
    world.record("cso-114", ride("2026-02-20")).await;
    world.record("cso-115", ride("2026-01-21")).await;
    let request = pb::ListTrainingHoursRequest {
        from: "2026-01-01".into(),
        until: "2026-01-31".into(),
        ..pb::ListTrainingHoursRequest::default()
    };
    let mut client = world.client.clone();
    let answer = client.list_training_hours(by("trainer-1", request)).await;
    let shown: Vec<_> = done(answer)
        .hours
        .into_iter()
        .map(|h| (h.officer, h.what, h.minutes, h.records))
        .collect();
    let row = |officer: &str, what: &str, minutes| (officer.into(), what.into(), minutes, 1);
    assert_eq!(
        shown,
        [
            row("cso-114", "core", 4_800),
            row("cso-114", "ride-along", 480),
            row("cso-115", "ride-along", 480),
        ]
    );
}
