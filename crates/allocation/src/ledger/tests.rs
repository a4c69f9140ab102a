use vocabulary::{Cents, Minutes};

use super::{Entry, Ledger, OpenTime};
use crate::samples::*;
use crate::{Adjustment, Close, Facts, LabourWeek, Refusal, explain, explain_adjustment};

fn signed(starts_on: &str) -> Entry {
    Entry::AgreementSigned {
        agreement: "three-rivers".parse().unwrap(),
        starts_on: date(starts_on),
        ends_on: None,
    }
}

fn in_force(version: u32, from: &str, toml: &str) -> Entry {
    Entry::TermsInForce {
        source: at("registry", 100 + u64::from(version)),
        version,
        from: date(from),
        toml: toml.to_owned(),
    }
}

fn entries_of(facts: &Facts) -> Vec<Entry> {
    let labour = facts.labour.iter().cloned().map(Entry::Labour);
    let incidents = facts.incidents.iter().cloned().map(Entry::Incident);
    let expenses = facts.expenses.iter().cloned().map(Entry::Expense);
    let figures = facts.figures.iter().cloned().map(Entry::Figure);
    labour
        .chain(incidents)
        .chain(expenses)
        .chain(figures)
        .collect()
}

/// An agreement from October on, and what is known of that month.
fn known_in_october() -> Vec<Entry> {
    let mut entries = vec![
        signed("2026-10-01"),
        in_force(1, "2026-10-01", THREE_RIVERS),
    ];
    entries.extend(entries_of(&october()));
    entries
}

/// Closes a month and records it, as the service does in one command.
fn close(ledger: &mut Ledger, text: &str) -> Close {
    let close = ledger
        .close(month(text), &[])
        .unwrap_or_else(|refusal| panic!("{refusal}"));
    ledger.apply(&Entry::PeriodClosed {
        month: close.month,
        edition: close.edition,
        open: vec![],
    });
    for statement in &close.statements {
        ledger.apply(&Entry::StatementIssued(Box::new(statement.clone())));
    }
    close
}

fn refused(ledger: &Ledger, text: &str) -> Refusal {
    ledger.close(month(text), &[]).expect_err("it is refused")
}

fn adjustments<'a>(close: &'a Close, name: &str) -> Vec<&'a Adjustment> {
    let of = close.adjustments.get(&party(name));
    of.into_iter().flatten().collect()
}

fn revised(change: impl Fn(&mut LabourWeek)) -> Entry {
    let mut week = october().labour[0].clone();
    week.revision = 2;
    week.source = at("payroll", 40);
    change(&mut week);
    Entry::Labour(week)
}

#[test]
fn a_close_has_a_statement_for_every_party_that_adds_up() {
    let mut ledger = Ledger::fold(&known_in_october());
    let close = close(&mut ledger, "2026-10");
    let parties: Vec<String> = close
        .statements
        .iter()
        .map(|s| s.party.to_string())
        .collect();
    assert_eq!(parties, ["barlow", "fenwick", "oakhurst", "provider"]);
    for statement in &close.statements {
        let lines = Cents::sum(statement.lines.iter().map(|line| line.cents));
        assert_eq!(lines, Ok(statement.total_cents));
    }
    assert_eq!(ledger.next_month(), Some(month("2026-11")));
}

#[test]
fn months_close_once_in_order_from_the_agreements_first() {
    let nothing = Ledger::default();
    assert_eq!(refused(&nothing, "2026-10").reason(), "NOT_SIGNED");
    let mut ledger = Ledger::fold(&known_in_october());
    let before = refused(&ledger, "2026-09");
    assert_eq!(before.reason(), "BEFORE_AGREEMENT");
    assert!(before.to_string().contains("begins on 2026-10-01"));
    let skipped = refused(&ledger, "2026-11");
    assert_eq!(skipped.reason(), "NOT_NEXT_MONTH");
    assert_eq!(
        skipped.to_string(),
        "2026-11 cannot be closed yet: 2026-10 is next"
    );
    close(&mut ledger, "2026-10");
    assert_eq!(refused(&ledger, "2026-10").reason(), "ALREADY_CLOSED");
    close(&mut ledger, "2026-11");
    assert_eq!(refused(&ledger, "2026-10").reason(), "ALREADY_CLOSED");
}

#[test]
fn an_ended_agreement_gets_one_closing_statement() {
    let mut ledger = Ledger::fold(&known_in_october());
    ledger.apply(&Entry::AgreementEnded {
        on: date("2026-10-31"),
    });
    close(&mut ledger, "2026-10");
    close(&mut ledger, "2026-11");
    let after = refused(&ledger, "2026-12");
    assert_eq!(after.reason(), "AFTER_AGREEMENT");
    assert!(after.to_string().contains("ended on 2026-10-31"));
}

#[test]
fn a_month_without_terms_is_refused() {
    let ledger = Ledger::fold(&[
        signed("2026-10-01"),
        in_force(1, "2026-11-01", THREE_RIVERS),
    ]);
    let refusal = refused(&ledger, "2026-10");
    assert_eq!(refusal.reason(), "NO_TERMS_IN_FORCE");
    assert!(
        refusal
            .to_string()
            .ends_with("version 1 takes effect on 2026-11-01")
    );
    let none = Ledger::fold(&[signed("2026-10-01")]);
    assert!(
        refused(&none, "2026-10")
            .to_string()
            .ends_with("there are none yet")
    );
}

#[test]
fn terms_begin_with_a_month_or_with_the_agreement() {
    let mut entries = vec![
        signed("2026-10-15"),
        in_force(1, "2026-10-15", THREE_RIVERS),
    ];
    let mut ledger = Ledger::fold(&entries);
    close(&mut ledger, "2026-10");
    entries.push(in_force(2, "2026-10-20", THREE_RIVERS));
    let refusal = refused(&Ledger::fold(&entries), "2026-10");
    assert_eq!(refusal.reason(), "TERMS_MID_MONTH");
    assert!(
        refusal
            .to_string()
            .contains("version 2 of the terms takes effect on 2026-10-20")
    );
}

#[test]
fn terms_that_cannot_be_read_are_refused_with_their_problems() {
    let ledger = Ledger::fold(&[
        signed("2026-10-01"),
        in_force(1, "2026-10-01", "grammar = 7"),
    ]);
    let refusal = refused(&ledger, "2026-10");
    assert_eq!(refusal.reason(), "TERMS_UNREADABLE");
    assert!(refusal.to_string().contains("this program reads grammar 1"));
}

#[test]
fn a_month_closed_by_unknown_rules_is_not_corrected_by_guess() {
    let mut ledger = Ledger::fold(&known_in_october());
    ledger.apply(&Entry::PeriodClosed {
        month: month("2026-10"),
        edition: 9,
        open: vec![],
    });
    ledger.apply(&revised(|_| {}));
    let late = expense(9, direct("barlow"), 1, "2026-10-05");
    ledger.apply(&Entry::Expense(late));
    assert_eq!(refused(&ledger, "2026-11").reason(), "UNKNOWN_EDITION");
}

#[test]
fn each_version_of_the_terms_rules_its_own_months() {
    let mut entries = known_in_october();
    let later = THREE_RIVERS.replace("percent = \"10\"", "percent = \"0\"");
    entries.push(in_force(2, "2026-11-01", &later));
    entries.push(Entry::Expense(expense(
        9,
        pool("vehicle"),
        900,
        "2026-11-05",
    )));
    let mut november = october().labour[0].clone();
    november.week_start = date("2026-11-01");
    november.premium_on = date("2026-11-07");
    november.slices = vec![slice(20, "2026-11-03", "town:barlow", 60, 0)];
    entries.push(Entry::Labour(november));
    let mut ledger = Ledger::fold(&entries);
    let october = close(&mut ledger, "2026-10");
    assert_eq!(october.settlement.terms_version, 1);
    assert!(
        october
            .settlement
            .lines
            .iter()
            .any(|line| line.key.starts_with("fee/"))
    );
    let november = close(&mut ledger, "2026-11");
    assert_eq!(november.settlement.terms_version, 2);
    assert!(
        !november
            .settlement
            .lines
            .iter()
            .any(|line| line.key.starts_with("fee/"))
    );
    assert!(november.adjustments.is_empty());
}

#[test]
fn open_time_is_listed_and_not_billed() {
    let ledger = Ledger::fold(&known_in_october());
    let open = OpenTime {
        officer: officer(),
        date: date("2026-10-31"),
        minutes: Minutes(90),
        why: "unapproved".to_owned(),
    };
    let close = ledger
        .close(month("2026-10"), std::slice::from_ref(&open))
        .unwrap();
    assert!(close.statements.iter().all(|s| s.open == [open.clone()]));
    let without = ledger.close(month("2026-10"), &[]).unwrap();
    assert_eq!(close.settlement, without.settlement);
}

#[test]
fn a_late_correction_becomes_an_adjustment_with_its_cause() {
    let mut ledger = Ledger::fold(&known_in_october());
    close(&mut ledger, "2026-10");
    // An hour of barlow's was fenwick's.
    ledger.apply(&revised(|week| {
        week.slices[0] = slice(1, "2026-10-05", "town:barlow", 420, 0);
        week.slices
            .insert(1, slice(9, "2026-10-05", "town:fenwick", 60, 0));
    }));
    let close = close(&mut ledger, "2026-11");
    let of_barlow = adjustments(&close, "barlow");
    let labour = of_barlow
        .iter()
        .find(|a| a.key == "labour/cso-114/barlow")
        .unwrap();
    assert_eq!(labour.month, month("2026-10"));
    assert_eq!(labour.cents, Cents(-48 * 60));
    assert_eq!(labour.issued_cents, Cents(48 * 1090));
    assert_eq!(labour.now_cents, Cents(48 * 1030));
    let codes: Vec<_> = labour
        .causes
        .iter()
        .map(|cause| cause.code.as_str())
        .collect();
    assert_eq!(codes, ["duty cso-114.1", "duty cso-114.9"]);
    assert!(
        labour
            .causes
            .iter()
            .all(|c| c.source == Some(at("payroll", 40)))
    );
    let of_fenwick = adjustments(&close, "fenwick");
    assert!(
        of_fenwick.iter().any(|a| a.cents == Cents(48 * 60)),
        "kept though it nets to zero"
    );
    for statement in &close.statements {
        let corrections = Cents::sum(statement.adjustments.iter().map(|a| a.cents));
        assert_eq!(corrections, Ok(statement.adjustments_cents));
        assert_eq!(
            statement.total_cents, statement.adjustments_cents,
            "November had no charge"
        );
    }
}

#[test]
fn a_correction_is_charged_once() {
    let mut ledger = Ledger::fold(&known_in_october());
    close(&mut ledger, "2026-10");
    ledger.apply(&revised(|week| drop(week.slices.pop())));
    let november = close(&mut ledger, "2026-11");
    assert!(!november.adjustments.is_empty());
    let december = close(&mut ledger, "2026-12");
    assert!(december.adjustments.is_empty());
}

#[test]
fn a_line_that_is_gone_is_given_back() {
    let mut ledger = Ledger::fold(&known_in_october());
    close(&mut ledger, "2026-10");
    ledger.apply(&revised(|week| week.slices.clear()));
    let close = close(&mut ledger, "2026-11");
    let of_fenwick = adjustments(&close, "fenwick");
    let gone = of_fenwick
        .iter()
        .find(|a| a.key == "labour/cso-114/fenwick")
        .unwrap();
    assert_eq!((gone.cents, gone.now_cents), (Cents(-48 * 480), Cents(0)));
    assert!(gone.line.is_none());
}

#[test]
fn every_kind_of_late_fact_is_named_as_the_cause() {
    let cause_of = |entry: Entry, key: &str| {
        let mut ledger = Ledger::fold(&known_in_october());
        close(&mut ledger, "2026-10");
        ledger.apply(&entry);
        let close = close(&mut ledger, "2026-11");
        let found = close.adjustments.values().flatten().find(|a| a.key == key);
        let found = found.unwrap_or_else(|| panic!("{:#?}", close.adjustments));
        found
            .causes
            .iter()
            .map(|cause| cause.code.clone())
            .collect::<Vec<_>>()
    };
    let late = expense(9, direct("barlow"), 700, "2026-10-05");
    assert_eq!(
        cause_of(Entry::Expense(late), "direct/three-rivers.e9/barlow"),
        ["expense three-rivers.e9 fuel"]
    );
    let late = expense(9, pool("vehicle"), 700, "2026-10-05");
    let cause = ["expense three-rivers.e9 fuel"];
    assert_eq!(
        cause_of(Entry::Expense(late.clone()), "pool/vehicle/barlow"),
        cause
    );
    assert_eq!(
        cause_of(Entry::Expense(late), "fee/administration/barlow"),
        cause
    );
    let late = incident(30, "fenwick", "2026-10-09", None);
    assert_eq!(
        cause_of(Entry::Incident(late), "pool/readiness/fenwick"),
        ["incident cad/30"]
    );
    let gone = Entry::IncidentWithdrawn {
        source: at("incidents", 31),
        id: incident(21, "barlow", "2026-10-05", None).id,
        town: town("barlow"),
        date: date("2026-10-05"),
    };
    assert_eq!(cause_of(gone, "pool/readiness/barlow"), ["incident cad/21"]);
    let late = figure(9, "oakhurst", "population", "2026-10-01", "3000");
    assert_eq!(
        cause_of(Entry::Figure(late), "pool/readiness/oakhurst"),
        ["population of oakhurst: census-2020"]
    );
    let amended = THREE_RIVERS.replace("percent = \"10\"", "percent = \"12\"");
    assert_eq!(
        cause_of(
            in_force(2, "2026-10-01", &amended),
            "fee/administration/barlow"
        ),
        ["terms version 2"]
    );
    let mut premium = october().labour[1].clone();
    premium.revision = 2;
    premium.premium_cents = fraction("700");
    assert_eq!(
        cause_of(Entry::Labour(premium), "premium/cso-114/barlow"),
        ["week 2026-10-25 of cso-114"]
    );
}

#[test]
fn an_older_revision_that_comes_late_changes_nothing() {
    let mut ledger = Ledger::fold(&known_in_october());
    ledger.apply(&revised(|week| week.slices.clear()));
    let before = ledger.settle(month("2026-10"));
    ledger.apply(&Entry::Labour(october().labour[0].clone()));
    assert_eq!(ledger.settle(month("2026-10")), before);
    assert_eq!(
        ledger.settle(month("2026-09")).unwrap_err().reason(),
        "BEFORE_AGREEMENT"
    );
}

#[test]
fn statements_do_not_depend_on_how_sources_interleave() {
    let mut shuffled = known_in_october();
    shuffled.reverse();
    let one = Ledger::fold(&known_in_october())
        .close(month("2026-10"), &[])
        .unwrap();
    let other = Ledger::fold(&shuffled)
        .close(month("2026-10"), &[])
        .unwrap();
    for (one, other) in one.statements.iter().zip(&other.statements) {
        assert_eq!(one.to_json(), other.to_json());
    }
}

#[test]
fn the_statement_of_a_town_has_this_shape_for_ever() {
    let mut ledger = Ledger::fold(&known_in_october());
    close(&mut ledger, "2026-10");
    ledger.apply(&Entry::Expense(expense(
        9,
        direct("barlow"),
        700,
        "2026-10-05",
    )));
    let november = expense(10, pool("vehicle"), 1000, "2026-11-02");
    ledger.apply(&Entry::Expense(november));
    let mut week = october().labour[0].clone();
    week.week_start = date("2026-11-01");
    week.premium_on = date("2026-11-07");
    week.slices = vec![slice(20, "2026-11-03", "town:barlow", 61, 0)];
    ledger.apply(&Entry::Labour(week));
    let open = OpenTime {
        officer: officer(),
        date: date("2026-11-30"),
        minutes: Minutes(90),
        why: "unapproved".to_owned(),
    };
    let close = ledger.close(month("2026-11"), &[open]).unwrap();
    let statement = &close.statements[0];
    insta::assert_snapshot!("statement_json", statement.to_json());
    insta::assert_snapshot!("statement_csv", statement.to_csv());
    let steps: Vec<String> = explain(&statement.lines[1])
        .iter()
        .map(|step| format!("{}: {}", step.what, step.value))
        .collect();
    insta::assert_snapshot!("explanation", steps.join("\n"));
    let back = crate::Statement::from_json(&statement.to_json()).unwrap();
    assert_eq!(back, *statement);
}

#[test]
fn an_expense_is_checked_before_it_is_recorded() {
    let mut ledger = Ledger::fold(&known_in_october());
    let reason = |ledger: &Ledger, to, day| {
        let refusal = ledger.check_expense(&expense(9, to, 1, day)).unwrap_err();
        refusal.reason()
    };
    ledger
        .check_expense(&expense(9, pool("vehicle"), 1, "2026-10-05"))
        .unwrap();
    assert_eq!(reason(&ledger, pool("boats"), "2026-10-05"), "UNKNOWN_POOL");
    assert_eq!(
        reason(&ledger, direct("carver"), "2026-10-05"),
        "NOT_A_PARTY"
    );
    assert_eq!(
        reason(&ledger, pool("vehicle"), "2026-09-30"),
        "BEFORE_AGREEMENT"
    );
    ledger.apply(&Entry::AgreementEnded {
        on: date("2026-10-15"),
    });
    assert_eq!(
        reason(&ledger, pool("vehicle"), "2026-10-16"),
        "AFTER_AGREEMENT"
    );
}

#[test]
fn terms_of_another_agreement_are_refused() {
    let toml = THREE_RIVERS.replace("\"three-rivers\"", "\"two-rivers\"");
    let ledger = Ledger::fold(&[signed("2026-10-01"), in_force(1, "2026-10-01", &toml)]);
    let refusal = refused(&ledger, "2026-10");
    assert_eq!(
        refusal.to_string(),
        "version 1 of the terms: it is for the agreement two-rivers"
    );
}

#[test]
fn labour_before_any_terms_is_refused_not_lost() {
    let mut entries = known_in_october();
    let slices = vec![slice(30, "2026-09-29", "town:barlow", 60, 0)];
    entries.push(Entry::Labour(week(50, "2026-09-27", "0", slices)));
    let refusal = refused(&Ledger::fold(&entries), "2026-10");
    assert_eq!(refusal.reason(), "IMPOSSIBLE_FACT");
    assert!(refusal.to_string().contains("cso-114.30/1"), "{refusal}");
}

#[test]
fn a_correction_explains_itself() {
    let mut ledger = Ledger::fold(&known_in_october());
    close(&mut ledger, "2026-10");
    ledger.apply(&Entry::Expense(expense(
        9,
        direct("barlow"),
        700,
        "2026-10-05",
    )));
    let close = close(&mut ledger, "2026-11");
    let steps = explain_adjustment(adjustments(&close, "barlow")[0]);
    let what: Vec<_> = steps.iter().map(|step| step.what.as_str()).collect();
    assert_eq!(
        what[..5],
        ["charged", "causes", "now", "adjustment", "terms"]
    );
    assert_eq!(steps[0].value, "$0.00 for 2026-10 so far");
    assert_eq!(steps[1].facts[0].code, "expense three-rivers.e9 fuel");
}
