//! One line of `log.ndjson`. Each value has one spelling, so that two readers can not differ.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};

use super::Entry;
use crate::Hash;

/// Longer names are refused: the leaf's length prefix must never be in doubt.
const NAME_BYTES_MAX: usize = 65_535;

/// Field order is the order in the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    seq: u64,
    stream: String,
    version: u64,
    kind: String,
    revision: u16,
    valid_on: String,
    recorded_at: String,
    // `deserialize_with` makes a missing field an error: "no fact" must be said.
    #[serde(deserialize_with = "said")]
    fact: Option<String>,
    private_hash: Hash,
    leaf_hash: Hash,
}

impl From<&Entry> for Line {
    fn from(entry: &Entry) -> Line {
        Line {
            seq: entry.seq,
            stream: entry.stream.clone(),
            version: entry.version,
            kind: entry.kind.clone(),
            revision: entry.revision,
            valid_on: entry.valid_on.to_string(),
            recorded_at: spell_instant(entry.recorded_at),
            fact: entry.fact.as_ref().map(|bytes| STANDARD.encode(bytes)),
            private_hash: entry.private_hash,
            leaf_hash: entry.leaf_hash,
        }
    }
}

impl Line {
    /// The entry, or what is wrong with the line, in words that follow "line n: ".
    pub(super) fn entry(self) -> Result<Entry, String> {
        for (field, name) in [("stream", &self.stream), ("kind", &self.kind)] {
            if name.is_empty() || name.len() > NAME_BYTES_MAX {
                return Err(format!(
                    "`{field}` is empty or longer than {NAME_BYTES_MAX} bytes"
                ));
            }
        }
        Ok(Entry {
            valid_on: read_date(&self.valid_on)?,
            recorded_at: read_instant(&self.recorded_at)?,
            fact: self.fact.as_deref().map(read_fact).transpose()?,
            seq: self.seq,
            stream: self.stream,
            version: self.version,
            kind: self.kind,
            revision: self.revision,
            private_hash: self.private_hash,
            leaf_hash: self.leaf_hash,
        })
    }
}

fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

/// UTC with always six decimals: `2026-10-31T23:15:00.000000Z`.
fn spell_instant(instant: Timestamp) -> String {
    let whole = Timestamp::from_microsecond(instant.as_microsecond())
        .expect("an instant without its nanoseconds is an instant");
    format!("{whole:.6}")
}

fn read_instant(text: &str) -> Result<Timestamp, String> {
    let read = text
        .parse::<Timestamp>()
        .ok()
        .filter(|instant| spell_instant(*instant) == text);
    read.filter(|_| documented_year(text)).ok_or_else(|| {
        format!("`recorded_at` is not of the form 2026-10-31T23:15:00.000000Z: `{text}`")
    })
}

fn read_date(text: &str) -> Result<Date, String> {
    let read = text
        .parse::<Date>()
        .ok()
        .filter(|date| date.to_string() == text);
    read.filter(|_| documented_year(text))
        .ok_or_else(|| format!("`valid_on` is not a date of the form 2026-10-31: `{text}`"))
}

/// Years that calendar libraries know to the last instant, so that no two readers differ.
fn documented_year(text: &str) -> bool {
    text.get(..4).is_some_and(|year| {
        year.parse()
            .is_ok_and(|year: u16| (1..9999).contains(&year))
    })
}

fn read_fact(text: &str) -> Result<Vec<u8>, String> {
    STANDARD
        .decode(text)
        .map_err(|_| "`fact` is not padded base64".to_owned())
}
