//! Questions to the platform: each request knows which role answers it, and by which call.

use std::future::Future;

use tonic::transport::Channel;
use tonic::{Request, Response, Status};
use wire::incidents::v1 as incidents;
use wire::incidents::v1::incidents_service_client::IncidentsServiceClient;
use wire::payroll::v1 as payroll;
use wire::payroll::v1::payroll_service_client::PayrollServiceClient;
use wire::registry::v1 as registry;
use wire::registry::v1::access_service_client::AccessServiceClient;
use wire::registry::v1::registry_service_client::RegistryServiceClient;
use wire::scheduling::v1 as scheduling;
use wire::scheduling::v1::scheduling_service_client::SchedulingServiceClient;
use wire::statements::v1 as statements;
use wire::statements::v1::statements_service_client::StatementsServiceClient;
use wire::training::v1 as training;
use wire::training::v1::course_service_client::CourseServiceClient;
use wire::training::v1::training_service_client::TrainingServiceClient;

use super::role::Role;

/// A request message of one call.
pub(crate) trait Ask: Clone + Send {
    type Answer: Send;
    /// Who answers.
    const ROLE: Role;
    fn send(
        request: Request<Self>,
        channel: Channel,
    ) -> impl Future<Output = Result<Response<Self::Answer>, Status>> + Send;
}

macro_rules! asks {
    ($($role:ident: $client:ident, $method:ident($request:ty) -> $answer:ty;)*) => {$(
        impl Ask for $request {
            type Answer = $answer;
            const ROLE: Role = Role::$role;
            async fn send(
                request: Request<Self>,
                channel: Channel,
            ) -> Result<Response<Self::Answer>, Status> {
                $client::new(channel).$method(request).await
            }
        }
    )*};
}

asks! {
    Registry: RegistryServiceClient, register_town(registry::RegisterTownRequest)
        -> registry::RegisterTownResponse;
    Registry: RegistryServiceClient, record_basis_figure(registry::RecordBasisFigureRequest)
        -> registry::RecordBasisFigureResponse;
    Registry: RegistryServiceClient, enrol_officer(registry::EnrolOfficerRequest)
        -> registry::EnrolOfficerResponse;
    Registry: RegistryServiceClient, end_officer(registry::EndOfficerRequest)
        -> registry::EndOfficerResponse;
    Registry: RegistryServiceClient, get_officer(registry::GetOfficerRequest)
        -> registry::Officer;
    Registry: RegistryServiceClient, erase_officer(registry::EraseOfficerRequest)
        -> registry::EraseOfficerResponse;
    Registry: RegistryServiceClient, erase_contact(registry::EraseContactRequest)
        -> registry::EraseContactResponse;
    Registry: RegistryServiceClient, change_town(registry::ChangeTownRequest)
        -> registry::ChangeTownResponse;
    Registry: RegistryServiceClient, set_pay_rate(registry::SetPayRateRequest)
        -> registry::SetPayRateResponse;
    Registry: RegistryServiceClient, assign_officer(registry::AssignOfficerRequest)
        -> registry::AssignOfficerResponse;
    Registry: RegistryServiceClient, draft_agreement(registry::DraftAgreementRequest)
        -> registry::DraftAgreementResponse;
    Registry: RegistryServiceClient, propose_terms(registry::ProposeTermsRequest)
        -> registry::ProposeTermsResponse;
    Registry: RegistryServiceClient, sign_terms(registry::SignTermsRequest)
        -> registry::SignTermsResponse;
    Scheduling: SchedulingServiceClient, list_shifts(scheduling::ListShiftsRequest)
        -> scheduling::ListShiftsResponse;
    Registry: RegistryServiceClient,
        list_shipped_profiles(registry::ListShippedProfilesRequest)
        -> registry::ListShippedProfilesResponse;
    Registry: RegistryServiceClient, issue_profile(registry::IssueProfileRequest)
        -> registry::IssueProfileResponse;
    Registry: RegistryServiceClient, agree_programme(registry::AgreeProgrammeRequest)
        -> registry::AgreeProgrammeResponse;
    Training: TrainingServiceClient, record_evidence(training::RecordEvidenceRequest)
        -> training::RecordEvidenceResponse;
    Training: TrainingServiceClient, grant_credential(training::GrantCredentialRequest)
        -> training::GrantCredentialResponse;
    Training: TrainingServiceClient, suspend_credential(training::SuspendCredentialRequest)
        -> training::SuspendCredentialResponse;
    Training: TrainingServiceClient, reinstate_credential(training::ReinstateCredentialRequest)
        -> training::ReinstateCredentialResponse;
    Training: CourseServiceClient, begin_field_training(training::BeginFieldTrainingRequest)
        -> training::BeginFieldTrainingResponse;
    Training: CourseServiceClient, record_observation(training::RecordObservationRequest)
        -> training::RecordObservationResponse;
    Training: TrainingServiceClient, list_credentials(training::ListCredentialsRequest)
        -> training::ListCredentialsResponse;
    Scheduling: SchedulingServiceClient, add_shift(scheduling::AddShiftRequest)
        -> scheduling::AddShiftResponse;
    Scheduling: SchedulingServiceClient, publish_shifts(scheduling::PublishShiftsRequest)
        -> scheduling::PublishShiftsResponse;
    Scheduling: SchedulingServiceClient, list_flags(scheduling::ListFlagsRequest)
        -> scheduling::ListFlagsResponse;
    Training: TrainingServiceClient, list_records(training::ListRecordsRequest)
        -> training::ListRecordsResponse;
    Registry: AccessServiceClient, grant_access(registry::GrantAccessRequest)
        -> registry::GrantAccessResponse;
    Registry: AccessServiceClient, rotate_token(registry::RotateTokenRequest)
        -> registry::RotateTokenResponse;
    Registry: AccessServiceClient, revoke_access(registry::RevokeAccessRequest)
        -> registry::RevokeAccessResponse;
    Registry: RegistryServiceClient, get_town(registry::GetTownRequest) -> registry::Town;
    Payroll: PayrollServiceClient, clock_in(payroll::ClockInRequest) -> payroll::ClockInResponse;
    Payroll: PayrollServiceClient, clock_out(payroll::ClockOutRequest)
        -> payroll::ClockOutResponse;
    Payroll: PayrollServiceClient, r#move(payroll::MoveRequest) -> payroll::MoveResponse;
    Payroll: PayrollServiceClient, record_duty(payroll::RecordDutyRequest)
        -> payroll::RecordDutyResponse;
    Payroll: PayrollServiceClient, correct_duty(payroll::CorrectDutyRequest)
        -> payroll::CorrectDutyResponse;
    Payroll: PayrollServiceClient, remove_duty(payroll::RemoveDutyRequest)
        -> payroll::RemoveDutyResponse;
    Payroll: PayrollServiceClient, return_week(payroll::ReturnWeekRequest)
        -> payroll::ReturnWeekResponse;
    Payroll: PayrollServiceClient, submit_week(payroll::SubmitWeekRequest)
        -> payroll::SubmitWeekResponse;
    Payroll: PayrollServiceClient, approve_week(payroll::ApproveWeekRequest)
        -> payroll::ApproveWeekResponse;
    Payroll: PayrollServiceClient, get_timesheet(payroll::GetTimesheetRequest)
        -> payroll::Timesheet;
    Incidents: IncidentsServiceClient, open_incident(incidents::OpenIncidentRequest)
        -> incidents::OpenIncidentResponse;
    Incidents: IncidentsServiceClient, record_unit(incidents::RecordUnitRequest)
        -> incidents::RecordUnitResponse;
    Incidents: IncidentsServiceClient, close_incident(incidents::CloseIncidentRequest)
        -> incidents::CloseIncidentResponse;
    Incidents: IncidentsServiceClient, withdraw_incident(incidents::WithdrawIncidentRequest)
        -> incidents::WithdrawIncidentResponse;
    Incidents: IncidentsServiceClient, erase_incident(incidents::EraseIncidentRequest)
        -> incidents::EraseIncidentResponse;
    Incidents: IncidentsServiceClient, import_incidents(incidents::ImportIncidentsRequest)
        -> incidents::ImportIncidentsResponse;
    Incidents: IncidentsServiceClient, list_incidents(incidents::ListIncidentsRequest)
        -> incidents::ListIncidentsResponse;
    Statements: StatementsServiceClient, record_expense(statements::RecordExpenseRequest)
        -> statements::RecordExpenseResponse;
    Statements: StatementsServiceClient, preview_month(statements::PreviewMonthRequest)
        -> statements::PreviewMonthResponse;
    Statements: StatementsServiceClient, close_month(statements::CloseMonthRequest)
        -> statements::CloseMonthResponse;
    Statements: StatementsServiceClient, get_statement(statements::GetStatementRequest)
        -> statements::Statement;
    Statements: StatementsServiceClient, get_bundle(statements::GetBundleRequest)
        -> tonic::Streaming<statements::BundleChunk>;
    Statements: StatementsServiceClient, get_verifier_key(statements::GetVerifierKeyRequest)
        -> statements::GetVerifierKeyResponse;
}
