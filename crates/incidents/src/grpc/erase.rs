//! An erasure: see [`rpc::erase`].

use std::collections::BTreeMap;

use eventlog::Item;
use rpc::erase::{erase, of_stream};
use rpc::meta;
use tonic::{Request, Response, Status};
use wire::convert;
use wire::incidents::v1 as proto;

use super::{Incidents, parse};
use crate::domain::incident::{Command, Erase, Incident};
use crate::log;

pub(super) async fn incident(
    incidents: &Incidents,
    request: &Request<proto::EraseIncidentRequest>,
) -> Result<Response<proto::EraseIncidentResponse>, Status> {
    let meta = meta(request)?;
    let asked = request.get_ref();
    let id = parse::incident(&asked.incident)?;
    let now = incidents.store.surroundings().now();
    let command = Command::Erase(Erase {
        incident: id.clone(),
        grounds: convert::required("grounds", &asked.grounds)?,
        today: incidents.settings.zone.day_of(now),
        keep: incidents.settings.keep_incidents.clone(),
    });
    let (store, key) = (&incidents.store, id.to_string());
    let erased = erase::<Incident>(store, log(), key, command, meta, of_stream);
    let (outcome, items) = erased.await?;
    Ok(Response::new(proto::EraseIncidentResponse {
        seq: outcome.last_seq,
        erased: counted(&items),
    }))
}

fn counted(items: &[Item]) -> Vec<proto::ErasedTexts> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for item in items {
        *counts.entry(&item.field).or_default() += 1;
    }
    let texts = counts.into_iter().map(|(field, count)| proto::ErasedTexts {
        field: field.to_owned(),
        count,
    });
    texts.collect()
}
