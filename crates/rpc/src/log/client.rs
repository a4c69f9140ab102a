//! The asking side: what a listener reads when the bus cannot give it.

use std::collections::BTreeMap;
use std::time::Duration;

use bus::{Backfill, Unreachable};
use eventlog::{FactRow, LogId};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;
use tonic::{Request, Status};
use wire::Refusal;
use wire::log::v1::log_service_client::LogServiceClient;
use wire::log::v1::{HeadsRequest, ReadRequest};
use wire::tls::{ClientTls, ClientTlsError};

use super::convert::from_wire;

/// Time that an owner has to answer; a page of facts takes milliseconds.
const DEADLINE: Duration = Duration::from_secs(10);
/// Room for an answer that is one huge fact.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// The owners of logs, by service. Connections are made when first needed, and again whenever
/// they were lost. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    owners: BTreeMap<String, LogServiceClient<Channel>>,
    token: MetadataValue<Ascii>,
}

/// A client that can not be set up as configured.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The text is no address.
    #[error("the address of {service}: {problem}")]
    Address {
        /// Which service it was given for.
        service: String,
        /// What is wrong with it.
        problem: ClientTlsError,
    },
    /// The token cannot stand in a header.
    #[error("the service token holds characters that cannot stand in a header")]
    Token,
}

impl Client {
    /// A client that asks each service at its address (`http://127.0.0.1:4101`), with a token
    /// whose grant holds the role `service`.
    pub fn new(
        addresses: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
        token: &str,
    ) -> Result<Self, ClientError> {
        Self::secured(addresses, token, &ClientTls::default())
    }

    /// The same; addresses that begin with `https://` are spoken to as `tls` says.
    pub fn secured(
        addresses: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
        token: &str,
        tls: &ClientTls,
    ) -> Result<Self, ClientError> {
        let token = format!("Bearer {token}")
            .parse()
            .map_err(|_| ClientError::Token)?;
        let mut owners = BTreeMap::new();
        for (service, address) in addresses {
            let service = service.into();
            let endpoint = tls.endpoint(&address.into()).map_err(|problem| {
                let service = service.clone();
                ClientError::Address { service, problem }
            })?;
            let endpoint = endpoint
                .connect_timeout(Duration::from_secs(3))
                .timeout(DEADLINE)
                .http2_keep_alive_interval(Duration::from_secs(20))
                .keep_alive_timeout(Duration::from_secs(5));
            let client = LogServiceClient::new(endpoint.connect_lazy())
                .max_decoding_message_size(ANSWER_BYTES);
            owners.insert(service, client);
        }
        Ok(Self { owners, token })
    }

    fn owner(&self, service: &str) -> Result<LogServiceClient<Channel>, Unreachable> {
        self.owners
            .get(service)
            .cloned()
            .ok_or_else(|| Unreachable(format!("no address is configured for {service}")))
    }

    /// Every log of a service with the position of its last fact.
    pub(super) async fn heads_of(&self, service: &str) -> Result<Vec<(LogId, u64)>, Unreachable> {
        let message = HeadsRequest {
            service: service.to_owned(),
        };
        let answer = self.owner(service)?.heads(self.request(message)).await;
        let heads = answer
            .map_err(|status| unreachable(service, &status))?
            .into_inner()
            .heads;
        let read = |head: wire::log::v1::Head| {
            let log = head
                .log
                .parse()
                .map_err(|e: eventlog::LogIdError| Unreachable(e.to_string()))?;
            Ok((log, head.fact_seq))
        };
        heads.into_iter().map(read).collect()
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request
            .metadata_mut()
            .insert("authorization", self.token.clone());
        request.set_timeout(DEADLINE);
        request
    }
}

impl Backfill for Client {
    async fn read(&self, log: &LogId, after: u64, limit: u32) -> Result<Vec<FactRow>, Unreachable> {
        let service = log.as_str().split('/').next().unwrap_or_default();
        let message = ReadRequest {
            log: log.to_string(),
            after,
            limit,
        };
        let answer = self.owner(service)?.read(self.request(message)).await;
        let facts = answer
            .map_err(|status| unreachable(service, &status))?
            .into_inner()
            .facts;
        facts
            .into_iter()
            .map(from_wire)
            .collect::<Result<_, _>>()
            .map_err(Unreachable)
    }

    async fn heads(&self, service: &'static str) -> Result<Vec<(LogId, u64)>, Unreachable> {
        self.heads_of(service).await
    }
}

fn unreachable(service: &str, status: &Status) -> Unreachable {
    match wire::tls::trouble(status) {
        Some((why, fix)) => Unreachable(format!("{service}: {why}; {fix}")),
        None => Unreachable(format!("{service}: {}", Refusal::from_status(status))),
    }
}
