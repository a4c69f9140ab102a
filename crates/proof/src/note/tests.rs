use super::*;

/// The vector of golang.org/x/mod/sumdb/note, which every implementation carries.
const GO_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_SEED: &str = "gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS/F1ccoMXM=";
const GO_TEXT: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n";
const GO_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZ\
    b6KE6RyyBwJnAM=\n";

fn signer() -> Signer {
    Signer::from_seed("commonwatch/river-bend", &[1; 32]).unwrap()
}

#[test]
fn a_note_signed_by_gos_library_opens() {
    let key: VerifierKey = GO_KEY.parse().unwrap();
    assert_eq!(key.to_string(), GO_KEY);
    assert_eq!(key.open(GO_NOTE).unwrap(), GO_TEXT);
}

#[test]
fn our_note_from_gos_seed_is_gos_note_byte_for_byte() {
    let seed: [u8; 32] = STANDARD.decode(GO_SEED).unwrap().try_into().unwrap();
    let signer = Signer::from_seed("PeterNeumann", &seed).unwrap();
    assert_eq!(signer.verifier_key().to_string(), GO_KEY);
    assert_eq!(signer.sign(GO_TEXT).unwrap(), GO_NOTE);
}

#[test]
fn an_altered_text_is_forged() {
    let note = signer().sign("size 41\n").unwrap().replace("41", "42");
    let refused = signer().verifier_key().open(&note).unwrap_err();
    assert_eq!(
        refused,
        NoteError::Forged {
            name: "commonwatch/river-bend".into()
        }
    );
}

#[test]
fn another_key_under_the_same_name_is_named() {
    let other = Signer::from_seed("commonwatch/river-bend", &[2; 32]).unwrap();
    let note = other.sign("text\n").unwrap();
    let refused = signer().verifier_key().open(&note).unwrap_err();
    assert!(matches!(refused, NoteError::OtherKey { .. }));
    assert_eq!(
        refused.to_string(),
        format!(
            "The note is signed under the name `commonwatch/river-bend`, but by the key {}; \
             the pinned key is {}.",
            hex(other.verifier_key().id()),
            hex(signer().verifier_key().id())
        )
    );
}

#[test]
fn another_key_that_borrows_our_key_id_is_forged() {
    let other = Signer::from_seed("commonwatch/river-bend", &[2; 32]).unwrap();
    let note = other.sign("text\n").unwrap();
    let (text, line) = note.split_at(note.find('—').unwrap());
    let encoded = line.trim_end().rsplit(' ').next().unwrap();
    let mut bytes = STANDARD.decode(encoded).unwrap();
    bytes[..4].copy_from_slice(&signer().verifier_key().id());
    let borrowed = format!("{text}— {} {}\n", other.name(), STANDARD.encode(bytes));
    let refused = signer().verifier_key().open(&borrowed).unwrap_err();
    assert!(matches!(refused, NoteError::Forged { .. }));
}

#[test]
fn an_unknown_name_is_named() {
    let other = Signer::from_seed("elsewhere.example/log", &[1; 32]).unwrap();
    let refused = signer()
        .verifier_key()
        .open(&other.sign("text\n").unwrap())
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "The note is not signed by `commonwatch/river-bend`, only by `elsewhere.example/log`."
    );
}

#[test]
fn lines_of_other_keys_are_passed_over_but_must_be_well_formed() {
    let note = signer().sign("text\n").unwrap();
    let other = Signer::from_seed("witness.example", &[9; 32]).unwrap();
    let cosigned = other.sign("text\n").unwrap();
    let line = &cosigned[cosigned.find('—').unwrap()..];
    assert_eq!(
        signer()
            .verifier_key()
            .open(&format!("{note}{line}"))
            .unwrap(),
        "text\n"
    );
    let broken = format!("{note}— witness.example !!!\n");
    assert_eq!(
        signer()
            .verifier_key()
            .open(&broken)
            .unwrap_err()
            .to_string(),
        "The note is not well formed: its signature line 2 does not hold padded base64."
    );
}

#[test]
fn a_malformed_note_says_what_is_malformed() {
    let key = signer().verifier_key();
    let good = signer().sign("text\n").unwrap();
    for (bad, what) in [
        (String::new(), "no blank line"),
        ("text\n".into(), "no blank line"),
        ("text\n\n".into(), "newline after a signature line"),
        (good.trim_end().to_owned(), "newline after a signature line"),
        (good.replace('\n', "\r\n"), "control character"),
        (good.replace("— ", "- "), "em dash"),
        (
            good.replace("bend ", "bend\u{a0}"),
            "no space after the key name",
        ),
        ("text\n\n— name AAAA\n".into(), "too short"),
        (
            format!("text\n\n{}", "— n AAAAAAA=\n".repeat(65)),
            "more than 64",
        ),
    ] {
        let refused = key.open(&bad).unwrap_err().to_string();
        assert!(refused.contains(what), "{bad:?}: {refused}");
    }
    assert!(signer().sign("no newline").is_err());
    assert!(signer().sign("tab\there\n").is_err());
}

#[test]
fn a_text_may_hold_blank_lines_of_its_own() {
    let text = "one\n\ntwo\n";
    assert_eq!(
        signer()
            .verifier_key()
            .open(&signer().sign(text).unwrap())
            .unwrap(),
        text
    );
}

#[test]
fn a_mangled_verifier_key_is_refused() {
    for (bad, what) in [
        ("", "reads `name+id+key`"),
        ("PeterNeumann+c74f20a3", "reads `name+id+key`"),
        (&GO_KEY.replacen("Peter", "", 1), "does not belong"),
        (
            &GO_KEY.replacen("c74f20a3", "c74f20a4", 1),
            "does not belong",
        ),
        (&GO_KEY.replacen("c74f20a3", "C74F20A3", 1), "hex digits"),
        (&GO_KEY.replacen("+ARpc", "+AhpD", 1), "Ed25519"),
        (&GO_KEY[..GO_KEY.len() - 4], "Ed25519"),
        (&GO_KEY.replacen("Peter", "Peter ", 1), "key name"),
        (&GO_KEY["PeterNeumann".len()..], "key name"),
    ] {
        let refused = bad.parse::<VerifierKey>().unwrap_err().to_string();
        assert!(refused.contains(what), "{bad:?}: {refused}");
    }
}

#[test]
fn a_signer_never_prints_its_seed() {
    let printed = format!("{:?}", signer());
    assert_eq!(printed, format!("Signer({})", signer().verifier_key()));
}
