//! Field training as callers meet it, by Fremont's phases.

use eligibility::shipped;
use prost::Message;
use tonic::Code;
use wire::registry::v1 as facts;
use wire::training::v1 as pb;

use crate::world::{USUAL, World, by, done, erased, hear, refused, world};

const FREMONT: &str = "us-ca-fremont-cso";
const WORDS: &str = "Kept calm on the radio; spoke too fast to Mrs. Ellery.";

/// A world that has heard of Fremont's profile, with a trainer.
async fn fremont() -> World {
    let world = world().await;
    let (_, toml) = shipped()
        .find(|(name, _)| name.as_str() == "fremont-cso")
        .unwrap();
    let profile = facts::ProfileIssued {
        programme: FREMONT.into(),
        version: 1,
        effective_from: "2026-01-01".into(),
        toml: toml.to_owned(),
    };
    let told = [("ProfileIssued", profile.encode_to_vec())];
    hear(&world.store, USUAL, &told).await;
    let grant = pb::GrantCredentialRequest {
        officer: "cso-115".into(),
        kind: "field-trainer".into(),
        issuer: "provider".into(),
        issued: "2026-02-01".into(),
        until: "2026-11-10".into(),
        ..pb::GrantCredentialRequest::default()
    };
    let mut client = world.client.clone();
    done(client.grant_credential(by("trainer-1", grant)).await);
    world
}

fn begin(training: &str) -> pb::BeginFieldTrainingRequest {
    pb::BeginFieldTrainingRequest {
        officer: "cso-114".into(),
        training: training.into(),
        programme: FREMONT.into(),
        on: "2026-11-02".into(),
        trainer_credential: "field-trainer".into(),
    }
}

fn observation(on: &str) -> pb::RecordObservationRequest {
    pb::RecordObservationRequest {
        officer: "cso-114".into(),
        training: "field-training".into(),
        on: on.into(),
        trainer: "cso-115".into(),
        ratings: vec![pb::Rating {
            what: "radio".into(),
            points: 5,
        }],
        text: WORDS.into(),
    }
}

fn sign_off(phase: &str) -> pb::SignOffPhaseRequest {
    pb::SignOffPhaseRequest {
        officer: "cso-114".into(),
        training: "field-training".into(),
        phase: phase.into(),
        on: "2026-11-20".into(),
    }
}

impl World {
    async fn field(&self, actor: &str) -> pb::FieldTraining {
        let request = pb::GetFieldTrainingRequest {
            officer: "cso-114".into(),
        };
        let mut courses = self.courses.clone();
        let answer = courses.get_field_training(by(actor, request)).await;
        done(answer).trainings.remove(0)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn phases_are_observed_by_a_qualified_trainer_and_signed_off_in_order() {
    let world = fremont().await;
    let mut courses = world.courses.clone();
    let unknown = courses.begin_field_training(by("trainer-1", begin("beat")));
    refused(unknown.await, "FIELD_TRAINING_UNKNOWN");
    let begun = courses.begin_field_training(by("trainer-1", begin("field-training")));
    done(begun.await);
    let started = world.field("trainer-1").await;
    let first = started.phases[0].phase.clone();
    assert_eq!((started.phase, started.phases.len()), (first.clone(), 5));
    assert!(!started.phases[0].deployable);

    let early = courses
        .sign_off_phase(by("trainer-1", sign_off(&first)))
        .await;
    refused(early, "PHASE_NOT_OBSERVED");
    let lapsed = courses.record_observation(by("trainer-1", observation("2026-11-12")));
    refused(lapsed.await, "TRAINER_NOT_QUALIFIED");
    let seen = courses.record_observation(by("trainer-1", observation("2026-11-09")));
    done(seen.await);
    done(
        courses
            .sign_off_phase(by("trainer-1", sign_off(&first)))
            .await,
    );
    let again = courses
        .sign_off_phase(by("trainer-1", sign_off(&first)))
        .await;
    refused(again, "ANOTHER_PHASE");

    let signed = world.field("trainer-1").await;
    assert_eq!(signed.phases[0].signed_off_by, "trainer-1");
    assert_eq!(signed.phase, signed.phases[1].phase);
    assert_eq!(signed.phases[1].started, "2026-11-20");
    let facts = world.facts().await;
    assert_eq!(facts.last().unwrap(), "PhaseSignedOff");
    let rebuilt = world.store.rebuild("fields").await.unwrap();
    assert!(rebuilt.is_equal() && rebuilt.rows == 1, "{rebuilt:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_an_observation_are_for_trainers_and_the_officer_and_go_with_the_officer() {
    let world = fremont().await;
    let mut courses = world.courses.clone();
    let begun = courses.begin_field_training(by("trainer-1", begin("field-training")));
    done(begun.await);
    let seen = courses.record_observation(by("trainer-1", observation("2026-11-09")));
    done(seen.await);
    for (actor, words) in [("trainer-1", WORDS), ("jdoe", WORDS), ("director-1", "")] {
        let shown = world.field(actor).await;
        assert_eq!(shown.observations[0].text, words, "{actor}");
        assert_eq!(shown.observations[0].ratings[0].points, 5);
    }
    let request = pb::GetFieldTrainingRequest {
        officer: "cso-115".into(),
    };
    let other = courses.get_field_training(by("jdoe", request)).await;
    assert_eq!(other.unwrap_err().code(), Code::PermissionDenied);
    let events = world.store.read_events(&training::log(), 0, 1_000).await;
    let events = events.unwrap();
    assert!(events.iter().all(|event| !event.body.contains("Ellery")));

    hear(&world.store, USUAL + 1, &[erased("cso-114", "2026-11-21")]).await;
    let shown = world.field("trainer-1").await;
    assert_eq!(shown.observations[0].text, "");
    assert_eq!(shown.observations[0].trainer, "cso-115");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_field_training_loses_what_was_signed_off() {
    let world = fremont().await;
    let mut courses = world.courses.clone();
    let begun = courses.begin_field_training(by("trainer-1", begin("field-training")));
    done(begun.await);
    let end = pb::EndFieldTrainingRequest {
        officer: "cso-114".into(),
        training: "field-training".into(),
        on: "2026-11-20".into(),
        because: "resigned".into(),
    };
    let ended = courses.end_field_training(by("trainer-1", end)).await;
    done(ended);
    assert_eq!(world.field("trainer-1").await.ended_on, "2026-11-20");
    assert_eq!(world.facts().await.last().unwrap(), "LearnerRemoved");
    let late = courses.record_observation(by("trainer-1", observation("2026-11-09")));
    refused(late.await, "FIELD_TRAINING_NOT_BEGUN");
}
