//! What a town may take away, and what it may not add.

use crate::samples::*;
use crate::{Narrowing, narrow};

const EVERY_KEY: &str = include_str!("../../golden/profile.toml");
const EVERY_CLAUSE: &str = include_str!("../../golden/narrowing.toml");

#[test]
fn every_clause_of_the_grammar_is_read_to_the_same_meaning() {
    let narrowing = Narrowing::parse(EVERY_CLAUSE).unwrap();
    insta::assert_debug_snapshot!("every_clause", narrowing);
    let narrowed = narrow(&parsed(EVERY_KEY), &narrowing).unwrap();
    insta::assert_debug_snapshot!("narrowed", narrowed);
}

/// What is refused of clauses on the profile with every key.
fn refused(clauses: &str) -> Vec<String> {
    let text = format!(
        "grammar = 1\nprogramme = \"us-xx-every-key\"\nversion = 3\n\
         agreement = \"three-rivers\"\ntown = \"barlow\"\n{clauses}"
    );
    let narrowing = Narrowing::parse(&text).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let refused = narrow(&parsed(EVERY_KEY), &narrowing).expect_err(clauses);
    refused.iter().map(ToString::to_string).collect()
}

#[test]
fn every_clause_that_widens_is_refused_by_name() {
    let widening = [
        ("[powers]\ntow = \"yes\"", "powers.tow: "),
        ("[powers]\ndetain = \"with_approval\"", "powers.detain: "),
        (
            "[powers]\ntraffic_citation = \"yes\"",
            "powers.traffic_citation: ",
        ),
        ("[equipment.rifle]\ncarried = true", "equipment.rifle: "),
        (
            "[equipment.handgun]\ncarry = [\"ankle\"]",
            "equipment.handgun.carry: asks for ankle",
        ),
        ("[duty.raid]\nrequires = []", "duty.raid: "),
        ("[[call_type]]\ncode = \"HOMICIDE\"", "call_type.HOMICIDE: "),
        (
            "[[call_type]]\ncode = \"BURGLARY\"\nrole = \"primary\"",
            "call_type.BURGLARY.role: asks",
        ),
        (
            "[[call_type]]\ncode = \"ROBBERY\"\nrole = \"support\"",
            "call_type.ROBBERY.role: ",
        ),
        (
            "[[call_type]]\ncode = \"BURGLARY\"\nrole = \"phone\"",
            "call_type.BURGLARY.role: ",
        ),
        (
            "[[call_type]]\ncode = \"BURGLARY\"\nrole = \"support\"",
            "call_type.BURGLARY.role: ",
        ),
        (
            "[[call_type]]\ncode = \"PROPFND\"\npilot = 2027-01-31",
            "call_type.PROPFND.pilot: ",
        ),
        (
            "[[call_type]]\ncode = \"PROPFND\"\npilot = \"open\"",
            "call_type.PROPFND.pilot: ",
        ),
        (
            "[[call_type]]\ncode = \"PROPFND\"\napproval_by = \"clerk\"",
            "PROPFND.approval_by: ",
        ),
        (
            "mandatory = [\"nothing\"]",
            "mandatory: the profile has no requirement `nothing`",
        ),
        (
            "[duty.patrol]\nrequires = [\"nothing\"]",
            "duty.patrol.requires: `nothing`",
        ),
        (
            "[[requirement]]\nid = \"core\"\ntitle = \"Less\"\nkind = \"check\"\ncheck = \"less\"",
            "requirement.core: the profile has a requirement of this name",
        ),
        (
            "[[screening]]\nid = \"weapon\"\nask = \"?\"\nanswers = [\"no\"]\nexcludes = [\"no\"]",
            "screening.weapon: ",
        ),
    ];
    for (clauses, named) in widening {
        let refused = refused(&clauses.replace("requires = []", ""));
        assert!(
            refused.iter().any(|widening| widening.contains(named)),
            "{clauses}: {refused:?}"
        );
    }
}

#[test]
fn all_that_widens_is_named_at_once() {
    let clauses = "[powers]\ntow = \"yes\"\n[equipment.rifle]\ncarried = true";
    assert_eq!(refused(clauses).len(), 2);
}

#[test]
fn clauses_are_for_one_version_of_one_programme_and_for_one_town() {
    let clauses = missouri_clauses("barlow", "");
    let refused = narrow(&parsed(EVERY_KEY), &clauses).unwrap_err();
    let named: Vec<_> = refused
        .iter()
        .map(|widening| widening.clause.as_str())
        .collect();
    assert_eq!(named, ["programme", "version"]);
    let refused = narrow(&missouri("fenwick", ""), &clauses).unwrap_err();
    assert_eq!(refused[0].clause, "town");
}

#[test]
fn a_requirement_of_the_towns_own_that_refers_to_itself_is_refused() {
    let own = "[[requirement]]\nid = \"own\"\ntitle = \"Own\"\nkind = \"all_of\"\nof = [\"core\", \"own\"]";
    let text = format!(
        "grammar = 1\nprogramme = \"us-xx-every-key\"\nversion = 3\n\
         agreement = \"three-rivers\"\ntown = \"barlow\"\n{own}"
    );
    let narrowing = Narrowing::parse(&text).unwrap();
    let refused = narrow(&parsed(EVERY_KEY), &narrowing).unwrap_err();
    assert!(refused[0].to_string().contains("own -> own"), "{refused:?}");
}

#[test]
fn a_slip_in_the_clauses_is_refused_at_line_and_column() {
    let slip = EVERY_CLAUSE.replace("carried = false", "carred = false");
    let problems = Narrowing::parse(&slip).unwrap_err();
    let told = problems[0].to_string();
    assert!(told.contains("equipment.cones.carred"), "{told}");
    assert!(told.starts_with("line 17, column 1"), "{told}");
}

#[test]
fn clauses_of_one_version_are_tried_upon_the_next() {
    let clauses = Narrowing::parse(EVERY_CLAUSE).unwrap();
    let next = EVERY_KEY.replace("version = 3", "version = 4");
    let refused = narrow(&parsed(&next), &clauses).expect_err("another version");
    assert_eq!(refused[0].clause, "version");
    let narrowed = narrow(&parsed(&next), &clauses.upon(4)).unwrap();
    assert_eq!(narrowed.version, 4);
}
