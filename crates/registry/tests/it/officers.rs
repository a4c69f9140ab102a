use tonic::Code;
use wire::registry::v1::{
    AssignOfficerRequest, EndAssignmentRequest, EndOfficerRequest, EnrolOfficerRequest,
    GetOfficerRequest, ListOfficersRequest, SetPayRateRequest,
};

use crate::world::{by, officer, refusal, world};

fn rate(dollars: &str, burden: &str) -> SetPayRateRequest {
    SetPayRateRequest {
        officer: "cso-114".to_owned(),
        from: "2026-09-14".to_owned(),
        dollars_per_hour: dollars.to_owned(),
        burden: burden.to_owned(),
        burden_on_premium: false,
    }
}

fn assign(account: &str, from: &str, until: &str) -> AssignOfficerRequest {
    AssignOfficerRequest {
        officer: "cso-114".to_owned(),
        from: from.to_owned(),
        until: until.to_owned(),
        account: account.to_owned(),
    }
}

fn ask() -> GetOfficerRequest {
    GetOfficerRequest {
        officer: "cso-114".to_owned(),
    }
}

#[tokio::test]
async fn everybody_sees_as_much_of_an_officer_as_their_work_needs() {
    let mut world = world().await;
    world
        .client
        .enrol_officer(by("hr-1", officer()))
        .await
        .unwrap();
    world
        .client
        .set_pay_rate(by("finance-1", rate("21.50", "0.2235")))
        .await
        .unwrap();
    for (actor, sees_name, sees_pay) in [
        ("hr-1", true, true),
        ("officer-114", true, true),
        ("ops-1", true, false),
        ("finance-1", false, true),
        ("scheduler-1", false, false),
    ] {
        let shown = world
            .client
            .get_officer(by(actor, ask()))
            .await
            .unwrap()
            .into_inner();
        let name = if sees_name { "Rosalind Quist" } else { "" };
        assert_eq!(shown.name, name, "{actor}");
        assert_eq!(shown.email.is_empty(), !sees_name, "{actor}");
        assert_eq!(shown.rates.len(), usize::from(sees_pay), "{actor}");
        assert_eq!(shown.from, "2026-09-14", "{actor}");
    }
    world.ended().await;
}

#[tokio::test]
async fn an_officers_name_stands_in_no_event_and_no_fact() {
    let mut world = world().await;
    world
        .client
        .enrol_officer(by("hr-1", officer()))
        .await
        .unwrap();
    world
        .client
        .set_pay_rate(by("hr-1", rate("21.50", "0.2235")))
        .await
        .unwrap();
    for event in world.events().await {
        let row = format!("{event:?}");
        for personal in ["Rosalind", "Quist", "555"] {
            assert!(!row.contains(personal), "{personal} stands in {row}");
        }
        let (_, fact) = event.fact.expect("both events are public");
        let text = String::from_utf8_lossy(&fact);
        assert!(
            !text.contains("Rosalind") && !text.contains("Quist"),
            "{text}"
        );
    }
    assert_eq!(world.facts().await, ["OfficerEnrolled", "PayRateSet"]);
    world.ended().await;
}

#[tokio::test]
async fn a_second_enrolment_under_one_badge_leaves_the_first_name_alone() {
    let mut world = world().await;
    world
        .client
        .enrol_officer(by("hr-1", officer()))
        .await
        .unwrap();
    let other = EnrolOfficerRequest {
        name: "Somebody Else".to_owned(),
        ..officer()
    };
    let refused = refusal(world.client.enrol_officer(by("hr-1", other)).await);
    assert_eq!(refused.reason, "OFFICER_ALREADY_ENROLLED");
    let shown = world
        .client
        .get_officer(by("hr-1", ask()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(shown.name, "Rosalind Quist");
    assert_eq!(world.sealed().await, 3);
    world.ended().await;
}

#[tokio::test]
async fn an_officer_is_assigned_to_an_agreement_and_moved_on() {
    let mut world = world().await.with_agreement().await;
    let open = assign("agreement:three-rivers", "2026-10-01", "");
    world
        .client
        .assign_officer(by("scheduler-1", open))
        .await
        .unwrap();

    let overlapping = assign("provider", "2026-12-01", "");
    let refused = refusal(world.client.assign_officer(by("ops-1", overlapping)).await);
    assert_eq!(refused.reason, "ASSIGNMENTS_OVERLAP");
    assert!(
        refused
            .message
            .contains("agreement:three-rivers from 2026-10-01"),
        "{refused}"
    );

    let end = EndAssignmentRequest {
        officer: "cso-114".to_owned(),
        from: "2026-10-01".to_owned(),
        until: "2026-11-30".to_owned(),
    };
    world.client.end_assignment(by("ops-1", end)).await.unwrap();
    world
        .client
        .assign_officer(by("ops-1", assign("provider", "2026-12-01", "")))
        .await
        .unwrap();
    let shown = world
        .client
        .get_officer(by("ops-1", ask()))
        .await
        .unwrap()
        .into_inner();
    let assigned: Vec<_> = shown
        .assignments
        .iter()
        .map(|a| (a.account.as_str(), a.from.as_str(), a.until.as_str()))
        .collect();
    assert_eq!(
        assigned,
        [
            ("agreement:three-rivers", "2026-10-01", "2026-11-30"),
            ("provider", "2026-12-01", "")
        ]
    );
    world.ended().await;
}

#[tokio::test]
async fn an_assignment_to_an_agreement_that_is_not_known_is_refused() {
    let mut world = world().await;
    world
        .client
        .enrol_officer(by("hr-1", officer()))
        .await
        .unwrap();
    let unknown = assign("agreement:two-hills", "2026-10-01", "");
    let refused = refusal(world.client.assign_officer(by("ops-1", unknown)).await);
    assert_eq!(
        (refused.code, refused.reason.as_str()),
        (Code::NotFound, "AGREEMENT_UNKNOWN")
    );
    assert_eq!(refused.violations[0].field, "account");
    world.ended().await;
}

#[tokio::test]
async fn an_ended_employment_ends_its_assignments_in_one_group_of_facts() {
    let mut world = world().await.with_agreement().await;
    let open = assign("agreement:three-rivers", "2026-10-01", "");
    world
        .client
        .assign_officer(by("ops-1", open))
        .await
        .unwrap();
    let end = EndOfficerRequest {
        officer: "cso-114".to_owned(),
        on: "2026-10-31".to_owned(),
    };
    world.client.end_officer(by("hr-1", end)).await.unwrap();
    let facts = world
        .store
        .read_facts(&registry::log(), 0, 1000)
        .await
        .unwrap();
    let last: Vec<_> = facts[facts.len() - 2..].iter().collect();
    assert_eq!(
        (last[0].kind.as_str(), last[0].group_last),
        ("AssignmentEnded", false)
    );
    assert_eq!(
        (last[1].kind.as_str(), last[1].group_last),
        ("OfficerEnded", true)
    );
    let shown = world
        .client
        .get_officer(by("ops-1", ask()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(shown.ended_on, "2026-10-31");
    assert_eq!(shown.assignments[0].until, "2026-10-31");
    world.ended().await;
}

#[tokio::test]
async fn wrong_fields_of_a_rate_are_named() {
    let mut world = world().await;
    world
        .client
        .enrol_officer(by("hr-1", officer()))
        .await
        .unwrap();
    let refused = refusal(
        world
            .client
            .set_pay_rate(by("hr-1", rate("-21", "a lot")))
            .await,
    );
    let fields: Vec<_> = refused
        .violations
        .iter()
        .map(|v| v.field.as_str())
        .collect();
    assert_eq!(fields, ["dollars_per_hour", "burden"]);
    let refused = refusal(
        world
            .client
            .set_pay_rate(by("hr-1", rate("21.50", "22.35")))
            .await,
    );
    assert_eq!(
        (refused.code, refused.reason.as_str()),
        (Code::InvalidArgument, "BURDEN_TOO_LARGE")
    );
    world.ended().await;
}

#[tokio::test]
async fn officers_are_listed_without_names() {
    let mut world = world().await;
    for badge in ["cso-115", "cso-114"] {
        let officer = EnrolOfficerRequest {
            officer: badge.to_owned(),
            ..officer()
        };
        world
            .client
            .enrol_officer(by("hr-1", officer))
            .await
            .unwrap();
    }
    let listed = world
        .client
        .list_officers(by("hr-1", ListOfficersRequest::default()))
        .await;
    let listed = listed.unwrap().into_inner().officers;
    let shown: Vec<_> = listed
        .iter()
        .map(|o| (o.officer.as_str(), o.name.as_str()))
        .collect();
    assert_eq!(shown, [("cso-114", ""), ("cso-115", "")]);
    world.ended().await;
}
