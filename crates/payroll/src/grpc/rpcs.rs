//! One function per call.

use rpc::{Page, Scope, refuse};
use tonic::{Request, Response, Status};
use vocabulary::{Account, DutyId, Location, OfficerId, TownId};
use wire::convert::{all, optional, optional_date, required};
use wire::payroll::v1 as pb;
use wire::payroll::v1::payroll_service_server::PayrollService;

use super::{Payroll, Words, execute, parse, reply, seal};
use crate::domain::timesheet::Act;
use crate::projection::{duties, on_duty, timesheets};

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl PayrollService for Payroll {
    async fn clock_in(&self, request: Request<pb::ClockInRequest>) -> Answer<pb::ClockInResponse> {
        let asked = request.get_ref();
        let officer = required::<OfficerId>("officer", &asked.officer)?;
        let (location, account) = parse::place(&asked.location, &asked.account)?;
        let known = self.known(&officer, &towns(&location)).await?;
        let at = parse::time("at", &asked.at, known.zone(), known.now)?;
        let act = Act::ClockIn {
            at,
            location,
            account,
        };
        let done = self.execute(&request, officer, known, act).await?;
        Ok(Response::new(pb::ClockInResponse {
            seq: done.seq,
            duty: done.begun(),
        }))
    }

    async fn clock_out(
        &self,
        request: Request<pb::ClockOutRequest>,
    ) -> Answer<pb::ClockOutResponse> {
        let asked = request.get_ref();
        let officer = required::<OfficerId>("officer", &asked.officer)?;
        let known = self.known(&officer, &[]).await?;
        let at = parse::time("at", &asked.at, known.zone(), known.now)?;
        let act = Act::ClockOut { at };
        let done = self.execute(&request, officer, known, act).await?;
        let (duty, minutes) = done.completed();
        Ok(Response::new(pb::ClockOutResponse {
            seq: done.seq,
            duty,
            minutes,
        }))
    }

    async fn r#move(&self, request: Request<pb::MoveRequest>) -> Answer<pb::MoveResponse> {
        let asked = request.get_ref();
        let (officer, town, account) = all((
            required::<OfficerId>("officer", &asked.officer),
            required::<TownId>("town", &asked.town),
            optional::<Account>("account", &asked.account),
        ))?;
        let known = self.known(&officer, &[&town]).await?;
        let leave_at = parse::time("leave_at", &asked.leave_at, known.zone(), known.now)?;
        let arrive_at = parse::optional_time("arrive_at", &asked.arrive_at, known.zone())?;
        let act = Act::Move {
            town,
            leave_at,
            arrive_at,
            account,
        };
        let done = self.execute(&request, officer, known, act).await?;
        Ok(Response::new(pb::MoveResponse {
            seq: done.seq,
            duty: done.begun(),
        }))
    }

    async fn arrive(&self, request: Request<pb::ArriveRequest>) -> Answer<pb::ArriveResponse> {
        let asked = request.get_ref();
        let officer = required::<OfficerId>("officer", &asked.officer)?;
        let known = self.known(&officer, &[]).await?;
        let at = parse::time("at", &asked.at, known.zone(), known.now)?;
        let act = Act::Arrive { at };
        let done = self.execute(&request, officer, known, act).await?;
        Ok(Response::new(pb::ArriveResponse {
            seq: done.seq,
            duty: done.begun(),
        }))
    }

    async fn record_duty(
        &self,
        request: Request<pb::RecordDutyRequest>,
    ) -> Answer<pb::RecordDutyResponse> {
        let asked = request.get_ref();
        let officer = required::<OfficerId>("officer", &asked.officer)?;
        let (location, account) = parse::place(&asked.location, &asked.account)?;
        let known = self.known(&officer, &towns(&location)).await?;
        let start = parse::required_time("start", &asked.start, known.zone())?;
        let end = parse::required_time("end", &asked.end, known.zone())?;
        let mut sealed = self.sealed(&request)?;
        let reason = seal(&mut sealed, &asked.reason)?;
        let act = Act::RecordDuty {
            start,
            end,
            location,
            account,
            reason,
        };
        let done = execute(sealed, officer, known, act).await?;
        let (duty, minutes) = done.completed();
        Ok(Response::new(pb::RecordDutyResponse {
            seq: done.seq,
            duty,
            minutes,
        }))
    }

    async fn correct_duty(
        &self,
        request: Request<pb::CorrectDutyRequest>,
    ) -> Answer<pb::CorrectDutyResponse> {
        let asked = request.get_ref();
        let (officer, duty) = all((
            required::<OfficerId>("officer", &asked.officer),
            required::<DutyId>("duty", &asked.duty),
        ))?;
        let (location, account) = parse::place(&asked.location, &asked.account)?;
        // The town that stays must be known as well as the one that comes.
        let standing = duties::find(&self.store, &duty).await.map_err(refuse)?;
        let mut mentioned = towns(&location);
        mentioned.extend(standing.as_ref().and_then(|row| row.location.town()));
        let known = self.known(&officer, &mentioned).await?;
        let start = parse::optional_time("start", &asked.start, known.zone())?;
        let end = parse::optional_time("end", &asked.end, known.zone())?;
        let mut sealed = self.sealed(&request)?;
        let reason = seal(&mut sealed, &asked.reason)?;
        let act = Act::CorrectDuty {
            duty,
            start,
            end,
            location,
            account,
            reason,
        };
        let done = execute(sealed, officer, known, act).await?;
        Ok(Response::new(pb::CorrectDutyResponse {
            seq: done.seq,
            reopened_days: done.reopened_days(),
        }))
    }

    async fn remove_duty(
        &self,
        request: Request<pb::RemoveDutyRequest>,
    ) -> Answer<pb::RemoveDutyResponse> {
        let asked = request.get_ref();
        let (officer, duty) = all((
            required::<OfficerId>("officer", &asked.officer),
            required::<DutyId>("duty", &asked.duty),
        ))?;
        let known = self.known(&officer, &[]).await?;
        let mut sealed = self.sealed(&request)?;
        let reason = seal(&mut sealed, &asked.reason)?;
        let act = Act::RemoveDuty { duty, reason };
        let done = execute(sealed, officer, known, act).await?;
        Ok(Response::new(pb::RemoveDutyResponse {
            seq: done.seq,
            reopened_days: done.reopened_days(),
        }))
    }

    async fn submit_week(
        &self,
        request: Request<pb::SubmitWeekRequest>,
    ) -> Answer<pb::SubmitWeekResponse> {
        let asked = request.get_ref();
        let officer = required::<OfficerId>("officer", &asked.officer)?;
        let known = self.known(&officer, &[]).await?;
        let week = parse::week(&asked.week, known.today())?;
        let act = Act::Submit { week };
        let done = self.execute(&request, officer, known, act).await?;
        Ok(Response::new(pb::SubmitWeekResponse { seq: done.seq }))
    }

    async fn return_week(
        &self,
        request: Request<pb::ReturnWeekRequest>,
    ) -> Answer<pb::ReturnWeekResponse> {
        let asked = request.get_ref();
        let officer = required::<OfficerId>("officer", &asked.officer)?;
        let known = self.known(&officer, &[]).await?;
        let week = parse::week(&asked.week, known.today())?;
        let mut sealed = self.sealed(&request)?;
        let reason = seal(&mut sealed, &asked.reason)?;
        let act = Act::Return { week, reason };
        let done = execute(sealed, officer, known, act).await?;
        Ok(Response::new(pb::ReturnWeekResponse { seq: done.seq }))
    }

    async fn approve_week(
        &self,
        request: Request<pb::ApproveWeekRequest>,
    ) -> Answer<pb::ApproveWeekResponse> {
        let asked = request.get_ref();
        let (officer, from, to) = all((
            required::<OfficerId>("officer", &asked.officer),
            optional_date("from", &asked.from),
            optional_date("to", &asked.to),
        ))?;
        let known = self.known(&officer, &[]).await?;
        let week = parse::week(&asked.week, known.today())?;
        let actor = rpc::actor(&request)?;
        let by_officer = match &actor.scope {
            Scope::Officer(own) => Some(own.clone()),
            Scope::Provider | Scope::Towns(_) => None,
        };
        let act = Act::Approve {
            week,
            from,
            to,
            by: actor.id.clone(),
            by_officer,
        };
        let done = self.execute(&request, officer, known, act).await?;
        Ok(Response::new(pb::ApproveWeekResponse {
            seq: done.seq,
            costs: done.costs(),
        }))
    }

    async fn get_timesheet(
        &self,
        request: Request<pb::GetTimesheetRequest>,
    ) -> Answer<pb::Timesheet> {
        let asked = request.get_ref();
        let officer = required::<OfficerId>("officer", &asked.officer)?;
        let known = self.known(&officer, &[]).await?;
        let first = known
            .workweek
            .start_of(parse::week(&asked.week, known.today())?);
        let words = Words::of(rpc::actor(&request)?);
        let row = timesheets::find(&self.store, &officer, first).await;
        let (mut answer, mut ids) = match row.map_err(refuse)? {
            Some(row) => {
                let mut answer = reply::timesheet(&row);
                answer.returned_because = self.words(words, row.returned.as_ref()).await?;
                (answer, row.duties.into_keys().collect())
            }
            None => (reply::empty_week(officer.as_str(), first), Vec::new()),
        };
        let open = on_duty::find(&self.store, &officer).await.map_err(refuse)?;
        // An open duty will have minutes in every week from the one in which it began.
        if let Some(open) = open.filter(|open| known.workweek.start_of(open.day) <= first) {
            let since = known.local(open.since);
            answer
                .exceptions
                .push(reply::still_on_duty(&open.duty, &since));
            ids.push(open.duty);
        }
        for id in ids {
            if let Some(duty) = duties::find(&self.store, &id).await.map_err(refuse)? {
                let reason = self.words(words, duty.reason.as_ref()).await?;
                answer.duties.push(reply::duty(&duty, reason));
            }
        }
        answer
            .duties
            .sort_by_key(|duty| duty.start.map(|at| at.seconds));
        Ok(Response::new(answer))
    }

    async fn list_timesheets(
        &self,
        request: Request<pb::ListTimesheetsRequest>,
    ) -> Answer<pb::ListTimesheetsResponse> {
        let asked = request.get_ref();
        let (named, state) = all((
            optional::<OfficerId>("officer", &asked.officer),
            parse::state(asked.state),
        ))?;
        let state = state.map_or("", |state| state.as_str());
        let officer = named.as_ref().map_or("", OfficerId::as_str);
        let page = Page::read(asked.page_size, &asked.page_token, &[officer, state])?;
        let filter: Vec<_> = [("officer", officer), ("state", state)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let rows = timesheets::list(&self.store, &filter, &page.rows())
            .await
            .map_err(refuse)?;
        let (rows, next_page_token) = page.cut(rows, |row| &row.key);
        Ok(Response::new(pb::ListTimesheetsResponse {
            timesheets: rows.iter().map(|row| reply::timesheet(&row.row)).collect(),
            next_page_token,
        }))
    }

    async fn list_on_duty(
        &self,
        request: Request<pb::ListOnDutyRequest>,
    ) -> Answer<pb::ListOnDutyResponse> {
        let asked = request.get_ref();
        let page = Page::read(asked.page_size, &asked.page_token, &[])?;
        let rows = on_duty::list(&self.store, &page.rows())
            .await
            .map_err(refuse)?;
        let (rows, next_page_token) = page.cut(rows, |row| &row.key);
        Ok(Response::new(pb::ListOnDutyResponse {
            on_duty: rows.iter().map(|row| reply::on_duty(&row.row)).collect(),
            next_page_token,
        }))
    }
}

fn towns(location: &Option<Location>) -> Vec<&TownId> {
    location.iter().filter_map(Location::town).collect()
}
