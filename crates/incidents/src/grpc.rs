//! Parse, execute, reply: one method per RPC.

mod erase;
mod import;
mod parse;
mod reply;

use std::collections::BTreeMap;

use eventlog::{Meta, Outcome, Store, Table, TypedRows};
use rpc::{Page, Sealed, meta, refuse};
use tonic::{Code, Request, Response, Status};
use vocabulary::{IncidentId, Month, TownId, Zone};
use wire::convert;
use wire::incidents::v1::incidents_service_server::IncidentsService;
use wire::incidents::v1::*;

use crate::Settings;
use crate::domain::Token;
use crate::domain::incident::{Command, Incident, Open, Withdraw};
use crate::projection::{Incidents as Rows, Row};
use crate::{log, mirror};

/// Answers the service's RPCs over its store.
pub(crate) struct Incidents {
    store: Store,
    settings: Settings,
}

impl Incidents {
    pub(crate) fn new(store: Store, settings: Settings) -> Self {
        Self { store, settings }
    }

    async fn execute(
        &self,
        id: &IncidentId,
        command: Command,
        meta: Meta,
    ) -> Result<Outcome, Status> {
        self.store
            .execute::<Incident>(&log(), id.as_str(), command, meta)
            .await
            .map_err(refuse)
    }

    /// Seals a text and executes the command that its token makes.
    async fn execute_sealed(
        &self,
        id: &IncidentId,
        (field, text): (&str, &str),
        command: impl FnOnce(Token) -> Command,
        meta: Meta,
    ) -> Result<Outcome, Status> {
        let mut sealed = Sealed::new(&self.store, meta);
        let token = sealed.seal(&[(field, text)]);
        let token = token.parse().expect("a UUID's text is a token");
        sealed
            .execute::<Incident>(&log(), id.as_str(), command(token))
            .await
            .map_err(refuse)
    }

    async fn row(&self, id: &IncidentId) -> Result<Option<Row>, Status> {
        let table = Table::Projection(Rows::NAME);
        self.store
            .read_row(table, &log(), id.as_str())
            .await
            .map_err(refuse)
    }

    async fn found(&self, id: &IncidentId) -> Result<Row, Status> {
        self.row(id).await?.ok_or_else(|| unknown(id))
    }

    /// The zone of a registered town.
    async fn zone_of(&self, town: &TownId) -> Result<Zone, Status> {
        let zone = mirror::zone_of(&self.store, town).await.map_err(refuse)?;
        zone.ok_or_else(|| parse::unknown_town(town))
    }
}

fn unknown(id: &IncidentId) -> Status {
    let message = format!("There is no incident {id}: look for it with `cwctl incident list`.");
    wire::status(Code::NotFound, "INCIDENT_UNKNOWN", message, [])
}

#[tonic::async_trait]
impl IncidentsService for Incidents {
    async fn open_incident(
        &self,
        request: Request<OpenIncidentRequest>,
    ) -> Result<Response<OpenIncidentResponse>, Status> {
        let meta = meta(&request)?;
        let request = request.into_inner();
        let town = convert::required("town", &request.town)?;
        let zone = self.zone_of(&town).await?;
        let now = self.store.surroundings().now();
        let open = parse::open(&request, town, &zone, now)?;
        let id = open.incident.clone();
        let outcome = if request.narrative.is_empty() {
            self.execute(&id, Command::Open(open), meta).await?
        } else {
            let named = |token| {
                Command::Open(Open {
                    narrative: Some(token),
                    ..open
                })
            };
            let text = ("narrative", request.narrative.as_str());
            self.execute_sealed(&id, text, named, meta).await?
        };
        Ok(Response::new(OpenIncidentResponse {
            seq: outcome.last_seq,
        }))
    }

    async fn record_unit(
        &self,
        request: Request<RecordUnitRequest>,
    ) -> Result<Response<RecordUnitResponse>, Status> {
        let meta = meta(&request)?;
        let id = parse::incident(&request.get_ref().incident)?;
        let row = self.found(&id).await?;
        let zone = self.zone_of(&row.town).await?;
        let now = self.store.surroundings().now();
        let mut record = parse::unit(request.get_ref(), &id, &zone, now)?;
        if let Some(officer) = &record.unit.officer {
            let found = mirror::employment(&self.store, officer).await;
            record.employment = found.map_err(refuse)?;
        }
        let outcome = self.execute(&id, Command::RecordUnit(record), meta).await?;
        let flags = self
            .row(&id)
            .await?
            .map_or_else(Vec::new, |row| row.incident.flags());
        Ok(Response::new(RecordUnitResponse {
            seq: outcome.last_seq,
            flags: reply::flags(&flags),
        }))
    }

    async fn close_incident(
        &self,
        request: Request<CloseIncidentRequest>,
    ) -> Result<Response<CloseIncidentResponse>, Status> {
        let meta = meta(&request)?;
        let close = parse::close(request.get_ref())?;
        let id = close.incident.clone();
        let outcome = self.execute(&id, Command::Close(close), meta).await?;
        let incident = self.found(&id).await?.incident;
        Ok(Response::new(CloseIncidentResponse {
            seq: outcome.last_seq,
            minutes: incident.minutes().unwrap_or_default().0,
            flags: reply::flags(&incident.flags()),
        }))
    }

    async fn withdraw_incident(
        &self,
        request: Request<WithdrawIncidentRequest>,
    ) -> Result<Response<WithdrawIncidentResponse>, Status> {
        let meta = meta(&request)?;
        let request = request.into_inner();
        let (incident, words) = parse::withdraw(&request)?;
        let id = incident.clone();
        let because = |reason| Command::Withdraw(Withdraw { incident, reason });
        let outcome = self
            .execute_sealed(&id, ("reason", &words), because, meta)
            .await?;
        Ok(Response::new(WithdrawIncidentResponse {
            seq: outcome.last_seq,
        }))
    }

    async fn erase_incident(
        &self,
        request: Request<EraseIncidentRequest>,
    ) -> Result<Response<EraseIncidentResponse>, Status> {
        erase::incident(self, &request).await
    }

    async fn import_incidents(
        &self,
        request: Request<ImportIncidentsRequest>,
    ) -> Result<Response<ImportIncidentsResponse>, Status> {
        let meta = meta(&request)?;
        import::import(&self.store, request.into_inner().rows, &meta)
            .await
            .map(Response::new)
    }

    async fn get_incident(
        &self,
        request: Request<GetIncidentRequest>,
    ) -> Result<Response<wire::incidents::v1::Incident>, Status> {
        let request = request.into_inner();
        let row = self.found(&parse::incident(&request.incident)?).await?;
        // A town learns no more of another's incidents: not even that they exist.
        if !request.town.is_empty() && request.town != row.town.as_str() {
            return Err(unknown(&row.incident.incident));
        }
        Ok(Response::new(reply::incident(&row)))
    }

    async fn list_incidents(
        &self,
        request: Request<ListIncidentsRequest>,
    ) -> Result<Response<ListIncidentsResponse>, Status> {
        let request = request.into_inner();
        let filter = parse::filter(&request.town, &request.month)?;
        let filter: Vec<(&str, &str)> = filter.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let page = Page::read(
            request.page_size,
            &request.page_token,
            &[&request.town, &request.month],
        )?;
        let after = page.rows();
        let table = Table::Projection(Rows::NAME);
        let rows = self
            .store
            .read_rows::<Row>(table, &log(), &filter, &after)
            .await;
        let (rows, next_page_token) = page.cut(rows.map_err(refuse)?, |row| &row.key);
        let incidents = rows.iter().map(|row| reply::incident(&row.row)).collect();
        Ok(Response::new(ListIncidentsResponse {
            incidents,
            next_page_token,
        }))
    }

    async fn summarise_incidents(
        &self,
        request: Request<SummariseIncidentsRequest>,
    ) -> Result<Response<SummariseIncidentsResponse>, Status> {
        let request = request.into_inner();
        let _: Month = convert::required("month", &request.month)?;
        let filter = parse::filter(&request.town, &request.month)?;
        let filter: Vec<(&str, &str)> = filter.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let mut counts = BTreeMap::new();
        let mut page = eventlog::Page::first(5000);
        loop {
            let table = Table::Projection(Rows::NAME);
            let rows = self
                .store
                .read_rows::<Row>(table, &log(), &filter, &page)
                .await;
            let rows = rows.map_err(refuse)?;
            let Some(last) = rows.last() else { break };
            page.after.clone_from(&last.key);
            rows.iter()
                .for_each(|row| reply::count(&mut counts, &row.row.incident));
        }
        let counts = counts.into_values().collect();
        Ok(Response::new(SummariseIncidentsResponse { counts }))
    }
}
