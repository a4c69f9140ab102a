use std::sync::Arc;

use super::{Found, Grant, Grants, GrantsFile, Standing, TokenHash};
use crate::actor::{Role, Scope};

fn find(grants: &GrantsFile, token: &str) -> Option<Arc<Grant>> {
    match grants.find(&TokenHash::of(token)) {
        Found::Held(held) => {
            assert_eq!(
                (held.standing, held.confirmed_at),
                (Standing::InForce, None)
            );
            Some(held.grant)
        }
        Found::Nobody => None,
        Found::Unconfirmed => panic!("a file is there or not"),
    }
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

fn entry(token: &str, rest: &str) -> String {
    format!(
        "[[grant]]\ntoken_sha256 = \"{}\"\n{rest}\n",
        TokenHash::of(token)
    )
}

fn refused(text: &str) -> String {
    GrantsFile::open(file(text).path())
        .err()
        .expect("refused")
        .to_string()
}

#[test]
fn a_token_finds_its_grant_and_no_other() {
    let clerk = entry(
        "t-clerk",
        "actor='clerk-1'\nroles=['town']\ntowns=['barlow']",
    );
    let ops = entry("t-ops", "actor='ops-1'\nroles=['operations','finance']");
    let grants = GrantsFile::open(file(&(clerk + &ops)).path()).unwrap();
    let found = find(&grants, "t-clerk").unwrap();
    assert_eq!(found.actor.id.as_str(), "clerk-1");
    assert!(found.actor.covers_town("barlow") && !found.actor.covers_town("milford"));
    let ops = find(&grants, "t-ops").unwrap();
    assert_eq!(ops.actor.scope, Scope::Provider);
    assert!(ops.actor.has(Role::Finance) && !ops.actor.has(Role::Admin));
    assert!(find(&grants, "t-other").is_none());
}

#[test]
fn a_grant_is_written_as_it_is_read() {
    let text = entry(
        "t",
        "actor='cso'\nroles=['officer']\nofficer='cso-114'\nexpires_on='2027-06-30'",
    );
    let grant = find(&GrantsFile::open(file(&text).path()).unwrap(), "t").unwrap();
    let again = file(&grant.to_toml(&TokenHash::of("t")));
    let again = find(&GrantsFile::open(again.path()).unwrap(), "t").unwrap();
    assert_eq!(grant, again);
}

#[test]
fn a_file_that_cannot_be_used_keeps_the_old_grants() {
    let file = file(&entry("t", "actor='ops-1'\nroles=['operations']"));
    let grants = GrantsFile::open(file.path()).unwrap();
    std::fs::write(file.path(), "[[grant]]\nactor = 'ops-1'\n").unwrap();
    assert!(grants.reload().is_err());
    assert!(find(&grants, "t").is_some());
    std::fs::write(
        file.path(),
        entry("t2", "actor='ops-1'\nroles=['operations']"),
    )
    .unwrap();
    assert_eq!(grants.reload().unwrap(), 1);
    assert!(find(&grants, "t").is_none());
}

#[test]
fn unknown_keys_and_roles_are_refused() {
    assert!(refused(&entry("t", "actor='a'\nroles=['town']\ntown='x1'")).contains("unknown field"));
    let wrong = refused(&entry("t", "actor='a'\nroles=['boss']"));
    assert!(
        wrong.contains("\"boss\" is not a role: expected operations, finance"),
        "{wrong}"
    );
    assert!(refused(&entry("t", "actor='a'\nroles=['unspecified']")).contains("not a role"));
    assert!(refused("[grants]").contains("unknown field"));
}

#[test]
fn a_clerk_without_towns_and_an_officer_without_officer_are_refused() {
    let town = refused(&entry("t", "actor='a'\nroles=['town']"));
    assert!(town.ends_with("a: the role town needs towns"), "{town}");
    let officer = refused(&entry(
        "t",
        "actor='a'\nroles=['officer']\ntowns=['barlow']",
    ));
    assert!(
        officer.ends_with("a: the role officer needs officer"),
        "{officer}"
    );
    let both = entry(
        "t",
        "actor='a'\nroles=['town']\ntowns=['barlow']\nofficer='cso-1'",
    );
    assert!(refused(&both).contains("not both"));
    assert!(refused(&entry("t", "actor='a'\nroles=['town']\ntowns=[]")).contains("is empty"));
    assert!(refused(&entry("t", "actor='a'\nroles=[]")).contains("is empty"));
}

#[test]
fn two_actors_with_one_token_are_refused() {
    let text = entry("t", "actor='a'\nroles=['hr']") + &entry("t", "actor='b'\nroles=['hr']");
    assert!(refused(&text).contains("b and a share a token"));
}

#[test]
fn a_missing_file_is_named() {
    let missing = GrantsFile::open("/nowhere/grants.toml")
        .err()
        .unwrap()
        .to_string();
    assert!(
        missing.starts_with("grants file /nowhere/grants.toml: cannot be read"),
        "{missing}"
    );
}
