//! Data windows, sums of unlike figures, phase-ins, effort split first, members for part of a
//! month.

use super::*;
use crate::samples::{figure, incident};
use crate::{Refusal, Share};

fn part(share: &Share) -> String {
    share.share.to_string()
}

fn calls(town: &str, days: &[&str], first: u64) -> Vec<crate::Incident> {
    let days = days.iter().zip(first..);
    days.map(|(day, seq)| incident(seq, town, day, None))
        .collect()
}

#[test]
fn calls_are_averaged_over_the_latest_eight_whole_quarters() {
    let text = include_str!("../../examples/terms/cases/snohomish-911.toml");
    let text = text.replace("0.54", "1").replace(
        "  { basis = \"property_value\", weight = \"0.23\" },\n  { basis = \"population\", weight = \
         \"0.23\" },\n",
        "",
    );
    let mut facts = Facts::default();
    // Before the window, within it at both ends, and after it.
    let everett = [
        "2024-03-31",
        "2024-04-01",
        "2026-03-31",
        "2026-04-01",
        "2026-05-05",
    ];
    facts.incidents.extend(calls("everett", &everett, 1));
    facts
        .incidents
        .extend(calls("lynnwood", &["2025-01-01"], 20));
    let settled = spent_on(&text, "dispatch", 90_000, "2026-05-15", facts);
    let shares = &settled.pools[0].shares;
    assert_eq!(part(&shares[0]), "2/3");
    let figure = &shares[0].figures[0];
    assert_eq!(figure.value, "0.25", "two calls in eight quarters");
    assert_eq!(
        figure.sources[0].code,
        "2 counted from 2024-04-01 to 2026-03-31"
    );
}

#[test]
fn revenue_below_zero_is_netted_before_the_formula() {
    let text = include_str!("../../examples/terms/cases/snohomish-911.toml");
    let mut facts = Facts::default();
    for (town, seq, value) in [("everett", 1, "3"), ("lynnwood", 2, "1")] {
        let row = |seq, basis| figure(seq, town, basis, "2025-01-01", value);
        facts
            .figures
            .extend([row(seq, "population"), row(seq + 5, "property_value")]);
        let n = value.parse::<usize>().unwrap();
        let days = ["2025-03-01", "2025-03-02", "2025-03-03"];
        facts.incidents.extend(calls(town, &days[..n], seq * 10));
    }
    facts.expenses = vec![expense(2, pool("dispatch"), -20_000, "2026-05-31")];
    let settled = spent_on(text, "dispatch", 100_000, "2026-05-15", facts);
    assert_eq!(settled.pools[0].amount_cents, Cents(80_000));
    assert_eq!(settled.pools[0].shares[0].cents, Cents(60_000));
}

#[test]
fn property_value_lags_two_years() {
    let text = include_str!("../../examples/terms/cases/whitewater-fire.toml");
    let mut facts = Facts::default();
    for (town, seq, old, new) in [("whitewater", 1, "300", "1"), ("lima", 2, "100", "999")] {
        let row = |seq, as_of, value| figure(seq, town, "property_value", as_of, value);
        facts.figures.push(row(seq, "2023-01-01", old));
        facts.figures.push(row(seq + 5, "2024-06-01", new));
        facts
            .incidents
            .extend(calls(town, &["2025-02-02"], seq * 10));
    }
    let settled = spent_on(text, "fire", 10_000, "2026-05-15", facts);
    // A quarter by 300 of 400, three quarters by one call of two.
    assert_eq!(part(&settled.pools[0].shares[0]), "9/16");
    let words = "0.25 × property_value, 2 years before + 0.75 × calls, the mean of 1 year";
    assert_eq!(settled.pools[0].basis, words);
}

#[test]
fn unlike_figures_are_added_up_as_they_are() {
    let text = include_str!("../../examples/terms/cases/sum-centennial-fire.toml");
    let mut facts = Facts::default();
    let rows = [
        ("centerville", 1, "4000", "500000000", 2),
        ("circle-pines", 2, "5000", "400000000", 3),
        ("lino-lakes", 3, "22000", "2600000000", 5),
    ];
    for (town, seq, residents, value, count) in rows {
        let row = |seq, basis, value| figure(seq, town, basis, "2024-01-01", value);
        facts.figures.push(row(seq, "population", residents));
        facts.figures.push(row(seq + 5, "property_value", value));
        let days = [
            "2025-01-01",
            "2025-02-01",
            "2025-03-01",
            "2025-04-01",
            "2025-12-31",
        ];
        facts
            .incidents
            .extend(calls(town, &days[..count], seq * 10));
    }
    let settled = spent_on(text, "fire", 3_820_000, "2026-01-15", facts);
    // 2 + 40 + 500, 3 + 50 + 400, 5 + 220 + 2600: of 3,820 in all.
    let shares: Vec<String> = settled.pools[0].shares.iter().map(part).collect();
    assert_eq!(shares, ["271/1910", "453/3820", "565/764"]);
    let figures = &settled.pools[0].shares[0].figures;
    assert_eq!(
        (figures[0].value.as_str(), figures[0].total.as_str()),
        ("542", "3820")
    );
    assert_eq!(figures.len(), 4, "the sum, and what it is made of");
    let asked = crate::explain(&settled.lines[0]);
    assert!(
        asked
            .iter()
            .any(|step| step.value == "population 4000 of 31000 as of 2024-01-01")
    );
}

#[test]
fn a_phase_in_moves_the_weights_year_by_year() {
    let text = include_str!("../../examples/terms/cases/ramsey-phase-in.toml");
    let mut facts = Facts::default();
    let rows = [
        ("arden-hills", 1, "1"),
        ("little-canada", 2, "1"),
        ("shoreview", 3, "2"),
    ];
    for (town, seq, deputies) in rows {
        facts
            .figures
            .push(figure(seq, town, "deputies", "2007-01-01", deputies));
    }
    let days = ["2008-05-05", "2009-05-05"];
    facts.incidents = calls("arden-hills", &days, 1);
    let share = |on: &str| {
        let settled = spent_on(text, "patrol", 10_000, on, facts.clone());
        part(&settled.pools[0].shares[0])
    };
    assert_eq!(share("2008-12-31"), "1/4");
    assert_eq!(share("2009-01-01"), "13/40", "0.9 × 1/4 + 0.1");
    assert_eq!(share("2010-07-01"), "2/5", "0.8 × 1/4 + 0.2");
    let early = Facts {
        expenses: vec![expense(1, pool("patrol"), 1, "2007-12-31")],
        ..facts.clone()
    };
    let refused = settle(&terms(text), month("2007-12"), &early).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("none of its weights for 2007-12 yet"),
        "{refused}"
    );
}

#[test]
fn effort_is_split_with_the_host_first() {
    let text = include_str!("../../examples/terms/cases/franklin-dog-officer.toml");
    let mut facts = Facts::default();
    for (town, seq, value) in [("deerfield", 1, "1"), ("greenfield", 2, "2")] {
        let row = |seq, basis| figure(seq, town, basis, "2018-01-01", value);
        facts
            .figures
            .extend([row(seq, "population"), row(seq + 5, "property_value")]);
    }
    let settled = spent_on(text, "officer", 40_000, "2018-11-29", facts);
    let charged = settled.totals.iter().map(|total| total.cents.0);
    assert_eq!(charged.collect::<Vec<_>>(), [10_000, 20_000, 10_000]);
}

#[test]
fn a_member_for_part_of_a_month_shares_for_that_part() {
    let text = include_str!("../../examples/terms/cases/joining.toml");
    let figures = ["barlow", "fenwick", "oakhurst"].iter().zip(1..);
    let figures = figures.map(|(town, seq)| figure(seq, town, "population", "2020-04-01", "1000"));
    let facts = Facts {
        figures: figures.collect(),
        ..Facts::default()
    };
    let shares = |on: &str| {
        let settled = spent_on(text, "programme", 100_000, on, facts.clone());
        let shares = settled.pools[0].shares.iter().map(part);
        shares.collect::<Vec<_>>()
    };
    assert_eq!(shares("2026-09-30"), ["1/2", "1/2", "0/1"]);
    // Sixteen days of October's 31.
    assert_eq!(shares("2026-10-31"), ["31/78", "31/78", "8/39"]);
    assert_eq!(shares("2027-02-01"), ["1/3", "1/3", "1/3"]);
    assert_eq!(
        shares("2027-03-31"),
        ["1/3", "1/3", "1/3"],
        "the month it leaves counts whole"
    );
    assert_eq!(shares("2027-04-01"), ["1/2", "0/1", "1/2"]);
    let october = spent_on(text, "programme", 1, "2026-10-20", facts.clone());
    let paid = october
        .lines
        .iter()
        .filter(|line| line.key.starts_with("transfer/"));
    let paid: Vec<i64> = paid.map(|line| line.cents.0).collect();
    assert_eq!(
        paid,
        [-180_000, -120_000, 300_000],
        "in, out and nothing in between"
    );
    let march = months("2027-03", 1);
    assert_eq!(
        charged_for(text, &march, "charge/exit/", &facts),
        dollars("2500")
    );
}

#[test]
fn work_in_a_town_before_it_joins_is_no_members() {
    let text = include_str!("../../examples/terms/cases/joining.toml");
    let labour = "[labour]\ncost = \"hourly\"\nhourly_rate = \"60\"\nsplit = \"worked\"\ntravel = \
                  \"provider\"\nelsewhere = \"provider\"\n";
    let text = text.replace(
        "[[pool]]\nname = \"programme\"",
        &format!("{labour}[[pool]]\nname = \"programme\""),
    );
    let slice = |duty, day| crate::samples::slice(duty, day, "town:oakhurst", 60, 0);
    let slices = vec![slice(1, "2026-10-15"), slice(2, "2026-10-16")];
    let facts = Facts {
        labour: vec![crate::samples::week(1, "2026-10-11", "0", slices)],
        ..Facts::default()
    };
    let october = months("2026-10", 1);
    let borne = |text: &str, party: &str| {
        charged_for(text, &october, &format!("labour/cso-114/{party}"), &facts)
    };
    assert_eq!(borne(&text, "oakhurst"), dollars("60"));
    assert_eq!(borne(&text, "provider"), dollars("60"));
    let named = text.replace(
        "split = \"worked\"",
        "split = \"worked\"\noutside = \"barlow\"",
    );
    assert_eq!(borne(&named, "barlow"), dollars("60"));
}

#[test]
fn a_figure_missing_in_a_window_is_refused_with_its_day() {
    let text = include_str!("../../examples/terms/cases/whitewater-fire.toml");
    let facts = Facts {
        figures: vec![figure(1, "whitewater", "property_value", "2024-06-01", "5")],
        expenses: vec![expense(1, pool("fire"), 1, "2026-05-15")],
        ..Facts::default()
    };
    let refused = settle(&terms(text), month("2026-05"), &facts).unwrap_err();
    let Refusal::MissingFigure { on, .. } = &refused else {
        panic!("{refused}");
    };
    assert_eq!(on.to_string(), "2024-05-31");
}
