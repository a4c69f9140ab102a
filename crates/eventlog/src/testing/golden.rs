//! Golden files: every event kind and revision ever stored must load for ever.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::de::{self, Deserializer, Visitor};

use crate::decider::Event;
use crate::encoded;

/// Checks the folder `dir` against the event enum `E`: every kind has a file
/// `<kind>.<revision>.json` for the revision that is written today, every file loads, and those of
/// today's revision are written back identically. A file holds the tagged form on one line:
/// `{"clocked_in":{…}}`.
///
/// # Panics
/// Says which file is missing, does not load, or comes back as other text.
#[track_caller]
pub fn golden<E: Event>(dir: impl AsRef<Path>) {
    let dir = dir.as_ref();
    let mut current = BTreeSet::new();
    for (name, text) in files(dir) {
        let event: E = match serde_json::from_str(&text) {
            Ok(event) => event,
            Err(e) => panic!("{}/{name} does not load any more: {e}", dir.display()),
        };
        let stored = encoded::encode(&event).expect("a loaded event must be storable");
        let today = format!("{}.{}.json", stored.kind, event.revision());
        if name == today {
            let again = format!("{{\"{}\":{}}}", stored.kind, stored.body);
            assert_eq!(
                again,
                text.trim_end(),
                "{}/{name} is written differently",
                dir.display()
            );
            current.insert(stored.kind);
        } else {
            let older = format!("{}.", stored.kind);
            assert!(
                name.starts_with(&older),
                "{name} holds an event of kind {}",
                stored.kind
            );
        }
    }
    for kind in kinds::<E>() {
        assert!(
            current.contains(*kind),
            "no golden file for today's form of event {kind}: write {}/{kind}.<revision>.json",
            dir.display()
        );
    }
}

fn files(dir: &Path) -> Vec<(String, String)> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) => panic!("no folder of golden files at {}: {e}", dir.display()),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.expect("a folder that opened can be listed").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.ends_with(".json") {
            let text = fs::read_to_string(&path).expect("a golden file is UTF-8 text");
            found.push((name, text));
        }
    }
    found.sort();
    found
}

/// The stored names of an event enum's variants, as serde knows them.
///
/// # Panics
/// When `E` is not an externally tagged enum.
#[track_caller]
pub fn kinds<E: Event>() -> &'static [&'static str] {
    let mut found = None;
    // The variants are handed over before anything is read, so the probe always ends in an error.
    let _ = E::deserialize(Probe(&mut found));
    found.expect("an event must be an externally tagged enum")
}

struct Probe<'a>(&'a mut Option<&'static [&'static str]>);

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = de::value::Error;

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = Some(variants);
        Err(de::Error::custom("only looking"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Self::Error> {
        Err(de::Error::custom(
            "an event must be an externally tagged enum",
        ))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
