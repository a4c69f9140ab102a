//! What is personal, planted in every field that takes it; and where it is looked for.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use prost::Message as _;
use prost_types::field_descriptor_proto::Type;
use prost_types::{DescriptorProto, FileDescriptorSet};

/// Every field of a request that takes personal text, by message, with what is planted there; and
/// the metadata that does.
pub(crate) const PLANTED: [(&str, &str); 15] = [
    ("EnrolOfficerRequest.name", "Zephyrine Quackenbush"),
    ("EnrolOfficerRequest.email", "zephyrine@planted.example"),
    ("EnrolOfficerRequest.phone", "+1 555 019 7713"),
    ("Contact.name", "Ignatius Throckmorton"),
    ("Contact.email", "ignatius@planted.example"),
    ("Contact.phone", "+1 555 019 8824"),
    (
        "RecordDutyRequest.reason",
        "planted: her radio fell into the creek",
    ),
    ("CorrectDutyRequest.reason", "planted: she had left at noon"),
    (
        "RemoveDutyRequest.reason",
        "planted: she was at the dentist",
    ),
    ("ReturnWeekRequest.reason", "planted: ask her about Friday"),
    (
        "OpenIncidentRequest.narrative",
        "planted: Mrs Abernathy's cat, 12 Elm",
    ),
    (
        "WithdrawIncidentRequest.reason",
        "planted: the neighbour made it up",
    ),
    ("GrantCredentialRequest.number", "PLANTED-554-2017"),
    (
        "RecordObservationRequest.text",
        "planted: she stammers on the radio",
    ),
    (
        wire::metadata::REASON,
        "planted: Mr Throckmorton rang about her",
    ),
];

/// Fields of requests that take codes, dates, numbers, public names and public documents. A field
/// that is in neither list fails the story: somebody must say what it is.
const PLAIN: &str = "account actor agency agreement arrive_at arrived_at as_of assessment at basis because block \
    burden call_type carry check clause cleared_at code colleague consumer course credential \
    date digest dispatched_at disposition dollars_per_hour duty effective_from end ends_on entry \
    equipment expires_on foreign from grounds in_return incident instructor involves issued \
    issuer item kind lacks leave_at line location log month narrowing officer officers on \
    page_token party pattern phase place pool presenter programme qualification received_at \
    request requirement role roles satisfies service session shift shifts source start started \
    starts_on state stream table to token_sha256 toml town towns trainer trainer_credential \
    training unit until value waiver week what window_kind zone RegisterTownRequest.name \
    ChangeTownRequest.name DraftAgreementRequest.name SetPatternRequest.text Curriculum.title \
    Curriculum.lesson_plan Curriculum.delivery Curriculum.safety Curriculum.after \
    CourseBlock.title CourseAssessment.title SchedulePart.starts";

pub(crate) fn planted(field: &str) -> &'static str {
    let found = PLANTED.iter().find(|(name, _)| *name == field);
    let found = found.unwrap_or_else(|| panic!("{field} is not planted"));
    found.1
}

/// Every text that must be found nowhere.
pub(crate) fn texts() -> Vec<Vec<u8>> {
    let planted = PLANTED.iter();
    planted.map(|(_, text)| text.as_bytes().to_vec()).collect()
}

/// Fails for a text field of a request that nobody has looked at.
pub(crate) fn assert_every_field_is_known() {
    let set = FileDescriptorSet::decode(wire::DESCRIPTOR_SET).unwrap();
    let plain: BTreeSet<&str> = PLAIN.split_whitespace().collect();
    let mut unknown = Vec::new();
    for file in &set.file {
        if !file.package().starts_with("commonwatch.") {
            continue;
        }
        let requests = file.service.iter().flat_map(|service| &service.method);
        for method in requests {
            let name = method.input_type().rsplit('.').next().unwrap_or_default();
            fields_of(file.message_type.as_slice(), name, &mut |message, field| {
                let full = format!("{message}.{field}");
                let known = plain.contains(field)
                    || plain.contains(full.as_str())
                    || PLANTED.iter().any(|(name, _)| *name == full);
                if !known {
                    unknown.push(full);
                }
            });
        }
    }
    assert!(
        unknown.is_empty(),
        "say whether these are personal (then plant them) or plain: {unknown:?}"
    );
}

/// Every text field of a message and of those it is made of.
fn fields_of(messages: &[DescriptorProto], name: &str, seen: &mut impl FnMut(&str, &str)) {
    let Some(message) = messages.iter().find(|message| message.name() == name) else {
        return; // a time of Google's
    };
    for field in &message.field {
        match field.r#type() {
            Type::String | Type::Bytes => seen(name, field.name()),
            Type::Message => {
                let inner = field.type_name().rsplit('.').next().unwrap_or_default();
                fields_of(messages, inner, seen);
            }
            _ => {}
        }
    }
}

/// The files under `folder` that hold one of `needles`, but for those in folders called `but`.
pub(crate) fn found(folder: &Path, needles: &[Vec<u8>], but: Option<&str>) -> Vec<String> {
    let patterns: Vec<String> = needles.iter().map(|needle| pattern(needle)).collect();
    let mut grep = Command::new("grep");
    grep.env("LC_ALL", "C")
        .args([
            "--recursive",
            "--text",
            "--perl-regexp",
            "--files-with-matches",
        ])
        .args(but.map(|but| format!("--exclude-dir={but}")))
        .arg(patterns.join("|"))
        .arg(folder);
    let output = grep.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    // A server may take a file away while we look.
    let trouble = said.lines().find(|line| !line.contains("No such file"));
    assert_eq!(trouble, None, "{}", folder.display());
    let hits = String::from_utf8_lossy(&output.stdout);
    hits.lines().map(str::to_owned).collect()
}

/// The longest part of it that stands on one line and holds no zero, byte by byte.
fn pattern(needle: &[u8]) -> String {
    let parts = needle.split(|byte| [b'\n', 0].contains(byte));
    let longest = parts.max_by_key(|part| part.len()).unwrap();
    assert!(longest.len() >= 8, "{longest:?} says too little");
    longest
        .iter()
        .map(|byte| format!("\\x{byte:02x}"))
        .collect()
}
