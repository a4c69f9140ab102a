use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use vocabulary::{AgreementId, TownId};

use super::incidents::{asks_for_earlier_days, on_incident};
use super::payroll::on_labour_costed;
use super::registry::{Sweep, on_agreement_signed, on_basis_figure_recorded};
use crate::mirror::agreements::{Agreement, Change, Known};
use crate::mirror::incidents::Span;

fn town(id: &str) -> TownId {
    id.parse().unwrap()
}

fn towns(ids: &[&str]) -> BTreeSet<TownId> {
    ids.iter().map(|id| town(id)).collect()
}

fn agreement(id: &str, towns: &[&str], starts_on: Date) -> Agreement {
    Agreement {
        agreement: id.parse().unwrap(),
        name: id.to_owned(),
        zone: "America/Chicago".parse().unwrap(),
        towns: towns.iter().map(|id| town(id)).collect(),
        starts_on,
        ends_on: None,
    }
}

/// Two agreements that share the town of Milford; the second begins a month later.
fn known() -> Known {
    let mut known = Known::default();
    for agreed in [
        agreement("three-rivers", &["barlow", "milford"], date(2026, 10, 1)),
        agreement("two-hills", &["milford", "shelby"], date(2026, 11, 1)),
    ] {
        known.apply(Change::Signed(Box::new(agreed)));
    }
    known
}

fn ids(found: &[AgreementId]) -> Vec<&str> {
    found.iter().map(AgreementId::as_str).collect()
}

fn incident(of: &[&str], from: Date, to: Date) -> Vec<AgreementId> {
    on_incident(&towns(of), Span { from, to }, &known())
}

fn on(of: &[&str], day: Date) -> Vec<AgreementId> {
    incident(of, day, day)
}

#[test]
fn a_figure_goes_to_every_agreement_of_its_town() {
    let to = |town| on_basis_figure_recorded(&towns(&[town]), &known());
    assert_eq!(ids(&to("milford")), ["three-rivers", "two-hills"]);
    assert_eq!(ids(&to("barlow")), ["three-rivers"]);
    assert_eq!(ids(&to("elsewhere")), [""; 0]);
}

#[test]
fn labour_goes_to_the_agreement_of_its_account_known_or_not() {
    let to = |account: &str| on_labour_costed(&account.parse().unwrap());
    assert_eq!(
        to("agreement:unheard-of"),
        Some("unheard-of".parse().unwrap())
    );
    assert_eq!(to("provider"), None);
}

#[test]
fn an_incident_goes_to_the_agreements_of_its_town_that_had_begun() {
    assert_eq!(ids(&on(&["milford"], date(2026, 10, 5))), ["three-rivers"]);
    let both = on(&["milford"], date(2026, 11, 5));
    assert_eq!(ids(&both), ["three-rivers", "two-hills"]);
    assert_eq!(ids(&on(&["milford"], date(2026, 9, 30))), [""; 0]);
}

#[test]
fn an_incident_that_moved_goes_to_the_agreements_of_both_towns() {
    let both = on(&["shelby", "barlow"], date(2026, 11, 5));
    assert_eq!(ids(&both), ["three-rivers", "two-hills"]);
}

#[test]
fn a_corrected_day_follows_the_incident_where_it_went_before() {
    let corrected = incident(&["barlow"], date(2026, 9, 30), date(2026, 10, 1));
    assert_eq!(ids(&corrected), ["three-rivers"]);
    let earlier = |day| asks_for_earlier_days(&towns(&["barlow"]), day, &known());
    assert!(earlier(date(2026, 9, 30)));
    assert!(!earlier(date(2026, 10, 1)));
}

#[test]
fn after_its_last_day_an_incident_is_none_of_the_agreements_business() {
    let mut known = known();
    known.apply(Change::Ended {
        agreement: "three-rivers".parse().unwrap(),
        on: date(2026, 12, 31),
    });
    let to = |day| on_incident(&towns(&["barlow"]), Span::of(day), &known);
    assert_eq!(ids(&to(date(2026, 12, 31))), ["three-rivers"]);
    assert_eq!(ids(&to(date(2027, 1, 1))), [""; 0]);
}

#[test]
fn a_signed_agreement_is_given_what_was_known_of_its_towns() {
    let mut agreed = agreement("three-rivers", &["barlow", "milford"], date(2026, 10, 1));
    agreed.ends_on = Some(date(2027, 9, 30));
    let sweep = on_agreement_signed(&agreed);
    let expected = Sweep {
        towns: vec![town("barlow"), town("milford")],
        from: date(2026, 10, 1),
        until: Some(date(2027, 9, 30)),
    };
    assert_eq!(sweep, expected);
}
