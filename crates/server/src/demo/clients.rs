//! The demo's hands: a client per service, with a token.

use std::future::Future;
use std::time::{Duration, Instant};

use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status};
use wire::Refusal;
use wire::incidents::v1::incidents_service_client::IncidentsServiceClient;
use wire::payroll::v1::payroll_service_client::PayrollServiceClient;
use wire::registry::v1::registry_service_client::RegistryServiceClient;
use wire::scheduling::v1::coverage_service_client::CoverageServiceClient;
use wire::scheduling::v1::scheduling_service_client::SchedulingServiceClient;
use wire::statements::v1::statements_service_client::StatementsServiceClient;
use wire::training::v1::training_service_client::TrainingServiceClient;

use crate::launch::Platform;
use crate::roles::Role;

/// How long the services may take to hear of each other.
const HEARING: Duration = Duration::from_secs(30);

/// Refusals that only say that a neighbour's fact has not been heard yet.
const NOT_YET_HEARD: [&str; 8] = [
    "TOWN_UNKNOWN",
    "OFFICER_UNKNOWN",
    "PAY_RATE_MISSING",
    "ACCOUNT_MISSING",
    "AGREEMENT_UNKNOWN",
    "AGREEMENT_NOT_SIGNED",
    "AGREEMENT_NOT_IN_FORCE",
    "REQUIREMENTS_UNMET",
];

type Authorized = InterceptedService<Channel, Bearer>;

/// A client per service.
#[derive(Clone)]
pub(crate) struct Clients {
    pub registry: RegistryServiceClient<Authorized>,
    pub training: TrainingServiceClient<Authorized>,
    pub coverage: CoverageServiceClient<Authorized>,
    pub scheduling: SchedulingServiceClient<Authorized>,
    pub payroll: PayrollServiceClient<Authorized>,
    pub incidents: IncidentsServiceClient<Authorized>,
    pub statements: StatementsServiceClient<Authorized>,
}

/// Adds the token to every call.
#[derive(Clone)]
pub(crate) struct Bearer(MetadataValue<Ascii>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request
            .metadata_mut()
            .insert("authorization", self.0.clone());
        Ok(request)
    }
}

impl Clients {
    /// Clients that act with `token`. Connections are made when first needed.
    pub(crate) fn new(platform: &Platform, token: &str) -> Result<Self, String> {
        let bearer = Bearer(
            format!("Bearer {token}")
                .parse()
                .map_err(|_| "not a token")?,
        );
        let channel = |role: Role| -> Result<Channel, String> {
            let endpoint = Endpoint::from_shared(platform.endpoint(role));
            Ok(endpoint.map_err(|e| e.to_string())?.connect_lazy())
        };
        let (scheduling, bearer) = (channel(Role::Scheduling)?, || bearer.clone());
        Ok(Self {
            registry: RegistryServiceClient::with_interceptor(channel(Role::Registry)?, bearer()),
            training: TrainingServiceClient::with_interceptor(channel(Role::Training)?, bearer()),
            coverage: CoverageServiceClient::with_interceptor(scheduling.clone(), bearer()),
            scheduling: SchedulingServiceClient::with_interceptor(scheduling, bearer()),
            payroll: PayrollServiceClient::with_interceptor(channel(Role::Payroll)?, bearer()),
            incidents: IncidentsServiceClient::with_interceptor(
                channel(Role::Incidents)?,
                bearer(),
            ),
            statements: StatementsServiceClient::with_interceptor(
                channel(Role::Statements)?,
                bearer(),
            ),
        })
    }
}

/// Calls until what the service needs to know of its neighbours has reached it.
pub(crate) async fn heard<T, F>(mut call: impl FnMut() -> F) -> Result<T, String>
where
    F: Future<Output = Result<Response<T>, Status>>,
{
    let until = Instant::now() + HEARING;
    loop {
        match call().await {
            Ok(response) => return Ok(response.into_inner()),
            Err(status) => {
                let refusal = Refusal::from_status(&status);
                let not_yet = NOT_YET_HEARD.contains(&refusal.reason.as_str());
                if !not_yet || Instant::now() > until {
                    return Err(refusal.to_string());
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Asks until there is an answer, or the services have had time enough to hear of each other.
pub(crate) async fn until_heard<T, F>(mut ask: impl FnMut() -> F) -> Result<Option<T>, String>
where
    F: Future<Output = Result<Option<T>, String>>,
{
    let until = Instant::now() + HEARING;
    loop {
        let answer = ask().await?;
        if answer.is_some() || Instant::now() > until {
            return Ok(answer);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// An answer, or the refusal in words.
pub(crate) fn answered<T>(answer: Result<Response<T>, Status>) -> Result<T, String> {
    answer
        .map(Response::into_inner)
        .map_err(|status| Refusal::from_status(&status).to_string())
}
