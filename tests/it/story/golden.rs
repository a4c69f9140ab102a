//! Statements as they were once issued. They are published: no later build may issue others.
//!
//! `GOLDEN=write cargo nextest run -p stories undisturbed` writes them anew, for a change of
//! results that is meant (a new edition of the rules, a new field) and never otherwise.

use std::fs;
use std::path::{Path, PathBuf};

use proof::bundle::{CHECKPOINT, Files};
use proof::note::VerifierKey;
use wire::statements::v1::GetVerifierKeyRequest;

use super::copies;
use super::files::Who;
use super::month::{self, MONTHS, Told};
use super::platform::Platform;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("it/golden")
}

pub(crate) fn is_written() -> bool {
    std::env::var("GOLDEN").is_ok_and(|value| value == "write")
}

/// Fails unless the disturbed months left what undisturbed ones leave, the clerk of Barlow can
/// verify both of them, and an auditor finds every source as cited.
pub(crate) async fn assert_undisturbed(platform: &mut Platform, told: &Told) {
    assert_same_statements(told);
    verify(platform, told, "barlow").await;
    copies::assert_true_and_complete(platform).await;
}

/// Verifies a party's bundles, November's with the checkpoint that October's brought.
pub(crate) async fn verify(platform: &mut Platform, told: &Told, party: &str) {
    let key = platform
        .must(Who::Clerk, GetVerifierKeyRequest {})
        .await
        .key;
    let key: VerifierKey = key.trim().parse().unwrap();
    let mut kept = None;
    for month in MONTHS {
        let files = month::bundle(platform, month, party).await;
        let verified = verifier::verify(&files, &key, kept.as_deref());
        let verified = verified.unwrap_or_else(|wrong| panic!("{party}, {month}: {wrong}"));
        let (json, csv) = &told.statements[&(month.to_owned(), party.to_owned())];
        assert_eq!(&verified.statement.to_json(), json);
        assert_eq!(&verified.statement.to_csv(), csv);
        kept = Some(String::from_utf8(files[CHECKPOINT].clone()).unwrap());
    }
}

/// Fails unless both months' statements are, byte for byte, those of the golden files.
#[track_caller]
pub(crate) fn assert_same_statements(told: &Told) {
    let mut differing = Vec::new();
    for ((month, party), (json, csv)) in &told.statements {
        for (ending, text) in [("json", json), ("csv", csv)] {
            let path = folder().join(format!("statements/{month}/{party}.{ending}"));
            if fs::read_to_string(&path).ok().as_ref() != Some(text) {
                differing.push(difference(&path, text));
            }
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

pub(crate) fn write_statements(told: &Told) {
    for ((month, party), (json, csv)) in &told.statements {
        let folder = folder().join("statements").join(month);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{party}.json")), json).unwrap();
        fs::write(folder.join(format!("{party}.csv")), csv).unwrap();
    }
}

/// Barlow's bundle of November, as the platform once issued it.
pub(crate) fn bundle() -> Files {
    verifier::read_folder(&folder().join("bundle")).unwrap()
}

pub(crate) fn write_bundle(files: &Files) {
    let folder = folder().join("bundle");
    fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).unwrap();
    }
}

/// The first line that differs.
fn difference(path: &Path, text: &str) -> String {
    let kept = fs::read_to_string(path).unwrap_or_default();
    let (mut kept, mut now) = (kept.lines(), text.lines());
    let mut n = 0;
    loop {
        n += 1;
        let (was, is) = (kept.next(), now.next());
        if was != is || was.is_none() {
            let path = path.display();
            return format!("{path}:{n}\n  was {}\n  is  {}", shown(was), shown(is));
        }
    }
}

fn shown(line: Option<&str>) -> &str {
    line.unwrap_or("nothing").trim()
}
