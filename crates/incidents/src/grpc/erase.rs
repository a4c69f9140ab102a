//! An erasure: the event first, then the deed. A crash in between is made good by the same call
//! again, or at the next start.

use std::collections::BTreeMap;

use eventlog::{Decider, Item};
use rpc::{meta, refuse};
use tonic::{Request, Response, Status};
use wire::convert;
use wire::incidents::v1 as proto;

use super::{Incidents, parse};
use crate::domain::incident::{Command, Erase, Incident};

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
    let (vault, subject) = (
        incidents.store.vault(),
        format!("{}/{id}", Incident::STREAM),
    );
    let items = vault.items(&subject).await.map_err(refuse)?;
    let dry_run = meta.dry_run;
    let outcome = incidents.execute(&id, command, meta).await?;
    if !dry_run {
        vault.erase(&subject, now).await.map_err(refuse)?;
    }
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
