use std::collections::{BTreeMap, BTreeSet};

use eligibility::{Profile, shipped};
use eventlog::Refuse;
use eventlog::testing::given;
use jiff::civil::{Date, date};

use super::{Agree, Command, Event, IssueProfile, Joined, Other, Programme, Refusal};

const PROGRAMME: &str = "us-mo-matthew-group-cso";
const OCTOBER: Date = date(2026, 10, 1);
const JANUARY: Date = date(2027, 1, 1);
const MARCH: Date = date(2027, 3, 1);

/// The shipped profile of Missouri, as a version.
fn missouri(version: u32) -> String {
    let (_, toml) = shipped()
        .find(|(name, _)| name.as_str() == "missouri-cso")
        .unwrap();
    toml.replace("\nversion = 1\n", &format!("\nversion = {version}\n"))
}

/// The same without a handgun.
fn unarmed(version: u32) -> String {
    let armed = missouri(version);
    let start = armed.find("[[equipment]]\nitem = \"handgun\"").unwrap();
    let end = start + armed[start..].find("[[duty]]").unwrap();
    format!("{}{}", &armed[..start], &armed[end..])
}

fn clauses(version: u32, more: &str) -> String {
    format!(
        "grammar = 1\nprogramme = \"{PROGRAMME}\"\nversion = {version}\n\
         agreement = \"three-rivers\"\ntown = \"barlow\"\n{more}"
    )
}

fn armed(version: u32) -> String {
    clauses(version, "[equipment.handgun]\ncarry = [\"open\"]\n")
}

fn issue_of(effective_from: Date, toml: &str) -> IssueProfile {
    IssueProfile {
        effective_from,
        toml: toml.to_owned(),
        profile: Profile::parse(toml).unwrap(),
        others: BTreeSet::new(),
        last_days: BTreeMap::new(),
    }
}

fn issue(effective_from: Date, toml: &str) -> Command {
    Command::IssueProfile(Box::new(issue_of(effective_from, toml)))
}

fn issued(version: u32, effective_from: Date, toml: &str) -> Event {
    Event::ProfileIssued {
        programme: PROGRAMME.parse().unwrap(),
        version,
        effective_from,
        toml: toml.to_owned(),
    }
}

fn first() -> Event {
    issued(1, OCTOBER, &missouri(1))
}

fn agree_of(from: Date, narrowing: &str) -> Agree {
    Agree {
        programme: PROGRAMME.parse().unwrap(),
        agreement: "three-rivers".parse().unwrap(),
        town: "barlow".parse().unwrap(),
        from,
        narrowing: narrowing.to_owned(),
        joined: Some(Joined {
            towns: ["barlow", "milford"].map(|t| t.parse().unwrap()).to_vec(),
            in_force: true,
            starts_on: OCTOBER,
            ends_on: None,
        }),
        others: BTreeSet::new(),
    }
}

fn agree(from: Date, narrowing: &str) -> Command {
    Command::Agree(agree_of(from, narrowing))
}

fn agreed(from: Date, narrowing: &str) -> Event {
    Event::Agreed {
        agreement: "three-rivers".parse().unwrap(),
        town: "barlow".parse().unwrap(),
        from,
        narrowing: narrowing.to_owned(),
    }
}

fn elsewhere(from: Date) -> BTreeSet<Other> {
    BTreeSet::from([Other {
        agreement: "three-rivers".parse().unwrap(),
        town: "barlow".parse().unwrap(),
        from,
    }])
}

#[test]
fn the_first_version_makes_the_programme() {
    given::<Programme>([])
        .when(issue(OCTOBER, &missouri(1)))
        .then([first()]);
}

#[test]
fn every_shipped_profile_is_issued_version_after_version() {
    let mut past: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    let mut issued = 0;
    for (name, toml) in shipped() {
        let profile = Profile::parse(toml).unwrap();
        let events = past.entry(profile.programme.to_string()).or_default();
        let day = date(2026, 1, i8::try_from(profile.version).unwrap());
        let decided = given::<Programme>(events.clone()).when(issue(day, toml));
        let event = Event::ProfileIssued {
            programme: profile.programme.clone(),
            version: profile.version,
            effective_from: day,
            toml: toml.to_owned(),
        };
        decided.then([event.clone()]);
        events.push(event);
        issued += 1;
        assert!(!name.as_str().is_empty());
    }
    assert_eq!((issued, past.len()), (9, 8), "San José has two versions");
}

#[test]
fn versions_have_no_holes_never_change_and_begin_later() {
    given::<Programme>([])
        .when(issue(OCTOBER, &missouri(2)))
        .then_refused("PROFILE_VERSION_SKIPPED");
    given::<Programme>([first()])
        .when(issue(JANUARY, &missouri(3)))
        .then_refused("PROFILE_VERSION_SKIPPED");
    given::<Programme>([first()])
        .when(issue(OCTOBER, &unarmed(1)))
        .then_refused("PROFILE_VERSION_ISSUED");
    given::<Programme>([first()])
        .when(issue(JANUARY, &missouri(1)))
        .then_refused("PROFILE_VERSION_ISSUED");
    let refused = given::<Programme>([first()])
        .when(issue(OCTOBER, &missouri(2)))
        .then_refused("PROFILE_NOT_LATER");
    assert_eq!(
        refused.to_string(),
        "Version 1 holds from 2026-10-01: the next can not hold from 2026-10-01 already. Give a \
         later day."
    );
}

#[test]
fn the_very_same_version_again_is_no_news() {
    given::<Programme>([first(), issued(2, JANUARY, &missouri(2))])
        .when(issue(OCTOBER, &missouri(1)))
        .then_nothing();
}

#[test]
fn a_town_agrees_to_the_programme_as_it_is_or_to_less() {
    for narrowing in [String::new(), armed(1)] {
        given::<Programme>([first()])
            .when(agree(OCTOBER, &narrowing))
            .then([agreed(OCTOBER, &narrowing)]);
        given::<Programme>([first(), agreed(OCTOBER, &narrowing)])
            .when(agree(OCTOBER, &narrowing))
            .then_nothing();
    }
}

#[test]
fn every_clause_that_widens_is_refused_by_its_name() {
    let wide = clauses(
        1,
        "[equipment.rifle]\ncarried = true\n[powers]\narrest = \"yes\"\n",
    );
    let refusal = given::<Programme>([first()])
        .when(agree(OCTOBER, &wide))
        .then_refused("NARROWING_WIDENS");
    let named: Vec<String> = refusal
        .violations()
        .into_iter()
        .map(|violation| violation.description)
        .collect();
    assert_eq!(named.len(), 2, "{named:?}");
    assert!(named.iter().any(|text| text.starts_with("powers.arrest: ")));
    assert!(
        named
            .iter()
            .any(|text| text.starts_with("equipment.rifle: "))
    );
}

#[test]
fn what_can_not_be_read_is_refused_at_its_line() {
    let refusal = given::<Programme>([first()])
        .when(agree(OCTOBER, &clauses(1, "surprise = 1\n")))
        .then_refused("NARROWING_INVALID");
    assert!(
        refusal.to_string().contains("line 6, column 1"),
        "{refusal}"
    );
}

#[test]
fn clauses_say_where_they_belong_and_for_which_version_they_were_written() {
    let other = [
        (armed(1).replace("barlow", "milford"), "town"),
        (armed(1).replace("three-rivers", "oak-ridge"), "agreement"),
        (armed(1).replace(PROGRAMME, "us-xx-other"), "programme"),
        (armed(2), "version"),
    ];
    for (narrowing, key) in other {
        let refusal = given::<Programme>([first()])
            .when(agree(OCTOBER, &narrowing))
            .then_refused("NARROWING_OF_ANOTHER");
        let at = format!("The narrowing's {key} is ");
        assert!(refusal.to_string().starts_with(&at), "{refusal}");
    }
}

#[test]
fn clauses_must_fit_every_version_that_is_in_force_from_their_day_on() {
    let past = [first(), issued(2, JANUARY, &unarmed(2))];
    let refusal = given::<Programme>(past.clone())
        .when(agree(OCTOBER, &armed(1)))
        .then_refused("NARROWING_WIDENS");
    let Refusal::Widens { version, widenings } = refusal else {
        panic!("{refusal}");
    };
    assert_eq!(
        (version, widenings[0].clause.as_str()),
        (2, "equipment.handgun")
    );
    // What the town agreed to instead from that version on ends the matter.
    let then = agreed(JANUARY, "");
    given::<Programme>(past.into_iter().chain([then]))
        .when(agree(OCTOBER, &armed(1)))
        .then([agreed(OCTOBER, &armed(1))]);
}

#[test]
fn a_version_that_an_agreed_narrowing_would_widen_is_refused_and_names_the_town() {
    let past = [first(), agreed(OCTOBER, &armed(1))];
    let refusal = given::<Programme>(past.clone())
        .when(issue(JANUARY, &unarmed(2)))
        .then_refused("NARROWINGS_MISFIT");
    let said = refusal.to_string();
    assert!(
        said.contains("barlow in three-rivers: equipment.handgun: "),
        "{said}"
    );
    given::<Programme>(past)
        .when(issue(JANUARY, &missouri(2)))
        .then([issued(2, JANUARY, &missouri(2))]);
}

#[test]
fn a_narrowing_that_is_over_by_then_keeps_no_version_back() {
    let armed_town = [first(), agreed(OCTOBER, &armed(1))];
    let version = issued(2, JANUARY, &unarmed(2));
    // The town agreed to other clauses from that very day on.
    let replaced = armed_town.iter().cloned().chain([agreed(JANUARY, "")]);
    given::<Programme>(replaced)
        .when(issue(JANUARY, &unarmed(2)))
        .then([version.clone()]);
    // It works by another programme from then on, or has replaced this one from the start.
    for from in [JANUARY, OCTOBER] {
        let moved = IssueProfile {
            others: elsewhere(from),
            ..issue_of(JANUARY, &unarmed(2))
        };
        given::<Programme>(armed_town.clone())
            .when(Command::IssueProfile(Box::new(moved)))
            .then([version.clone()]);
    }
    // Its agreement is over.
    let ended = IssueProfile {
        last_days: BTreeMap::from([("three-rivers".parse().unwrap(), date(2026, 12, 31))]),
        ..issue_of(JANUARY, &unarmed(2))
    };
    given::<Programme>(armed_town.clone())
        .when(Command::IssueProfile(Box::new(ended)))
        .then([version]);
    // A day later each of them counts.
    let moved = IssueProfile {
        others: elsewhere(MARCH),
        last_days: BTreeMap::from([("three-rivers".parse().unwrap(), JANUARY)]),
        ..issue_of(JANUARY, &unarmed(2))
    };
    given::<Programme>(armed_town)
        .when(Command::IssueProfile(Box::new(moved)))
        .then_refused("NARROWINGS_MISFIT");
}

#[test]
fn a_town_that_comes_back_from_another_programme_agrees_anew() {
    let back = Agree {
        others: BTreeSet::from([OCTOBER]),
        ..agree_of(OCTOBER, "")
    };
    given::<Programme>([first(), agreed(OCTOBER, "")])
        .when(Command::Agree(back))
        .then([agreed(OCTOBER, "")]);
}

#[test]
fn only_a_town_of_an_agreement_in_force_agrees_and_within_its_days() {
    let joined = |change: fn(&mut Joined)| {
        let mut agree = agree_of(OCTOBER, "");
        change(agree.joined.as_mut().unwrap());
        Command::Agree(agree)
    };
    let refused = [
        (
            Command::Agree(Agree {
                joined: None,
                ..agree_of(OCTOBER, "")
            }),
            "AGREEMENT_UNKNOWN",
        ),
        (joined(|j| j.in_force = false), "AGREEMENT_NOT_IN_FORCE"),
        (joined(|j| j.towns.truncate(0)), "NOT_A_PARTY"),
        (joined(|j| j.starts_on = JANUARY), "OUTSIDE_AGREEMENT"),
        (
            joined(|j| j.ends_on = Some(date(2026, 9, 30))),
            "OUTSIDE_AGREEMENT",
        ),
    ];
    for (command, reason) in refused {
        given::<Programme>([first()])
            .when(command)
            .then_refused(reason);
    }
    given::<Programme>([])
        .when(agree(OCTOBER, ""))
        .then_refused("PROGRAMME_UNKNOWN");
    let refusal = given::<Programme>([issued(1, JANUARY, &missouri(1))])
        .when(agree(OCTOBER, ""))
        .then_refused("PROGRAMME_NOT_IN_FORCE");
    assert_eq!(
        refusal.to_string(),
        format!(
            "No version of {PROGRAMME} is in force on 2026-10-01: its first begins on 2027-01-01."
        )
    );
}

#[test]
fn neighbours_get_the_documents_byte_for_byte() {
    let facts = given::<Programme>([])
        .when(issue(OCTOBER, &missouri(1)))
        .facts();
    assert_eq!(facts[0].kind, "ProfileIssued");
    let facts = given::<Programme>([first()])
        .when(agree(OCTOBER, &armed(1)))
        .facts();
    assert_eq!(facts[0].kind, "ProgrammeAgreed");
}
