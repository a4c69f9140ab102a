//! Parse, look up, execute, reply: one method per RPC.

mod courses;
mod field;
mod gate;
mod lists;
mod matrix;
mod parse;
mod reply;
mod reports;
mod rpcs;
mod sessions;

use eligibility::{Evidence, Fact, RecordId};
use eventlog::{Outcome, Store, Table, TypedRows};
use evidence::{OfficerRecords, Rules};
use jiff::civil::Date;
use rpc::{Sealed, meta, refuse};
use tonic::{Code, Request, Status};
use vocabulary::{OfficerId, TownId, Zone};
use wire::Violation;

use crate::domain::dossier::{Act, Command, Dossier, Event, Known};
use crate::projection::Records;
use crate::{Settings, log, mirror};

/// Answers the service's RPCs over its store.
pub(crate) struct Training {
    store: Store,
    settings: Settings,
}

/// A record's position, and the id that it got where it has one.
struct Done {
    seq: u64,
    id: String,
}

impl Training {
    pub(crate) fn new(store: Store, settings: Settings) -> Self {
        Self { store, settings }
    }

    fn today(&self) -> Date {
        let now = self.store.surroundings().now();
        self.settings.zone.day_of(now)
    }

    async fn execute<T: prost::Message>(
        &self,
        request: &Request<T>,
        officer: OfficerId,
        act: Act,
    ) -> Result<Done, Status> {
        self.execute_sealed(Sealed::new(&self.store, meta(request)?), officer, act)
            .await
    }

    async fn execute_sealed(
        &self,
        sealed: Sealed<'_>,
        officer: OfficerId,
        act: Act,
    ) -> Result<Done, Status> {
        let known = self.known(&officer, &act).await?;
        let key = officer.to_string();
        let command = Command {
            officer,
            known,
            act,
        };
        let outcome = sealed.execute::<Dossier>(&log(), &key, command).await;
        done(&outcome.map_err(refuse)?)
    }

    /// What the decision needs of others.
    async fn known(&self, officer: &OfficerId, act: &Act) -> Result<Known, Status> {
        let mut known = Known::of_the_calendar(self.today());
        let employment = mirror::employment(&self.store, officer).await;
        known.enrolled = employment.map_err(refuse)?.is_some();
        let (towns, records) = match act {
            Act::Grant {
                towns, rests_on, ..
            } => (towns.as_slice(), rests_on.clone()),
            Act::Waive { towns, .. } => (towns.as_slice(), Vec::new()),
            Act::Void { record } | Act::Question { record, .. } => (&[][..], vec![*record]),
            _ => (&[][..], Vec::new()),
        };
        for town in towns {
            let zone = mirror::zone_of(&self.store, town).await.map_err(refuse)?;
            known.towns.extend(zone.map(|_| town.clone()));
        }
        if !records.is_empty() {
            let all = self.records(officer).await?.records;
            let named = all
                .into_iter()
                .filter(|record| records.contains(&record.at.seq));
            known.records = named.map(|record| (record.at.seq, record.fact)).collect();
        }
        if matches!(act, Act::Waive { .. } | Act::DecideEquivalence { .. }) {
            let rules = Rules::load(&self.store).await.map_err(refuse)?;
            known.requirements = rules.requirements();
        }
        Ok(known)
    }

    /// An officer's records, in the order in which they were learnt.
    async fn records(&self, officer: &OfficerId) -> Result<OfficerRecords, Status> {
        let table = Table::Projection(Records::NAME);
        let row = self.store.read_row(table, &log(), officer.as_str()).await;
        Ok(row.map_err(refuse)?.unwrap_or_default())
    }

    async fn evidence_of(&self, officer: &OfficerId) -> Result<Evidence, Status> {
        Ok(Evidence::new(self.records(officer).await?.records))
    }

    /// The evidence of everybody.
    async fn evidence(&self) -> Result<Evidence, Status> {
        let (log, table) = (log(), Table::Projection(Records::NAME));
        let (mut records, mut page) = (Vec::new(), eventlog::Page::first(500));
        loop {
            let rows = self
                .store
                .read_rows::<OfficerRecords>(table, &log, &[], &page);
            let rows = rows.await.map_err(refuse)?;
            let Some(last) = rows.last() else {
                return Ok(Evidence::new(records));
            };
            page.after.clone_from(&last.key);
            records.extend(rows.into_iter().flat_map(|row| row.row.records));
        }
    }

    /// The zone of a registered town.
    async fn zone_of(&self, field: &str, town: &TownId) -> Result<Zone, Status> {
        let zone = mirror::zone_of(&self.store, town).await.map_err(refuse)?;
        zone.ok_or_else(|| {
            let message = format!(
                "The town {town} is not known here: register it; if that was just now, try again."
            );
            let violation = Violation::new(field, message.clone());
            wire::status(Code::NotFound, "TOWN_UNKNOWN", message, [violation])
        })
    }
}

/// Reads back what a command did.
fn done(outcome: &Outcome) -> Result<Done, Status> {
    let first = outcome.events.first().map(|recorded| recorded.event());
    let id = match first.transpose().map_err(refuse)? {
        Some(Event::Recorded { fact, .. }) => id_of(&fact).map(ToString::to_string),
        _ => None,
    };
    Ok(Done {
        seq: outcome.first_seq,
        id: id.unwrap_or_default(),
    })
}

fn id_of(fact: &Fact) -> Option<&RecordId> {
    match fact {
        Fact::CredentialGranted { id, .. }
        | Fact::WaiverGranted { id, .. }
        | Fact::EquivalenceDecided { id, .. } => Some(id),
        _ => None,
    }
}
