//! The language of profiles.

use crate::samples::*;
use crate::{Carried, Length, Need, Profile, Role, shipped};

const EVERY_KEY: &str = include_str!("../../golden/profile.toml");

#[test]
fn every_key_of_the_grammar_is_read_to_the_same_meaning() {
    insta::assert_debug_snapshot!("every_key", parsed(EVERY_KEY));
}

#[test]
fn every_shipped_profile_loads_and_says_where_it_is_from_and_what_its_sources_leave_open() {
    let loaded: Vec<_> = shipped().map(|(_, text)| parsed(text)).collect();
    assert_eq!(loaded.len(), 9);
    for profile in &loaded {
        assert!(!profile.sources.is_empty(), "{}", profile.programme);
        assert!(!profile.silent.is_empty(), "{}", profile.programme);
        assert!(!profile.authority.sworn, "{}", profile.programme);
        for requirement in &profile.requirements {
            assert!(
                !requirement.sources.is_empty(),
                "{}: {}",
                profile.title,
                requirement.id
            );
        }
    }
    let ids = loaded
        .iter()
        .map(|profile| (profile.programme.as_str(), profile.version));
    let ids: std::collections::BTreeSet<_> = ids.collect();
    assert_eq!(ids.len(), 9, "a version of a programme is one document");
}

#[test]
fn missouris_towns_decide_on_the_firearm_and_on_nothing_else() {
    let profile = profile("missouri-cso");
    let decided = profile
        .equipment
        .iter()
        .filter(|e| e.carried == Carried::TownDecides);
    let decided: Vec<_> = decided.map(|e| e.item.as_str()).collect();
    assert_eq!(decided, ["handgun"]);
    let ccw = profile.requirement(&name("ccw")).unwrap();
    let Need::Credential { renewal, .. } = &ccw.need else {
        panic!("a permit is a credential");
    };
    assert_eq!(renewal.late, Some(Length::Months(6)));
    assert_eq!(
        renewal.grace_to_work, None,
        "renewable late is not valid late"
    );
    let refresher = profile.requirement(&name("refresher")).unwrap();
    assert!(!refresher.mandatory);
}

/// The problems of the document with a piece replaced.
fn problems(piece: &str, by: &str) -> Vec<String> {
    assert!(EVERY_KEY.contains(piece), "{piece}");
    let text = EVERY_KEY.replacen(piece, by, 1);
    let problems = Profile::parse(&text).expect_err(by);
    problems.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn refused(piece: &str, by: &str, words: &[&str]) {
    let problems = problems(piece, by);
    for words in words {
        assert!(
            problems.iter().any(|problem| problem.contains(words)),
            "{words}: {problems:#?}"
        );
    }
}

#[test]
fn what_is_wrong_is_said_with_line_and_column_and_how_to_mend_it() {
    refused(
        "grammar = 1",
        "grammar = 2",
        &["line 2, column 11", "reads grammar 1"],
    );
    refused(
        "title = \"Every key\"",
        "titel = \"Every key\"",
        &[
            "line 5, column 1: titel: ",
            "this key is not known here",
            "`title` is missing",
        ],
    );
    refused(
        "hours = \"79:30\"",
        "hours = 79.5",
        &["line 37, column 9", "79.5 is a bare decimal"],
    );
    refused(
        "hours = \"79:30\"",
        "hours = \"79:75\"",
        &["with a colon, such as \"16:40\""],
    );
    refused(
        "valid_for = \"36 months\"",
        "valid_for = \"3 years\"",
        &["`12 months`"],
    );
    refused(
        "kind = \"age\"",
        "kind = \"height\"",
        &["write one of check, course"],
    );
    refused("years = 19", "years = 0", &["1 to 99 years"]);
    refused("sworn = false", "sworn = \"no\"", &["true or false"]);
    refused("on = 2025-12-31", "on = 2025-13-31", &["not TOML"]);
    refused("version = 3", "version = 0", &["counted from 1"]);
    refused(
        "arrest = \"no\"",
        "arrest = \"maybe\"",
        &["no, not_stated, with_approval, yes"],
    );
    refused("hand_off_to = \"EMS\"\n", "", &["`hand_off_to` is missing"]);
    refused(
        "role = \"phone\"",
        "role = \"phone\"\nhand_off_to = \"EMS\"",
        &["leave it out"],
    );
    refused("until = \"for_good\"", "", &["`until` is missing"]);
    refused(
        "until = 2027-12-31",
        "until = 2024-12-31",
        &["nobody would keep anything"],
    );
    refused(
        "excludes = [\"yes\", \"unknown\"]",
        "excludes = [\"perhaps\"]",
        &["none of the answers"],
    );
}

#[test]
fn two_of_one_name_and_names_of_nothing_are_refused_at_their_place() {
    refused(
        "id = \"baton\"",
        "id = \"age\"",
        &["`age` stands here twice"],
    );
    refused(
        "requires = [\"first-aid\"]",
        "requires = [\"last-aid\"]",
        &["call_type[1]: `requires` names `last-aid`"],
    );
    refused(
        "after = [\"background\"]",
        "after = [\"backgroud\"]",
        &["requirement[2]: `after` names `backgroud`"],
    );
    refused(
        "held = \"old-core\"",
        "held = \"older\"",
        &["`transition` names `older`"],
    );
    refused(
        "of = [\"age\", \"licence\", \"pistol\"]",
        "of = []",
        &["at least one requirement"],
    );
}

#[test]
fn a_requirement_that_refers_to_itself_is_refused_and_the_round_is_named() {
    refused(
        "of = [\"age\", \"licence\", \"pistol\"]",
        "of = [\"age\", \"tool\"]",
        &["requirement[15]: a requirement refers to itself: armed -> tool -> armed"],
    );
    refused(
        "after = [\"background\"]",
        "after = [\"core\"]",
        &["core -> core"],
    );
    refused("held = \"old-core\"", "held = \"core\"", &["core -> core"]);
}

#[test]
fn a_document_beyond_all_measure_is_refused_before_it_is_read() {
    let long = format!("{EVERY_KEY}# {}", "x".repeat(300_000));
    let problems = Profile::parse(&long).unwrap_err();
    assert!(problems[0].to_string().contains("too long"), "{problems:?}");
}

#[test]
fn a_role_knows_its_word() {
    let profile = parsed(EVERY_KEY);
    let words: Vec<_> = profile
        .call_types
        .iter()
        .map(|call| call.role.word())
        .collect();
    let all = [
        "primary",
        "cold_only",
        "support",
        "first_on_scene",
        "phone",
        "not_eligible",
    ];
    assert_eq!(words, all);
    assert_eq!(
        profile.call_types[3].role,
        Role::FirstOnScene {
            hand_off_to: "EMS".to_owned()
        }
    );
}
