use tonic::Code;
use wire::registry::v1::{
    AgreeProgrammeRequest, GetAgreementRequest, GetProgrammeRequest, IssueProfileRequest,
    ListProgrammesRequest, ListShippedProfilesRequest, ProfileIssued, ProgrammeAgreed,
    ShippedProfile,
};

use crate::world::{World, by, refusal, world};

const MISSOURI: &str = "us-mo-matthew-group-cso";
const CLAUSES: &str = r#"grammar = 1
programme = "us-mo-matthew-group-cso"
version = 1
agreement = "three-rivers"
town = "barlow"
mandatory = ["refresher"]

[equipment.handgun]
carry = ["open"]
"#;

async fn shipped(world: &mut World, page_size: i32) -> Vec<ShippedProfile> {
    let (mut profiles, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListShippedProfilesRequest {
            page_size,
            page_token,
        };
        let answer = world
            .client
            .list_shipped_profiles(by("ops-1", request))
            .await;
        let page = answer.unwrap().into_inner();
        profiles.extend(page.profiles);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return profiles;
        }
    }
}

pub(crate) fn issue(effective_from: &str, toml: &str) -> IssueProfileRequest {
    IssueProfileRequest {
        effective_from: effective_from.to_owned(),
        toml: toml.to_owned(),
    }
}

pub(crate) fn agree(from: &str, narrowing: &str) -> AgreeProgrammeRequest {
    AgreeProgrammeRequest {
        agreement: "three-rivers".to_owned(),
        town: "barlow".to_owned(),
        programme: MISSOURI.to_owned(),
        from: from.to_owned(),
        narrowing: narrowing.to_owned(),
    }
}

impl World {
    /// Missouri's profile in force, and Barlow working by it with its clauses.
    pub(crate) async fn with_programme(mut self) -> World {
        let profiles = shipped(&mut self, 0).await;
        let missouri = profiles.iter().find(|p| p.name == "missouri-cso").unwrap();
        let request = issue("2026-10-01", &missouri.toml);
        let issued = self.client.issue_profile(by("ops-1", request)).await;
        let issued = issued.unwrap().into_inner();
        assert_eq!((issued.programme.as_str(), issued.version), (MISSOURI, 1));
        let request = agree("2026-10-01", CLAUSES);
        let agreed = self.client.agree_programme(by("ops-1", request)).await;
        agreed.unwrap();
        self
    }
}

#[tokio::test]
async fn every_shipped_profile_can_be_issued_as_it_is() {
    let mut world = world().await;
    let profiles = shipped(&mut world, 4).await;
    assert_eq!(profiles.len(), 9);
    for profile in &profiles {
        let day = format!("2026-10-0{}", profile.version);
        let request = issue(&day, &profile.toml);
        let issued = world.client.issue_profile(by("ops-1", request)).await;
        assert_eq!(issued.unwrap().into_inner().version, profile.version);
    }
    let request = ListProgrammesRequest::default();
    let listed = world
        .client
        .list_programmes(by("clerk-barlow", request))
        .await;
    let programmes = listed.unwrap().into_inner().programmes;
    assert_eq!(programmes.len(), 8);
    let missouri = programmes.iter().find(|p| p.programme == MISSOURI).unwrap();
    assert_eq!(
        missouri.title,
        "Community Safety Officer, The Matthew Group"
    );
    assert_eq!(missouri.versions[0].toml, "", "no documents in lists");

    let request = GetProgrammeRequest {
        programme: "us-ca-san-jose-cso".to_owned(),
    };
    let shown = world.client.get_programme(by("officer-114", request)).await;
    let shown = shown.unwrap().into_inner();
    let days: Vec<_> = shown
        .versions
        .iter()
        .map(|v| (v.version, v.effective_from.as_str()))
        .collect();
    assert_eq!(days, [(1, "2026-10-01"), (2, "2026-10-02")]);
    let second = profiles
        .iter()
        .find(|p| p.name == "san-jose-cso-2")
        .unwrap();
    assert_eq!(shown.versions[1].toml, second.toml, "byte for byte");
    world.ended().await;
}

#[tokio::test]
async fn neighbours_learn_the_profile_and_the_towns_clauses() {
    let mut world = world().await.with_agreement().await.with_programme().await;
    let facts = world.store.read_facts(&registry::log(), 0, 100).await;
    let facts = facts.unwrap();
    let [.., issued, agreed] = facts.as_slice() else {
        panic!("two facts");
    };
    let issued: ProfileIssued = prost::Message::decode(&issued.bytes[..]).unwrap();
    assert_eq!(
        (
            issued.programme.as_str(),
            issued.version,
            issued.effective_from.as_str()
        ),
        (MISSOURI, 1, "2026-10-01")
    );
    assert_eq!(
        prost::Message::decode(&agreed.bytes[..]),
        Ok(ProgrammeAgreed {
            agreement: "three-rivers".to_owned(),
            town: "barlow".to_owned(),
            programme: MISSOURI.to_owned(),
            from: "2026-10-01".to_owned(),
            narrowing: CLAUSES.to_owned(),
        })
    );
    let request = GetAgreementRequest {
        agreement: "three-rivers".to_owned(),
        town: "barlow".to_owned(),
    };
    let shown = world
        .client
        .get_agreement(by("clerk-barlow", request))
        .await;
    let shown = shown.unwrap().into_inner().programmes;
    assert_eq!(
        (shown[0].town.as_str(), shown[0].narrowing.as_str()),
        ("barlow", CLAUSES)
    );
    world.ended().await;
}

#[tokio::test]
async fn a_profile_that_can_not_be_read_is_refused_with_lines_and_columns() {
    let mut world = world().await;
    let toml = "grammar = 1\nprogramme = \"us-xx-none\"\nsurprise = 0.5\n";
    let answer = world
        .client
        .issue_profile(by("ops-1", issue("2026-10-01", toml)));
    let refused = refusal(answer.await);
    assert_eq!(
        (refused.code, refused.reason.as_str()),
        (Code::InvalidArgument, "PROFILE_INVALID")
    );
    assert!(refused.violations.len() > 2, "{refused}");
    let said = |text: &str| {
        let mut violations = refused.violations.iter();
        violations.any(|violation| violation.description.contains(text))
    };
    assert!(said("line 3, column 1"), "{refused}");
    assert_eq!(world.events().await.len(), 0, "nothing half-applied");
    world.ended().await;
}

#[tokio::test]
async fn a_widening_is_refused_wherever_it_comes_from() {
    let mut world = world().await.with_agreement().await.with_programme().await;
    let wide = CLAUSES.replace("carry = [\"open\"]", "carry = [\"open\", \"ankle\"]");
    let answer = world
        .client
        .agree_programme(by("ops-1", agree("2026-11-01", &wide)));
    let refused = refusal(answer.await);
    assert_eq!(refused.reason, "NARROWING_WIDENS");
    assert!(
        refused.violations[0]
            .description
            .starts_with("equipment.handgun.carry: asks for ankle"),
        "{refused}"
    );
    // A version without what Barlow agreed to carry.
    let profiles = shipped(&mut world, 0).await;
    let missouri = profiles.iter().find(|p| p.name == "missouri-cso").unwrap();
    let next = missouri
        .toml
        .replace("\nversion = 1\n", "\nversion = 2\n")
        .replace(
            "carry = [\"open\", \"concealed\"]",
            "carry = [\"concealed\"]",
        );
    let answer = world
        .client
        .issue_profile(by("ops-1", issue("2027-01-01", &next)));
    let refused = refusal(answer.await);
    assert_eq!(refused.reason, "NARROWINGS_MISFIT");
    assert!(
        refused.message.contains("barlow in three-rivers"),
        "{refused}"
    );
    // Once Barlow has agreed to something else from then on, nothing is in its way.
    let request = agree("2027-01-01", "");
    world
        .client
        .agree_programme(by("ops-1", request))
        .await
        .unwrap();
    let request = issue("2027-01-01", &next);
    world
        .client
        .issue_profile(by("ops-1", request))
        .await
        .unwrap();
    world.ended().await;
}

#[tokio::test]
async fn a_town_that_works_by_another_programme_keeps_no_version_back() {
    let mut world = world().await.with_agreement().await.with_programme().await;
    let profiles = shipped(&mut world, 0).await;
    let named = |name: &str| profiles.iter().find(|p| p.name == name).unwrap();
    let request = issue("2026-10-01", &named("eugene-cso").toml);
    world
        .client
        .issue_profile(by("ops-1", request))
        .await
        .unwrap();
    let moved = AgreeProgrammeRequest {
        programme: named("eugene-cso").programme.clone(),
        ..agree("2026-12-01", "")
    };
    world
        .client
        .agree_programme(by("ops-1", moved))
        .await
        .unwrap();
    let missouri = named("missouri-cso")
        .toml
        .replace("\nversion = 1\n", "\nversion = 2\n");
    let next = missouri.replace(
        "carry = [\"open\", \"concealed\"]",
        "carry = [\"concealed\"]",
    );
    let early = world
        .client
        .issue_profile(by("ops-1", issue("2026-11-30", &next)));
    assert_eq!(refusal(early.await).reason, "NARROWINGS_MISFIT");
    let request = issue("2026-12-01", &next);
    world
        .client
        .issue_profile(by("ops-1", request))
        .await
        .unwrap();
    world.ended().await;
}

#[tokio::test]
async fn a_programme_that_nobody_issued_is_not_found() {
    let mut world = world().await.with_agreement().await;
    let answer = world
        .client
        .agree_programme(by("ops-1", agree("2026-10-01", "")));
    let refused = refusal(answer.await);
    assert_eq!(
        (refused.code, refused.reason.as_str()),
        (Code::NotFound, "PROGRAMME_UNKNOWN")
    );
    let request = GetProgrammeRequest {
        programme: MISSOURI.to_owned(),
    };
    let answer = world.client.get_programme(by("ops-1", request)).await;
    assert_eq!(refusal(answer).code, Code::NotFound);
    world.ended().await;
}
