//! The folder as files: written the same every time, read strictly, errors name file and line.

use std::path::Path;

use proof::Bundle;
use proof::bundle::{CONSISTENCY, Files, LOG, MANIFEST, PREVIOUS_CHECKPOINT};

use crate::sample::{contents, files};

fn refusal(change: impl FnOnce(&mut Files)) -> String {
    let mut files = files();
    change(&mut files);
    Bundle::read(&files).unwrap_err().to_string()
}

/// Replaces a part of line 17 of the log.
fn line_17(from: &str, to: &str) -> String {
    refusal(|files| {
        let log = String::from_utf8(files[LOG].clone()).unwrap();
        let mut lines: Vec<String> = log.lines().map(str::to_owned).collect();
        assert!(lines[16].contains(from), "{}", lines[16]);
        lines[16] = lines[16].replacen(from, to, 1);
        files.insert(LOG.into(), (lines.join("\n") + "\n").into_bytes());
    })
}

#[test]
fn what_is_written_is_read_back_and_written_the_same() {
    let written = files();
    let read = Bundle::read(&written).unwrap();
    assert_eq!(read, Bundle::new(contents()));
    assert_eq!(read.write(), written);
    assert_eq!(read.claims().town, "barlow");
}

#[test]
fn a_line_of_the_log_reads_as_documented() {
    let files = files();
    let log = std::str::from_utf8(&files[LOG]).unwrap();
    let line = log.lines().nth(4).unwrap();
    let expected = concat!(
        r#"{"seq":5,"stream":"expense/dépôt","version":2,"kind":"expense_recorded","#,
        r#""revision":1,"valid_on":"2026-10-06","recorded_at":"2026-10-02T00:13:22.000074Z","#,
        r#""fact":null,"#,
        r#""private_hash":"479a10718cba4585dc4d9162261d6db772c6545e2cba844fe42cec8da78b6b06","#,
        r#""leaf_hash":"9eb3aaad405ff6c0a39a013c9ca2bced9ff62e42d0cdd3d9ea48d1daed975d38"}"#,
    );
    assert_eq!(line, expected);
}

/// The folder that `docs/bundle.md` offers to whoever writes another verifier.
#[test]
fn the_example_folder_is_still_what_is_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/bundle");
    let mut example = Files::new();
    for file in std::fs::read_dir(&folder).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        example.insert(name, std::fs::read(file.path()).unwrap());
    }
    assert_eq!(example, files());
}

#[test]
fn a_missing_file_is_named() {
    for file in [
        MANIFEST,
        LOG,
        "checkpoint",
        "statement.json",
        "statement.csv",
    ] {
        let said = refusal(|files| drop(files.remove(file)));
        assert_eq!(said, format!("{file}: the file is missing."));
    }
    let said = refusal(|files| drop(files.remove(CONSISTENCY)));
    let expected = "consistency.json: the file is missing, though previous-checkpoint is there; \
                    they come together.";
    assert_eq!(said, expected);
    let said = refusal(|files| drop(files.remove(PREVIOUS_CHECKPOINT)));
    assert!(
        said.starts_with("previous-checkpoint: the file is missing, though"),
        "{said}"
    );
}

#[test]
fn a_file_of_another_name_is_no_part_of_the_bundle() {
    let mut files = files();
    files.insert("statement.pdf".into(), vec![0xff]);
    assert_eq!(Bundle::read(&files).unwrap(), Bundle::new(contents()));
}

#[test]
fn a_manifest_of_another_format_or_shape_is_refused() {
    let swap = |from: &str, to: &str| {
        refusal(|files| {
            let manifest = String::from_utf8(files[MANIFEST].clone()).unwrap();
            assert!(manifest.contains(from));
            files.insert(MANIFEST.into(), manifest.replace(from, to).into_bytes());
        })
    };
    let expected = "manifest.json: the format is `commonwatch/bundle/v2`; this verifier reads \
                    `commonwatch/bundle/v1`.";
    assert_eq!(swap("bundle/v1", "bundle/v2"), expected);
    assert!(swap("\"town\"", "\"city\"").starts_with("manifest.json: unknown field `city`"));
    let said = refusal(|files| drop(files.insert(MANIFEST.into(), b"[]".to_vec())));
    assert_eq!(said, "manifest.json: a JSON object should stand here.");
    let said = refusal(|files| drop(files.insert(MANIFEST.into(), vec![0xff])));
    assert_eq!(said, "manifest.json: the file is not UTF-8 text.");
}

#[test]
fn a_line_with_a_second_spelling_is_refused_by_number() {
    for (from, to, what) in [
        (
            r#""seq":17"#,
            r#""seq":17.0"#,
            "invalid type: floating point `17.0`, expected u64 at column",
        ),
        (r#""seq":17"#, r#""seq":"17""#, "invalid type: string"),
        (
            r#""seq":17"#,
            r#""seq":-17"#,
            "invalid value: integer `-17`",
        ),
        (
            r#""seq":17"#,
            r#""seq":17,"seq":17"#,
            "duplicate field `seq`",
        ),
        (
            r#""seq":17"#,
            r#""seq":17,"note":"""#,
            "unknown field `note`",
        ),
        (r#""revision":1,"#, "", "missing field `revision`"),
        (r#""fact":"ZmFjdCAxNw==","#, "", "missing field `fact`"),
        ("ZmFjdCAxNw==", "ZmFjdCAxNw", "`fact` is not padded base64"),
        (
            "ZmFjdCAxNw==",
            "ZmFjdCAxNx==",
            "`fact` is not padded base64",
        ),
        (
            r#""valid_on":"2026-10-18""#,
            r#""valid_on":"20261018""#,
            "`valid_on` is not a date",
        ),
        (
            r#""valid_on":"2026-10-18""#,
            r#""valid_on":"2026-02-30""#,
            "`valid_on` is not a date",
        ),
        (
            r#""valid_on":"2026"#,
            r#""valid_on":"0000"#,
            "`valid_on` is not a date",
        ),
        (
            r#""valid_on":"2026"#,
            r#""valid_on":"9999"#,
            "`valid_on` is not a date",
        ),
        ("Z\"", "+00:00\"", "`recorded_at` is not of the form"),
        ("T", "t", "`recorded_at` is not of the form"),
        (
            r#""private_hash":""#,
            r#""private_hash":"A"#,
            "a hash is 64 lower-case hex digits",
        ),
        (
            r#""kind":"expense_recorded""#,
            r#""kind":"""#,
            "`kind` is empty or longer than",
        ),
        ("{", "[{", "a JSON object should stand here"),
    ] {
        let said = line_17(from, to);
        assert!(said.starts_with("log.ndjson, line 17: "), "{said}");
        assert!(said.contains(what), "{to}: {said}");
    }
}

#[test]
fn a_log_that_ends_inside_a_line_is_refused() {
    let said = refusal(|files| {
        files.get_mut(LOG).unwrap().pop();
    });
    let expected = "log.ndjson, line 41: the file ends inside this line, without a newline.";
    assert_eq!(said, expected);
}

#[test]
fn a_blank_line_in_the_log_is_refused() {
    let said = refusal(|files| files.get_mut(LOG).unwrap().push(b'\n'));
    assert_eq!(
        said,
        "log.ndjson, line 42: a JSON object should stand here."
    );
}
