use tonic::Request;
use wire::incidents::v1::*;

use crate::world::{World, done, refused, world};

fn open(incident: &str) -> OpenIncidentRequest {
    OpenIncidentRequest {
        incident: incident.into(),
        town: "barlow".into(),
        call_type: "welfare-check".into(),
        received_at: "2026-10-31T22:00".into(),
        narrative: "Neighbour has not seen her since Tuesday.".into(),
    }
}

fn unit(times: [&str; 3]) -> RecordUnitRequest {
    let [dispatched_at, arrived_at, cleared_at] = times.map(str::to_owned);
    RecordUnitRequest {
        incident: "desk/1".into(),
        unit: "1".into(),
        officer: "cso-114".into(),
        dispatched_at,
        arrived_at,
        cleared_at,
    }
}

async fn get(world: &World, incident: &str) -> Incident {
    let request = GetIncidentRequest {
        incident: incident.into(),
        town: String::new(),
    };
    done(world.client.clone().get_incident(request).await)
}

#[tokio::test]
async fn an_incident_is_opened_attended_closed_and_found_again() {
    let world = world().await;
    let mut client = world.client.clone();
    done(client.open_incident(open("desk/1")).await);
    done(client.record_unit(unit(["2026-10-31T22:02", "", ""])).await);
    let times = ["", "2026-10-31T22:10", "2026-10-31T22:41"];
    assert!(done(client.record_unit(unit(times)).await).flags.is_empty());
    let close = CloseIncidentRequest {
        incident: "desk/1".into(),
        disposition: "report".into(),
    };
    assert_eq!(done(client.close_incident(close).await).minutes, 39);
    let found = get(&world, "desk/1").await;
    assert_eq!(found.state(), IncidentState::Closed);
    assert_eq!((found.date.as_str(), found.minutes), ("2026-10-31", 39));
    let month = SummariseIncidentsRequest {
        town: String::new(),
        month: "2026-10".into(),
    };
    let counts = done(client.summarise_incidents(month).await).counts;
    assert_eq!(
        (counts.len(), counts[0].calls, counts[0].minutes),
        (1, 1, 39)
    );
}

/// The vault's token in the first event of an incident.
async fn token(world: &World, incident: &str) -> String {
    let log = incidents::log();
    let events = world.store.read_events(&log, 0, 10).await.unwrap();
    let opened = events
        .iter()
        .find(|event| event.stream_key() == incident)
        .unwrap();
    assert!(!opened.body.contains("Tuesday"), "{}", opened.body);
    let body: serde_json::Value = serde_json::from_str(&opened.body).unwrap();
    body["narrative"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_narrative_lies_in_the_vault_and_nowhere_in_the_log() {
    let world = world().await;
    done(world.client.clone().open_incident(open("desk/1")).await);
    let token = token(&world, "desk/1").await;
    let sealed = world.store.vault().open(&token, "narrative").await.unwrap();
    assert_eq!(sealed.unwrap(), open("desk/1").narrative);
}

#[tokio::test]
async fn a_command_id_used_for_something_else_is_refused_and_harms_no_sealed_text() {
    let world = world().await;
    let mut client = world.client.clone();
    let with_id = |narrative: &str| {
        let message = OpenIncidentRequest {
            narrative: narrative.into(),
            ..open("desk/1")
        };
        let mut request = Request::new(message);
        let id = "0199aaaa-0000-7000-8000-00000000000a";
        request
            .metadata_mut()
            .insert("cw-command-id", id.parse().unwrap());
        request
    };
    done(
        client
            .open_incident(with_id("The first story, Tuesday"))
            .await,
    );
    done(
        client
            .open_incident(with_id("The first story, Tuesday"))
            .await,
    );
    refused(
        client.open_incident(with_id("Another story")).await,
        "COMMAND_ID_REUSED",
    );
    let token = token(&world, "desk/1").await;
    let sealed = world.store.vault().open(&token, "narrative").await.unwrap();
    assert_eq!(sealed.unwrap(), "The first story, Tuesday");
}

#[tokio::test]
async fn what_is_wrong_is_named_with_its_field() {
    let world = world().await;
    let mut client = world.client.clone();
    let wrong = OpenIncidentRequest {
        incident: "17".into(),
        call_type: "X!".into(),
        ..open("")
    };
    let fields: Vec<_> = refused(client.open_incident(wrong).await, "INVALID_REQUEST")
        .violations
        .into_iter()
        .map(|violation| violation.field)
        .collect();
    assert_eq!(fields, ["incident", "call_type"]);
    for (received_at, reason) in [
        ("2026-03-08T02:30", "TIME_IN_GAP"),
        ("2026-11-01T01:30", "TIME_AMBIGUOUS"),
        ("yesterday", "INVALID_REQUEST"),
        ("2026-12-24T18:00", "TIME_IN_FUTURE"),
    ] {
        let wrong = OpenIncidentRequest {
            received_at: received_at.into(),
            ..open("desk/1")
        };
        let refusal = refused(client.open_incident(wrong).await, reason);
        assert_eq!(refusal.violations[0].field, "received_at", "{received_at}");
    }
    let fold = OpenIncidentRequest {
        received_at: "2026-11-01T01:30:second".into(),
        ..open("desk/fold")
    };
    done(client.open_incident(fold).await);
    let elsewhere = OpenIncidentRequest {
        town: "oakham".into(),
        ..open("desk/1")
    };
    refused(client.open_incident(elsewhere).await, "TOWN_UNKNOWN");
    refused(
        client.record_unit(unit(["", "", ""])).await,
        "INCIDENT_UNKNOWN",
    );
    done(client.open_incident(open("desk/1")).await);
    let stranger = RecordUnitRequest {
        officer: "cso-9".into(),
        ..unit(["", "", ""])
    };
    refused(client.record_unit(stranger).await, "OFFICER_UNKNOWN");
    let former = RecordUnitRequest {
        officer: "cso-115".into(),
        ..unit(["", "", ""])
    };
    refused(client.record_unit(former).await, "OFFICER_ENDED");
}

#[tokio::test]
async fn a_town_does_not_learn_that_anothers_incident_exists() {
    let world = world().await;
    let mut client = world.client.clone();
    done(client.open_incident(open("desk/1")).await);
    let asked = |incident: &str| GetIncidentRequest {
        incident: incident.into(),
        town: "millbrook".into(),
    };
    let elsewhere = client.get_incident(asked("desk/1")).await;
    let elsewhere = refused(elsewhere, "INCIDENT_UNKNOWN").message;
    let nowhere = client.get_incident(asked("desk/2")).await;
    let nowhere = refused(nowhere, "INCIDENT_UNKNOWN").message;
    assert_eq!(elsewhere.replace("desk/1", "desk/2"), nowhere);
}

#[tokio::test]
async fn a_list_is_paged_by_town_and_month() {
    let world = world().await;
    let mut client = world.client.clone();
    for n in 1..=5 {
        done(client.open_incident(open(&format!("desk/{n}"))).await);
    }
    let mut request = ListIncidentsRequest {
        town: "barlow".into(),
        month: "2026-10".into(),
        page_size: 2,
        page_token: String::new(),
    };
    let mut found = Vec::new();
    loop {
        let page = done(client.list_incidents(request.clone()).await);
        found.extend(page.incidents.into_iter().map(|incident| incident.incident));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(found, ["desk/1", "desk/2", "desk/3", "desk/4", "desk/5"]);
    request.month = "2026-11".into();
    refused(client.list_incidents(request).await, "INVALID_REQUEST");
}

#[tokio::test]
async fn the_table_of_incidents_comes_out_the_same_from_the_log() {
    let world = world().await;
    let mut client = world.client.clone();
    done(client.open_incident(open("desk/1")).await);
    done(
        client
            .record_unit(unit(["2026-10-31T22:02", "", "2026-10-31T22:41"]))
            .await,
    );
    let withdraw = WithdrawIncidentRequest {
        incident: "desk/1".into(),
        reason: "Entered twice.".into(),
    };
    done(client.withdraw_incident(withdraw).await);
    let before = get(&world, "desk/1").await;
    world.store.rebuild("incidents").await.unwrap();
    assert_eq!(get(&world, "desk/1").await, before);
    assert_eq!(before.state(), IncidentState::Withdrawn);
}
