//! What towns bought, their patterns, the ways between them, their balance.

use rpc::{Page, refuse};
use tonic::{Request, Response, Status};
use vocabulary::{AgreementId, Month, TownId};
use wire::convert::{all, date, date_text, optional, optional_date, required};
use wire::scheduling::v1 as pb;
use wire::scheduling::v1::coverage_service_server::CoverageService;

use super::{Answer, Scheduling, paged, parse, reply};
use crate::domain::town::{Command, Known, SetCoverage, SetPattern, SetTravel, Town};
use crate::mirror::{self, Of, minuted};
use crate::projection::rows;
use crate::projection::towns::{TownRow, Towns};
use crate::publish;

/// Minutes of a week at most: many officers, around the clock.
const WEEK_MAX: i64 = 20 * 7 * 24 * 60;

impl Scheduling {
    async fn registry(&self) -> Result<Known, Status> {
        let known = self.known(Of::Nobody).await?;
        Ok(Known {
            towns: known.towns.keys().cloned().collect(),
            agreements: known.agreements.clone(),
        })
    }

    async fn plan<T: prost::Message>(
        &self,
        request: &Request<T>,
        town: &TownId,
        command: Command,
    ) -> Result<u64, Status> {
        let done = self.execute::<Town, T>(request, town.as_str(), command);
        Ok(done.await?.last_seq)
    }

    /// The plans of a town, or of all.
    async fn plans(&self, town: &str) -> Result<Vec<TownRow>, Status> {
        let town = optional::<TownId>("town", town)?;
        let found = rows::<Towns>(&self.store, &[]).await.map_err(refuse)?;
        let found = found.into_iter().map(|row| row.row);
        Ok(found
            .filter(|row| town.as_ref().is_none_or(|town| *town == row.town))
            .collect())
    }
}

#[tonic::async_trait]
impl CoverageService for Scheduling {
    async fn set_coverage(
        &self,
        request: Request<pb::SetCoverageRequest>,
    ) -> Answer<pb::SetCoverageResponse> {
        let asked = request.get_ref();
        let (town, agreement, clause, from, until, weekly_minutes, windows) = all((
            required::<TownId>("town", &asked.town),
            required::<AgreementId>("agreement", &asked.agreement),
            required("clause", &asked.clause),
            date("from", &asked.from),
            optional_date("until", &asked.until),
            parse::minutes("weekly_minutes", asked.weekly_minutes, WEEK_MAX),
            parse::windows(&asked.windows),
        ))?;
        let command = Command::SetCoverage(SetCoverage {
            town: town.clone(),
            agreement,
            clause,
            from,
            until,
            weekly_minutes,
            windows,
            known: self.registry().await?,
        });
        let seq = self.plan(&request, &town, command).await?;
        Ok(Response::new(pb::SetCoverageResponse { seq }))
    }

    async fn list_coverage(
        &self,
        request: Request<pb::ListCoverageRequest>,
    ) -> Answer<pb::ListCoverageResponse> {
        let asked = request.get_ref();
        let page = Page::read(asked.page_size, &asked.page_token, &[&asked.town])?;
        let plans = self.plans(&asked.town).await?;
        let all = plans.into_iter().flat_map(|TownRow { town, plan }| {
            let town = town.to_string();
            plan.coverage.into_iter().map(move |cover| pb::Coverage {
                town: town.clone(),
                agreement: cover.agreement.to_string(),
                clause: cover.clause.to_string(),
                from: date_text(cover.from),
                until: cover.until.map(date_text).unwrap_or_default(),
                weekly_minutes: cover.weekly_minutes.0,
                windows: cover.windows.iter().map(publish::presence).collect(),
            })
        });
        let key = |c: &pb::Coverage| format!("{} {} {}", c.town, c.from, c.agreement);
        let (coverage, next_page_token) = paged(&page, all.collect(), key);
        Ok(Response::new(pb::ListCoverageResponse {
            coverage,
            next_page_token,
        }))
    }

    async fn set_pattern(
        &self,
        request: Request<pb::SetPatternRequest>,
    ) -> Answer<pb::SetPatternResponse> {
        let asked = request.get_ref();
        let (town, pattern, kind, equipment) = all((
            required::<TownId>("town", &asked.town),
            required("pattern", &asked.pattern),
            required("kind", &asked.kind),
            parse::equipment(&asked.equipment),
        ))?;
        let text = parse::pattern("text", &asked.text)?;
        let shifts = text
            .expand(jiff::Timestamp::MIN, jiff::Timestamp::MAX)
            .len();
        let skipped = text.skipped().iter().map(ToString::to_string).collect();
        let command = Command::SetPattern(SetPattern {
            town: town.clone(),
            pattern,
            kind,
            text,
            equipment,
            on: mirror::today(&self.store, &self.settings),
            known: self.registry().await?,
        });
        let seq = self.plan(&request, &town, command).await?;
        Ok(Response::new(pb::SetPatternResponse {
            seq,
            shifts: u32::try_from(shifts).unwrap_or(u32::MAX),
            skipped,
        }))
    }

    async fn remove_pattern(
        &self,
        request: Request<pb::RemovePatternRequest>,
    ) -> Answer<pb::RemovePatternResponse> {
        let asked = request.get_ref();
        let (town, pattern) = all((
            required::<TownId>("town", &asked.town),
            required("pattern", &asked.pattern),
        ))?;
        let on = mirror::today(&self.store, &self.settings);
        let command = Command::RemovePattern { pattern, on };
        let seq = self.plan(&request, &town, command).await?;
        Ok(Response::new(pb::RemovePatternResponse { seq }))
    }

    async fn list_patterns(
        &self,
        request: Request<pb::ListPatternsRequest>,
    ) -> Answer<pb::ListPatternsResponse> {
        let asked = request.get_ref();
        let page = Page::read(asked.page_size, &asked.page_token, &[&asked.town])?;
        let plans = self.plans(&asked.town).await?;
        let all = plans.into_iter().flat_map(|TownRow { town, plan }| {
            let town = town.to_string();
            plan.patterns
                .into_iter()
                .map(move |(id, own)| pb::ShiftPattern {
                    town: town.clone(),
                    pattern: id.to_string(),
                    kind: own.kind.to_string(),
                    text: String::from(own.text),
                    equipment: own.equipment.iter().map(ToString::to_string).collect(),
                })
        });
        let key = |p: &pb::ShiftPattern| format!("{} {}", p.town, p.pattern);
        let (patterns, next_page_token) = paged(&page, all.collect(), key);
        Ok(Response::new(pb::ListPatternsResponse {
            patterns,
            next_page_token,
        }))
    }

    async fn set_travel(
        &self,
        request: Request<pb::SetTravelRequest>,
    ) -> Answer<pb::SetTravelResponse> {
        let asked = request.get_ref();
        let (town, to, minutes) = all((
            required::<TownId>("from", &asked.from),
            required::<TownId>("to", &asked.to),
            parse::minutes("minutes", asked.minutes, 24 * 60),
        ))?;
        let command = Command::SetTravel(SetTravel {
            town: town.clone(),
            to,
            minutes,
            on: mirror::today(&self.store, &self.settings),
            known: self.registry().await?,
        });
        let seq = self.plan(&request, &town, command).await?;
        Ok(Response::new(pb::SetTravelResponse { seq }))
    }

    async fn list_travel(
        &self,
        request: Request<pb::ListTravelRequest>,
    ) -> Answer<pb::ListTravelResponse> {
        let asked = request.get_ref();
        let page = Page::read(asked.page_size, &asked.page_token, &[])?;
        let plans = self.plans("").await?;
        let all = plans.into_iter().flat_map(|TownRow { town, plan }| {
            let from = town.to_string();
            plan.ways.into_iter().map(move |(to, minutes)| pb::Way {
                from: from.clone(),
                to: to.to_string(),
                minutes: minutes.0,
            })
        });
        let key = |way: &pb::Way| format!("{} {}", way.from, way.to);
        let (ways, next_page_token) = paged(&page, all.collect(), key);
        Ok(Response::new(pb::ListTravelResponse {
            ways,
            next_page_token,
        }))
    }

    async fn get_balance(
        &self,
        request: Request<pb::GetBalanceRequest>,
    ) -> Answer<pb::GetBalanceResponse> {
        let asked = request.get_ref();
        let (town, month) = all((
            optional::<TownId>("town", &asked.town),
            required::<Month>("month", &asked.month),
        ))?;
        let period = (month.first_day(), month.next().first_day());
        let outlook = self.outlook(Of::Nobody, period).await?;
        if let Some(town) = &town {
            parse::zone_of(&outlook.known, town)?;
        }
        let others = minuted(&self.store, month).await.map_err(refuse)?;
        let found = outlook.balance(month, town.as_ref(), (&others.worked, &others.billed));
        Ok(Response::new(reply::balance(found)))
    }
}
