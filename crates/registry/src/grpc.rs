//! The calls: parse, execute, reply. No rule and no SQL stands here.

mod access;
mod erase;
mod look_up;
mod parse;
mod personal;
mod programmes;
mod reply;

use eventlog::{Decider, Error, Meta, Outcome, Refuse, Refused, Store};
use jiff::Timestamp;
use rpc::Sealed;
use tonic::{Request, Response, Status};
use wire::registry::v1 as proto;
use wire::registry::v1::registry_service_server::RegistryService;

use crate::Settings;
use crate::domain::agreement::{self, Agreement};
use crate::domain::officer::{self, Officer};
use crate::domain::town::{self, Town};
use crate::projection::{agreements, assignments, memberships, narrowings, officers, towns};

pub(crate) use access::Access;

/// Answers for one store.
pub(crate) struct Registry {
    store: Store,
    settings: Settings,
}

type Answer<T> = Result<Response<T>, Status>;

impl Registry {
    pub(crate) fn new(store: Store, settings: Settings) -> Self {
        Self { store, settings }
    }

    async fn execute<D: Decider>(
        &self,
        key: &str,
        command: D::Command,
        meta: Meta,
    ) -> Result<Outcome, Status> {
        execute::<D>(&self.store, key, command, meta).await
    }

    /// For a command that comes with personal texts.
    fn sealed<T: prost::Message>(&self, request: &Request<T>) -> Result<Sealed<'_>, Status> {
        Ok(Sealed::new(&self.store, rpc::meta(request)?))
    }

    fn now(&self) -> Timestamp {
        self.store.surroundings().now()
    }
}

async fn execute<D: Decider>(
    store: &Store,
    key: &str,
    command: D::Command,
    meta: Meta,
) -> Result<Outcome, Status> {
    let outcome = store.execute::<D>(&crate::log(), key, command, meta).await;
    outcome.map_err(rpc::refuse)
}

/// A refusal outside a command: what was asked for does not exist.
fn refused(refusal: &impl Refuse) -> Status {
    rpc::refuse(Error::Refused(Refused::new(refusal)))
}

#[tonic::async_trait]
impl RegistryService for Registry {
    async fn register_town(
        &self,
        request: Request<proto::RegisterTownRequest>,
    ) -> Answer<proto::RegisterTownResponse> {
        let mut sealed = self.sealed(&request)?;
        let (mut register, contacts) = parse::register_town(request.get_ref(), self.now())?;
        register.contacts = personal::seal_all(&mut sealed, contacts);
        let (key, command) = (register.town.clone(), town::Command::Register(register));
        let outcome = sealed
            .execute::<Town>(&crate::log(), key.as_str(), command)
            .await
            .map_err(rpc::refuse)?;
        Ok(Response::new(proto::RegisterTownResponse {
            seq: outcome.first_seq,
        }))
    }

    async fn change_town(
        &self,
        request: Request<proto::ChangeTownRequest>,
    ) -> Answer<proto::ChangeTownResponse> {
        let mut sealed = self.sealed(&request)?;
        let (mut change, contacts) = parse::change_town(request.get_ref())?;
        change.on = look_up::today_in_town(&self.store, &change.town).await?;
        change.contacts = personal::seal_all(&mut sealed, contacts);
        let (key, command) = (change.town.clone(), town::Command::Change(change));
        let outcome = sealed
            .execute::<Town>(&crate::log(), key.as_str(), command)
            .await
            .map_err(rpc::refuse)?;
        Ok(Response::new(proto::ChangeTownResponse {
            seq: outcome.last_seq,
        }))
    }

    async fn record_basis_figure(
        &self,
        request: Request<proto::RecordBasisFigureRequest>,
    ) -> Answer<proto::RecordBasisFigureResponse> {
        let meta = rpc::meta(&request)?;
        let figure = parse::record_figure(request.get_ref())?;
        let (key, command) = (figure.town.clone(), town::Command::RecordFigure(figure));
        let outcome = self.execute::<Town>(key.as_str(), command, meta).await?;
        Ok(Response::new(proto::RecordBasisFigureResponse {
            seq: outcome.last_seq,
        }))
    }

    async fn get_town(&self, request: Request<proto::GetTownRequest>) -> Answer<proto::Town> {
        let town = parse::town(&request.get_ref().town)?;
        let found = towns::find(&self.store, &town).await.map_err(rpc::refuse)?;
        let row = found.ok_or_else(|| refused(&town::Refusal::NotRegistered { town }))?;
        let contacts = personal::open_all(&self.store, &row.contacts).await?;
        Ok(Response::new(reply::town(row, contacts)))
    }

    async fn list_towns(
        &self,
        request: Request<proto::ListTownsRequest>,
    ) -> Answer<proto::ListTownsResponse> {
        let asked = request.get_ref();
        let page = rpc::Page::read(asked.page_size, &asked.page_token, &[])?;
        let rows = towns::list(&self.store, &page.rows())
            .await
            .map_err(rpc::refuse)?;
        let (rows, next_page_token) = page.cut(rows, |row| &row.key);
        let towns = rows
            .into_iter()
            .map(|row| reply::town(row.row, Vec::new()))
            .collect();
        Ok(Response::new(proto::ListTownsResponse {
            towns,
            next_page_token,
        }))
    }

    async fn enrol_officer(
        &self,
        request: Request<proto::EnrolOfficerRequest>,
    ) -> Answer<proto::EnrolOfficerResponse> {
        let mut sealed = self.sealed(&request)?;
        let (officer, from, texts) = parse::enrol_officer(request.get_ref())?;
        let (key, person) = (officer.clone(), personal::seal(&mut sealed, &texts));
        let command = officer::Command::Enrol(officer::Enrol {
            officer,
            person,
            from,
        });
        let outcome = sealed
            .execute::<Officer>(&crate::log(), key.as_str(), command)
            .await
            .map_err(rpc::refuse)?;
        Ok(Response::new(proto::EnrolOfficerResponse {
            seq: outcome.last_seq,
        }))
    }

    async fn end_officer(
        &self,
        request: Request<proto::EndOfficerRequest>,
    ) -> Answer<proto::EndOfficerResponse> {
        let meta = rpc::meta(&request)?;
        let end = parse::end_officer(request.get_ref())?;
        let (key, command) = (end.officer.clone(), officer::Command::End(end));
        let outcome = self.execute::<Officer>(key.as_str(), command, meta).await?;
        Ok(Response::new(proto::EndOfficerResponse {
            seq: outcome.last_seq,
        }))
    }

    async fn erase_officer(
        &self,
        request: Request<proto::EraseOfficerRequest>,
    ) -> Answer<proto::EraseOfficerResponse> {
        erase::officer(self, &request).await
    }

    async fn erase_contact(
        &self,
        request: Request<proto::EraseContactRequest>,
    ) -> Answer<proto::EraseContactResponse> {
        erase::contact(self, &request).await
    }

    async fn set_pay_rate(
        &self,
        request: Request<proto::SetPayRateRequest>,
    ) -> Answer<proto::SetPayRateResponse> {
        let meta = rpc::meta(&request)?;
        let rate = parse::set_pay_rate(request.get_ref())?;
        let (key, command) = (rate.officer.clone(), officer::Command::SetPayRate(rate));
        let outcome = self.execute::<Officer>(key.as_str(), command, meta).await?;
        Ok(Response::new(proto::SetPayRateResponse {
            seq: outcome.last_seq,
        }))
    }

    async fn assign_officer(
        &self,
        request: Request<proto::AssignOfficerRequest>,
    ) -> Answer<proto::AssignOfficerResponse> {
        let meta = rpc::meta(&request)?;
        let mut assign = parse::assign_officer(request.get_ref())?;
        assign.standing = look_up::standing(&self.store, &assign.account).await?;
        let (key, command) = (assign.officer.clone(), officer::Command::Assign(assign));
        let outcome = self.execute::<Officer>(key.as_str(), command, meta).await?;
        Ok(Response::new(proto::AssignOfficerResponse {
            seq: outcome.last_seq,
        }))
    }

    async fn end_assignment(
        &self,
        request: Request<proto::EndAssignmentRequest>,
    ) -> Answer<proto::EndAssignmentResponse> {
        let meta = rpc::meta(&request)?;
        let end = parse::end_assignment(request.get_ref())?;
        let (key, command) = (end.officer.clone(), officer::Command::EndAssignment(end));
        let outcome = self.execute::<Officer>(key.as_str(), command, meta).await?;
        Ok(Response::new(proto::EndAssignmentResponse {
            seq: outcome.last_seq,
        }))
    }

    async fn get_officer(
        &self,
        request: Request<proto::GetOfficerRequest>,
    ) -> Answer<proto::Officer> {
        let sight = reply::Sight::of(rpc::actor(&request)?);
        let officer = parse::officer(&request.get_ref().officer)?;
        let found = officers::find(&self.store, &officer)
            .await
            .map_err(rpc::refuse)?;
        let not_enrolled = officer::Refusal::NotEnrolled {
            officer: officer.clone(),
        };
        let row = found.ok_or_else(|| refused(&not_enrolled))?;
        let assigned = assignments::of_officer(&self.store, &officer).await;
        let assigned = assigned.map_err(rpc::refuse)?;
        let texts = match sight.name {
            true => personal::open(&self.store, &row.person).await?,
            false => personal::Texts::default(),
        };
        Ok(Response::new(reply::officer(row, assigned, texts, sight)))
    }

    async fn list_officers(
        &self,
        request: Request<proto::ListOfficersRequest>,
    ) -> Answer<proto::ListOfficersResponse> {
        let sight = reply::Sight::of(rpc::actor(&request)?);
        let asked = request.get_ref();
        let page = rpc::Page::read(asked.page_size, &asked.page_token, &[])?;
        let rows = officers::list(&self.store, &page.rows())
            .await
            .map_err(rpc::refuse)?;
        let (rows, next_page_token) = page.cut(rows, |row| &row.key);
        let mut officers = Vec::new();
        for row in rows {
            let assigned = assignments::of_officer(&self.store, &row.row.officer).await;
            let (assigned, texts) = (assigned.map_err(rpc::refuse)?, personal::Texts::default());
            officers.push(reply::officer(row.row, assigned, texts, sight));
        }
        Ok(Response::new(proto::ListOfficersResponse {
            officers,
            next_page_token,
        }))
    }

    async fn draft_agreement(
        &self,
        request: Request<proto::DraftAgreementRequest>,
    ) -> Answer<proto::DraftAgreementResponse> {
        let meta = rpc::meta(&request)?;
        let mut draft = parse::draft_agreement(request.get_ref(), self.now())?;
        draft.registered = look_up::registered(&self.store, &draft.towns).await?;
        let (key, command) = (draft.agreement.clone(), agreement::Command::Draft(draft));
        let outcome = self
            .execute::<Agreement>(key.as_str(), command, meta)
            .await?;
        Ok(Response::new(proto::DraftAgreementResponse {
            seq: outcome.last_seq,
        }))
    }

    async fn propose_terms(
        &self,
        request: Request<proto::ProposeTermsRequest>,
    ) -> Answer<proto::ProposeTermsResponse> {
        let meta = rpc::meta(&request)?;
        let mut terms = parse::propose_terms(request.get_ref())?;
        terms.on = look_up::today_in_agreement(&self.store, &terms.agreement).await?;
        let (key, command) = (
            terms.agreement.clone(),
            agreement::Command::ProposeTerms(terms),
        );
        let outcome = self
            .execute::<Agreement>(key.as_str(), command, meta)
            .await?;
        Ok(Response::new(reply::proposed(&outcome)?))
    }

    async fn withdraw_terms(
        &self,
        request: Request<proto::WithdrawTermsRequest>,
    ) -> Answer<proto::WithdrawTermsResponse> {
        let meta = rpc::meta(&request)?;
        let mut terms = parse::withdraw_terms(request.get_ref())?;
        terms.on = look_up::today_in_agreement(&self.store, &terms.agreement).await?;
        let (key, command) = (
            terms.agreement.clone(),
            agreement::Command::WithdrawTerms(terms),
        );
        let outcome = self
            .execute::<Agreement>(key.as_str(), command, meta)
            .await?;
        Ok(Response::new(proto::WithdrawTermsResponse {
            seq: outcome.last_seq,
        }))
    }

    async fn sign_terms(
        &self,
        request: Request<proto::SignTermsRequest>,
    ) -> Answer<proto::SignTermsResponse> {
        let meta = rpc::meta(&request)?;
        let mut terms = parse::sign_terms(request.get_ref())?;
        terms.today = look_up::today_in_agreement(&self.store, &terms.agreement).await?;
        let (key, command) = (
            terms.agreement.clone(),
            agreement::Command::SignTerms(terms),
        );
        let outcome = self
            .execute::<Agreement>(key.as_str(), command, meta)
            .await?;
        Ok(Response::new(reply::signed(&outcome)?))
    }

    async fn end_agreement(
        &self,
        request: Request<proto::EndAgreementRequest>,
    ) -> Answer<proto::EndAgreementResponse> {
        let meta = rpc::meta(&request)?;
        let mut end = parse::end_agreement(request.get_ref())?;
        end.assigned_beyond = look_up::assigned_beyond(&self.store, &end.agreement, end.on).await?;
        let (key, command) = (end.agreement.clone(), agreement::Command::End(end));
        let outcome = self
            .execute::<Agreement>(key.as_str(), command, meta)
            .await?;
        Ok(Response::new(proto::EndAgreementResponse {
            seq: outcome.last_seq,
        }))
    }

    async fn get_agreement(
        &self,
        request: Request<proto::GetAgreementRequest>,
    ) -> Answer<proto::Agreement> {
        let (agreement, asking) = parse::get_agreement(request.get_ref())?;
        let found = agreements::find(&self.store, &agreement)
            .await
            .map_err(rpc::refuse)?;
        // A town that is no party learns no more than that: not even that the agreement exists.
        let visible = |row: &agreements::Agreement| {
            asking.as_ref().is_none_or(|town| row.towns.contains(town))
        };
        let not_drafted = agreement::Refusal::NotDrafted { agreement };
        let row = found.filter(visible).ok_or_else(|| refused(&not_drafted))?;
        let agreed = narrowings::of_agreement(&self.store, &row.agreement).await;
        let agreed = agreed.map_err(rpc::refuse)?;
        Ok(Response::new(reply::agreement(row, agreed)))
    }

    async fn list_agreements(
        &self,
        request: Request<proto::ListAgreementsRequest>,
    ) -> Answer<proto::ListAgreementsResponse> {
        let asked = request.get_ref();
        let town = parse::optional_town(&asked.town)?;
        let page = rpc::Page::read(asked.page_size, &asked.page_token, &[&asked.town])?;
        let window = page.rows();
        let (rows, next_page_token) = match town {
            None => {
                let rows = agreements::list(&self.store, &window)
                    .await
                    .map_err(rpc::refuse)?;
                let (rows, token) = page.cut(rows, |row| &row.key);
                (rows.into_iter().map(|row| row.row).collect(), token)
            }
            Some(town) => {
                let rows = memberships::of_town(&self.store, &town, &window).await;
                let (rows, token) = page.cut(rows.map_err(rpc::refuse)?, |row| &row.key);
                (look_up::agreements(&self.store, rows).await?, token)
            }
        };
        let agreements = rows.into_iter().map(reply::listed_agreement).collect();
        Ok(Response::new(proto::ListAgreementsResponse {
            agreements,
            next_page_token,
        }))
    }

    async fn issue_profile(
        &self,
        request: Request<proto::IssueProfileRequest>,
    ) -> Answer<proto::IssueProfileResponse> {
        programmes::issue(self, &request).await
    }

    async fn agree_programme(
        &self,
        request: Request<proto::AgreeProgrammeRequest>,
    ) -> Answer<proto::AgreeProgrammeResponse> {
        programmes::agree(self, &request).await
    }

    async fn get_programme(
        &self,
        request: Request<proto::GetProgrammeRequest>,
    ) -> Answer<proto::Programme> {
        programmes::get(self, request.get_ref()).await
    }

    async fn list_programmes(
        &self,
        request: Request<proto::ListProgrammesRequest>,
    ) -> Answer<proto::ListProgrammesResponse> {
        programmes::list(self, request.get_ref()).await
    }

    async fn list_shipped_profiles(
        &self,
        request: Request<proto::ListShippedProfilesRequest>,
    ) -> Answer<proto::ListShippedProfilesResponse> {
        programmes::shipped(request.get_ref())
    }
}
