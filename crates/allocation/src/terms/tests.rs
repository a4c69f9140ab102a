mod agreed;
mod english;
mod schema;

use vocabulary::{Fraction, Month};

use super::History;
use crate::samples::{THREE_RIVERS, document, fraction, party, terms};
use crate::{Basis, Destination, LabourCost, Premium, Problem, Rounding, Terms};

fn problems(text: &str) -> Vec<Problem> {
    Terms::parse(text).expect_err("these terms are wrong")
}

/// The one thing wrong with three towns' terms that have these tables.
fn wrong(tables: &str) -> String {
    let problems = problems(&document(tables));
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems[0].to_string()
}

#[track_caller]
fn says(tables: &str, sentence: &str) {
    let said = wrong(tables);
    assert!(said.contains(sentence), "{said}");
}

#[test]
fn every_example_reads() {
    for text in [
        THREE_RIVERS,
        include_str!("../../examples/terms/hourly-rate.toml"),
        include_str!("../../examples/terms/worked-last.toml"),
        include_str!("../../examples/terms/calls.toml"),
        include_str!("../../examples/terms/incident-minutes.toml"),
        include_str!("../../examples/terms/population.toml"),
        include_str!("../../examples/terms/fixed.toml"),
        include_str!("../../examples/terms/equal.toml"),
        include_str!("../../examples/terms/weighted.toml"),
    ] {
        terms(text);
    }
}

#[test]
fn the_example_says_what_it_means() {
    let terms = terms(THREE_RIVERS);
    assert_eq!(terms.agreement.as_str(), "three-rivers");
    assert_eq!(terms.parties().len(), 4);
    let labour = terms.labour.as_ref().unwrap();
    assert_eq!(labour.cost, LabourCost::Actual);
    assert_eq!(labour.split, Destination::Worked);
    assert_eq!(labour.travel, Destination::Worked);
    assert_eq!(labour.premium, Some(Premium::ProRata));
    assert_eq!(labour.aid, Destination::Party(party("provider")));
    assert!(matches!(&labour.court, Destination::Pool(name) if name.as_str() == "readiness"));
    assert!(matches!(&terms.pools[0].basis, Basis::Weighted(parts) if parts.len() == 2));
    assert_eq!(terms.fees[0].percent, Fraction::from(10));
}

#[test]
fn shares_that_sum_to_less_than_one_are_refused_with_the_sum() {
    let said = wrong(
        "[[pool]]\nname = \"cost\"\nbasis = \"fixed\"\nshares = { barlow = \"0.5\", fenwick = \
         \"0.48\" }\n",
    );
    assert_eq!(
        said,
        "line 8, column 10: pool[1].shares = { barlow = \"0.5\", fenwick = \"0.48\" }: shares sum \
         to 0.98: they must sum to exactly 1, or name who takes the rest with residual = \
         \"<party>\""
    );
}

#[test]
fn requests_that_leave_a_residue_name_its_owner() {
    // PPU-BVRPD-2020: 50.77 % and 48 % were asked for, and 1.23 % had no payer.
    let shares = "shares = { barlow = \"0.5077\", fenwick = \"0.48\" }";
    let pool = format!("[[pool]]\nname = \"cost\"\nbasis = \"fixed\"\n{shares}\n");
    says(&pool, "shares sum to 0.9877");
    let text = document(&format!("{pool}residual = \"provider\"\n"));
    let Basis::Fixed { shares } = &terms(&text).pools[0].basis else {
        panic!("fixed");
    };
    assert_eq!(shares[&party("provider")], fraction("0.0123"));
}

#[test]
fn shares_above_one_are_refused_even_with_a_residual_party() {
    says(
        "[[pool]]\nname = \"cost\"\nbasis = \"fixed\"\nresidual = \"provider\"\nshares = { barlow \
         = \"0.6\", fenwick = \"0.5\" }\n",
        "shares sum to 1.1: more than one",
    );
}

#[test]
fn a_residual_party_has_no_share_of_its_own() {
    says(
        "[[pool]]\nname = \"cost\"\nbasis = \"fixed\"\nresidual = \"barlow\"\nshares = { barlow = \
         \"0.6\" }\n",
        "give it no share",
    );
}

#[test]
fn a_bare_decimal_is_refused_at_line_and_column() {
    let said = wrong("[[fee]]\nname = \"admin\"\npercent = 7.5\nbase = [\"direct\"]\n");
    assert_eq!(
        said,
        "line 7, column 11: fee[1].percent = 7.5: a bare decimal is not exact: write it as a \
         text, \"7.5\""
    );
}

#[test]
fn a_bare_whole_number_is_refused_where_an_exact_number_belongs() {
    says(
        "[[fee]]\nname = \"admin\"\npercent = 10\nbase = [\"direct\"]\n",
        "write the number as a text: \"10\"",
    );
}

#[test]
fn an_unknown_key_is_refused_with_the_known_ones() {
    let said = wrong("[[pool]]\nname = \"cost\"\nbasis = \"equal\"\namnog = [\"barlow\"]\n");
    assert_eq!(
        said,
        "line 8, column 1: pool[1].amnog: this key is not known here: known are name, among, \
         if_zero, basis"
    );
    says("pools = []\n", "this key is not known here");
}

#[test]
fn all_problems_are_named_at_once_in_order() {
    let text = "grammar = 1\nagreement = \"Three Rivers\"\ntowns = [\"barlow\", \"barlow\"]\n\
                [rounding]\norder = [\"barlow\"]\nresidual = \"provider\"\n\
                [[pool]]\nname = \"cost\"\nbasis = \"weather\"\n";
    let lines: Vec<usize> = problems(text).iter().map(|p| p.line).collect();
    assert_eq!(lines, [2, 3, 6, 9]);
}

#[test]
fn what_is_not_toml_is_shown_at_its_place() {
    let problems = problems("grammar = 1\ntowns = [\"barlow\"\nrounding = {}\n");
    assert!(problems[0].line >= 2, "{problems:?}");
    assert!(problems[0].fix.starts_with("not TOML"), "{problems:?}");
}

#[test]
fn a_missing_key_says_what_to_write() {
    let problems = problems("grammar = 1\n");
    let fixes: Vec<_> = problems.iter().map(|p| p.fix.as_str()).collect();
    assert!(fixes[0].starts_with("`agreement` is missing"), "{fixes:?}");
    assert!(fixes[1].starts_with("`towns` is missing"), "{fixes:?}");
    assert!(fixes[2].starts_with("`rounding` is missing"), "{fixes:?}");
}

#[test]
fn a_text_that_no_agreement_can_be_is_refused_unread() {
    let problems = problems(&"#\n".repeat(200_000));
    assert!(problems[0].fix.contains("too long"), "{problems:?}");
}

#[test]
fn another_grammar_is_refused() {
    let problems = problems("grammar = 2\n");
    assert_eq!(problems[0].fix, "this program reads grammar 1");
}

#[test]
fn a_tie_order_names_every_party_once() {
    let text = "grammar = 1\nagreement = \"ab\"\ntowns = [\"aa\", \"bb\"]\n[rounding]\norder = ";
    let missing = problems(&format!("{text}[\"aa\", \"provider\"]"));
    assert!(missing[0].fix.ends_with("bb missing"), "{missing:?}");
    let twice = problems(&format!("{text}[\"aa\", \"bb\", \"bb\", \"provider\"]"));
    assert!(twice[0].fix.contains("twice"), "{twice:?}");
    let neither = problems("grammar = 1\nagreement = \"ab\"\ntowns = [\"aa\"]\n[rounding]\n");
    assert!(neither[0].fix.starts_with("write `order"), "{neither:?}");
    let Rounding::LargestRemainder { order } = terms(THREE_RIVERS).rounding else {
        panic!("an order");
    };
    assert_eq!(order.len(), 4);
}

#[test]
fn fees_in_a_circle_are_refused_by_name() {
    let fee =
        |name, base| format!("[[fee]]\nname = \"{name}\"\npercent = \"1\"\nbase = [{base}]\n");
    let text = [
        fee("first", "\"fee:second\""),
        fee("second", "\"direct\", \"fee:first\""),
    ];
    let problems = problems(&document(&text.concat()));
    assert_eq!(problems.len(), 2);
    assert!(problems[0].fix.contains("in a circle"), "{problems:?}");
    assert_eq!(problems[0].field, "fee[1].base");
    let text = [fee("first", "\"fee:second\""), fee("second", "\"direct\"")];
    let names: Vec<String> = terms(&document(&text.concat()))
        .fees
        .iter()
        .map(|fee| fee.name.to_string())
        .collect();
    assert_eq!(
        names,
        ["second", "first"],
        "a fee comes after the fees in its base"
    );
}

#[test]
fn pools_are_refused_where_they_cannot_be_split() {
    let pool = |keys: &str| format!("[[pool]]\nname = \"cost\"\n{keys}\n");
    says(&pool("basis = \"weather\""), "there is no such basis");
    says(
        &pool("basis = \"weighted\"\nweights = [{ basis = \"calls\", weight = \"0.9\" }]"),
        "weights sum to 0.9",
    );
    says(
        &pool("basis = \"weighted\"\nweights = [{ basis = \"weighted\", weight = \"1\" }]"),
        "a mix cannot stand within a mix",
    );
    says(
        &pool("basis = \"hours\"\namong = [\"barlow\", \"provider\"]"),
        "the provider has no figures",
    );
    says(&pool("basis = \"equal\"\namong = []"), "at least one party");
    says(
        &pool("basis = \"equal\"\namong = [\"carver\"]"),
        "no party of the agreement",
    );
    says(
        &pool("basis = \"calls\"\nif_zero = \"carver\""),
        "no party of the agreement",
    );
    says(
        &pool("basis = \"calls\"\ncall_types = []"),
        "at least one call type",
    );
    says(
        &pool("basis = \"incident_minutes\"\nwithout_minutes = \"skip\""),
        "\"refuse\" or \"zero\"",
    );
    says(
        &pool("basis = \"population\"\nas_of = \"2026-02-30\""),
        "no such date",
    );
    says(
        &pool("basis = \"fixed\"\namong = [\"barlow\"]\nshares = { barlow = \"1\" }"),
        "drop `among`",
    );
    says(
        &pool("basis = \"fixed\"\nshares = { barlow = \"-1\", fenwick = \"2\" }"),
        "not below zero",
    );
    says(
        &pool("basis = \"fixed\"\nshares = { carver = \"1\" }"),
        "no party of the agreement",
    );
    let twice = pool("basis = \"equal\"").repeat(2);
    says(&twice, "another pool has this name");
}

#[test]
fn labour_is_refused_where_it_leaves_something_unsaid() {
    let labour = |keys: &str| format!("[labour]\n{keys}\n");
    let rest = "split = \"worked\"\ntravel = \"destination\"\nelsewhere = \"provider\"\n";
    says(
        &labour(&format!("cost = \"actual\"\n{rest}")),
        "`premium` is missing",
    );
    says(
        &labour(&format!("cost = \"hourly\"\n{rest}")),
        "`hourly_rate` is missing",
    );
    says(
        &labour(&format!("cost = \"hourly\"\nhourly_rate = \"0\"\n{rest}")),
        "above zero",
    );
    says(
        &labour(&format!(
            "cost = \"hourly\"\nhourly_rate = \"40\"\npremium = \"pro_rata\"\n{rest}"
        )),
        "includes the premium",
    );
    says(
        &labour(&format!(
            "cost = \"actual\"\nhourly_rate = \"40\"\npremium = \"pro_rata\"\n{rest}"
        )),
        "no effect at actual cost",
    );
    says(
        &labour(&format!(
            "cost = \"actual\"\npremium = \"pool:cost\"\n{rest}"
        )),
        "there is no such pool: the terms have no [[pool]]",
    );
    let all = "cost = \"actual\"\npremium = \"pro_rata\"\nsplit = \"worked\"\n";
    let unsaid = problems(&document(&labour(&format!(
        "{all}travel = \"destination\"\n"
    ))));
    assert_eq!(
        unsaid.len(),
        5,
        "each place elsewhere must be said: {unsaid:?}"
    );
    says(
        &labour(&format!(
            "{all}travel = \"worked\"\nelsewhere = \"provider\"\n"
        )),
        "write \"destination\"",
    );
}

#[test]
fn fees_are_refused_without_a_named_base() {
    let fee = |keys: &str| format!("[[fee]]\nname = \"admin\"\n{keys}\n");
    says(&fee("percent = \"10\"\nbase = []"), "reckoned on something");
    says(
        &fee("percent = \"10\"\nbase = [\"everything\"]"),
        "write \"labour\"",
    );
    says(
        &fee("percent = \"10\"\nbase = [\"direct\", \"direct\"]"),
        "twice",
    );
    says(
        &fee("percent = \"-1\"\nbase = [\"direct\"]"),
        "not below zero",
    );
    says(&fee("base = [\"direct\"]"), "`percent` is missing");
}

#[test]
fn a_month_has_the_latest_version_that_began_before_it() {
    let first = terms(THREE_RIVERS).numbered(1);
    let second = terms(THREE_RIVERS).numbered(2);
    let month = |text: &str| text.parse::<Month>().unwrap();
    let history = History::new(
        [(month("2026-10"), &first), (month("2027-01"), &second)],
        None,
    );
    let version = |text| history.in_force(month(text)).map(|terms| terms.version);
    assert_eq!(version("2026-09"), None);
    assert_eq!(version("2026-12"), Some(1));
    assert_eq!(version("2027-01"), Some(2));
}

#[test]
fn a_problem_names_its_field_only_where_there_is_one() {
    let problems = Terms::parse("grammar = \n").unwrap_err();
    let said = problems[0].to_string();
    assert!(said.starts_with("line 1, column "), "{said}");
    assert!(!said.contains(": :"), "{said}");
}
