//! Erasures: the event first, then the deed. A crash in between is made good by the same call
//! again, or at the next start.

use std::collections::BTreeMap;

use eventlog::{Item, Outcome};
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
    let stream = format!("{}/{officer}", <Officer as eventlog::Decider>::STREAM);
    let items = registry.items(&stream).await?;
    let dry_run = meta.dry_run;
    let outcome = registry
        .execute::<Officer>(officer.as_str(), command, meta)
        .await?;
    if !dry_run {
        registry.destroy(&stream).await?;
    }
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
    let dry_run = meta.dry_run;
    let outcome = registry
        .execute::<Town>(town.as_str(), command, meta)
        .await?;
    let mut items = Vec::new();
    for person in persons(&outcome)? {
        items.extend(registry.items(&person).await?);
        if !dry_run {
            registry.destroy(&person).await?;
        }
    }
    Ok(Response::new(proto::EraseContactResponse {
        seq: outcome.last_seq,
        erased: counted(&items),
    }))
}

impl Registry {
    async fn items(&self, subject: &str) -> Result<Vec<Item>, Status> {
        self.store.vault().items(subject).await.map_err(rpc::refuse)
    }

    async fn destroy(&self, subject: &str) -> Result<(), Status> {
        let erased = self.store.vault().erase(subject, self.now()).await;
        erased.map(|_| ()).map_err(rpc::refuse)
    }
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
