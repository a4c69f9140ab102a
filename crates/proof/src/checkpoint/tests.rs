use super::*;

const ORIGIN: &str = "commonwatch/river-bend/statements/three-rivers";

fn signer() -> Signer {
    Signer::from_seed("commonwatch/river-bend", &[1; 32]).unwrap()
}

fn checkpoint() -> Checkpoint {
    Checkpoint::new(ORIGIN, 41, Hash::of(b"root"))
}

#[test]
fn a_signed_checkpoint_opens_to_what_was_signed() {
    let signed = checkpoint().sign(&signer()).unwrap();
    assert_eq!(
        Checkpoint::open(&signed, &signer().verifier_key()).unwrap(),
        checkpoint()
    );
    let extended = Checkpoint {
        extensions: vec!["month 2026-10".into()],
        ..checkpoint()
    };
    let signed = extended.sign(&signer()).unwrap();
    assert_eq!(
        Checkpoint::open(&signed, &signer().verifier_key()).unwrap(),
        extended
    );
}

#[test]
fn the_text_is_three_lines() {
    let text = checkpoint().to_text().unwrap();
    let root = Hash::of(b"root").to_base64();
    assert_eq!(text, format!("{ORIGIN}\n41\n{root}\n"));
}

#[test]
fn the_example_of_the_specification_is_read() {
    let text = "example.com/behind-the-sofa\n20852163\n\
                CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    let read = Checkpoint::parse(text).unwrap();
    assert_eq!(
        (read.origin.as_str(), read.size),
        ("example.com/behind-the-sofa", 20_852_163)
    );
    assert_eq!(read.to_text().unwrap(), text);
}

#[test]
fn a_checkpoint_of_another_key_is_refused_before_it_is_read() {
    let other = Signer::from_seed("commonwatch/river-bend", &[2; 32]).unwrap();
    let signed = other.sign("not a checkpoint\n").unwrap();
    let refused = Checkpoint::open(&signed, &signer().verifier_key()).unwrap_err();
    assert!(matches!(
        refused,
        CheckpointError::Note(NoteError::OtherKey { .. })
    ));
}

#[test]
fn a_text_that_is_no_checkpoint_says_which_line() {
    let root = Hash::of(b"root").to_base64();
    for (text, what) in [
        ("".into(), "origin is empty"),
        ("origin\n".into(), "no size line"),
        ("origin\n41\n".into(), "no root line"),
        (format!("\n41\n{root}\n"), "origin is empty"),
        (
            format!("origin\n041\n{root}\n"),
            "plain decimal number: `041`",
        ),
        (
            format!("origin\n+41\n{root}\n"),
            "plain decimal number: `+41`",
        ),
        (format!("origin\n\n{root}\n"), "plain decimal number: ``"),
        (
            format!("origin\n18446744073709551616\n{root}\n"),
            "plain decimal number",
        ),
        ("origin\n41\nAAAA\n".into(), "padded base64: `AAAA`"),
        (format!("origin\n41\n{root}\n\n"), "empty extension line"),
    ] {
        let refused = Checkpoint::parse(&text).unwrap_err().to_string();
        assert!(refused.contains(what), "{text:?}: {refused}");
    }
}

#[test]
fn a_checkpoint_that_could_be_misread_is_not_signed() {
    let forged_lines = Checkpoint {
        origin: "origin\n99".into(),
        ..checkpoint()
    };
    assert_eq!(forged_lines.sign(&signer()), Err(CheckpointError::Origin));
    let blank = Checkpoint {
        extensions: vec![String::new()],
        ..checkpoint()
    };
    assert_eq!(blank.sign(&signer()), Err(CheckpointError::Extension));
}

#[test]
fn an_empty_log_has_size_zero() {
    let empty = Checkpoint::new(ORIGIN, 0, crate::tree::root(&[]));
    let signed = empty.sign(&signer()).unwrap();
    assert_eq!(
        Checkpoint::open(&signed, &signer().verifier_key()).unwrap(),
        empty
    );
}
