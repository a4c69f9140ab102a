//! Events as operators, auditors and administrators look at them.

use std::collections::HashMap;

use eventlog::{EventFilter, LogId, Recorded, Store, Window};
use tonic::{Code, Request, Status};
use uuid::Uuid;
use wire::log::v1::{
    Event, GetEventRequest, GetEventResponse, ListEventsRequest, ListEventsResponse,
};
use wire::{Refusal, convert};

use super::serve::Logs;
use crate::actor::Role;
use crate::meta::actor;
use crate::page::Page;
use crate::refuse::refuse;

pub(super) async fn list(
    logs: &Logs,
    request: Request<ListEventsRequest>,
) -> Result<ListEventsResponse, Status> {
    let bodies = sees_bodies(&request)?;
    let message = request.into_inner();
    let (log, store) = logs.find(&message.log)?;
    let oldest_first = message.oldest_first || message.after > 0;
    let order = if oldest_first { "oldest" } else { "newest" };
    let ListEventsRequest {
        stream,
        kind,
        actor,
        ..
    } = &message;
    let filter = ["events", log.as_str(), order, stream, kind, actor];
    let page = Page::read(message.page_size, &message.page_token, &filter)?;
    let from = page.after.parse().ok();
    let window = if oldest_first {
        Window::After(from.unwrap_or(message.after))
    } else {
        Window::Before(from.unwrap_or(u64::MAX))
    };
    let filter = EventFilter {
        stream: given(stream),
        kind: given(kind),
        actor: given(actor),
    };
    let found = store.list_events(&log, window, &filter, page.fetch()).await;
    let rows = found.map_err(refuse)?;
    let keyed = rows.into_iter().map(|row| (row.seq.to_string(), row));
    let (rows, mut next_page_token) = page.cut(keyed.collect(), |(seq, _)| seq);
    if next_page_token.is_empty()
        && let Window::After(from) = window
    {
        // Who follows the log asks again from here.
        let last = rows.last().map_or(from, |(_, row)| row.seq);
        next_page_token = page.token(&last.to_string());
    }
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    Ok(ListEventsResponse {
        events: to_wire(store, &log, rows, bodies).await?,
        next_page_token,
    })
}

pub(super) async fn one(
    logs: &Logs,
    request: Request<GetEventRequest>,
) -> Result<GetEventResponse, Status> {
    let bodies = sees_bodies(&request)?;
    let GetEventRequest { log, seq } = request.into_inner();
    let (log, store) = logs.find(&log)?;
    let mut rows = store
        .read_events(&log, seq.saturating_sub(1), 1)
        .await
        .map_err(refuse)?;
    rows.retain(|row| row.seq == seq);
    let event = to_wire(store, &log, rows, bodies).await?.pop();
    let event = event.ok_or_else(|| {
        let message = format!("{log} has no event at {seq}.");
        Status::from(Refusal::new(Code::NotFound, "NO_EVENT", message))
    })?;
    Ok(GetEventResponse { event: Some(event) })
}

/// Operators see that something happened; what exactly, and why, auditors and administrators.
pub(super) fn sees_bodies<T>(request: &Request<T>) -> Result<bool, Status> {
    let actor = actor(request)?;
    Ok(actor.has(Role::Admin) || actor.has(Role::Auditor))
}

fn given(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

async fn to_wire(
    store: &Store,
    log: &LogId,
    rows: Vec<Recorded>,
    bodies: bool,
) -> Result<Vec<Event>, Status> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.command_id).collect();
    let reasons = match bodies {
        true => store.reasons(log, &ids).await.map_err(refuse)?,
        false => HashMap::new(),
    };
    Ok(rows
        .into_iter()
        .map(|row| event(row, &reasons, bodies))
        .collect())
}

fn event(row: Recorded, reasons: &HashMap<Uuid, String>, bodies: bool) -> Event {
    let (cause_log, cause_seq) = row.cause.map_or((String::new(), 0), |cause| {
        (cause.log.to_string(), cause.seq)
    });
    Event {
        log: row.log.to_string(),
        seq: row.seq,
        stream: row.stream,
        version: row.version,
        kind: row.kind,
        revision: u32::from(row.revision),
        valid_on: convert::date_text(row.valid_on),
        recorded_at: Some(convert::timestamp_value(row.recorded_at)),
        actor: row.actor,
        reason: reasons.get(&row.command_id).cloned().unwrap_or_default(),
        command_id: row.command_id.to_string(),
        cause_log,
        cause_seq,
        trace: row.trace.unwrap_or_default(),
        fact_kind: row.fact.map(|(kind, _)| kind).unwrap_or_default(),
        leaf_hash: row.leaf_hash.to_bytes().to_vec(),
        body: if bodies { row.body } else { String::new() },
    }
}
