//! The verifier in another language, written from `docs/bundle.md`, comes to the same verdicts.

use std::path::{Path, PathBuf};
use std::process::Command;

use proof::bundle::{Bundle, CONSISTENCY, Files, LOG, MANIFEST, PREVIOUS_CHECKPOINT};
use proof::{Checkpoint, Signer};

use crate::sample::{
    PREVIOUS_SIZE, SIZE, altered, checkpoint, contents, entries, files, forged, key, seal, signer,
};

/// What the other verifier says of a folder: its exit code and its one line.
struct Verdict {
    passed: bool,
    line: String,
}

/// Says so and skips where there is no Python; whoever reads the output sees it.
fn python_is_missing() -> bool {
    let missing = Command::new("python3").arg("--version").output().is_err();
    if missing {
        println!("SKIPPED: python3 is not installed, the second verifier did not run");
    }
    missing
}

fn second_verifier(files: &Files, kept: Option<&str>) -> Verdict {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/second_verifier.py");
    let mut command = Command::new("python3");
    command
        .arg("-B")
        .arg(script)
        .arg(folder.path())
        .arg(key().to_string());
    if let Some(kept) = kept {
        let file: PathBuf = folder.path().join("kept");
        std::fs::write(&file, kept).unwrap();
        command.arg(file);
    }
    let output = command.output().unwrap();
    let line = String::from_utf8(output.stdout)
        .unwrap()
        .trim_end()
        .to_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{line}{errors}"
    );
    Verdict {
        passed: output.status.success(),
        line,
    }
}

/// Both verifiers refuse these files; the Rust one in reading or in checking.
fn both_refuse(what: &str, files: &Files) {
    let ours = match Bundle::read(files) {
        Err(error) => error.to_string(),
        Ok(bundle) => match bundle.check(&key(), None) {
            Err(failure) => failure.to_string(),
            Ok(_) => panic!("{what}: we let it pass"),
        },
    };
    let theirs = second_verifier(files, None);
    assert!(!theirs.passed, "{what}: {}", theirs.line);
    assert!(theirs.line.starts_with("FAIL: "), "{what}: {}", theirs.line);
    println!("{what}\n    ours:   {ours}\n    theirs: {}", theirs.line);
}

#[test]
fn the_second_verifier_passes_an_honest_bundle() {
    if python_is_missing() {
        return;
    }
    let alone = second_verifier(&files(), None);
    assert!(alone.passed, "{}", alone.line);
    assert!(
        alone.line.ends_with("earlier history unchecked"),
        "{}",
        alone.line
    );
    let kept = checkpoint(&entries(), PREVIOUS_SIZE)
        .sign(&signer())
        .unwrap();
    let compared = second_verifier(&files(), Some(&kept));
    assert!(compared.passed, "{}", compared.line);
    assert!(
        compared
            .line
            .ends_with("the first 30 are those of the kept checkpoint")
    );
    let first = altered(|contents| contents.previous = None).write();
    assert!(second_verifier(&first, None).passed);
    let empty = altered(|contents| {
        contents.entries.clear();
        contents.previous = None;
        contents.checkpoint = checkpoint(&[], 0).sign(&signer()).unwrap();
    });
    assert!(second_verifier(&empty.write(), None).passed);
}

#[test]
fn both_verifiers_refuse_every_mutation_of_the_log() {
    if python_is_missing() {
        return;
    }
    let bundles = [
        (
            "dropped",
            altered(|contents| drop(contents.entries.remove(16))),
        ),
        (
            "last dropped",
            altered(|contents| drop(contents.entries.pop())),
        ),
        (
            "added",
            altered(|contents| contents.entries.insert(3, contents.entries[9].clone())),
        ),
        (
            "altered",
            altered(|contents| contents.entries[16].fact = None),
        ),
        ("swapped", altered(|contents| contents.entries.swap(16, 19))),
        (
            "dropped with care",
            forged(|entries| drop(entries.remove(16))),
        ),
        (
            "added with care",
            forged(|entries| entries.insert(16, entries[17].clone())),
        ),
        (
            "altered with care",
            forged(|entries| entries[16].fact = Some(b"fact 71".to_vec())),
        ),
        ("swapped with care", forged(|entries| entries.swap(16, 19))),
        ("back in time", {
            altered(|contents| {
                contents.entries[16].recorded_at = jiff::Timestamp::UNIX_EPOCH;
                seal(&mut contents.entries);
            })
        }),
        ("version skipped", {
            altered(|contents| {
                contents.entries[16].version = 7;
                seal(&mut contents.entries);
            })
        }),
    ];
    for (what, bundle) in bundles {
        both_refuse(what, &bundle.write());
    }
}

#[test]
fn both_verifiers_refuse_every_mutation_of_notes_and_proof() {
    if python_is_missing() {
        return;
    }
    let stranger = Signer::from_seed("commonwatch/river-bend", &[43; 32]).unwrap();
    let renamed = Signer::from_seed("commonwatch/elsewhere", &[42; 32]).unwrap();
    let signed_by = |signer: &Signer| {
        let note = checkpoint(&entries(), SIZE).sign(signer).unwrap();
        Bundle::new(proof::bundle::Contents {
            checkpoint: note,
            ..contents()
        })
    };
    let bundles = [
        ("another key", signed_by(&stranger)),
        ("another name", signed_by(&renamed)),
        ("altered checkpoint", {
            altered(|contents| contents.checkpoint = contents.checkpoint.replace("41", "40"))
        }),
        ("another key in the manifest", {
            altered(|contents| contents.manifest.public_key = stranger.verifier_key().to_string())
        }),
        (
            "another agreement",
            altered(|contents| contents.manifest.agreement = "x".into()),
        ),
        ("another history", {
            altered(|contents| {
                contents.entries[10].fact = Some(b"rewritten".to_vec());
                seal(&mut contents.entries);
                contents.checkpoint = checkpoint(&contents.entries, SIZE).sign(&signer()).unwrap();
            })
        }),
        ("proof too short", {
            altered(|contents| {
                contents.previous.as_mut().unwrap().hashes.pop();
            })
        }),
        ("proof of other sizes", {
            altered(|contents| contents.previous.as_mut().unwrap().from = 29)
        }),
    ];
    for (what, bundle) in bundles {
        both_refuse(what, &bundle.write());
    }
}

#[test]
fn both_verifiers_refuse_files_out_of_form() {
    if python_is_missing() {
        return;
    }
    for file in files().into_keys() {
        let mut files = files();
        files.remove(&file);
        both_refuse(&format!("no {file}"), &files);
    }
    for (file, from, to) in [
        (LOG, "\"seq\":17", "\"seq\":17.0"),
        (LOG, "\"seq\":17", "\"seq\":17,\"seq\":17"),
        (LOG, "\"fact\":null", "\"fact\":0"),
        (LOG, "\"fact\":null,", ""),
        (LOG, "ZmFjdCAxNw==", "ZmFjdCAxNx=="),
        (LOG, "\"2026-", "\"0000-"),
        (LOG, "Z\"", "+00:00\""),
        (MANIFEST, "bundle/v1", "bundle/v2"),
        (CONSISTENCY, "\"from\"", "\"begin\""),
        (PREVIOUS_CHECKPOINT, "— ", "- "),
    ] {
        let mut files = files();
        let text = String::from_utf8(files[file].clone()).unwrap();
        assert!(text.contains(from), "{file} {from}");
        files.insert(file.into(), text.replacen(from, to, 1).into_bytes());
        both_refuse(&format!("{file}: {to}"), &files);
    }
}

#[test]
fn both_verifiers_refuse_a_kept_checkpoint_of_another_history() {
    if python_is_missing() {
        return;
    }
    let mut other = entries();
    other[10].fact = Some(b"another history".to_vec());
    seal(&mut other);
    let kept = checkpoint(&other, PREVIOUS_SIZE);
    let longer = Checkpoint {
        size: SIZE + 1,
        ..checkpoint(&entries(), SIZE)
    };
    for kept in [kept, longer] {
        let note = kept.sign(&signer()).unwrap();
        let opened = Checkpoint::open(&note, &key()).unwrap();
        assert!(
            Bundle::new(contents())
                .check(&key(), Some(&opened))
                .is_err()
        );
        let theirs = second_verifier(&files(), Some(&note));
        assert!(!theirs.passed, "{}", theirs.line);
        assert!(theirs.line.contains("kept"), "{}", theirs.line);
    }
}
