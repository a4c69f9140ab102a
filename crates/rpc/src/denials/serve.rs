//! Telling what was denied.

use eventlog::{DenialKey, Store};
use jiff::Timestamp;
use tonic::{Request, Response, Status};
use wire::access::v1 as proto;
use wire::access::v1::denial_service_server::{DenialService, DenialServiceServer};
use wire::{Violation, convert};

use crate::page::Page;
use crate::refuse::refuse;
use crate::server::Services;

/// The service over the denials that `store` keeps, ready to be served.
pub fn services(store: &Store) -> Services {
    let store = store.clone();
    Services::new().with(DenialServiceServer::new(Told { store }))
}

struct Told {
    store: Store,
}

#[tonic::async_trait]
impl DenialService for Told {
    async fn list_denials(
        &self,
        request: Request<proto::ListDenialsRequest>,
    ) -> Result<Response<proto::ListDenialsResponse>, Status> {
        let asked = request.get_ref();
        let since = convert::optional_timestamp("since", asked.since.as_ref())?;
        let from = since.map_or_else(String::new, |since| since.to_string());
        let page = Page::read(asked.page_size, &asked.page_token, &[&asked.actor, &from])?;
        let after = match page.after.as_str() {
            "" => None,
            text => Some(key(text).ok_or_else(|| {
                let problem = "is not a token of this list: leave it empty to begin anew";
                Violation::new("page_token", problem)
            })?),
        };
        let actor = (!asked.actor.is_empty()).then_some(asked.actor.as_str());
        let rows = self
            .store
            .denials(actor, since, after.as_ref(), page.fetch())
            .await
            .map_err(refuse)?;
        let rows = rows.into_iter().map(|row| (text(&row.key), row)).collect();
        let (rows, next_page_token) = page.cut(rows, |(key, _)| key);
        let denials = rows.into_iter().map(|(_, row)| denial(row)).collect();
        Ok(Response::new(proto::ListDenialsResponse {
            denials,
            next_page_token,
        }))
    }
}

fn denial(row: eventlog::Denials) -> proto::Denial {
    let hour = Timestamp::from_second(row.key.hour).unwrap_or_default();
    proto::Denial {
        hour: Some(convert::timestamp_value(hour)),
        actor: row.key.actor,
        peer: row.key.peer,
        rpc: row.key.rpc,
        reason: row.key.reason,
        count: row.count,
        first: Some(convert::timestamp_value(row.first)),
        last: Some(convert::timestamp_value(row.last)),
    }
}

/// A key as a page's token holds it; no part of one has a line break.
fn text(key: &DenialKey) -> String {
    let DenialKey {
        hour,
        actor,
        peer,
        rpc,
        reason,
    } = key;
    format!("{hour}\n{actor}\n{peer}\n{rpc}\n{reason}")
}

fn key(text: &str) -> Option<DenialKey> {
    let parts: Vec<&str> = text.split('\n').collect();
    let [hour, actor, peer, rpc, reason] = parts[..] else {
        return None;
    };
    Some(DenialKey {
        hour: hour.parse().ok()?,
        actor: actor.to_owned(),
        peer: peer.to_owned(),
        rpc: rpc.to_owned(),
        reason: reason.to_owned(),
    })
}
