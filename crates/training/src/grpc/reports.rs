//! Reports: what is about to end, and hours of training.

use std::collections::{BTreeMap, BTreeSet};

use eligibility::{
    Carried, Carries, Evidence, Fact, Known, Name, Profile, Question, RecordId, Subject, expiring,
};
use evidence::Rules;
use jiff::ToSpan;
use jiff::civil::Date;
use rpc::{Page, refuse};
use tonic::Status;
use vocabulary::{Minutes, OfficerId, TownId};
use wire::Violation;
use wire::convert::{all, date, optional, optional_date};
use wire::training::v1 as pb;

use super::lists::cut;
use super::{Training, reply};
use crate::mirror;

/// Days ahead at most.
const DAYS_MAX: u32 = 366;

impl Training {
    pub(super) async fn expiring(
        &self,
        request: &pb::ListExpiringRequest,
    ) -> Result<pb::ListExpiringResponse, Status> {
        let (town, on) = all((
            optional::<TownId>("town", &request.town),
            optional_date("on", &request.on),
        ))?;
        if !(1..=DAYS_MAX).contains(&request.days) {
            let problem = format!("{} days: give 1 to {DAYS_MAX}, such as 30", request.days);
            return Err(Violation::new("days", problem).into());
        }
        let days = request.days.to_string();
        let filter = [request.town.as_str(), &days, &request.on];
        let page = Page::read(request.page_size, &request.page_token, &filter)?;
        let rules = Rules::load(&self.store).await.map_err(refuse)?;
        let towns: Vec<TownId> = match town {
            Some(town) => vec![town],
            None => rules.towns().cloned().collect(),
        };
        let evidence = self.evidence().await?;
        let mut found = Vec::new();
        for town in towns {
            let on = self.day(&town, on).await?;
            let employed = mirror::employed(&self.store, on).await.map_err(refuse)?;
            let employed: BTreeSet<OfficerId> = employed.into_iter().collect();
            // A town that works by no programme has nothing that could end.
            let Ok(in_force) = rules.in_force(&town, on, &Known::Now) else {
                continue;
            };
            let to = on.saturating_add(i64::from(request.days).days());
            let ending = ending(&in_force.profile, &town, &evidence, (on, to));
            let ending = ending.into_iter().filter(|e| employed.contains(&e.officer));
            found.extend(ending.map(|ending| listed(&town, on, &ending)));
        }
        let (expiring, next_page_token) = cut(&page, found);
        Ok(pb::ListExpiringResponse {
            expiring,
            next_page_token,
        })
    }

    pub(super) async fn hours(
        &self,
        request: &pb::ListTrainingHoursRequest,
    ) -> Result<pb::ListTrainingHoursResponse, Status> {
        let (officer, from, until) = all((
            optional::<OfficerId>("officer", &request.officer),
            date("from", &request.from),
            date("until", &request.until),
        ))?;
        if until < from {
            let problem = format!("{until} lies before {from}: correct one of the two");
            return Err(Violation::new("until", problem).into());
        }
        let filter = [&request.officer, &request.from, &request.until].map(String::as_str);
        let page = Page::read(request.page_size, &request.page_token, &filter)?;
        let evidence = match &officer {
            Some(officer) => self.evidence_of(officer).await?,
            None => self.evidence().await?,
        };
        let mut found = Vec::new();
        for officer in evidence.officers() {
            for (what, (minutes, records)) in hours(&evidence, officer, from, until) {
                let hours = pb::TrainingHours {
                    officer: officer.to_string(),
                    what: what.to_string(),
                    minutes: minutes.0,
                    records,
                };
                found.push((format!("{officer} {what}"), hours));
            }
        }
        let (hours, next_page_token) = cut(&page, found);
        Ok(pb::ListTrainingHoursResponse {
            hours,
            next_page_token,
        })
    }
}

/// What officers meet on a day for a town's duties and equipment, and no longer after another.
fn ending(
    profile: &Profile,
    town: &TownId,
    evidence: &Evidence,
    (on, to): (Date, Date),
) -> Vec<eligibility::Expiring> {
    let offered = profile.duties.iter().filter(|duty| duty.offered);
    let duties: Vec<&Name> = offered.map(|duty| &duty.kind).collect();
    let Some(any) = duties.first().copied() else {
        return Vec::new();
    };
    let question = |duty: &Name, item: Option<&Name>| Question {
        // `expiring` asks for each officer in turn.
        officer: OfficerId::new("any-0").expect("two to five letters and a digit"),
        town: town.clone(),
        duty: duty.clone(),
        carries: item.into_iter().map(carried).collect(),
        call: None,
        on,
    };
    let items = profile
        .equipment
        .iter()
        .filter(|item| item.carried != Carried::No);
    let items = items.map(|item| question(any, Some(&item.item)));
    let duties = duties.iter().map(|duty| question(duty, None));
    let mut found: Vec<eligibility::Expiring> = Vec::new();
    for question in duties.chain(items) {
        let of_an_item = !question.carries.is_empty();
        for one in expiring(profile, &question, evidence, &Known::Now, to) {
            let equipment = matches!(one.needed_for, Subject::Equipment(_));
            if equipment == of_an_item {
                found.push(one);
            }
        }
    }
    found
}

fn carried(item: &Name) -> Carries {
    Carries {
        item: item.clone(),
        carry: None,
        weapon: None,
    }
}

fn listed(town: &TownId, on: Date, ending: &eligibility::Expiring) -> (String, pb::Expiring) {
    let needed_for = reply::subject(&ending.needed_for);
    let renewal = ending.renewal.as_ref();
    let days = u32::try_from((ending.until - on).get_days()).unwrap_or(0);
    let key = format!(
        "{} {town} {} {needed_for} {}",
        ending.until, ending.officer, ending.requirement
    );
    let listed = pb::Expiring {
        town: town.to_string(),
        officer: ending.officer.to_string(),
        needed_for,
        requirement: ending.requirement.to_string(),
        mandatory: ending.mandatory,
        until: ending.until.to_string(),
        days,
        credential: reply::text(renewal.map(|renewal| &renewal.id)),
        renewable_from: reply::text(renewal.and_then(|renewal| renewal.opens)),
        renewable_until: reply::text(renewal.and_then(|renewal| renewal.until)),
    };
    (key, listed)
}

type Attended = BTreeMap<(Name, Option<RecordId>, Date), (Minutes, u32)>;

/// Minutes by course and kind of service, and from how many records. Who attended once and got a
/// better outcome later attended once.
fn hours(
    evidence: &Evidence,
    officer: &OfficerId,
    from: Date,
    until: Date,
) -> BTreeMap<Name, (Minutes, u32)> {
    let within = |day: Date| from <= day && day <= until;
    let (mut attended, mut total) = (Attended::new(), BTreeMap::new());
    for record in evidence.known(officer, &Known::Now) {
        match &record.fact {
            Fact::OutcomeIssued {
                course,
                session,
                started,
                on,
                minutes,
                ..
            } if within(*on) => {
                let once = (course.clone(), session.clone(), *started);
                let (most, records) = attended.entry(once).or_default();
                *most = (*most).max(*minutes);
                *records += 1;
            }
            Fact::Supervised {
                service,
                on,
                minutes,
            } if within(*on) => add(&mut total, service, *minutes, 1),
            _ => {}
        }
    }
    for ((course, ..), (minutes, records)) in attended {
        add(&mut total, &course, minutes, records);
    }
    total
}

fn add(total: &mut BTreeMap<Name, (Minutes, u32)>, what: &Name, minutes: Minutes, records: u32) {
    let sum = total.entry(what.clone()).or_default();
    sum.0 += minutes;
    sum.1 += records;
}
