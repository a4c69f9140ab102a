mod refusals;

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
fn incidents_after_the_agreements_last_day_do_not_count() {
    let mut ledger = Ledger::fold(&known_in_october());
    let late = incident(40, "barlow", "2026-11-02", Some(30));
    ledger.apply(&Entry::Incident(late));
    let calls = |ledger: &Ledger| ledger.settle(month("2026-11")).unwrap().usage[0].calls;
    assert_eq!(calls(&ledger), 1);
    ledger.apply(&Entry::AgreementEnded {
        on: date("2026-10-31"),
    });
    assert_eq!(calls(&ledger), 0);
}

#[test]
fn an_end_that_is_told_late_gives_back_what_was_charged_after_it() {
    let mut ledger = Ledger::fold(&known_in_october());
    ledger.apply(&Entry::Incident(incident(40, "barlow", "2026-11-02", None)));
    ledger.apply(&Entry::Expense(expense(
        7,
        pool("readiness"),
        900,
        "2026-11-10",
    )));
    close(&mut ledger, "2026-10");
    let november = close(&mut ledger, "2026-11");
    assert_eq!(november.statements[0].calls, 1);
    ledger.apply(&Entry::AgreementEnded {
        on: date("2026-10-31"),
    });
    let closing = close(&mut ledger, "2026-12");
    for (statement, before) in closing.statements.iter().zip(&november.statements) {
        assert_eq!(statement.total_cents.0, -before.charges_cents.0);
        for adjustment in &statement.adjustments {
            assert_eq!(adjustment.causes[0].code, "end of the agreement");
        }
    }
    assert_eq!(refused(&ledger, "2027-01").reason(), "AFTER_AGREEMENT");
}

#[test]
fn late_incidents_of_a_day_are_one_cause_with_their_number() {
    let mut ledger = Ledger::fold(&known_in_october());
    close(&mut ledger, "2026-10");
    for seq in 40..1_040 {
        let late = incident(seq, "barlow", "2026-10-09", Some(1));
        ledger.apply(&Entry::Incident(late));
    }
    let close = close(&mut ledger, "2026-11");
    let causes = adjustments(&close, "barlow")[0].causes.iter();
    let causes: Vec<_> = causes.map(|c| (c.code.as_str(), c.minutes)).collect();
    assert_eq!(causes, [("1000 incidents", Some(Minutes(1_000)))]);
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
