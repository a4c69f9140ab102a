//! `cwctl log tail|show|fact|verify`: what a log holds, and whether it is sound.

use std::time::Duration;

use clap::Args;
use wire::log::v1::{
    Event, GetEventRequest, GetEventResponse, GetFactRequest, GetFactResponse, ListEventsRequest,
    ListEventsResponse, VerifyLogRequest, VerifyLogResponse,
};

use super::Session;
use crate::context::Service;
use crate::failure::{Exit, Failure};
use crate::output::Layout;
use crate::progress::Progress;
use crate::view::{View, protos};

/// Pause between two looks at a log that is followed.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Events a call at most.
const PAGE: i32 = 1000;

const COLUMNS: &[&str] = &[
    "seq",
    "stream",
    "kind",
    "valid_on",
    "recorded_at",
    "actor",
    "fact_kind",
];

#[derive(Debug, Clone, Args)]
pub(crate) struct Tail {
    /// The log: registry, payroll, incidents, statements/<agreement> or <service>/_upkeep.
    log: String,
    /// So many of the last events.
    #[arg(long, value_name = "N", default_value_t = 20,
        value_parser = clap::value_parser!(i32).range(1..=1000))]
    last: i32,
    /// Only events of this stream: timesheet/cso-114.
    #[arg(long, default_value = "", hide_default_value = true)]
    stream: String,
    /// Only events of this kind: clocked_in.
    #[arg(long, default_value = "", hide_default_value = true)]
    kind: String,
    /// Only what this actor did.
    #[arg(
        id = "of_actor",
        long = "actor",
        default_value = "",
        hide_default_value = true
    )]
    actor: String,
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
fn owner(log: &str) -> Result<Service, Failure> {
    Service::of_log(log).ok_or_else(|| {
        Failure::usage(format!("No service has a log called {log}."))
            .hint("see `cwctl log heads` for the logs there are")
    })
}

pub(crate) async fn tail(it: Tail, session: &Session) -> Result<(), Failure> {
    let service = owner(&it.log)?;
    let mut request = ListEventsRequest {
        log: it.log,
        stream: it.stream,
        kind: it.kind,
        actor: it.actor,
        page_size: it.last,
        ..ListEventsRequest::default()
    };
    loop {
        let reply: ListEventsResponse = session.client.call_at(service, &request).await?;
        let mut events = reply.events;
        if !request.oldest_first {
            events.reverse();
        }
        let shown: Vec<View> = events.iter().map(shown).collect();
        if !shown.is_empty() || !request.oldest_first {
            let rows = View::Record(vec![("events".to_owned(), View::List(shown))]);
            session
                .output
                .reply(&rows, Layout::Rows("events", COLUMNS))?;
        }
        if !it.follow {
            return Ok(());
        }
        request.after = events.last().map_or(request.after, |event| event.seq);
        request.oldest_first = true;
        request.page_size = PAGE;
        if events.is_empty() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

pub(crate) async fn event(
    Position { log, seq }: Position,
    session: &Session,
) -> Result<(), Failure> {
    let service = owner(&log)?;
    let request = GetEventRequest { log, seq };
    let reply: GetEventResponse = session.client.call_at(service, &request).await?;
    let event = reply.event.unwrap_or_default();
    session.output.reply(&shown(&event), Layout::Record)
}

pub(crate) async fn fact(
    Position { log, seq }: Position,
    session: &Session,
) -> Result<(), Failure> {
    let service = owner(&log)?;
    let request = GetFactRequest { log, seq };
    let reply: GetFactResponse = session.client.call_at(service, &request).await?;
    let fact = reply.fact.unwrap_or_default();
    let mut view = View::of(&fact);
    let body = described(&fact.kind);
    if let Some(body) = body.and_then(|of| View::decode(of, &fact.body).ok()) {
        view.replace("body", body);
    }
    session.output.reply(&view, Layout::Record)
}

pub(crate) async fn verify(log: String, session: &Session) -> Result<(), Failure> {
    let service = owner(&log)?;
    let bar = Progress::new("events");
    let mut found = View::Null;
    let request = VerifyLogRequest { log };
    let each = |reply: VerifyLogResponse| {
        bar.at(reply.checked, reply.upto);
        if let Some(verified) = &reply.verified {
            found = View::of(verified);
        }
        Ok(())
    };
    let verified = session.client.stream_at(service, &request, each).await;
    bar.end();
    verified.map_err(|mut failure| {
        if failure.reason == "LOG_CORRUPT" {
            failure.exit = Exit::Differences;
        }
        failure
    })?;
    session.output.reply(&found, Layout::Record)
}

/// The event with its body as the data it is.
fn shown(event: &Event) -> View {
    let mut view = View::of(event);
    if let Ok(body) = serde_json::from_str(&event.body) {
        view.replace("body", View::from_json(body));
    }
    view
}

/// The proto of a fact's kind. A copy in an agreement's log bears its source's kind.
fn described(kind: &str) -> Option<prost_reflect::MessageDescriptor> {
    Service::ALL.into_iter().find_map(|service| {
        protos().get_message_by_name(&format!("commonwatch.{service}.v1.{kind}"))
    })
}

#[cfg(test)]
mod tests {
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
        assert!(owner("weather").is_err());
        assert_eq!(owner("payroll/_upkeep"), Ok(Service::Payroll));
    }

    #[test]
    fn an_events_body_is_data_and_a_facts_kind_has_its_proto() {
        let event = Event {
            body: r#"{"at":"2026-10-05"}"#.into(),
            ..Event::default()
        };
        assert_eq!(
            shown(&event).at("body.at"),
            &View::Text("2026-10-05".into())
        );
        assert!(described("OfficerEnded").is_some());
        assert!(described("NeverHeardOf").is_none());
    }
}
