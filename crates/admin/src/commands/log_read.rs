//! `cwctl log tail` and `cwctl log fact`: what a service has published, as it stands in its log.

use std::time::Duration;

use clap::Args;
use wire::log::v1::{Fact, HeadsRequest, HeadsResponse, ReadRequest, ReadResponse};

use super::Session;
use crate::context::Service;
use crate::failure::{Exit, Failure};
use crate::output::Layout;
use crate::view::{View, protos};

/// Pause between two looks at a log that is followed.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Facts a call.
const PAGE: u32 = 500;

const COLUMNS: &[&str] = &["seq", "kind", "valid_on", "recorded_at", "actor", "trace"];

#[derive(Debug, Clone, Args)]
pub(crate) struct Tail {
    /// The log: registry, payroll, incidents or statements/<agreement>.
    log: String,
    /// So many of the last facts.
    #[arg(long, value_name = "N", default_value_t = 20)]
    last: u64,
    /// Go on with what comes, until Ctrl-C.
    #[arg(short, long)]
    follow: bool,
}

/// A place in a log: `payroll:412`, `statements/three-rivers:7`.
#[derive(Debug, Clone)]
pub(crate) struct Position {
    pub(crate) log: String,
    pub(crate) seq: u64,
}

impl std::str::FromStr for Position {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.rsplit_once(':');
        let position = parts.and_then(|(log, seq)| Some((log, seq.parse().ok()?)));
        match position {
            Some((log, seq)) if !log.is_empty() && seq > 0 => Ok(Self {
                log: log.to_owned(),
                seq,
            }),
            _ => Err("write it as <log>:<seq>, such as payroll:412".to_owned()),
        }
    }
}

/// The service that answers for a log.
pub(crate) fn owner(log: &str) -> Result<Service, Failure> {
    Service::of_log(log).ok_or_else(|| {
        Failure::usage(format!("No service has a log called {log}."))
            .hint("see `cwctl log heads` for the logs there are")
    })
}

pub(crate) async fn tail(it: Tail, session: &Session) -> Result<(), Failure> {
    let service = owner(&it.log)?;
    let mut after = match it.last {
        0 => head(&it.log, service, session).await?,
        last => beginning(&it.log, last, service, session).await?,
    };
    loop {
        let facts = read(&it.log, after, PAGE, service, session).await?;
        let end = facts.last().map(|fact| fact.seq);
        if let Some(end) = end {
            after = end;
            let shown = facts.iter().map(shown).collect();
            let rows = View::Record(vec![("facts".to_owned(), View::List(shown))]);
            session
                .output
                .reply(&rows, Layout::Rows("facts", COLUMNS))?;
        } else if it.follow {
            tokio::time::sleep(LOOK_EVERY).await;
        } else {
            return Ok(());
        }
    }
}

pub(crate) async fn fact(at: &Position, session: &Session) -> Result<(), Failure> {
    let service = owner(&at.log)?;
    let facts = read(&at.log, at.seq - 1, 1, service, session).await?;
    let found = facts.iter().find(|fact| fact.seq == at.seq);
    let Some(found) = found else {
        let message = format!("{} holds no fact at {}.", at.log, at.seq);
        return Err(
            Failure::new(Exit::NotFound, "FACT_NOT_FOUND", message).hint(format!(
                "see `cwctl log tail {}`: not every event has a fact",
                at.log
            )),
        );
    };
    session.output.reply(&shown(found), Layout::Record)
}

/// The position after which the last facts begin. A log has events without facts: the facts'
/// own links are followed back.
async fn beginning(
    log: &str,
    last: u64,
    service: Service,
    session: &Session,
) -> Result<u64, Failure> {
    let head = head(log, service, session).await?;
    // Usually a fact is one event; where it is not, more of the log is read, twice as much at a
    // time.
    let mut window = last;
    loop {
        let after = head.saturating_sub(window);
        let facts = all(log, after, service, session).await?;
        let count = u64::try_from(facts.len()).unwrap_or(u64::MAX);
        if after == 0 || count >= last {
            let skip = usize::try_from(count.saturating_sub(last)).unwrap_or_default();
            let first = facts.get(skip);
            return Ok(first.map_or(head, |fact| fact.seq - 1));
        }
        window = window.saturating_mul(2);
    }
}

async fn all(
    log: &str,
    mut after: u64,
    service: Service,
    session: &Session,
) -> Result<Vec<Fact>, Failure> {
    let mut facts = Vec::new();
    loop {
        let page = read(log, after, PAGE, service, session).await?;
        let Some(end) = page.last().map(|fact| fact.seq) else {
            return Ok(facts);
        };
        after = end;
        facts.extend(page);
    }
}

async fn head(log: &str, service: Service, session: &Session) -> Result<u64, Failure> {
    let request = HeadsRequest {
        service: service.name().to_owned(),
    };
    let reply: HeadsResponse = session.client.call_at(service, &request).await?;
    let head = reply.heads.iter().find(|head| head.log == log);
    head.map(|head| head.fact_seq).ok_or_else(|| {
        let message = format!("There is no log called {log}.");
        Failure::new(Exit::NotFound, "LOG_NOT_FOUND", message)
            .hint("see `cwctl log heads` for the logs there are")
    })
}

async fn read(
    log: &str,
    after: u64,
    limit: u32,
    service: Service,
    session: &Session,
) -> Result<Vec<Fact>, Failure> {
    let request = ReadRequest {
        log: log.to_owned(),
        after,
        limit,
    };
    let reply: ReadResponse = session.client.call_at(service, &request).await?;
    Ok(reply.facts)
}

/// The fact with its body read by the proto of its kind.
fn shown(fact: &Fact) -> View {
    let mut view = View::of(fact);
    let service = fact.log.split('/').next().unwrap_or_default();
    // An agreement's log holds copies: their kind is the source's.
    let packages = std::iter::once(service).chain(Service::ALL.iter().map(|s| s.name()));
    let descriptor = packages.into_iter().find_map(|service| {
        protos().get_message_by_name(&format!("commonwatch.{service}.v1.{}", fact.kind))
    });
    let body = descriptor.and_then(|descriptor| View::decode(descriptor, &fact.body).ok());
    if let (View::Record(fields), Some(body)) = (&mut view, body) {
        for (name, value) in fields {
            if name == "body" {
                *value = body.clone();
            }
        }
    }
    view
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use wire::registry::v1::OfficerEnded;

    use super::*;

    #[test]
    fn a_position_is_a_log_and_a_number() {
        let position: Position = "statements/three-rivers:7".parse().unwrap();
        assert_eq!(
            (position.log.as_str(), position.seq),
            ("statements/three-rivers", 7)
        );
        for wrong in ["payroll", "payroll:", ":7", "payroll:0", "payroll:x"] {
            assert!(wrong.parse::<Position>().is_err(), "{wrong}");
        }
        assert!(owner("training").is_err());
    }

    #[test]
    fn a_facts_body_is_read_by_its_kind() {
        let body = OfficerEnded {
            officer: "cso-114".into(),
            on: "2027-01-31".into(),
        };
        let fact = Fact {
            log: "registry".into(),
            kind: "OfficerEnded".into(),
            body: body.encode_to_vec(),
            ..Fact::default()
        };
        assert_eq!(shown(&fact).at("body.on"), &View::Text("2027-01-31".into()));
        let unknown = Fact {
            kind: "NeverHeardOf".into(),
            ..fact
        };
        assert!(matches!(shown(&unknown).at("body"), View::Text(_)));
    }
}
