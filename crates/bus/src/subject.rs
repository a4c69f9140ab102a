//! The only place that spells subjects, streams, consumers and headers.

use crate::Error;

/// Root of all subjects where no prefix is set.
const ROOT: &str = "cw";

/// Headers of a fact: CloudEvents in binary mode, and what order and proof need.
pub mod header {
    /// CloudEvents: `1.0`.
    pub const SPEC_VERSION: &str = "ce-specversion";
    /// CloudEvents: `<log>:<seq>`, unique for ever.
    pub const ID: &str = "ce-id";
    /// CloudEvents: `commonwatch/<service>/<log>`.
    pub const SOURCE: &str = "ce-source";
    /// CloudEvents: `commonwatch.<service>.v1.<Kind>`.
    pub const TYPE: &str = "ce-type";
    /// CloudEvents: when it was recorded, RFC 3339.
    pub const TIME: &str = "ce-time";
    /// CloudEvents: the log.
    pub const SUBJECT: &str = "ce-subject";
    /// CloudEvents: `application/protobuf`.
    pub const CONTENT_TYPE: &str = "ce-datacontenttype";
    /// `<log>:<seq>`: JetStream drops a second copy inside its duplicate window.
    pub const MESSAGE_ID: &str = "Nats-Msg-Id";
    /// The log the fact stands in.
    pub const LOG_ID: &str = "Log-Id";
    /// Its position there.
    pub const LOG_SEQ: &str = "Log-Seq";
    /// The position of the fact before it in the same log; 0 for the first.
    pub const LOG_PREV: &str = "Log-Prev";
    /// `true` on the last fact of its command, else `false`.
    pub const GROUP_LAST: &str = "Log-Group-Last";
    /// When it was so: a civil date.
    pub const VALID_ON: &str = "Log-Valid-On";
    /// Who did it: an actor id.
    pub const ACTOR: &str = "Log-Actor";
    /// RFC 6962 leaf hash, lower-case hexadecimal.
    pub const LEAF_HASH: &str = "Leaf-Hash";
    /// W3C trace context.
    pub const TRACE: &str = "traceparent";
}

/// Spells every name; two platforms with different prefixes share one server without meeting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    prefix: Option<String>,
}

impl Names {
    /// Without a prefix: `cw.registry.…`, stream `REGISTRY`.
    pub fn new() -> Names {
        Names::default()
    }

    /// With the prefix `t7`: `t7.registry.…`, stream `T7_REGISTRY`.
    pub fn try_prefixed(prefix: &str) -> Result<Names, Error> {
        let fine = prefix.starts_with(|c: char| c.is_ascii_lowercase())
            && prefix.len() <= 32
            && prefix
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        if !fine || prefix == ROOT {
            return Err(Error::Invalid(format!(
                "the prefix {prefix:?} is not usable: up to 32 lower-case letters and digits, \
                 a letter first, and not {ROOT:?}"
            )));
        }
        Ok(Names {
            prefix: Some(prefix.to_owned()),
        })
    }

    fn root(&self) -> &str {
        self.prefix.as_deref().unwrap_or(ROOT)
    }

    /// The service's one stream.
    pub fn stream(&self, service: &str) -> String {
        let service = service.to_ascii_uppercase();
        match &self.prefix {
            Some(prefix) => format!("{}_{service}", prefix.to_ascii_uppercase()),
            None => service,
        }
    }

    /// Everything the service publishes.
    pub fn service(&self, service: &str) -> String {
        format!("{}.{service}.>", self.root())
    }

    /// Everything of one log.
    pub fn log(&self, service: &str, log: &str) -> String {
        format!("{}.{service}.{}.*", self.root(), leaf(log))
    }

    /// Where one fact is published.
    pub fn fact(&self, service: &str, log: &str, kind: &str) -> String {
        format!("{}.{service}.{}.{kind}", self.root(), leaf(log))
    }
}

/// The service that owns a log: what stands before the slash, or the whole id.
pub fn owner(log: &str) -> &str {
    log.split('/').next().unwrap_or(log)
}

/// The durable consumer of one listening service on the stream of one source.
pub fn consumer(listener: &str, source: &str) -> String {
    format!("{listener}-{source}")
}

/// What a user's inboxes begin with.
pub fn inbox(user: &str) -> String {
    format!("_INBOX_{user}")
}

/// `Nats-Msg-Id` and `ce-id` of a fact.
pub fn message_id(log: &str, seq: u64) -> String {
    format!("{log}:{seq}")
}

/// CloudEvents source of a log.
pub fn source(service: &str, log: &str) -> String {
    format!("commonwatch/{service}/{log}")
}

/// CloudEvents type of a fact.
pub fn event_type(service: &str, kind: &str) -> String {
    format!("commonwatch.{service}.v1.{kind}")
}

/// The kind of the fact that was published there: the last token.
pub fn kind(subject: &str) -> &str {
    subject.rsplit('.').next().unwrap_or(subject)
}

/// The part of a log id that stands in a subject: after the slash, or the whole.
fn leaf(log: &str) -> &str {
    log.rsplit('/').next().unwrap_or(log)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_a_prefix_start_with_cw() {
        let names = Names::new();
        assert_eq!(names.stream("statements"), "STATEMENTS");
        assert_eq!(names.service("statements"), "cw.statements.>");
        assert_eq!(
            names.log("statements", "statements/north"),
            "cw.statements.north.*"
        );
        assert_eq!(
            names.fact("payroll", "payroll", "DutyRecorded"),
            "cw.payroll.payroll.DutyRecorded"
        );
    }

    #[test]
    fn a_prefix_parts_streams_and_subjects() {
        let names = Names::try_prefixed("t7").unwrap();
        assert_eq!(names.stream("registry"), "T7_REGISTRY");
        assert_eq!(
            names.fact("registry", "registry", "TownRegistered"),
            "t7.registry.registry.TownRegistered"
        );
    }

    #[test]
    fn a_prefix_that_would_change_the_shape_of_a_subject_is_refused() {
        for prefix in ["", "cw", "a.b", "A", "7t", "a b", "a>"] {
            assert!(Names::try_prefixed(prefix).is_err(), "{prefix:?}");
        }
    }

    #[test]
    fn the_kind_is_the_last_token() {
        assert_eq!(kind("cw.payroll.payroll.DutyRecorded"), "DutyRecorded");
    }
}
