use eventlog::FactRow;
use prost::Message;
use wire::registry::v1 as facts;

use super::*;

fn row(kind: &str, message: &impl Message) -> FactRow {
    FactRow {
        log: registry(),
        seq: 7,
        prev: 6,
        kind: kind.to_owned(),
        bytes: message.encode_to_vec(),
        recorded_at: "2026-10-01T00:00:00Z".parse().unwrap(),
        valid_on: "2026-10-01".parse().unwrap(),
        actor: "ops-1".to_owned(),
        trace: None,
        leaf_hash: proof_hash(),
        group_last: true,
    }
}

fn proof_hash() -> proof::Hash {
    proof::Hash::try_from([0u8; 32].as_slice()).unwrap()
}

fn rate(from: &str, cents: &str) -> FactRow {
    row(
        "PayRateSet",
        &facts::PayRateSet {
            officer: "cso-114".into(),
            from: from.into(),
            cents_per_hour: cents.into(),
            burden: "9/50".into(),
            burden_on_premium: true,
        },
    )
}

#[test]
fn the_last_word_on_a_days_rate_counts() {
    let mut known = None;
    for fact in [
        rate("2026-01-01", "2000/1"),
        rate("2026-10-01", "2100/1"),
        rate("2026-01-01", "2050/1"),
    ] {
        assert_eq!(Officers::keys(&fact), ["cso-114"]);
        known = Officers::apply(&fact, "cso-114", known);
    }
    let rates: Vec<_> = known.unwrap().rates();
    let cents: Vec<_> = rates.iter().map(|r| r.cents_per_hour.to_string()).collect();
    assert_eq!(cents, ["2050/1", "2100/1"]);
}

#[test]
fn an_ended_assignment_keeps_its_days() {
    let assigned = row(
        "OfficerAssigned",
        &facts::OfficerAssigned {
            officer: "cso-114".into(),
            from: "2026-01-01".into(),
            until: String::new(),
            account: "agreement:three-rivers".into(),
        },
    );
    let ended = row(
        "AssignmentEnded",
        &facts::AssignmentEnded {
            officer: "cso-114".into(),
            from: "2026-01-01".into(),
            until: "2026-10-31".into(),
        },
    );
    let known = Officers::apply(&assigned, "cso-114", None);
    let known = Officers::apply(&ended, "cso-114", known).unwrap();
    let [assignment] = &known.assignments()[..] else {
        panic!("{known:?}");
    };
    assert_eq!(assignment.until.unwrap().to_string(), "2026-10-31");
    assert!(known.employment().is_none());
}

#[test]
fn an_agreement_gets_its_last_day() {
    let signed = row(
        "AgreementSigned",
        &facts::AgreementSigned {
            agreement: "three-rivers".into(),
            towns: vec!["barlow".into(), "corbin".into()],
            starts_on: "2026-07-01".into(),
            ..facts::AgreementSigned::default()
        },
    );
    let ended = row(
        "AgreementEnded",
        &facts::AgreementEnded {
            agreement: "three-rivers".into(),
            on: "2026-10-31".into(),
        },
    );
    let known = Agreements::apply(&signed, "three-rivers", None);
    let known = Agreements::apply(&ended, "three-rivers", known).unwrap();
    let agreement = known.agreement();
    assert!(agreement.in_force_on("2026-10-31".parse().unwrap()));
    assert!(!agreement.in_force_on("2026-11-01".parse().unwrap()));
}

#[test]
fn a_fact_that_cannot_be_read_says_which_and_why() {
    assert_eq!(
        check(&rate("2026-01-01", "a lot")).unwrap_err(),
        "PayRateSet at registry:7 cannot be read: \"a lot\" is not a number: expected a decimal \
         such as `0.25` or a fraction such as `1/3`"
    );
    let mut garbled = rate("2026-01-01", "2000/1");
    garbled.bytes = vec![0xff];
    assert!(check(&garbled).unwrap_err().contains("is garbled"));
    let mut unknown = garbled;
    unknown.kind = "SomethingNew".to_owned();
    assert_eq!(check(&unknown), Ok(()));
}
