//! Erasures: see [`rpc::erase`].

use std::collections::BTreeMap;

use eventlog::{Item, Outcome};
use rpc::erase::{erase, of_stream};
use tonic::{Request, Response, Status};
use vocabulary::OfficerId;
use wire::convert::{all, required};
use wire::registry::v1 as proto;

use super::{Answer, Registry, look_up, parse};
use crate::domain::officer::{self, Officer};
use crate::domain::town::{self, EraseContact, Town};

pub(super) async fn officer(
    registry: &Registry,
    request: &Request<proto::EraseOfficerRequest>,
) -> Answer<proto::EraseOfficerResponse> {
    let meta = rpc::meta(request)?;
    let asked = request.get_ref();
    let (officer, grounds) = all((
        required::<OfficerId>("officer", &asked.officer),
        required("grounds", &asked.grounds),
    ))?;
    let settings = &registry.settings;
    let command = officer::Command::Erase(officer::Erase {
        officer: officer.clone(),
        grounds,
        today: settings.zone.day_of(registry.now()),
        keep: settings.keep_officers.clone(),
        replayed: false,
    });
    let (store, key) = (&registry.store, officer.to_string());
    let erased = erase::<Officer>(store, crate::log(), key, command, meta, of_stream);
    let (outcome, items) = erased.await?;
    Ok(Response::new(proto::EraseOfficerResponse {
        seq: outcome.last_seq,
        erased: counted(&items),
    }))
}

pub(super) async fn contact(
    registry: &Registry,
    request: &Request<proto::EraseContactRequest>,
) -> Answer<proto::EraseContactResponse> {
    let meta = rpc::meta(request)?;
    let asked = request.get_ref();
    let town = parse::town(&asked.town)?;
    let (role, grounds) = all((
        required("role", &asked.role),
        required("grounds", &asked.grounds),
    ))?;
    let command = town::Command::EraseContact(EraseContact {
        on: look_up::today_in_town(&registry.store, &town).await?,
        town: town.clone(),
        role,
        former_only: asked.former_only,
        grounds,
    });
    let (store, key) = (&registry.store, town.to_string());
    let erased = erase::<Town>(store, crate::log(), key, command, meta, persons);
    let (outcome, items) = erased.await?;
    Ok(Response::new(proto::EraseContactResponse {
        seq: outcome.last_seq,
        erased: counted(&items),
    }))
}

/// Whom the event names.
fn persons(outcome: &Outcome) -> Result<Vec<String>, Status> {
    let mut named = Vec::new();
    for recorded in &outcome.events {
        let event = recorded.event::<town::Event>().map_err(rpc::refuse)?;
        if let town::Event::ContactErased { persons, .. } = event {
            named.extend(persons.into_iter().map(String::from));
        }
    }
    Ok(named)
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
