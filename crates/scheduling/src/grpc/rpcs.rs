//! The calls about shifts: one function each.

use jiff::ToSpan;
use rpc::{Page, Role, actor, internal, refuse};
use tonic::{Request, Response};
use vocabulary::{OfficerId, TownId};
use wire::convert::{all, optional, required};
use wire::scheduling::v1 as pb;
use wire::scheduling::v1::scheduling_service_server::SchedulingService;

use super::{Answer, Scheduling, paged, parse, reply, requests, shifts, suggest};
use crate::domain::roster::Stage;
use crate::mirror::Of;
use crate::projection::rows;
use crate::projection::shifts::{ShiftRow, Shifts, between};

/// Flags of one answer at most: each comes with a ranking of everybody.
const FLAGS_MAX: i32 = 20;

fn order(row: &ShiftRow) -> String {
    let shift = &row.planned.slot.shift;
    format!("{:012} {}", shift.start().as_second(), shift.id())
}

fn told(rows: &[ShiftRow], next_page_token: String) -> Response<pb::ListShiftsResponse> {
    Response::new(pb::ListShiftsResponse {
        shifts: rows.iter().map(reply::shift).collect(),
        next_page_token,
    })
}

#[tonic::async_trait]
impl SchedulingService for Scheduling {
    async fn add_shift(
        &self,
        request: Request<pb::AddShiftRequest>,
    ) -> Answer<pb::AddShiftResponse> {
        shifts::add(self, request).await
    }

    async fn draft_shifts(
        &self,
        request: Request<pb::DraftShiftsRequest>,
    ) -> Answer<pb::DraftShiftsResponse> {
        shifts::draft(self, request).await
    }

    async fn change_shift(
        &self,
        request: Request<pb::ChangeShiftRequest>,
    ) -> Answer<pb::ChangeShiftResponse> {
        shifts::change(self, request).await
    }

    async fn cancel_shift(
        &self,
        request: Request<pb::CancelShiftRequest>,
    ) -> Answer<pb::CancelShiftResponse> {
        shifts::cancel(self, request).await
    }

    async fn publish_shifts(
        &self,
        request: Request<pb::PublishShiftsRequest>,
    ) -> Answer<pb::PublishShiftsResponse> {
        shifts::publish(self, request).await
    }

    async fn suggest_roster(
        &self,
        request: Request<pb::SuggestRosterRequest>,
    ) -> Answer<pb::SuggestRosterResponse> {
        suggest::suggest(self, request).await
    }

    async fn apply_suggestion(
        &self,
        request: Request<pb::ApplySuggestionRequest>,
    ) -> Answer<pb::ApplySuggestionResponse> {
        suggest::apply(self, request).await
    }

    async fn sign_up(&self, request: Request<pb::SignUpRequest>) -> Answer<pb::RequestAnswer> {
        requests::sign_up(self, request).await
    }

    async fn ask_swap(&self, request: Request<pb::AskSwapRequest>) -> Answer<pb::RequestAnswer> {
        requests::ask_swap(self, request).await
    }

    async fn agree_swap(
        &self,
        request: Request<pb::AgreeSwapRequest>,
    ) -> Answer<pb::RequestAnswer> {
        requests::agree(self, request).await
    }

    async fn request_leave(
        &self,
        request: Request<pb::RequestLeaveRequest>,
    ) -> Answer<pb::RequestAnswer> {
        requests::leave(self, request).await
    }

    async fn withdraw_request(
        &self,
        request: Request<pb::WithdrawRequestRequest>,
    ) -> Answer<pb::RequestAnswer> {
        requests::withdraw(self, request).await
    }

    async fn approve_request(
        &self,
        request: Request<pb::ApproveRequestRequest>,
    ) -> Answer<pb::RequestAnswer> {
        requests::approve(self, request).await
    }

    async fn decline_request(
        &self,
        request: Request<pb::DeclineRequestRequest>,
    ) -> Answer<pb::RequestAnswer> {
        requests::decline(self, request).await
    }

    async fn list_requests(
        &self,
        request: Request<pb::ListRequestsRequest>,
    ) -> Answer<pb::ListRequestsResponse> {
        requests::list(self, request).await
    }

    async fn list_shifts(
        &self,
        request: Request<pb::ListShiftsRequest>,
    ) -> Answer<pb::ListShiftsResponse> {
        let planners = [Role::Scheduler, Role::Operations, Role::Hr];
        let caller = actor(&request)?;
        // Nobody is told of a draft but who plans.
        let drafts = planners.iter().any(|role| caller.has(*role));
        let asked = request.get_ref();
        let (officer, town) = all((
            optional::<OfficerId>("officer", &asked.officer),
            optional::<TownId>("town", &asked.town),
        ))?;
        let names = [&asked.officer, &asked.town, &asked.from, &asked.until];
        let page = Page::read(
            asked.page_size,
            &asked.page_token,
            &names.map(String::as_str),
        )?;
        let mut filter = Vec::new();
        filter.extend(
            officer
                .as_ref()
                .map(|officer| ("officer", officer.as_str())),
        );
        filter.extend(town.as_ref().map(|town| ("town", town.as_str())));
        let found = if asked.from.is_empty() && asked.until.is_empty() {
            let found = rows::<Shifts>(&self.store, &filter).await.map_err(refuse)?;
            found.into_iter().map(|row| row.row).collect()
        } else {
            let period = parse::period(&asked.from, &asked.until)?;
            let found = between(&self.store, &filter, period).await;
            found.map_err(refuse)?
        };
        let visible = |row: &ShiftRow| {
            drafts || matches!(row.planned.stage, Stage::Published | Stage::Cancelled)
        };
        let found = found.into_iter().filter(visible).collect();
        let (found, next) = paged(&page, found, order);
        Ok(told(&found, next))
    }

    async fn list_open_shifts(
        &self,
        request: Request<pb::ListOpenShiftsRequest>,
    ) -> Answer<pb::ListShiftsResponse> {
        let asked = request.get_ref();
        let town = optional::<TownId>("town", &asked.town)?;
        let page = Page::read(asked.page_size, &asked.page_token, &[&asked.town])?;
        let mut filter = vec![("open", "yes")];
        filter.extend(town.as_ref().map(|town| ("town", town.as_str())));
        let found = rows::<Shifts>(&self.store, &filter).await.map_err(refuse)?;
        let now = self.store.surroundings().now();
        let found = found.into_iter().map(|row| row.row);
        let found = found.filter(|row| row.planned.slot.shift.start() > now);
        let (found, next) = paged(&page, found.collect(), order);
        Ok(told(&found, next))
    }

    async fn list_flags(
        &self,
        request: Request<pb::ListFlagsRequest>,
    ) -> Answer<pb::ListFlagsResponse> {
        let asked = request.get_ref();
        let size = match asked.page_size {
            0 => FLAGS_MAX,
            given => given.min(FLAGS_MAX),
        };
        let page = Page::read(size, &asked.page_token, &[])?;
        let found = rows::<Shifts>(&self.store, &[("flagged", "yes")]).await;
        let now = self.store.surroundings().now();
        let found = found.map_err(refuse)?.into_iter().map(|row| row.row);
        let found = found.filter(|row| row.planned.slot.shift.end() > now);
        let (found, next_page_token) = paged(&page, found.collect(), order);
        let days = || found.iter().map(|row| row.planned.slot.day);
        let (Some(from), Some(last)) = (days().min(), days().max()) else {
            return Ok(Response::new(pb::ListFlagsResponse::default()));
        };
        let period = (from, last.saturating_add(1.days()));
        let outlook = self.outlook(Of::All, period).await?;
        let weigh = move || {
            let flag = |row: &ShiftRow| {
                let slot = &row.planned.slot;
                let ranked = outlook.candidates(slot).possible;
                pb::Flag {
                    shift: Some(reply::shift(row)),
                    why: outlook.lacking(slot),
                    candidates: ranked.iter().map(reply::candidate).collect(),
                }
            };
            found.iter().map(flag).collect()
        };
        let weighed = tokio::task::spawn_blocking(weigh).await;
        Ok(Response::new(pb::ListFlagsResponse {
            flags: weighed.map_err(|e| internal(&e))?,
            next_page_token,
        }))
    }

    async fn list_candidates(
        &self,
        request: Request<pb::ListCandidatesRequest>,
    ) -> Answer<pb::ListCandidatesResponse> {
        let id = required("shift", &request.get_ref().shift)?;
        let row = self.shift(&id).await?;
        let day = row.planned.slot.day;
        let period = (day, day.saturating_add(2.days()));
        let outlook = self.outlook(Of::All, period).await?;
        let rank = move || outlook.candidates(&row.planned.slot);
        let ranked = tokio::task::spawn_blocking(rank).await;
        let ranked = ranked.map_err(|e| internal(&e))?;
        Ok(Response::new(pb::ListCandidatesResponse {
            candidates: ranked.possible.iter().map(reply::candidate).collect(),
            refused: ranked.refused.iter().map(reply::refused).collect(),
        }))
    }

    async fn preview_assignment(
        &self,
        request: Request<pb::PreviewAssignmentRequest>,
    ) -> Answer<pb::PreviewAssignmentResponse> {
        let asked = request.get_ref();
        let (officer, id) = all((
            required::<OfficerId>("officer", &asked.officer),
            required("shift", &asked.shift),
        ))?;
        let row = self.shift(&id).await?;
        let day = row.planned.slot.day;
        let period = (day, day.saturating_add(2.days()));
        let of = Of::These([officer.clone()].into());
        let outlook = self.outlook(of, period).await?;
        let found = outlook.preview(&officer, &row.planned.slot);
        Ok(Response::new(reply::preview(found)))
    }
}
