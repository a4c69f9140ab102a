use wire::registry::v1::{
    AssignOfficerRequest, ChangeTownRequest, EndOfficerRequest, RecordBasisFigureRequest,
    SetPayRateRequest,
};

use crate::grants;
use crate::world::{World, by, contact, signature, terms, world};

/// Something of every kind.
async fn a_year(world: World) -> World {
    let mut world = world.with_agreement().await.with_programme().await;
    let change = ChangeTownRequest {
        town: "oakham".to_owned(),
        name: "Oakham Springs".to_owned(),
        contacts: vec![contact("clerk", "Philippa Ombwe")],
        ..ChangeTownRequest::default()
    };
    world.client.change_town(by("ops-1", change)).await.unwrap();
    for value in ["1480", "1482"] {
        let figure = RecordBasisFigureRequest {
            town: "barlow".to_owned(),
            basis: "population".to_owned(),
            as_of: "2020-04-01".to_owned(),
            value: value.to_owned(),
            source: "US Census 2020".to_owned(),
        };
        world
            .client
            .record_basis_figure(by("ops-1", figure))
            .await
            .unwrap();
    }
    let rate = SetPayRateRequest {
        officer: "cso-114".to_owned(),
        from: "2026-09-14".to_owned(),
        dollars_per_hour: "21.50".to_owned(),
        burden: "0.2235".to_owned(),
        burden_on_premium: true,
    };
    world.client.set_pay_rate(by("hr-1", rate)).await.unwrap();
    // The later of the two never comes to be, and leaves no row.
    for (from, until) in [("2026-10-01", "2026-10-31"), ("2026-12-01", "")] {
        let assign = AssignOfficerRequest {
            officer: "cso-114".to_owned(),
            from: from.to_owned(),
            until: until.to_owned(),
            account: "agreement:three-rivers".to_owned(),
        };
        world
            .client
            .assign_officer(by("ops-1", assign))
            .await
            .unwrap();
    }
    let end = EndOfficerRequest {
        officer: "cso-114".to_owned(),
        on: "2026-11-15".to_owned(),
    };
    world.client.end_officer(by("hr-1", end)).await.unwrap();
    world
        .client
        .propose_terms(by("ops-1", terms("2027-01-01")))
        .await
        .unwrap();
    world
        .client
        .sign_terms(by("ops-1", signature(2, "barlow")))
        .await
        .unwrap();
    grants_of_every_kind(&mut world).await;
    world
}

async fn grants_of_every_kind(world: &mut World) {
    for actor in ["hr-7", "hr-8"] {
        let grant = grants::give(actor, &["hr"], actor);
        world
            .access
            .grant_access(by("admin-1", grant))
            .await
            .unwrap();
    }
    let rotate = grants::rotate("hr-7", "another", 60);
    world
        .access
        .rotate_token(by("admin-1", rotate))
        .await
        .unwrap();
    let revoke = grants::revoke("hr-8");
    world
        .access
        .revoke_access(by("admin-1", revoke))
        .await
        .unwrap();
}

#[tokio::test]
async fn every_table_folded_again_equals_the_live_one() {
    let world = a_year(world().await).await;
    let expected = [
        ("agreements", 1),
        ("assignments", 1),
        ("erasures", 0),
        ("grants", 2),
        ("memberships", 2),
        ("narrowings", 1),
        ("officers", 1),
        ("programmes", 1),
        ("tokens", 3),
        ("towns", 3),
    ];
    for (table, rows) in expected {
        let rebuilt = world.store.rebuild(table).await.unwrap();
        assert!(rebuilt.is_equal(), "{table}: {rebuilt:?}");
        assert_eq!(rebuilt.rows, rows, "{table}");
    }
    let opened = registry::options("").projections;
    let names: Vec<_> = opened.iter().map(|table| table.name()).collect();
    assert_eq!(
        names,
        expected.map(|(table, _)| table),
        "no table is left out"
    );
    world.ended().await;
}

#[tokio::test]
async fn the_log_is_found_whole() {
    let world = a_year(world().await).await;
    let verified = world.store.verify(&registry::log()).await.unwrap();
    let events = u64::try_from(world.events().await.len()).unwrap();
    assert_eq!((verified.events, verified.streams), (events, 8));
    world.ended().await;
}
