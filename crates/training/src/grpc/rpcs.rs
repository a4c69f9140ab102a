//! One method per call.

use rpc::{Sealed, actor, meta};
use tonic::{Request, Response, Status};
use wire::convert::{all, date, optional_date, required};
use wire::training::v1 as pb;
use wire::training::v1::training_service_server::TrainingService;

use super::{Training, parse};
use crate::domain::dossier::Act;

type Answer<T> = Result<Response<T>, Status>;

/// The vault's field for the issuer's number.
pub(super) const NUMBER: &str = "number";

#[tonic::async_trait]
impl TrainingService for Training {
    async fn record_evidence(
        &self,
        request: Request<pb::RecordEvidenceRequest>,
    ) -> Answer<pb::RecordEvidenceResponse> {
        let officer = required("officer", &request.get_ref().officer)?;
        let fact = parse::evidence(request.get_ref())?;
        let done = self.execute(&request, officer, Act::Record(fact)).await?;
        Ok(Response::new(pb::RecordEvidenceResponse { seq: done.seq }))
    }

    async fn grant_credential(
        &self,
        request: Request<pb::GrantCredentialRequest>,
    ) -> Answer<pb::GrantCredentialResponse> {
        let officer = required("officer", &request.get_ref().officer)?;
        let mut sealed = Sealed::new(&self.store, meta(&request)?);
        let number = match request.get_ref().number.trim() {
            "" => None,
            number => Some(sealed.seal(&[(NUMBER, number)])),
        };
        let number = number.map(|token| token.parse().expect("a UUID's text is a token"));
        let act = parse::grant(request.get_ref(), number)?;
        let done = self.execute_sealed(sealed, officer, act).await?;
        Ok(Response::new(pb::GrantCredentialResponse {
            seq: done.seq,
            credential: done.id,
        }))
    }

    async fn suspend_credential(
        &self,
        request: Request<pb::SuspendCredentialRequest>,
    ) -> Answer<pb::SuspendCredentialResponse> {
        let asked = request.get_ref();
        let turn = [&asked.officer, &asked.credential, &asked.from];
        let (officer, credential, from) = parse::turn(turn)?;
        let act = Act::Suspend { credential, from };
        let seq = self.execute(&request, officer, act).await?.seq;
        Ok(Response::new(pb::SuspendCredentialResponse { seq }))
    }

    async fn reinstate_credential(
        &self,
        request: Request<pb::ReinstateCredentialRequest>,
    ) -> Answer<pb::ReinstateCredentialResponse> {
        let asked = request.get_ref();
        let turn = [&asked.officer, &asked.credential, &asked.from];
        let (officer, credential, from) = parse::turn(turn)?;
        let act = Act::Reinstate { credential, from };
        let seq = self.execute(&request, officer, act).await?.seq;
        Ok(Response::new(pb::ReinstateCredentialResponse { seq }))
    }

    async fn revoke_credential(
        &self,
        request: Request<pb::RevokeCredentialRequest>,
    ) -> Answer<pb::RevokeCredentialResponse> {
        let asked = request.get_ref();
        let turn = [&asked.officer, &asked.credential, &asked.from];
        let (officer, credential, from) = parse::turn(turn)?;
        let act = Act::Revoke { credential, from };
        let seq = self.execute(&request, officer, act).await?.seq;
        Ok(Response::new(pb::RevokeCredentialResponse { seq }))
    }

    async fn grant_waiver(
        &self,
        request: Request<pb::GrantWaiverRequest>,
    ) -> Answer<pb::GrantWaiverResponse> {
        let asked = request.get_ref();
        let (officer, requirement, from, until, towns) = all((
            required("officer", &asked.officer),
            required("requirement", &asked.requirement),
            date("from", &asked.from),
            optional_date("until", &asked.until),
            parse::list("towns", &asked.towns),
        ))?;
        let act = Act::Waive {
            requirement,
            from,
            until,
            signer: actor(&request)?.id.clone(),
            towns,
        };
        let done = self.execute(&request, officer, act).await?;
        Ok(Response::new(pb::GrantWaiverResponse {
            seq: done.seq,
            waiver: done.id,
        }))
    }

    async fn end_waiver(
        &self,
        request: Request<pb::EndWaiverRequest>,
    ) -> Answer<pb::EndWaiverResponse> {
        let asked = request.get_ref();
        let (officer, waiver, on) = all((
            required("officer", &asked.officer),
            required("waiver", &asked.waiver),
            date("on", &asked.on),
        ))?;
        let act = Act::EndWaiver { waiver, on };
        let seq = self.execute(&request, officer, act).await?.seq;
        Ok(Response::new(pb::EndWaiverResponse { seq }))
    }

    async fn decide_equivalence(
        &self,
        request: Request<pb::DecideEquivalenceRequest>,
    ) -> Answer<pb::DecideEquivalenceResponse> {
        let asked = request.get_ref();
        let officer = required("officer", &asked.officer)?;
        let (foreign, basis, satisfies, lacks, from, until) = all((
            required("foreign", &asked.foreign),
            required("basis", &asked.basis),
            parse::list("satisfies", &asked.satisfies),
            parse::list("lacks", &asked.lacks),
            date("from", &asked.from),
            optional_date("until", &asked.until),
        ))?;
        let act = Act::DecideEquivalence {
            foreign,
            by: actor(&request)?.id.clone(),
            basis,
            satisfies,
            lacks,
            from,
            until,
        };
        let done = self.execute(&request, officer, act).await?;
        Ok(Response::new(pb::DecideEquivalenceResponse {
            seq: done.seq,
            decision: done.id,
        }))
    }

    async fn void_record(
        &self,
        request: Request<pb::VoidRecordRequest>,
    ) -> Answer<pb::VoidRecordResponse> {
        let officer = required("officer", &request.get_ref().officer)?;
        let record = parse::record(request.get_ref().record)?;
        let done = self
            .execute(&request, officer, Act::Void { record })
            .await?;
        Ok(Response::new(pb::VoidRecordResponse { seq: done.seq }))
    }

    async fn question_record(
        &self,
        request: Request<pb::QuestionRecordRequest>,
    ) -> Answer<pb::QuestionRecordResponse> {
        let asked = request.get_ref();
        let (officer, record, because) = all((
            required("officer", &asked.officer),
            parse::record(asked.record),
            required("because", &asked.because),
        ))?;
        let act = Act::Question { record, because };
        let seq = self.execute(&request, officer, act).await?.seq;
        Ok(Response::new(pb::QuestionRecordResponse { seq }))
    }

    async fn list_credentials(
        &self,
        request: Request<pb::ListCredentialsRequest>,
    ) -> Answer<pb::ListCredentialsResponse> {
        let numbers = parse::may_see_numbers(actor(&request)?);
        let listed = self.credentials(request.get_ref(), numbers).await?;
        Ok(Response::new(listed))
    }

    async fn list_waivers(
        &self,
        request: Request<pb::ListWaiversRequest>,
    ) -> Answer<pb::ListWaiversResponse> {
        Ok(Response::new(self.waivers(request.get_ref()).await?))
    }

    async fn list_records(
        &self,
        request: Request<pb::ListRecordsRequest>,
    ) -> Answer<pb::ListRecordsResponse> {
        Ok(Response::new(self.listed_records(request.get_ref()).await?))
    }

    async fn check_eligibility(
        &self,
        request: Request<pb::CheckEligibilityRequest>,
    ) -> Answer<pb::CheckEligibilityResponse> {
        Ok(Response::new(self.eligibility(request.get_ref()).await?))
    }

    async fn list_lapses(
        &self,
        request: Request<pb::ListLapsesRequest>,
    ) -> Answer<pb::ListLapsesResponse> {
        Ok(Response::new(self.lapses(request.get_ref()).await?))
    }

    async fn list_eligible(
        &self,
        request: Request<pb::ListEligibleRequest>,
    ) -> Answer<pb::ListEligibleResponse> {
        Ok(Response::new(self.eligible(request.get_ref()).await?))
    }

    async fn list_expiring(
        &self,
        request: Request<pb::ListExpiringRequest>,
    ) -> Answer<pb::ListExpiringResponse> {
        Ok(Response::new(self.expiring(request.get_ref()).await?))
    }

    async fn list_training_hours(
        &self,
        request: Request<pb::ListTrainingHoursRequest>,
    ) -> Answer<pb::ListTrainingHoursResponse> {
        Ok(Response::new(self.hours(request.get_ref()).await?))
    }
}
