//! Requests into commands and questions; whatever is wrong is named with its field and the fix.

use std::collections::BTreeMap;
use std::str::FromStr;

use eligibility::{Call, Carries, Fact, Known, Name, Outcome, Question, RecordId, Score, Weapon};
use jiff::Timestamp;
use jiff::civil::Date;
use rpc::{Actor, Role};
use tonic::Status;
use vocabulary::{Invalid, Minutes, OfficerId, TownId};
use wire::Violation;
use wire::convert::{
    all, choice, date, message, optional, optional_date, optional_timestamp, required,
};
use wire::training::v1 as pb;
use wire::training::v1::record_evidence_request::Evidence;

use crate::domain::Token;
use crate::domain::dossier::Act;

/// Minutes of a course at most: a year of working time.
const MINUTES_MAX: i64 = 2_080 * 60;

/// Elements of a list in a request at most.
const LIST_MAX: usize = 200;

/// Whether a caller may see what the issuer printed on a credential.
pub(super) fn may_see_numbers(actor: &Actor) -> bool {
    let readers = [Role::Trainer, Role::Operations, Role::Officer];
    readers.iter().any(|role| actor.has(*role))
}

pub(super) fn list<T: FromStr<Err = Invalid>>(
    field: &str,
    texts: &[String],
) -> Result<Vec<T>, Violation> {
    if texts.len() > LIST_MAX {
        let problem = format!("names {}: {LIST_MAX} at most", texts.len());
        return Err(Violation::new(field, problem));
    }
    texts.iter().map(|text| required(field, text)).collect()
}

pub(super) fn record(seq: u64) -> Result<u64, Violation> {
    match seq {
        0 => Err(Violation::new(
            "record",
            "is missing: give the record's position, such as 17",
        )),
        seq => Ok(seq),
    }
}

pub(super) fn turn(
    [officer, credential, from]: [&String; 3],
) -> Result<(OfficerId, RecordId, Date), Status> {
    Ok(all((
        required("officer", officer),
        required("credential", credential),
        date("from", from),
    ))?)
}

pub(super) fn weapon(
    field: &str,
    weapon: Option<&pb::Weapon>,
) -> Result<Option<Weapon>, Violation> {
    let Some(weapon) = weapon else {
        return Ok(None);
    };
    Ok(Some(Weapon {
        model: required(&format!("{field}.model"), &weapon.model)?,
        serial: optional(&format!("{field}.serial"), &weapon.serial)?,
    }))
}

fn minutes(field: &str, given: i64) -> Result<Minutes, Violation> {
    if (0..=MINUTES_MAX).contains(&given) {
        return Ok(Minutes(given));
    }
    let problem = format!("{given} minutes: give 0 to {MINUTES_MAX}");
    Err(Violation::new(field, problem))
}

/// What is recorded; whether it can be so is the domain's to say.
pub(super) fn evidence(request: &pb::RecordEvidenceRequest) -> Result<Fact, Status> {
    let what = "a check, an age, an outcome, a removal, an assessment, a sign-off or a service";
    match message("evidence", request.evidence.as_ref(), what)? {
        Evidence::Check(check) => {
            let (name, on, until) = all((
                required("check.check", &check.check),
                date("check.on", &check.on),
                optional_date("check.until", &check.until),
            ))?;
            Ok(Fact::Checked {
                check: name,
                on,
                passed: check.passed,
                until,
            })
        }
        Evidence::Age(age) => {
            let years = u8::try_from(age.years)
                .ok()
                .filter(|years| (14..=110).contains(years));
            let problem = || format!("{} years is no age of an officer", age.years);
            Ok(Fact::AgeProved {
                years: years.ok_or_else(|| Violation::new("age.years", problem()))?,
                on: date("age.on", &age.on)?,
            })
        }
        Evidence::Outcome(outcome) => course(outcome),
        Evidence::Removal(removal) => {
            let (course, on) = all((
                required("removal.course", &removal.course),
                date("removal.on", &removal.on),
            ))?;
            Ok(Fact::Removed { course, on })
        }
        Evidence::Assessment(assessment) => assessed(assessment),
        Evidence::SignOff(sign_off) => signed_off(sign_off),
        Evidence::Service(service) => {
            let (kind, on, minutes) = all((
                required("service.service", &service.service),
                date("service.on", &service.on),
                minutes("service.minutes", service.minutes),
            ))?;
            Ok(Fact::Supervised {
                service: kind,
                on,
                minutes,
            })
        }
    }
}

fn course(outcome: &pb::CourseOutcome) -> Result<Fact, Status> {
    let words = "not completed, participation, completion, or completion and proficiency";
    let (course, started, on, result, minutes) = all((
        required("outcome.course", &outcome.course),
        date("outcome.started", &outcome.started),
        date("outcome.on", &outcome.on),
        choice("outcome.result", outcome.result, words),
        minutes("outcome.minutes", outcome.minutes),
    ))?;
    Ok(Fact::OutcomeIssued {
        course,
        session: None,
        started,
        on,
        outcome: match result {
            pb::CourseResult::Unspecified | pb::CourseResult::NotCompleted => Outcome::NotCompleted,
            pb::CourseResult::Participation => Outcome::Participation,
            pb::CourseResult::Completion => Outcome::Completion,
            pb::CourseResult::CompletionAndProficiency => Outcome::CompletionAndProficiency,
        },
        minutes,
    })
}

fn assessed(assessment: &pb::Assessment) -> Result<Fact, Status> {
    let (qualification, on, weapon) = all((
        required("assessment.qualification", &assessment.qualification),
        date("assessment.on", &assessment.on),
        weapon("assessment.weapon", assessment.weapon.as_ref()),
    ))?;
    Ok(Fact::Assessed {
        qualification,
        on,
        passed: assessment.passed,
        weapon,
        score: assessment.score.map(|score| Score {
            points: score.points,
            maximum: score.maximum,
            pass_mark: score.pass_mark,
        }),
    })
}

fn signed_off(sign_off: &pb::SignOff) -> Result<Fact, Status> {
    let (training, phase, started, on, trainer) = all((
        required("sign_off.training", &sign_off.training),
        phase("sign_off.phase", &sign_off.phase),
        date("sign_off.started", &sign_off.started),
        date("sign_off.on", &sign_off.on),
        required("sign_off.trainer", &sign_off.trainer),
    ))?;
    Ok(Fact::PhaseSignedOff {
        training,
        phase,
        started,
        on,
        trainer,
    })
}

/// A phase's name, as short as profiles have them: no person's fits by accident.
fn phase(field: &str, text: &str) -> Result<String, Violation> {
    let fits = (1..=20).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    match fits {
        true => Ok(text.to_owned()),
        false => Err(Violation::new(
            field,
            format!("\"{text}\" is no phase: 1 to 20 letters, digits and hyphens, such as II"),
        )),
    }
}

/// The number is the caller's to seal.
pub(super) fn grant(
    request: &pb::GrantCredentialRequest,
    number: Option<Token>,
) -> Result<Act, Status> {
    let (kind, issuer, issued, from, until, weapon, towns) = all((
        required("kind", &request.kind),
        required("issuer", &request.issuer),
        date("issued", &request.issued),
        optional_date("from", &request.from),
        optional_date("until", &request.until),
        weapon("weapon", request.weapon.as_ref()),
        list("towns", &request.towns),
    ))?;
    Ok(Act::Grant {
        kind,
        issuer,
        issued,
        from: from.unwrap_or(issued),
        until,
        weapon,
        towns,
        rests_on: request.rests_on.clone(),
        number,
    })
}

/// A question but for its officer and day, which may be left out.
pub(super) struct Asked {
    pub(super) officer: Option<OfficerId>,
    pub(super) town: TownId,
    duty: Name,
    carries: Vec<Carries>,
    call: Option<Call>,
    pub(super) on: Option<Date>,
}

impl Asked {
    /// The question about an officer on a day.
    pub(super) fn of(&self, officer: OfficerId, on: Date) -> Question {
        Question {
            officer,
            town: self.town.clone(),
            duty: self.duty.clone(),
            carries: self.carries.clone(),
            call: self.call.clone(),
            on,
        }
    }
}

pub(super) fn question(question: Option<&pb::Question>) -> Result<Asked, Status> {
    let question = message("question", question, "the officer, town and duty")?;
    let carries = question.carries.iter().map(carries).collect();
    let (officer, town, duty, carries, call, on) = all((
        optional("question.officer", &question.officer),
        required("question.town", &question.town),
        required("question.duty", &question.duty),
        carries,
        question.call.as_ref().map(call).transpose(),
        optional_date("question.on", &question.on),
    ))?;
    Ok(Asked {
        officer,
        town,
        duty,
        carries,
        call,
        on,
    })
}

fn carries(carried: &pb::Carries) -> Result<Carries, Violation> {
    Ok(Carries {
        item: required("question.carries.item", &carried.item)?,
        carry: optional("question.carries.carry", &carried.carry)?,
        weapon: weapon("question.carries.weapon", carried.weapon.as_ref())?,
    })
}

fn call(call: &pb::Call) -> Result<Call, Violation> {
    let answers = call.answers.iter().map(|(question, answer)| {
        let question: Name = required("question.call.answers", question)?;
        Ok((question, required("question.call.answers", answer)?))
    });
    Ok(Call {
        code: required("question.call.code", &call.code)?,
        answers: answers.collect::<Result<BTreeMap<_, _>, Violation>>()?,
        involves: list("question.call.involves", &call.involves)?,
    })
}

/// As known when. Of a time to come nothing can be said that would stay so.
pub(super) fn known(known: Option<&pb::KnownAt>, now: Timestamp) -> Result<Known, Status> {
    let Some(known) = known else {
        return Ok(Known::Now);
    };
    let at = optional_timestamp("known.at", known.at.as_ref())?;
    match (at, known.heads.as_slice()) {
        (Some(at), []) if at > now => {
            let problem = format!("{at} lies in the future: it is {now}");
            Err(Violation::new("known.at", problem).into())
        }
        (Some(at), []) => Ok(Known::At(at)),
        (None, []) => Ok(Known::Now),
        (None, heads) => {
            let heads = heads.iter().map(|head| (head.log.clone(), head.seq));
            Ok(Known::Heads(heads.collect()))
        }
        (Some(_), _) => {
            let problem = "is an instant, and heads are given too: give one of the two";
            Err(Violation::new("known.at", problem).into())
        }
    }
}
