use wire::registry::v1::{BasisFigure, Contact, Town};
use wire::statements::v1::{Pool, PoolShare, StatementSummary};

use super::*;

fn summary(party: &str, amount_cents: i64) -> View {
    View::of(&StatementSummary {
        agreement: "three-rivers".into(),
        month: "2026-10".into(),
        party: party.into(),
        amount_cents,
        adjustment_cents: 0,
    })
}

#[test]
fn a_table_writes_dollars_and_csv_cents() {
    let table = Table::new(
        STATEMENTS,
        &[summary("barlow", 123_405), summary("shelby", -7)],
    );
    let text = table.text(None);
    assert!(
        text.contains("AMOUNT") && text.contains("$1,234.05"),
        "{text}"
    );
    assert!(text.contains("-$0.07"), "{text}");
    assert_eq!(
        table.csv(),
        "agreement,month,party,amount_cents,adjustment_cents\n\
         three-rivers,2026-10,barlow,123405,0\nthree-rivers,2026-10,shelby,-7,0\n"
    );
}

#[test]
fn exact_cents_that_are_no_whole_cent_are_marked_as_rounded() {
    assert_eq!(exact_cents("123405/1"), "$1,234.05");
    assert_eq!(exact_cents("123457/7"), "≈ $176.37");
    assert_eq!(exact_cents("about ten"), "about ten");
}

#[test]
fn times_are_shown_in_the_zone_and_stored_in_utc() {
    let row = View::Record(vec![(
        "since".into(),
        View::Time("2026-11-01T06:30:00Z".parse().unwrap()),
    )]);
    let table = Table::new(&["since"], &[row]);
    let zone: Zone = "America/Chicago".parse().unwrap();
    assert!(
        table
            .text(Some(&zone))
            .contains("2026-11-01T01:30:00-05:00")
    );
    assert!(table.text(None).contains("2026-11-01T06:30:00Z"));
    assert!(table.csv().contains("2026-11-01T06:30:00Z"));
}

#[test]
fn csv_quotes_what_needs_it() {
    let row = View::Record(vec![(
        "name".into(),
        View::Text("Barlow, \"the\" town".into()),
    )]);
    assert_eq!(
        Table::new(&["name"], &[row]).csv(),
        "name\n\"Barlow, \"\"the\"\" town\"\n"
    );
}

#[test]
fn a_record_shows_its_fields_and_each_list_as_a_table() {
    let town = Town {
        town: "barlow".into(),
        name: "Barlow".into(),
        contacts: vec![Contact {
            role: "clerk".into(),
            name: "J. Doe".into(),
            ..Contact::default()
        }],
        figures: vec![BasisFigure {
            basis: "population".into(),
            value: "1234".into(),
            seq: 7,
            ..BasisFigure::default()
        }],
        ..Town::default()
    };
    let text = record(&View::of(&town), None);
    assert!(
        text.starts_with("town  barlow\nname  Barlow\n\ncontacts\n"),
        "{text}"
    );
    assert!(!text.contains("zone") && !text.contains("PHONE"), "{text}");
    assert!(text.contains("population"), "{text}");
}

#[test]
fn the_pools_of_a_month_are_one_row_a_share() {
    let share = PoolShare {
        party: "barlow".into(),
        basis: "hours".into(),
        figure: "4320 minutes".into(),
        share: "3/8".into(),
        charge_cents: 3_750,
    };
    let pool = Pool {
        pool: "pool/vehicle".into(),
        amount_cents: 10_000,
        shares: vec![share],
    };
    assert_eq!(
        pools(&[View::of(&pool)]).csv(),
        "pool,amount_cents,party,basis,figure,share,charge_cents\n\
         pool/vehicle,10000,barlow,hours,4320 minutes,3/8,3750\n"
    );
}

#[test]
fn a_statement_shows_figures_shares_charges_and_what_moved() {
    let json = r#"{
        "edition": 1, "agreement": "three-rivers", "month": "2026-11", "party": "barlow",
        "total_cents": 3500, "charges_cents": 3750, "adjustments_cents": -250,
        "terms_version": 1, "rounding": "by largest remainder", "minutes": 480,
        "travel_minutes": 25, "calls": 3, "incident_minutes": 90,
        "pools": [{"pool": "pool/vehicle", "basis": "hours", "pool_cents": 10000,
            "figures": [{"basis": "hours", "weight": "1/1", "value": "480", "total": "1280",
                "unit": "minutes", "sources": []}],
            "share": "3/8", "charge_cents": 3750}],
        "lines": [],
        "adjustments": [{"month": "2026-10", "key": "labour/cso-114/barlow", "cents": -250,
            "issued_cents": 1000, "now_cents": 750,
            "causes": [{"code": "duty cso-114.17/1"}]}],
        "open": []
    }"#;
    let text = statement(&allocation::Statement::from_json(json).unwrap(), None);
    for part in [
        "480 of 1280",
        "3/8",
        "$37.50",
        "-$2.50",
        "duty cso-114.17/1",
        "total $35.00",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("Open time"), "{text}");
}
