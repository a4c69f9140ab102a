//! How the course ended for a learner, reckoned from what was recorded.

use eligibility::{Name, Outcome};
use jiff::civil::Date;
use vocabulary::OfficerId;

use super::decide::{Decided, learner};
use super::{Event, IssueOutcomes, Known, Learner, Refusal, Seat};

/// Every outcome of the command, or none.
pub(super) fn issue(known: &Known, issue: &IssueOutcomes, today: Date) -> Decided {
    let IssueOutcomes {
        officers,
        on,
        standing,
    } = issue;
    if *on > today {
        return Err(Refusal::StillToCome { day: *on, today });
    }
    if *on < known.last_day() {
        let last_day = known.last_day();
        return Err(Refusal::NotOver { day: *on, last_day });
    }
    let numbers = (1..).zip(&known.parts).map(|(number, _)| number);
    let open: Vec<u32> = numbers
        .filter(|part| !known.attended.contains(part))
        .collect();
    if !open.is_empty() {
        return Err(Refusal::AttendanceMissing { parts: open });
    }
    let mut events = vec![];
    for officer in named(known, officers) {
        let learner = learner(known, officer)?;
        let stands = standing.get(officer).copied();
        events.extend(of_one(known, (officer, learner), *on, stands)?);
    }
    Ok(events)
}

fn named<'a>(
    known: &'a Known,
    officers: &'a std::collections::BTreeSet<OfficerId>,
) -> Vec<&'a OfficerId> {
    if !officers.is_empty() {
        return officers.iter().collect();
    }
    let seated = known.learners.iter();
    let seated = seated.filter(|(_, learner)| learner.seat == Seat::Confirmed);
    seated.map(|(officer, _)| officer).collect()
}

/// The outcome, where it is another than the one that stands, and remediation of what was failed.
fn of_one(
    known: &Known,
    (officer, learner): (&OfficerId, &Learner),
    on: Date,
    stands: Option<Outcome>,
) -> Decided {
    let latest = learner.attempts.iter().map(|attempt| attempt.on).max();
    if let Some(assessed) = latest.filter(|assessed| *assessed > on) {
        return Err(Refusal::BeforeAssessment {
            officer: officer.clone(),
            day: on,
            assessed,
        });
    }
    let failed = unmet(known, learner);
    let outcome = match (attended(known, learner), failed.is_empty()) {
        (false, _) => Outcome::NotCompleted,
        (true, false) => Outcome::Participation,
        (true, true) => known.curriculum.best(),
    };
    if stands == Some(outcome) {
        return Ok(vec![]);
    }
    if let Some(stands) = stands.filter(|stands| *stands > outcome) {
        return Err(Refusal::WouldLower {
            officer: officer.clone(),
            outcome,
            stands,
        });
    }
    let mut events = vec![Event::OutcomeIssued {
        officer: officer.clone(),
        outcome,
        minutes: learner.total_minutes(),
        on,
    }];
    if outcome == Outcome::Participation {
        let open = &learner.remediation;
        let missing = failed.into_iter().filter(|name| !open.contains_key(*name));
        events.extend(missing.map(|assessment| Event::RemediationOpened {
            officer: officer.clone(),
            assessment: assessment.clone(),
            on,
        }));
    }
    Ok(events)
}

/// Whether enough of every block was attended.
fn attended(known: &Known, learner: &Learner) -> bool {
    known.curriculum.blocks.iter().all(|block| {
        let parts = (1..)
            .zip(&known.parts)
            .filter(|(_, part)| part.block == block.block);
        let minutes: u32 = parts
            .filter_map(|(number, _)| learner.minutes.get(&number))
            .sum();
        minutes >= block.minimum_minutes
    })
}

/// Assessments that the learner's latest attempt did not pass.
fn unmet<'a>(known: &'a Known, learner: &Learner) -> Vec<&'a Name> {
    let all = known.curriculum.assessments.iter().map(|it| &it.assessment);
    all.filter(|name| !learner.has_passed(name)).collect()
}
