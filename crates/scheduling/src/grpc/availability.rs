//! When officers can be had, how much they work, and their calendars.

use eventlog::Table;
use rpc::refuse;
use tonic::{Request, Response, Status};
use vocabulary::{Minutes, OfficerId, TokenHash};
use wire::Violation;
use wire::convert::{all, required, timestamp_value};
use wire::scheduling::v1 as pb;
use wire::scheduling::v1::availability_service_server::AvailabilityService;

use super::{Answer, Scheduling, parse};
use crate::domain::EntryId;
use crate::domain::calendar::{Calendar, Command};
use crate::domain::roster::{Act, Event, When};
use crate::mirror::{self, Of};
use crate::projection::availability::{Availability, AvailabilityRow, Entry};
use crate::projection::calendars;
use eventlog::TypedRows;

/// Minutes of a week of one person.
const WEEK: i64 = 7 * 24 * 60;

impl Scheduling {
    fn when(&self, asked: &pb::AddUnavailableRequest) -> Result<When, Status> {
        let once = !asked.from.is_empty() || !asked.until.is_empty();
        if !asked.pattern.is_empty() {
            if once {
                let problem = "cannot be said together with days: leave one out";
                return Err(Violation::new("pattern", problem).into());
            }
            let pattern = parse::pattern("pattern", &asked.pattern)?;
            return Ok(When::Pattern { pattern });
        }
        let zone = &self.settings.limits.workweek.zone;
        let (start, end) = parse::stretch(&asked.from, &asked.until, zone)?;
        Ok(When::Once { start, end })
    }
}

#[tonic::async_trait]
impl AvailabilityService for Scheduling {
    async fn add_unavailable(
        &self,
        request: Request<pb::AddUnavailableRequest>,
    ) -> Answer<pb::AddUnavailableResponse> {
        let asked = request.get_ref();
        let officer = required::<OfficerId>("officer", &asked.officer)?;
        let act = Act::AddUnavailable {
            officer,
            when: self.when(asked)?,
            wish: asked.wish,
        };
        let known = self.known(Of::Nobody).await?;
        let done = self.act(&request, known, act).await?;
        let mut made = String::new();
        for recorded in &done.events {
            if let Event::UnavailableAdded { entry, .. } = recorded.event().map_err(refuse)? {
                made = entry.to_string();
            }
        }
        Ok(Response::new(pb::AddUnavailableResponse {
            seq: done.last_seq,
            entry: made,
        }))
    }

    async fn remove_unavailable(
        &self,
        request: Request<pb::RemoveUnavailableRequest>,
    ) -> Answer<pb::RemoveUnavailableResponse> {
        let asked = request.get_ref();
        let (officer, entry) = all((
            required::<OfficerId>("officer", &asked.officer),
            required::<EntryId>("entry", &asked.entry),
        ))?;
        let known = self.known(Of::Nobody).await?;
        let act = Act::RemoveUnavailable { officer, entry };
        let seq = self.act(&request, known, act).await?.last_seq;
        Ok(Response::new(pb::RemoveUnavailableResponse { seq }))
    }

    async fn set_limits(
        &self,
        request: Request<pb::SetLimitsRequest>,
    ) -> Answer<pb::SetLimitsResponse> {
        let asked = request.get_ref();
        let (officer, weekly_minutes, most) = all((
            required::<OfficerId>("officer", &asked.officer),
            parse::minutes("weekly_minutes", asked.weekly_minutes, WEEK),
            parse::minutes("weekly_minutes_max", asked.weekly_minutes_max, WEEK),
        ))?;
        let act = Act::SetHours {
            officer,
            weekly_minutes,
            weekly_minutes_max: Some(most).filter(|most| *most != Minutes::ZERO),
        };
        let known = self.known(Of::Nobody).await?;
        let seq = self.act(&request, known, act).await?.last_seq;
        Ok(Response::new(pb::SetLimitsResponse { seq }))
    }

    async fn get_availability(
        &self,
        request: Request<pb::GetAvailabilityRequest>,
    ) -> Answer<pb::Availability> {
        let officer = required::<OfficerId>("officer", &request.get_ref().officer)?;
        let table = Table::Projection(Availability::NAME);
        let row = self
            .store
            .read_row::<AvailabilityRow>(table, &crate::log(), officer.as_str())
            .await;
        let row = row.map_err(refuse)?.unwrap_or_default();
        let hours = row.hours;
        let most = hours.and_then(|hours| hours.weekly_minutes_max);
        let unavailable = row.unavailable.into_iter();
        let open = calendars::is_open(&self.store, &officer).await;
        Ok(Response::new(pb::Availability {
            officer: officer.to_string(),
            unavailable: unavailable.map(|(n, entry)| shown(n, entry)).collect(),
            weekly_minutes: hours
                .map_or(self.settings.weekly_minutes, |h| h.weekly_minutes)
                .0,
            weekly_minutes_max: most.unwrap_or_default().0,
            calendar: open.map_err(refuse)?,
        }))
    }

    async fn open_calendar(
        &self,
        request: Request<pb::OpenCalendarRequest>,
    ) -> Answer<pb::OpenCalendarResponse> {
        let asked = request.get_ref();
        let (officer, token_sha256) = all((
            required::<OfficerId>("officer", &asked.officer),
            required::<TokenHash>("token_sha256", &asked.token_sha256),
        ))?;
        let known = self.known(Of::Nobody).await?;
        let on = known.today();
        let employment = known.officers.get(&officer);
        let taken = calendars::token(&self.store, &token_sha256).await;
        let command = Command::Open {
            employed: employment.is_some_and(|e| e.until.is_none_or(|until| on <= until)),
            taken: taken.map_err(refuse)?.is_some(),
            officer: officer.clone(),
            token_sha256,
            on,
        };
        let done = self.execute::<Calendar, _>(&request, officer.as_str(), command);
        let seq = done.await?.last_seq;
        Ok(Response::new(pb::OpenCalendarResponse { seq }))
    }

    async fn revoke_calendar(
        &self,
        request: Request<pb::RevokeCalendarRequest>,
    ) -> Answer<pb::RevokeCalendarResponse> {
        let officer = required::<OfficerId>("officer", &request.get_ref().officer)?;
        let on = mirror::today(&self.store, &self.settings);
        let command = Command::Revoke {
            officer: officer.clone(),
            on,
        };
        let done = self.execute::<Calendar, _>(&request, officer.as_str(), command);
        let seq = done.await?.last_seq;
        Ok(Response::new(pb::RevokeCalendarResponse { seq }))
    }
}

fn shown(number: u64, entry: Entry) -> pb::Unavailable {
    let mut shown = pb::Unavailable {
        entry: EntryId::nth(number).to_string(),
        wish: entry.wish,
        ..pb::Unavailable::default()
    };
    match entry.when {
        When::Once { start, end } => {
            shown.start = Some(timestamp_value(start));
            shown.end = Some(timestamp_value(end));
        }
        When::Pattern { pattern } => shown.pattern = String::from(pattern),
    }
    shown
}
