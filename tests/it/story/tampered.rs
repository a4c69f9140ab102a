//! Whatever is done to a bundle that the platform issued, the verifier finds it and says what.

use proof::bundle::{CHECKPOINT, CONSISTENCY, Files, LOG, PREVIOUS_CHECKPOINT, STATEMENT_JSON};
use proof::note::VerifierKey;
use proof::{Checkpoint, Hash, Signer, tree};
use serde_json::Value;

use super::files::{PROVIDER, SEED};
use super::golden;
use super::role::binary;

fn signer() -> Signer {
    Signer::from_seed(&format!("commonwatch/{PROVIDER}"), &SEED).unwrap()
}

fn key() -> VerifierKey {
    signer().verifier_key()
}

/// What a town that kept nothing reads.
fn wrong(files: &Files) -> String {
    verifier::verify(files, &key(), None).unwrap_err()
}

fn text(files: &Files, name: &str) -> String {
    String::from_utf8(files[name].clone()).unwrap()
}

/// The bundle with other lines in its log.
fn relogged(change: impl FnOnce(&mut Vec<Value>)) -> Files {
    let mut files = golden::bundle();
    let mut lines: Vec<Value> = text(&files, LOG)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    change(&mut lines);
    let log: String = lines.iter().map(|line| format!("{line}\n")).collect();
    files.insert(LOG.to_owned(), log.into_bytes());
    files
}

/// The index of the n-th leaf of a kind.
fn nth(lines: &[Value], kind: &str, n: usize) -> usize {
    let found = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line["kind"] == kind);
    found.map(|(at, _)| at).nth(n).unwrap()
}

/// Makes the lines into what a provider that forges its own log would sign: seqs, versions and
/// leaf hashes fit, and so does the signature.
fn forged(change: impl FnOnce(&mut Vec<Value>)) -> Files {
    let mut files = relogged(|lines| {
        change(lines);
        for (at, line) in lines.iter_mut().enumerate() {
            line["seq"] = (at + 1).into();
            line["version"] = (at + 1).into();
        }
    });
    // The form is right now; the hashes follow from it.
    let bundle = proof::Bundle::read(&files).unwrap();
    let (log, origin) = (bundle.claims().log.clone(), bundle.claims().origin.clone());
    let mut leaves = Vec::new();
    let mut lines = String::new();
    for line in text(&files, LOG).lines() {
        let mut line: Value = serde_json::from_str(line).unwrap();
        let hash = leaf_hash(&line, &log);
        line["leaf_hash"] = hash.to_string().into();
        lines.push_str(&format!("{line}\n"));
        leaves.push(hash);
    }
    let size = u64::try_from(leaves.len()).unwrap();
    let checkpoint = Checkpoint::new(&origin, size, tree::root(&leaves));
    files.insert(LOG.to_owned(), lines.into_bytes());
    files.insert(
        CHECKPOINT.to_owned(),
        checkpoint.sign(&signer()).unwrap().into_bytes(),
    );
    files.remove(PREVIOUS_CHECKPOINT);
    files.remove(CONSISTENCY);
    files
}

fn leaf_hash(line: &Value, log: &str) -> Hash {
    let word = |key: &str| line[key].as_str().unwrap();
    let number = |key: &str| line[key].as_u64().unwrap();
    let fact = line["fact"].as_str().map(from_base64);
    proof::Leaf {
        log,
        seq: number("seq"),
        stream: word("stream"),
        version: number("version"),
        kind: word("kind"),
        revision: u16::try_from(number("revision")).unwrap(),
        valid_on: word("valid_on").parse().unwrap(),
        recorded_at: word("recorded_at").parse().unwrap(),
        fact: fact.as_deref(),
        private_hash: word("private_hash").parse().unwrap(),
    }
    .hash()
}

fn from_base64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap()
}

/// October's checkpoint, as the town kept it: the November bundle brings it along.
fn kept() -> String {
    text(&golden::bundle(), PREVIOUS_CHECKPOINT)
}

#[test]
fn the_bundle_as_issued_passes_and_continues_the_checkpoint_kept_from_october() {
    let verified = verifier::verify(&golden::bundle(), &key(), Some(&kept())).unwrap();
    let october = Checkpoint::open(&kept(), &key()).unwrap();
    assert_eq!(
        verified.history,
        proof::bundle::History::Kept { size: october.size }
    );
    assert_eq!(verified.statements, 8);
}

#[test]
fn a_dropped_fact_is_missed() {
    let files = relogged(|lines| drop(lines.remove(9)));
    assert_eq!(
        wrong(&files),
        "leaf 10: It is missing; line 10 of log.ndjson holds leaf 11."
    );
}

#[test]
fn an_added_fact_is_seen() {
    let files = relogged(|lines| {
        let mut added = lines[9].clone();
        added["seq"] = (lines.len() + 1).into();
        lines.push(added);
    });
    assert!(
        wrong(&files).contains("It was added; the checkpoint covers"),
        "{}",
        wrong(&files)
    );
}

#[test]
fn a_fact_that_stands_twice_is_seen() {
    let files = relogged(|lines| lines.insert(10, lines[9].clone()));
    let expected = "leaf 10: It stands twice; line 11 of log.ndjson holds it again.";
    assert_eq!(wrong(&files), expected);
}

#[test]
fn an_altered_fact_is_named() {
    let files = relogged(|lines| {
        let at = nth(lines, "expense_recorded", 2);
        lines[at]["fact"] = lines[nth(lines, "expense_recorded", 3)]["fact"].clone();
    });
    assert!(wrong(&files).contains("It was altered; its contents give the hash"));
}

#[test]
fn two_swapped_facts_are_named() {
    let files = relogged(|lines| lines.swap(4, 7));
    let expected = "leaf 5: It is out of order; line 5 of log.ndjson holds leaf 8 in its place.";
    assert_eq!(wrong(&files), expected);
}

#[test]
fn a_changed_line_of_the_statement_is_named_with_what_the_facts_give() {
    let mut files = golden::bundle();
    let mut statement: allocation::Statement =
        allocation::Statement::from_json(&text(&files, STATEMENT_JSON)).unwrap();
    let (line, before) = (statement.lines[0].key.clone(), statement.lines[0].cents);
    statement.lines[0].cents.0 -= 100;
    let after = statement.lines[0].cents;
    files.insert(STATEMENT_JSON.to_owned(), statement.to_json().into_bytes());
    let expected = format!("statement.json charges {after} for {line}, the facts give {before}");
    assert_eq!(wrong(&files), expected);
}

#[test]
fn a_signature_of_another_key_is_refused() {
    let mut files = golden::bundle();
    let checkpoint = Checkpoint::open(&text(&files, CHECKPOINT), &key()).unwrap();
    let other = Signer::from_seed(&format!("commonwatch/{PROVIDER}"), &[8; 32]).unwrap();
    files.insert(
        CHECKPOINT.to_owned(),
        checkpoint.sign(&other).unwrap().into_bytes(),
    );
    let wrong = wrong(&files);
    assert!(wrong.contains("but by the key"), "{wrong}");
    assert!(wrong.contains("the pinned key is"), "{wrong}");
}

#[test]
fn a_checkpoint_kept_from_another_history_is_a_rewritten_log() {
    let october = Checkpoint::open(&kept(), &key()).unwrap();
    let other = Checkpoint::new(&october.origin, october.size, Hash::of(b"another October"));
    let other = other.sign(&signer()).unwrap();
    let wrong = verifier::verify(&golden::bundle(), &key(), Some(&other)).unwrap_err();
    assert!(
        wrong.contains("The checkpoint you kept is of another history"),
        "{wrong}"
    );
    assert!(wrong.contains("the provider rewrote its log"), "{wrong}");
}

#[test]
fn a_provider_that_drops_a_fact_and_signs_anew_is_caught_by_its_own_statements() {
    let files = forged(|lines| drop(lines.remove(nth(lines, "expense_recorded", 0))));
    let wrong = wrong(&files);
    assert!(wrong.contains("the facts give"), "{wrong}");
}

#[test]
fn a_provider_that_rewrites_all_and_signs_anew_is_caught_by_the_checkpoint_that_was_kept() {
    // Nothing is settled by the order of two expenses: only history is another.
    let files = forged(|lines| {
        let (one, two) = (
            nth(lines, "expense_recorded", 0),
            nth(lines, "expense_recorded", 5),
        );
        lines[one]["private_hash"] = lines[two]["private_hash"].clone();
    });
    assert!(verifier::verify(&files, &key(), None).is_ok());
    let wrong = verifier::verify(&files, &key(), Some(&kept())).unwrap_err();
    assert!(wrong.contains("the provider rewrote its log"), "{wrong}");
}

/// The program that a town runs, with its exit code and its words.
fn cwverify(files: &Files) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let (bundle, pinned) = (
        folder.path().join("bundle"),
        folder.path().join("provider.vkey"),
    );
    std::fs::create_dir(&bundle).unwrap();
    for (name, bytes) in files {
        std::fs::write(bundle.join(name), bytes).unwrap();
    }
    std::fs::write(&pinned, format!("{}\n", key())).unwrap();
    let mut command = std::process::Command::new(binary("cwverify"));
    let output = command
        .arg("--key")
        .arg(&pinned)
        .arg(&bundle)
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

#[test]
fn the_program_says_pass_or_the_first_thing_that_is_wrong() {
    let (code, said) = cwverify(&golden::bundle());
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.starts_with("PASS  three-rivers 2026-11 for barlow: $"),
        "{said}"
    );
    assert!(said.contains("earlier history unchecked"), "{said}");
    let (code, said) = cwverify(&relogged(|lines| lines.swap(4, 7)));
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.starts_with("FAIL  leaf 5: It is out of order"),
        "{said}"
    );
}
