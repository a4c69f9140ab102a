//! A fact as a NATS message and back: nothing is lost on the way.

use async_nats::HeaderMap;
use bytes::Bytes;
use eventlog::{FactRow, LogId};

use crate::subject::{self, Names, header};

/// Subject and headers of a fact; the payload is the fact's own bytes.
pub(crate) fn seal(names: &Names, service: &str, row: &FactRow) -> (String, HeaderMap) {
    let log = row.log.as_str();
    let id = subject::message_id(log, row.seq);
    let mut headers = HeaderMap::new();
    headers.insert(header::SPEC_VERSION, "1.0");
    headers.insert(header::ID, id.as_str());
    headers.insert(header::SOURCE, subject::source(service, log));
    headers.insert(header::TYPE, subject::event_type(service, &row.kind));
    headers.insert(header::TIME, row.recorded_at.to_string());
    headers.insert(header::SUBJECT, log);
    headers.insert(header::CONTENT_TYPE, "application/protobuf");
    headers.insert(header::MESSAGE_ID, id);
    headers.insert(header::LOG_ID, log);
    headers.insert(header::LOG_SEQ, row.seq.to_string());
    headers.insert(header::LOG_PREV, row.prev.to_string());
    headers.insert(
        header::GROUP_LAST,
        if row.group_last { "true" } else { "false" },
    );
    headers.insert(header::VALID_ON, row.valid_on.to_string());
    headers.insert(header::ACTOR, one_line(&row.actor));
    headers.insert(header::LEAF_HASH, row.leaf_hash.to_string());
    if let Some(trace) = &row.trace {
        headers.insert(header::TRACE, one_line(trace));
    }
    (names.fact(service, log, &row.kind), headers)
}

/// The fact in a message; `Err` names what is missing or unreadable.
pub(crate) fn open(
    subject: &str,
    headers: Option<&HeaderMap>,
    payload: &Bytes,
) -> Result<FactRow, String> {
    let headers = headers.ok_or("no headers")?;
    let text = |name: &'static str| {
        headers
            .get(name)
            .map(|value| value.as_str())
            .ok_or_else(|| format!("no {name}"))
    };
    let number = |name: &'static str| {
        text(name)?
            .parse::<u64>()
            .map_err(|error| format!("{name}: {error}"))
    };
    Ok(FactRow {
        log: LogId::try_new(text(header::LOG_ID)?).map_err(|error| error.to_string())?,
        seq: number(header::LOG_SEQ)?,
        prev: number(header::LOG_PREV)?,
        kind: subject::kind(subject).to_owned(),
        bytes: payload.to_vec(),
        recorded_at: text(header::TIME)?
            .parse()
            .map_err(|error| format!("{}: {error}", header::TIME))?,
        valid_on: text(header::VALID_ON)?
            .parse()
            .map_err(|error| format!("{}: {error}", header::VALID_ON))?,
        actor: text(header::ACTOR)?.to_owned(),
        trace: headers
            .get(header::TRACE)
            .map(|value| value.as_str().to_owned()),
        leaf_hash: text(header::LEAF_HASH)?
            .parse()
            .map_err(|error| format!("{}: {error}", header::LEAF_HASH))?,
        group_last: text(header::GROUP_LAST)? == "true",
    })
}

/// Which fact a stored message holds, without reading all of it.
pub(crate) fn position(headers: &HeaderMap) -> Option<(&str, u64)> {
    let log = headers.get(header::LOG_ID)?.as_str();
    let seq = headers.get(header::LOG_SEQ)?.as_str().parse().ok()?;
    Some((log, seq))
}

/// The leaf hash of the fact that a stored message holds, as it is spelled there.
pub(crate) fn leaf_hash(headers: &HeaderMap) -> &str {
    headers
        .get(header::LEAF_HASH)
        .map_or("", |hash| hash.as_str())
}

/// A header value cannot hold a line break: what follows it would be read as another header.
fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> FactRow {
        FactRow {
            log: LogId::try_new("statements/north").unwrap(),
            seq: 9,
            prev: 7,
            kind: "PeriodClosed".to_owned(),
            bytes: vec![0, 255, 10, 13],
            recorded_at: "2026-11-01T05:00:00.123456Z".parse().unwrap(),
            valid_on: "2026-10-31".parse().unwrap(),
            actor: "ops-1".to_owned(),
            trace: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned()),
            leaf_hash: [0xab; 32].into(),
            group_last: true,
        }
    }

    #[test]
    fn a_fact_comes_back_from_its_message_as_it_was() {
        let row = row();
        let (subject, headers) = seal(&Names::new(), "statements", &row);
        assert_eq!(subject, "cw.statements.north.PeriodClosed");
        assert_eq!(
            headers.get("Nats-Msg-Id").unwrap().as_str(),
            "statements/north:9"
        );
        assert_eq!(
            headers.get("ce-type").unwrap().as_str(),
            "commonwatch.statements.v1.PeriodClosed"
        );
        let back = open(&subject, Some(&headers), &Bytes::from(row.bytes.clone())).unwrap();
        assert_eq!(format!("{back:?}"), format!("{row:?}"));
        assert_eq!(position(&headers), Some(("statements/north", 9)));
    }

    #[test]
    fn a_message_without_its_headers_is_no_fact() {
        let (subject, mut headers) = seal(&Names::new(), "statements", &row());
        assert!(open(&subject, None, &Bytes::new()).is_err());
        headers.insert(header::LOG_SEQ, "nine");
        assert!(
            open(&subject, Some(&headers), &Bytes::new())
                .unwrap_err()
                .contains("Log-Seq")
        );
    }

    #[test]
    fn an_actor_cannot_smuggle_a_header_in() {
        let sly = FactRow {
            actor: "x\r\nLog-Seq: 1".to_owned(),
            ..row()
        };
        let (_, headers) = seal(&Names::new(), "statements", &sly);
        assert_eq!(headers.get(header::ACTOR).unwrap().as_str(), "xLog-Seq: 1");
    }
}
