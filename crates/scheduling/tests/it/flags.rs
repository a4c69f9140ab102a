//! From a fact of training to the shift that it touches.

use bus::Listener;
use wire::registry::v1 as registry;
use wire::scheduling::v1 as pb;
use wire::training::v1 as training;

use crate::world::{World, by, done, permit, world};

fn suspended(n: u32, from: &str) -> training::CredentialSuspended {
    training::CredentialSuspended {
        officer: format!("cso-{n}"),
        credential: format!("cso-{n}.c1"),
        from: from.into(),
    }
}

async fn two_shifts() -> World {
    let world = world().await;
    world.published("b1", "2026-11-09", "cso-1").await;
    world.published("b2", "2026-11-16", "cso-1").await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_flags_the_shifts_it_touches_and_names_who_could_take_them() {
    let world = two_shifts().await;
    world.hear("training", &suspended(1, "2026-11-10")).await;
    let flags = world.flags().await;
    assert_eq!(flags.len(), 1);
    let shift = flags[0].shift.as_ref().unwrap();
    assert_eq!(
        (shift.shift.as_str(), &shift.missing[..]),
        ("b2", &["permit".to_owned()][..])
    );
    assert!(
        flags[0].why[0].contains("Permit: missing"),
        "{:?}",
        flags[0].why
    );
    // The third has no permit either.
    let possible: Vec<_> = flags[0]
        .candidates
        .iter()
        .map(|c| c.officer.as_str())
        .collect();
    assert_eq!(possible, ["cso-2"]);
    assert!(
        flags[0].candidates[0]
            .reason
            .starts_with("eligible, rested and available")
    );
    let give = pb::ChangeShiftRequest {
        shift: "b2".into(),
        officer: "cso-2".into(),
        ..Default::default()
    };
    done(world.shifts.clone().change_shift(by("plan-1", give)).await);
    assert!(world.flags().await.is_empty());
    let told = world.told().await;
    assert_eq!(
        told,
        [
            "ShiftPublished",
            "ShiftPublished",
            "ShiftFlagged",
            "ShiftChanged",
            "FlagCleared"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reinstatement_clears_the_flag() {
    let world = two_shifts().await;
    world.hear("training", &suspended(1, "2026-11-02")).await;
    assert_eq!(world.flags().await.len(), 2);
    let back = training::CredentialReinstated {
        officer: "cso-1".into(),
        credential: "cso-1.c1".into(),
        from: "2026-11-12".into(),
    };
    world.hear("training", &back).await;
    let flags = world.flags().await;
    assert_eq!(flags.len(), 1);
    assert_eq!(flags[0].shift.as_ref().unwrap().shift, "b1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_that_comes_again_or_in_a_batch_with_others_flags_once() {
    let world = two_shifts().await;
    let batch = [
        world.fact("training", &permit(3)),
        world.fact("training", &suspended(1, "2026-11-02")),
        world.fact("training", &permit(2)),
    ];
    let listener = world.listener();
    listener.apply(&batch).await.unwrap();
    assert!(
        listener.apply(&batch).await.is_err(),
        "the receipt has moved"
    );
    let told = world.told().await;
    let flagged = told.iter().filter(|kind| *kind == "ShiftFlagged").count();
    assert_eq!(flagged, 2, "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_who_leaves_and_a_town_that_changes_its_rules_are_flagged_too() {
    let world = two_shifts().await;
    let ended = registry::OfficerEnded {
        officer: "cso-1".into(),
        on: "2026-11-12".into(),
    };
    world.hear("registry", &ended).await;
    let flags = world.flags().await;
    assert_eq!(flags.len(), 1);
    assert_eq!(flags[0].shift.as_ref().unwrap().missing, ["employment"]);
    let over = registry::AgreementEnded {
        agreement: "two-rivers".into(),
        on: "2026-11-05".into(),
    };
    world.hear("registry", &over).await;
    let flags = world.flags().await;
    assert_eq!(flags.len(), 2);
    assert!(
        flags[0].why[0].contains("works by no programme"),
        "{:?}",
        flags[0].why
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_that_cannot_be_read_is_not_skipped() {
    let world = world().await;
    let mut garbled = world.fact("training", &suspended(1, "2026-11-02"));
    garbled.bytes = vec![0xff];
    let refused = world.listener().apply(&[garbled]).await;
    assert!(
        matches!(refused, Err(bus::ApplyError::Unacceptable(_))),
        "{refused:?}"
    );
    let wrong = world.fact("training", &suspended(1, "soon"));
    let refused = world.listener().apply(&[wrong]).await;
    assert!(
        matches!(refused, Err(bus::ApplyError::Unacceptable(_))),
        "{refused:?}"
    );
}
