//! The serving side: one service in front of the stores of all roles in this process.

use eventlog::{LogId, Store};
use proof::VerifierKey;
use tonic::{Code, Request, Response, Status};
use wire::convert;
use wire::log::v1::log_service_server::{LogService, LogServiceServer};
use wire::log::v1::{
    GetEventRequest, GetEventResponse, GetFactRequest, GetFactResponse, Head, HeadsRequest,
    HeadsResponse, ListConsumersRequest, ListConsumersResponse, ListEventsRequest,
    ListEventsResponse, ListParkedRequest, ListParkedResponse, ListSkippedRequest,
    ListSkippedResponse, ListTablesRequest, ListTablesResponse, Parked, ReadRequest, ReadResponse,
    RebuildTableRequest, RebuildTableResponse, RetryParkedRequest, RetryParkedResponse,
    SkipParkedRequest, SkipParkedResponse, VerifyLogRequest, VerifyLogResponse,
};
use wire::{Refusal, Violation};

use super::client::Client;
use super::convert::to_wire;
use super::walk::Answers;
use super::{consumers, events, skip, tables, walk};
use crate::page::Page;
use crate::refuse::refuse;
use crate::server::Services;

const READ_DEFAULT: u32 = 500;
const READ_MAX: u32 = 5000;
/// Room for the facts of one answer, below the 4 MiB that clients take by default.
const READ_BYTES: usize = 3 * 1024 * 1024;

/// The logs that answer at one address.
#[derive(Clone, Default)]
pub struct Logs {
    pub(super) stores: Vec<(&'static str, Store)>,
    pub(super) owners: Option<Client>,
    pub(super) keys: Vec<VerifierKey>,
}

/// The log service over these logs, ready to be served.
pub fn services(logs: Logs) -> Services {
    Services::new().with(LogServiceServer::new(logs))
}

impl Logs {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same and the logs of one more service: those whose id begins with its name.
    pub fn with(mut self, service: &'static str, store: Store) -> Self {
        self.stores.push((service, store));
        self
    }

    /// The same, knowing where the logs are read that these services listen to.
    pub fn owners(mut self, owners: Client) -> Self {
        self.owners = Some(owners);
        self
    }

    /// The same, knowing a key that signs checkpoints.
    pub fn key(mut self, key: VerifierKey) -> Self {
        self.keys.push(key);
        self
    }

    /// The store of a service.
    pub(super) fn store(&self, service: &str) -> Result<(&'static str, &Store), Status> {
        let found = self.stores.iter().find(|(name, _)| *name == service);
        let (name, store) = found.ok_or_else(|| self.not_here(service))?;
        Ok((name, store))
    }

    /// The log that an id names, and the store it stands in.
    pub(super) fn find(&self, id: &str) -> Result<(LogId, &Store), Status> {
        let log = log_id("log", id)?;
        let service = id.split('/').next().unwrap_or_default();
        let (_, store) = self
            .stores
            .iter()
            .find(|(name, _)| *name == service)
            .ok_or_else(|| self.not_here(service))?;
        Ok((log, store))
    }

    /// The store in which a listener has stopped at a log. Where none has, any: it says so, or
    /// knows the command from before.
    async fn parking(&self, consumer: &str, log: &LogId) -> Result<&Store, Status> {
        let mut last = None;
        for (service, store) in &self.stores {
            let parked = store.parked().await.map_err(refuse)?;
            let here =
                |parked: &eventlog::Parked| parked.consumer == consumer && parked.log == *log;
            if parked.iter().any(here) {
                return Ok(store);
            }
            if *service == consumer || last.is_none() {
                last = Some(store);
            }
        }
        last.ok_or_else(|| self.not_here(consumer))
    }

    pub(super) fn not_here(&self, service: &str) -> Status {
        let here: Vec<_> = self.stores.iter().map(|(name, _)| *name).collect();
        let message = format!(
            "The logs of \"{service}\" are not kept at this address; {} are.",
            crate::actor::list(here, "and")
        );
        Refusal::new(Code::NotFound, "LOG_NOT_HERE", message).into()
    }
}

#[tonic::async_trait]
impl LogService for Logs {
    async fn read(&self, request: Request<ReadRequest>) -> Result<Response<ReadResponse>, Status> {
        let ReadRequest { log, after, limit } = request.into_inner();
        let (log, store) = self.find(&log)?;
        let limit = if limit == 0 {
            READ_DEFAULT
        } else {
            limit.min(READ_MAX)
        };
        let rows = store.read_facts(&log, after, limit).await.map_err(refuse)?;
        let mut room = READ_BYTES;
        let mut facts = Vec::with_capacity(rows.len());
        for row in rows {
            let fact = to_wire(row);
            let size = prost::Message::encoded_len(&fact);
            // The first one goes whatever its size: else its reader would never get past it.
            if size > room && !facts.is_empty() {
                break;
            }
            room = room.saturating_sub(size);
            facts.push(fact);
        }
        Ok(Response::new(ReadResponse { facts }))
    }

    async fn heads(
        &self,
        request: Request<HeadsRequest>,
    ) -> Result<Response<HeadsResponse>, Status> {
        let service = request.into_inner().service;
        let asked = |name: &str| service.is_empty() || service == name;
        if !self.stores.iter().any(|(name, _)| asked(name)) {
            return Err(self.not_here(&service));
        }
        let mut heads = Vec::new();
        for (_, store) in self.stores.iter().filter(|(name, _)| asked(name)) {
            for (log, head) in store.heads().await.map_err(refuse)? {
                heads.push(Head {
                    log: log.to_string(),
                    seq: head.seq,
                    fact_seq: head.fact_seq,
                });
            }
        }
        heads.sort_by(|a, b| a.log.cmp(&b.log));
        Ok(Response::new(HeadsResponse { heads }))
    }

    async fn list_parked(
        &self,
        request: Request<ListParkedRequest>,
    ) -> Result<Response<ListParkedResponse>, Status> {
        let ListParkedRequest {
            consumer,
            page_size,
            page_token,
        } = request.into_inner();
        let page = Page::read(page_size, &page_token, &["parked", &consumer])?;
        let mut found = Vec::new();
        for (_, store) in &self.stores {
            for parked in store.parked().await.map_err(refuse)? {
                if consumer.is_empty() || parked.consumer == consumer {
                    found.push((format!("{} {}", parked.consumer, parked.log), parked));
                }
            }
        }
        // Few by nature (each one stops a log), so they are ordered and cut here.
        found.sort_by(|(a, _), (b, _)| a.cmp(b));
        found.retain(|(key, _)| *key > page.after);
        let (found, next_page_token) = page.cut(found, |(key, _)| key);
        let parked = found
            .into_iter()
            .map(|(_, parked)| to_wire_parked(parked))
            .collect();
        Ok(Response::new(ListParkedResponse {
            parked,
            next_page_token,
        }))
    }

    async fn retry_parked(
        &self,
        request: Request<RetryParkedRequest>,
    ) -> Result<Response<RetryParkedResponse>, Status> {
        let meta = crate::meta::meta(&request)?;
        let RetryParkedRequest { consumer, log } = request.into_inner();
        let (consumer, log) = convert::all((
            convert::text(
                "consumer",
                &consumer,
                "the listener, as ListParked names it",
            ),
            log_violation("log", &log),
        ))?;
        let store = self.parking(&consumer, &log).await?;
        let retried = store.retry_parked(&consumer, &log, meta);
        retried.await.map_err(refuse)?;
        Ok(Response::new(RetryParkedResponse {}))
    }

    async fn skip_parked(
        &self,
        request: Request<SkipParkedRequest>,
    ) -> Result<Response<SkipParkedResponse>, Status> {
        let meta = crate::meta::meta(&request)?;
        let actor = crate::meta::actor(&request)?.clone();
        let SkipParkedRequest { consumer, log, seq } = request.into_inner();
        let (consumer, log) = convert::all((
            convert::text(
                "consumer",
                &consumer,
                "the listener, as ListParked names it",
            ),
            log_violation("log", &log),
        ))?;
        let store = self.parking(&consumer, &log).await?;
        skip::permitted(store, &actor, (&consumer, &log, seq)).await?;
        let skipped = store.skip_parked(&consumer, &log, seq, meta);
        skipped.await.map_err(refuse)?;
        Ok(Response::new(SkipParkedResponse {}))
    }

    async fn list_skipped(
        &self,
        request: Request<ListSkippedRequest>,
    ) -> Result<Response<ListSkippedResponse>, Status> {
        let answer = consumers::skipped(self, request).await?;
        Ok(Response::new(answer))
    }

    async fn list_consumers(
        &self,
        request: Request<ListConsumersRequest>,
    ) -> Result<Response<ListConsumersResponse>, Status> {
        let consumer = request.into_inner().consumer;
        let consumers = consumers::list(self, &consumer).await?;
        Ok(Response::new(ListConsumersResponse { consumers }))
    }

    async fn list_events(
        &self,
        request: Request<ListEventsRequest>,
    ) -> Result<Response<ListEventsResponse>, Status> {
        events::list(self, request).await.map(Response::new)
    }

    async fn get_event(
        &self,
        request: Request<GetEventRequest>,
    ) -> Result<Response<GetEventResponse>, Status> {
        events::one(self, request).await.map(Response::new)
    }

    async fn get_fact(
        &self,
        request: Request<GetFactRequest>,
    ) -> Result<Response<GetFactResponse>, Status> {
        let GetFactRequest { log, seq } = request.into_inner();
        let (log, store) = self.find(&log)?;
        let found = store.read_facts(&log, seq.saturating_sub(1), 1).await;
        let found = found.map_err(refuse)?.into_iter().next();
        let fact = found.filter(|fact| fact.seq == seq).ok_or_else(|| {
            let message = format!("{log} has no fact at {seq}.");
            Status::from(Refusal::new(Code::NotFound, "NO_FACT", message))
        })?;
        let fact = Some(to_wire(fact));
        Ok(Response::new(GetFactResponse { fact }))
    }

    async fn list_tables(
        &self,
        request: Request<ListTablesRequest>,
    ) -> Result<Response<ListTablesResponse>, Status> {
        let tables = tables::list(self, request.into_inner()).await?;
        Ok(Response::new(ListTablesResponse { tables }))
    }

    type VerifyLogStream = Answers<VerifyLogResponse>;

    async fn verify_log(
        &self,
        request: Request<VerifyLogRequest>,
    ) -> Result<Response<Self::VerifyLogStream>, Status> {
        walk::verify(self, &request).map(Response::new)
    }

    type RebuildTableStream = Answers<RebuildTableResponse>;

    async fn rebuild_table(
        &self,
        request: Request<RebuildTableRequest>,
    ) -> Result<Response<Self::RebuildTableStream>, Status> {
        walk::rebuild(self, &request).map(Response::new)
    }
}

fn log_id(field: &str, id: &str) -> Result<LogId, Status> {
    log_violation(field, id).map_err(Status::from)
}

fn log_violation(field: &str, id: &str) -> Result<LogId, Violation> {
    id.parse()
        .map_err(|e: eventlog::LogIdError| Violation::new(field, e.to_string()))
}

fn to_wire_parked(parked: eventlog::Parked) -> Parked {
    Parked {
        consumer: parked.consumer,
        log: parked.log.to_string(),
        seq: parked.seq,
        error: parked.error,
        since: Some(convert::timestamp_value(parked.since)),
        attempts: parked.attempts,
        kind: parked.kind,
        last_seq: parked.upto,
    }
}
