//! An event as text and back: the enum's tag is the kind, the inner object the private body.
//!
//! # Why
//!
//! The body is hashed into the log's tree, so the text that is stored is the text the encoder
//! made; nothing parses and prints it again.

use crate::decider::Event;
use crate::error::Error;

pub(crate) struct Encoded {
    pub(crate) kind: String,
    pub(crate) body: String,
}

pub(crate) fn encode<E: Event>(event: &E) -> Result<Encoded, Error> {
    let text = serde_json::to_string(event)
        .map_err(|e| Error::Corrupt(format!("an event can not be written: {e}")))?;
    split(&text).ok_or_else(|| {
        let start: String = text.chars().take(40).collect();
        Error::Corrupt(format!(
            "an event must be a struct variant of an enum, not {start}"
        ))
    })
}

/// `{"kind":{…}}` in its two parts, without parsing what is inside.
fn split(text: &str) -> Option<Encoded> {
    let rest = text.strip_prefix("{\"")?.strip_suffix('}')?;
    let (kind, body) = rest.split_once("\":")?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if kind.is_empty() || !kind.chars().all(plain) || !body.starts_with('{') {
        return None;
    }
    Some(Encoded {
        kind: kind.to_owned(),
        body: body.to_owned(),
    })
}

pub(crate) fn decode<E: Event>(kind: &str, body: &str) -> Result<E, Error> {
    let mut text = String::with_capacity(kind.len() + body.len() + 6);
    text.push_str("{\"");
    text.push_str(kind);
    text.push_str("\":");
    text.push_str(body);
    text.push('}');
    serde_json::from_str(&text).map_err(|e| {
        Error::Corrupt(format!(
            "a stored event of kind {kind} can not be read: {e}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};
    use serde::{Deserialize, Serialize};

    use super::{decode, encode};

    #[derive(Clone, Debug, Serialize, Deserialize)]
    enum Sample {
        #[serde(rename = "opened")]
        Opened { note: String },
        #[serde(rename = "closed")]
        Closed,
        #[serde(rename = "counted")]
        Counted(u32),
    }

    impl crate::Event for Sample {
        fn valid_on(&self) -> Date {
            date(2026, 10, 1)
        }
    }

    #[test]
    fn a_struct_variant_is_split_into_kind_and_exact_body() {
        let event = Sample::Opened {
            note: "a \"quoted\": } thing\u{0}".to_owned(),
        };
        let encoded = encode(&event).unwrap();
        assert_eq!(encoded.kind, "opened");
        assert_eq!(encoded.body, r#"{"note":"a \"quoted\": } thing\u0000"}"#);
        let back: Sample = decode(&encoded.kind, &encoded.body).unwrap();
        assert_eq!(format!("{back:?}"), format!("{event:?}"));
    }

    #[test]
    fn unit_and_scalar_variants_are_refused() {
        assert!(encode(&Sample::Closed).is_err());
        assert!(encode(&Sample::Counted(3)).is_err());
    }
}
