use tonic::Code;
use wire::registry::v1::{
    ChangeTownRequest, GetTownRequest, ListTownsRequest, RecordBasisFigureRequest,
    RegisterTownRequest,
};

use crate::world::{by, contact, refusal, town, with, world};

const COMMAND: &str = "018f2c7e-9b1d-7c3a-8a55-1d2e3f405162";

fn named() -> RegisterTownRequest {
    let contacts = vec![
        contact("clerk", "Philippa Ombwe"),
        contact("mayor", "Ned Ostrow"),
    ];
    RegisterTownRequest {
        contacts,
        ..town("barlow", "Barlow")
    }
}

fn ask(town: &str) -> GetTownRequest {
    GetTownRequest {
        town: town.to_owned(),
    }
}

fn census(value: &str) -> RecordBasisFigureRequest {
    RecordBasisFigureRequest {
        town: "barlow".to_owned(),
        basis: "population".to_owned(),
        as_of: "2020-04-01".to_owned(),
        value: value.to_owned(),
        source: "US Census 2020, table P1".to_owned(),
    }
}

#[tokio::test]
async fn a_registered_town_is_shown_with_its_contacts_and_figures() {
    let mut world = world().await;
    let registered = world
        .client
        .register_town(by("ops-1", named()))
        .await
        .unwrap();
    assert_eq!(registered.into_inner().seq, 1);
    for value in ["1480", "1482"] {
        let figure = by("finance-1", census(value));
        world.client.record_basis_figure(figure).await.unwrap();
    }
    let shown = world
        .client
        .get_town(by("clerk-barlow", ask("barlow")))
        .await
        .unwrap();
    let shown = shown.into_inner();
    assert_eq!(
        (shown.name.as_str(), shown.state.as_str()),
        ("Barlow", "MO")
    );
    assert_eq!(shown.contacts[0].name, "Philippa Ombwe");
    assert_eq!(shown.contacts[0].email, "clerk@barlow.example");
    assert_eq!(
        shown.figures.len(),
        1,
        "the later figure takes the former's place"
    );
    assert_eq!(
        (shown.figures[0].value.as_str(), shown.figures[0].seq),
        ("1482", 5)
    );
    assert_eq!(
        world.facts().await,
        [
            "TownRegistered",
            "BasisFigureRecorded",
            "BasisFigureRecorded"
        ]
    );
    world.ended().await;
}

#[tokio::test]
async fn nobodys_name_stands_in_the_log() {
    let mut world = world().await;
    world
        .client
        .register_town(by("ops-1", named()))
        .await
        .unwrap();
    for event in world.events().await {
        let row = format!("{event:?}");
        for personal in ["Philippa", "Ombwe", "Ostrow", "clerk@barlow.example"] {
            assert!(!row.contains(personal), "{personal} stands in {row}");
        }
    }
    assert_eq!(world.sealed().await, 4);
    world.ended().await;
}

#[tokio::test]
async fn a_changed_town_keeps_what_was_left_out() {
    let mut world = world().await;
    world
        .client
        .register_town(by("ops-1", named()))
        .await
        .unwrap();
    let change = ChangeTownRequest {
        town: "barlow".to_owned(),
        name: "Barlow City".to_owned(),
        contacts: vec![contact("clerk", "Adaeze Lund")],
        ..ChangeTownRequest::default()
    };
    world.client.change_town(by("ops-1", change)).await.unwrap();
    let shown = world
        .client
        .get_town(by("ops-1", ask("barlow")))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (shown.name.as_str(), shown.zone.as_str()),
        ("Barlow City", "America/Chicago")
    );
    let names: Vec<_> = shown.contacts.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["Adaeze Lund", "Ned Ostrow"]);
    assert_eq!(world.facts().await, ["TownRegistered", "TownChanged"]);
    world.ended().await;
}

#[tokio::test]
async fn a_change_of_nothing_is_refused() {
    let mut world = world().await;
    world
        .client
        .register_town(by("ops-1", named()))
        .await
        .unwrap();
    let nothing = ChangeTownRequest {
        town: "barlow".to_owned(),
        ..ChangeTownRequest::default()
    };
    let refusal = refusal(world.client.change_town(by("ops-1", nothing)).await);
    assert_eq!(refusal.code, Code::InvalidArgument);
    assert!(
        refusal.violations[0]
            .description
            .contains("nothing is given")
    );
    world.ended().await;
}

#[tokio::test]
async fn every_wrong_field_is_named_with_its_value_and_the_fix() {
    let mut world = world().await;
    let wrong = RegisterTownRequest {
        town: "Barlow!".to_owned(),
        name: String::new(),
        state: "XX".to_owned(),
        zone: "Mars/Olympus".to_owned(),
        contacts: Vec::new(),
    };
    let refusal = refusal(world.client.register_town(by("ops-1", wrong)).await);
    assert_eq!(
        (refusal.code, refusal.reason.as_str()),
        (Code::InvalidArgument, "INVALID_REQUEST")
    );
    let fields: Vec<_> = refusal
        .violations
        .iter()
        .map(|v| v.field.as_str())
        .collect();
    assert_eq!(fields, ["town", "name", "state", "zone"]);
    assert!(
        refusal.violations[2]
            .description
            .contains("\"XX\" is not a US state")
    );
    assert!(
        refusal.violations[3]
            .description
            .contains("`America/Chicago`")
    );
    world.ended().await;
}

#[tokio::test]
async fn wrong_contacts_are_named_without_repeating_what_is_personal() {
    let mut world = world().await;
    let mut broken = contact("clerk", "Philippa Ombwe");
    broken.email = "Philippa at home".to_owned();
    let contacts = vec![
        contact("The Clerk", "Ned Ostrow"),
        broken,
        contact("clerk", ""),
    ];
    let wrong = RegisterTownRequest {
        contacts,
        ..town("barlow", "Barlow")
    };
    let refusal = refusal(world.client.register_town(by("ops-1", wrong)).await);
    let fields: Vec<_> = refusal
        .violations
        .iter()
        .map(|v| v.field.as_str())
        .collect();
    assert_eq!(
        fields,
        ["contacts[0].role", "contacts[1].email", "contacts[2].name"]
    );
    assert!(!refusal.to_string().contains("Philippa"), "{refusal}");
    world.ended().await;
}

#[tokio::test]
async fn a_wrong_figure_is_refused() {
    let mut world = world().await;
    world
        .client
        .register_town(by("ops-1", named()))
        .await
        .unwrap();
    let wrong = RecordBasisFigureRequest {
        basis: "hours".to_owned(),
        as_of: "April 2020".to_owned(),
        ..census("-3")
    };
    let refused = refusal(world.client.record_basis_figure(by("ops-1", wrong)).await);
    let fields: Vec<_> = refused
        .violations
        .iter()
        .map(|v| v.field.as_str())
        .collect();
    assert_eq!(fields, ["basis", "as_of", "value"]);
    world.ended().await;
}

#[tokio::test]
async fn a_town_that_nobody_registered_is_not_found() {
    let mut world = world().await;
    let refused = refusal(world.client.get_town(by("ops-1", ask("barlow"))).await);
    assert_eq!(
        (refused.code, refused.reason.as_str()),
        (Code::NotFound, "TOWN_UNKNOWN")
    );
    let refused = refusal(
        world
            .client
            .record_basis_figure(by("ops-1", census("1")))
            .await,
    );
    assert_eq!(
        refused.message,
        "The town barlow is not registered: register it first."
    );
    world.ended().await;
}

#[tokio::test]
async fn a_refused_registration_leaves_nothing_in_the_vault() {
    let mut world = world().await;
    world
        .client
        .register_town(by("ops-1", town("barlow", "Barlow")))
        .await
        .unwrap();
    let refused = refusal(world.client.register_town(by("ops-1", named())).await);
    assert_eq!(refused.reason, "TOWN_ALREADY_REGISTERED");
    assert_eq!(refused.code, Code::AlreadyExists);
    assert_eq!(world.sealed().await, 0);
    world.ended().await;
}

#[tokio::test]
async fn the_same_command_again_gets_the_same_answer_and_seals_nothing_twice() {
    let mut world = world().await;
    let request = || with(by("ops-1", named()), "cw-command-id", COMMAND);
    let first = world
        .client
        .register_town(request())
        .await
        .unwrap()
        .into_inner();
    let again = world
        .client
        .register_town(request())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(first, again);
    assert_eq!((world.events().await.len(), world.sealed().await), (3, 4));

    let other = with(
        by("ops-1", town("oakham", "Oakham")),
        "cw-command-id",
        COMMAND,
    );
    let refused = refusal(world.client.register_town(other).await);
    assert_eq!(refused.reason, "COMMAND_ID_REUSED");
    let shown = world
        .client
        .get_town(by("ops-1", ask("barlow")))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(shown.contacts[0].name, "Philippa Ombwe");
    world.ended().await;
}

#[tokio::test]
async fn a_dry_run_answers_and_leaves_nothing_behind() {
    let mut world = world().await;
    let dry = with(by("ops-1", named()), "cw-dry-run", "true");
    world.client.register_town(dry).await.unwrap();
    assert_eq!((world.events().await.len(), world.sealed().await), (0, 0));
    let refused = refusal(world.client.get_town(by("ops-1", ask("barlow"))).await);
    assert_eq!(refused.code, Code::NotFound);
    world.ended().await;
}

#[tokio::test]
async fn towns_are_listed_page_by_page_without_contacts() {
    let mut world = world().await;
    for (id, name) in [("milford", "Milford"), ("oakham", "Oakham")] {
        world
            .client
            .register_town(by("ops-1", town(id, name)))
            .await
            .unwrap();
    }
    world
        .client
        .register_town(by("ops-1", named()))
        .await
        .unwrap();
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListTownsRequest {
            page_size: 2,
            page_token,
        };
        let page = world
            .client
            .list_towns(by("hr-1", request))
            .await
            .unwrap()
            .into_inner();
        assert!(page.towns.iter().all(|town| town.contacts.is_empty()));
        seen.extend(page.towns.into_iter().map(|town| town.town));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, ["barlow", "milford", "oakham"]);
    world.ended().await;
}

#[tokio::test]
async fn who_may_not_is_refused() {
    let mut world = world().await;
    world
        .client
        .register_town(by("ops-1", named()))
        .await
        .unwrap();
    let refused = refusal(
        world
            .client
            .register_town(by("hr-1", town("oakham", "Oakham")))
            .await,
    );
    assert_eq!(refused.code, Code::PermissionDenied);
    let refused = refusal(
        world
            .client
            .get_town(by("clerk-oakham", ask("barlow")))
            .await,
    );
    assert_eq!(refused.code, Code::PermissionDenied);
    world.ended().await;
}
