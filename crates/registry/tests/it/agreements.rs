use tonic::Code;
use wire::registry::v1::{
    AgreementSigned, AgreementState, AssignOfficerRequest, DraftAgreementRequest,
    EndAgreementRequest, EndAssignmentRequest, GetAgreementRequest, ListAgreementsRequest,
    ProposeTermsRequest, WithdrawTermsRequest,
};

use crate::world::{TERMS, World, by, draft, officer, refusal, signature, terms, town, world};

fn ask(town: &str) -> GetAgreementRequest {
    GetAgreementRequest {
        agreement: "three-rivers".to_owned(),
        town: town.to_owned(),
    }
}

fn end(on: &str) -> EndAgreementRequest {
    EndAgreementRequest {
        agreement: "three-rivers".to_owned(),
        on: on.to_owned(),
    }
}

/// Registered towns, and a proposal before them.
async fn with_proposal(mut world: World) -> World {
    for (id, name) in [("barlow", "Barlow"), ("milford", "Milford")] {
        world
            .client
            .register_town(by("ops-1", town(id, name)))
            .await
            .unwrap();
    }
    world
        .client
        .draft_agreement(by("ops-1", draft()))
        .await
        .unwrap();
    let proposed = world
        .client
        .propose_terms(by("ops-1", terms("2026-10-01")))
        .await
        .unwrap();
    assert_eq!(proposed.into_inner().version, 1);
    world
}

#[tokio::test]
async fn an_agreement_comes_into_force_with_the_last_signature() {
    let mut world = with_proposal(world().await).await;
    let shown = world
        .client
        .get_agreement(by("ops-1", ask("")))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(shown.state(), AgreementState::Draft);

    for (actor, party, in_force) in [
        ("clerk-barlow", "barlow", false),
        ("ops-1", "provider", false),
        ("ops-1", "milford", true),
    ] {
        let signed = world
            .client
            .sign_terms(by(actor, signature(1, party)))
            .await
            .unwrap();
        assert_eq!(signed.into_inner().in_force, in_force, "{party}");
    }
    let shown = world
        .client
        .get_agreement(by("ops-1", ask("")))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(shown.state(), AgreementState::InForce);
    assert_eq!(shown.terms[0].signatures.len(), 3);
    assert_eq!(shown.terms[0].toml, TERMS);
    world.ended().await;
}

#[tokio::test]
async fn the_neighbours_learn_the_signed_agreement_whole() {
    let world = world().await.with_agreement().await;
    let facts = world
        .store
        .read_facts(&registry::log(), 0, 100)
        .await
        .unwrap();
    let last = facts.last().unwrap();
    assert_eq!(
        (last.kind.as_str(), last.valid_on.to_string().as_str()),
        ("AgreementSigned", "2026-09-07")
    );
    let signed: AgreementSigned = prost::Message::decode(&last.bytes[..]).unwrap();
    assert_eq!(signed.towns, ["barlow", "milford"]);
    assert_eq!(
        (signed.starts_on.as_str(), signed.ends_on.as_str()),
        ("2026-10-01", "")
    );
    assert_eq!(signed.terms.unwrap().toml, TERMS);
    world.ended().await;
}

#[tokio::test]
async fn later_terms_amend_and_a_withdrawn_proposal_leaves_no_fact() {
    let mut world = world().await.with_agreement().await;
    world
        .client
        .propose_terms(by("ops-1", terms("2026-12-01")))
        .await
        .unwrap();
    let withdraw = WithdrawTermsRequest {
        agreement: "three-rivers".to_owned(),
        version: 2,
    };
    world
        .client
        .withdraw_terms(by("ops-1", withdraw))
        .await
        .unwrap();
    let proposed = world
        .client
        .propose_terms(by("ops-1", terms("2027-01-01")))
        .await
        .unwrap();
    assert_eq!(proposed.into_inner().version, 3);
    for party in ["provider", "milford", "barlow"] {
        world
            .client
            .sign_terms(by("ops-1", signature(3, party)))
            .await
            .unwrap();
    }
    let facts = world.facts().await;
    assert_eq!(
        facts[facts.len() - 2..],
        ["AgreementSigned", "TermsAmended"]
    );
    let shown = world
        .client
        .get_agreement(by("ops-1", ask("")))
        .await
        .unwrap()
        .into_inner();
    let stands: Vec<_> = shown
        .terms
        .iter()
        .map(|t| (t.version, t.in_force, t.withdrawn))
        .collect();
    assert_eq!(
        stands,
        [(1, true, false), (2, false, true), (3, true, false)]
    );
    world.ended().await;
}

#[tokio::test]
async fn an_agreement_among_unknown_towns_is_refused() {
    let mut world = world().await;
    world
        .client
        .register_town(by("ops-1", town("barlow", "Barlow")))
        .await
        .unwrap();
    let refused = refusal(world.client.draft_agreement(by("ops-1", draft())).await);
    assert_eq!(refused.reason, "TOWN_UNKNOWN");
    assert_eq!(
        refused.message,
        "Not registered: milford. Register each town first."
    );
    world.ended().await;
}

#[tokio::test]
async fn a_document_that_can_not_be_run_is_refused_with_lines_and_columns() {
    let mut world = world().await.with_agreement().await;
    let toml = format!(
        "surprise = 1\n{}",
        TERMS.replace("\"provider\"]", "\"oakham\"]")
    );
    let wrong = ProposeTermsRequest {
        toml,
        ..terms("2027-01-01")
    };
    let refused = refusal(world.client.propose_terms(by("ops-1", wrong)).await);
    assert_eq!(
        (refused.code, refused.reason.as_str()),
        (Code::InvalidArgument, "TERMS_INVALID")
    );
    assert!(refused.violations.len() >= 2, "{refused}");
    for violation in &refused.violations {
        assert_eq!(violation.field, "toml");
        assert!(violation.description.starts_with("line "), "{violation:?}");
    }
    let shown = world
        .client
        .get_agreement(by("ops-1", ask("")))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(shown.terms.len(), 1, "a refused proposal takes no number");
    world.ended().await;
}

#[tokio::test]
async fn a_towns_clerk_sees_and_signs_for_that_town_alone() {
    let mut world = world().await.with_agreement().await;
    let own = world
        .client
        .get_agreement(by("clerk-barlow", ask("barlow")))
        .await
        .unwrap();
    assert_eq!(own.into_inner().name, "Three Rivers Community Safety");
    let stranger = world
        .client
        .get_agreement(by("clerk-oakham", ask("oakham")))
        .await;
    assert_eq!(refusal(stranger).code, Code::NotFound);
    for asked in ["", "milford"] {
        let other = world
            .client
            .get_agreement(by("clerk-barlow", ask(asked)))
            .await;
        assert_eq!(refusal(other).code, Code::PermissionDenied, "{asked}");
    }
    let forged = world
        .client
        .sign_terms(by("clerk-barlow", signature(1, "milford")))
        .await;
    assert_eq!(refusal(forged).code, Code::PermissionDenied);
    world.ended().await;
}

#[tokio::test]
async fn agreements_are_listed_for_all_or_for_one_town() {
    let mut world = world().await.with_agreement().await;
    for (id, towns) in [
        ("oak-ridge", ["oakham", "barlow"]),
        ("two-hills", ["oakham", "milford"]),
    ] {
        let request = DraftAgreementRequest {
            agreement: id.to_owned(),
            towns: towns.map(str::to_owned).to_vec(),
            ..draft()
        };
        world
            .client
            .draft_agreement(by("ops-1", request))
            .await
            .unwrap();
    }
    for (actor, town, expected) in [
        ("ops-1", "", vec!["oak-ridge", "three-rivers", "two-hills"]),
        ("clerk-barlow", "barlow", vec!["oak-ridge", "three-rivers"]),
        ("clerk-oakham", "oakham", vec!["oak-ridge", "two-hills"]),
    ] {
        let (mut seen, mut page_token) = (Vec::new(), String::new());
        loop {
            let town = town.to_owned();
            let request = ListAgreementsRequest {
                town,
                page_size: 1,
                page_token,
            };
            let page = world
                .client
                .list_agreements(by(actor, request))
                .await
                .unwrap()
                .into_inner();
            assert!(
                page.agreements
                    .iter()
                    .all(|agreement| agreement.terms.is_empty())
            );
            seen.extend(
                page.agreements
                    .into_iter()
                    .map(|agreement| agreement.agreement),
            );
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, expected, "{actor}");
    }
    world.ended().await;
}

#[tokio::test]
async fn an_agreement_ends_once_its_officers_have_gone() {
    let mut world = world().await.with_agreement().await;
    let assign = AssignOfficerRequest {
        officer: "cso-114".to_owned(),
        from: "2026-10-01".to_owned(),
        until: String::new(),
        account: "agreement:three-rivers".to_owned(),
    };
    world
        .client
        .assign_officer(by("ops-1", assign))
        .await
        .unwrap();
    let refused = refusal(
        world
            .client
            .end_agreement(by("ops-1", end("2026-12-31")))
            .await,
    );
    assert_eq!(refused.reason, "OFFICERS_STILL_ASSIGNED");
    assert!(refused.message.contains("cso-114"), "{refused}");

    let end_assignment = EndAssignmentRequest {
        officer: "cso-114".to_owned(),
        from: "2026-10-01".to_owned(),
        until: "2026-12-31".to_owned(),
    };
    world
        .client
        .end_assignment(by("ops-1", end_assignment))
        .await
        .unwrap();
    world
        .client
        .end_agreement(by("ops-1", end("2026-12-31")))
        .await
        .unwrap();
    let shown = world
        .client
        .get_agreement(by("ops-1", ask("")))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(shown.state(), AgreementState::Ended);
    assert_eq!(shown.ends_on, "2026-12-31");
    assert_eq!(world.facts().await.last().unwrap(), "AgreementEnded");
    world.ended().await;
}

#[tokio::test]
async fn an_officer_is_not_assigned_to_a_draft() {
    let mut world = with_proposal(world().await).await;
    world
        .client
        .enrol_officer(by("hr-1", officer()))
        .await
        .unwrap();
    let assign = AssignOfficerRequest {
        officer: "cso-114".to_owned(),
        from: "2026-10-01".to_owned(),
        until: String::new(),
        account: "agreement:three-rivers".to_owned(),
    };
    let refused = refusal(world.client.assign_officer(by("ops-1", assign)).await);
    assert_eq!(refused.reason, "AGREEMENT_NOT_IN_FORCE");
    world.ended().await;
}
