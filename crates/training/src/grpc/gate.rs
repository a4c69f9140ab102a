//! The gate: the rules of a town on a day and the records of officers, asked as known then.

use eligibility::{Answer, Evidence, Known, Question, Verdict, eligible, stretches};
use evidence::{InForce, NoRules, Rules};
use jiff::civil::Date;
use rpc::{Page, refuse};
use tonic::{Code, Status};
use vocabulary::OfficerId;
use wire::Violation;
use wire::convert::date;
use wire::training::v1 as pb;

use super::lists::cut;
use super::{Training, parse, reply};
use crate::{log, mirror};

/// Days that lapses are told of at most: two years and their leap day.
const DAYS_MAX: i32 = 731;

fn no_rules(none: &NoRules) -> Status {
    wire::status(
        Code::FailedPrecondition,
        none.reason(),
        none.to_string(),
        [Violation::new("question.town", none.to_string())],
    )
}

/// Times that rules change without the verdict, that are looked beyond.
const CHANGES_MAX: usize = 24;

/// The answer by the rules that hold on the day, with the last day on which its verdict stays also
/// where others hold by then.
fn ask(
    rules: &Rules,
    in_force: &InForce,
    question: &Question,
    evidence: &Evidence,
    known: &Known,
) -> Answer {
    let mut answer = eligible(&in_force.profile, question, evidence, known);
    let mut holds = in_force.until;
    for _ in 0..CHANGES_MAX {
        let Some(last) = holds.filter(|last| answer.stays_until.is_none_or(|day| *last < day))
        else {
            return answer;
        };
        answer.stays_until = Some(last);
        let next = last.tomorrow().ok();
        let Some((next, after)) = next.and_then(|next| {
            let after = rules.in_force(&question.town, next, known).ok()?;
            Some((next, after))
        }) else {
            return answer;
        };
        let later = eligible(&after.profile, &question.clone().on(next), evidence, known);
        if later.verdict != answer.verdict {
            return answer;
        }
        (answer.stays_until, holds) = (later.stays_until, after.until);
    }
    answer
}

impl Training {
    /// As known when. Heads that lie ahead would come to cover what is not recorded yet.
    async fn known_then(&self, known: Option<&pb::KnownAt>) -> Result<Known, Status> {
        let known = parse::known(known, self.store.surroundings().now())?;
        if let Known::Heads(heads) = &known {
            let own = self.store.head(&log()).await.map_err(refuse)?.fact_seq;
            let heard = self
                .store
                .receipt(crate::SERVICE, &mirror::registry())
                .await;
            for (log, reached) in [(crate::SERVICE, own), ("registry", heard.map_err(refuse)?)] {
                let problem = match heads.get(log) {
                    None => format!("name no position of {log}: give all that an answer gave"),
                    Some(head) if *head > reached => {
                        format!("name {log} {head}, and {reached} is known here")
                    }
                    Some(_) => continue,
                };
                return Err(Violation::new("known.heads", problem).into());
            }
        }
        Ok(known)
    }

    async fn rules(&self) -> Result<Rules, Status> {
        Rules::load(&self.store).await.map_err(refuse)
    }

    /// The day that was asked for, or today in the town's zone.
    pub(super) async fn day(
        &self,
        town: &vocabulary::TownId,
        on: Option<Date>,
    ) -> Result<Date, Status> {
        let zone = self.zone_of("question.town", town).await?;
        Ok(on.unwrap_or_else(|| zone.day_of(self.store.surroundings().now())))
    }

    /// The one officer that a question is about.
    async fn asked_about(&self, asked: &parse::Asked) -> Result<OfficerId, Status> {
        let officer = asked.officer.clone().ok_or_else(|| {
            let problem = "is missing: give the officer, such as `cso-114`";
            Status::from(Violation::new("question.officer", problem))
        })?;
        let employment = mirror::employment(&self.store, &officer).await;
        if employment.map_err(refuse)?.is_some() {
            return Ok(officer);
        }
        let message = format!(
            "No officer {officer} is enrolled: enrol the officer; if that was just now, try again."
        );
        let violation = Violation::new("question.officer", message.clone());
        Err(wire::status(
            Code::NotFound,
            "OFFICER_UNKNOWN",
            message,
            [violation],
        ))
    }

    pub(super) async fn eligibility(
        &self,
        request: &pb::CheckEligibilityRequest,
    ) -> Result<pb::CheckEligibilityResponse, Status> {
        let asked = parse::question(request.question.as_ref())?;
        let known = self.known_then(request.known.as_ref()).await?;
        let officer = self.asked_about(&asked).await?;
        let on = self.day(&asked.town, asked.on).await?;
        let evidence = self.evidence_of(&officer).await?;
        let rules = self.rules().await?;
        let in_force = rules.in_force(&asked.town, on, &known);
        let in_force = in_force.map_err(|none| no_rules(&none))?;
        let question = asked.of(officer, on);
        let answer = ask(&rules, &in_force, &question, &evidence, &known);
        let registry = (&in_force.agreement, in_force.head);
        Ok(reply::answer(&answer, &evidence, registry))
    }

    pub(super) async fn lapses(
        &self,
        request: &pb::ListLapsesRequest,
    ) -> Result<pb::ListLapsesResponse, Status> {
        let asked = parse::question(request.question.as_ref())?;
        let known = self.known_then(request.known.as_ref()).await?;
        let officer = self.asked_about(&asked).await?;
        let on = self.day(&asked.town, asked.on).await?;
        let to = date("to", &request.to)?;
        let days = (to - on).get_days();
        if !(0..=DAYS_MAX).contains(&days) {
            let problem = format!("{to} is not within two years from {on}: give a day that is");
            return Err(Violation::new("to", problem).into());
        }
        let evidence = self.evidence_of(&officer).await?;
        let question = asked.of(officer, on);
        let found = sweep(&self.rules().await?, &question, &evidence, &known, to);
        Ok(pb::ListLapsesResponse { stretches: found })
    }

    pub(super) async fn eligible(
        &self,
        request: &pb::ListEligibleRequest,
    ) -> Result<pb::ListEligibleResponse, Status> {
        let asked = parse::question(request.question.as_ref())?;
        let known = self.known_then(request.known.as_ref()).await?;
        let on = self.day(&asked.town, asked.on).await?;
        let filter = format!(
            "{:?} {:?} {}",
            request.question, request.known, request.only_yes
        );
        let page = Page::read(request.page_size, &request.page_token, &[&filter])?;
        let rules = self.rules().await?;
        let in_force = rules.in_force(&asked.town, on, &known);
        let in_force = in_force.map_err(|none| no_rules(&none))?;
        let evidence = self.evidence().await?;
        let officers = mirror::employed(&self.store, on).await.map_err(refuse)?;
        let wanted = |officer: &OfficerId| asked.officer.as_ref().is_none_or(|one| one == officer);
        let mut found = Vec::new();
        for officer in officers.into_iter().filter(wanted) {
            let question = asked.of(officer.clone(), on);
            let answer = ask(&rules, &in_force, &question, &evidence, &known);
            if !request.only_yes || answer.verdict != Verdict::No {
                found.push((officer.to_string(), reply::eligible(&answer)));
            }
        }
        let (officers, next_page_token) = cut(&page, found);
        Ok(pb::ListEligibleResponse {
            officers,
            next_page_token,
        })
    }
}

/// Verdicts from the question's day to `to`, over whatever rules hold on the way.
fn sweep(
    rules: &Rules,
    question: &Question,
    evidence: &Evidence,
    known: &Known,
    to: Date,
) -> Vec<pb::Stretch> {
    let mut found: Vec<pb::Stretch> = Vec::new();
    let mut next = Some(question.on);
    while let Some(from) = next.filter(|day| *day <= to) {
        let holds = rules.holds_until(&question.town, from, known);
        let until = holds.map_or(to, |until| until.min(to));
        let asked = question.clone().on(from);
        match rules.in_force(&question.town, from, known) {
            Ok(in_force) => {
                let profile = &in_force.profile;
                for stretch in stretches(profile, &asked, evidence, known, until) {
                    let first = asked.clone().on(stretch.from);
                    let answer = eligible(profile, &first, evidence, known);
                    let missing = answer.missing().map(eligibility::Finding::sentence);
                    let last = stretch.until.map_or(until, |last| last.min(until));
                    push(
                        &mut found,
                        stretch.from,
                        last,
                        stretch.verdict,
                        missing.collect(),
                    );
                }
            }
            Err(none) => push(&mut found, from, until, Verdict::No, vec![none.to_string()]),
        }
        next = until.tomorrow().ok();
    }
    found
}

/// Adds a stretch, or makes the last one longer where it says the same.
fn push(
    found: &mut Vec<pb::Stretch>,
    from: Date,
    until: Date,
    verdict: Verdict,
    missing: Vec<String>,
) {
    let verdict = i32::from(reply::verdict(verdict));
    if let Some(last) = found.last_mut()
        && last.verdict == verdict
        && last.missing == missing
    {
        last.until = until.to_string();
        return;
    }
    found.push(pb::Stretch {
        from: from.to_string(),
        until: until.to_string(),
        verdict,
        missing,
    });
}
