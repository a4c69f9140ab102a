//! Every rule about sessions but seats and outcomes; the refusals stand in `refusal.rs`.

use std::collections::BTreeMap;

use eligibility::{Name, Score};
use jiff::civil::Date;
use vocabulary::OfficerId;

use super::{
    Act, Assess, Command, Event, Instructor, Known, Learner, Part, Refusal, Schedule, Seat, State,
    Unqualified, outcome, seats,
};
use crate::domain::course::{Assessment, Curriculum};

pub(super) type Decided = Result<Vec<Event>, Refusal>;

pub(super) fn decide(state: &State, command: &Command) -> Decided {
    let Command {
        session,
        today,
        act,
    } = command;
    let known = match (state, act) {
        (State::Unknown, Act::Schedule(new)) => return schedule(session, new, *today),
        (State::Unknown, _) => {
            return Err(Refusal::Unknown {
                session: session.clone(),
            });
        }
        (State::Known(_), Act::Schedule(_)) => {
            return Err(Refusal::AlreadyScheduled {
                session: session.clone(),
            });
        }
        (State::Known(known), _) => known.as_ref(),
    };
    if let Some(on) = known.cancelled {
        let session = session.clone();
        return Err(Refusal::IsCancelled { session, on });
    }
    match act {
        Act::Schedule(_) => Ok(vec![]),
        Act::ChangeInstructor { part, instructor } => {
            change_instructor(known, *part, instructor, *today)
        }
        Act::HoldSeats { agency, seats } => seats::hold(known, agency, *seats, *today),
        Act::Enrol(enrol) => seats::enrol(known, enrol, *today),
        Act::Withdraw { officer } => seats::withdraw(known, officer, *today),
        Act::RecordAttendance { part, minutes } => attendance(known, *part, minutes, *today),
        Act::Assess(assess) => self::assess(known, assess, *today),
        Act::Remediate {
            officer,
            assessment,
        } => remediate(known, officer, assessment, *today),
        Act::IssueOutcomes(issue) => outcome::issue(known, issue, *today),
        Act::Remove {
            officer,
            on,
            because,
        } => seats::remove(known, officer, (*on, because), *today),
        Act::Cancel { because } => cancel(known, because, *today),
    }
}

fn schedule(session: &Name, new: &Schedule, today: Date) -> Decided {
    let Schedule {
        course,
        version,
        curriculum,
        town,
        place,
        presenter,
        seats,
        parts,
        instructors,
    } = new.clone();
    what_is_taught(&curriculum, &parts)?;
    for block in &curriculum.blocks {
        if let Some(most) = block.learners_max.filter(|most| *most < seats) {
            let block = block.block.clone();
            return Err(Refusal::TooManySeats { block, seats, most });
        }
    }
    if seats == 0 {
        return Err(Refusal::WithoutSeats);
    }
    let lacking: Vec<Unqualified> = (1..)
        .zip(parts.iter().zip(&instructors))
        .filter_map(|(number, (part, who))| unqualified(&curriculum, number, part, who))
        .collect();
    if !lacking.is_empty() {
        return Err(Refusal::InstructorsNotQualified { lacking });
    }
    Ok(vec![Event::Scheduled {
        session: session.clone(),
        course,
        version,
        curriculum,
        town,
        place,
        presenter,
        seats,
        parts,
        on: today,
    }])
}

/// Blocks of the curriculum, each for as long as it lasts, and nobody in two places at once.
fn what_is_taught(curriculum: &Curriculum, parts: &[Part]) -> Result<(), Refusal> {
    let mut planned: BTreeMap<&Name, u32> = BTreeMap::new();
    for (number, part) in (1..).zip(parts) {
        if curriculum.block(&part.block).is_none() {
            let (block, known) = (part.block.clone(), &curriculum.blocks);
            let blocks = known.iter().map(|block| block.block.clone()).collect();
            return Err(Refusal::BlockUnknown {
                part: number,
                block,
                blocks,
            });
        }
        let sum = planned.entry(&part.block).or_default();
        *sum = sum.saturating_add(part.minutes);
    }
    for block in &curriculum.blocks {
        let planned = planned.get(&block.block).copied().unwrap_or(0);
        if planned < block.minutes {
            let (block, minutes) = (block.block.clone(), block.minutes);
            return Err(Refusal::TooShort {
                block,
                planned,
                minutes,
            });
        }
    }
    let ends = |part: &Part| {
        let lasts = jiff::SignedDuration::from_mins(part.minutes.into());
        part.starts.saturating_add(lasts).unwrap_or(part.starts)
    };
    for (number, part) in (1..).zip(parts) {
        let mut earlier = (1..number).zip(parts);
        let same = |other: &Part| {
            other.instructor == part.instructor
                && other.starts < ends(part)
                && part.starts < ends(other)
        };
        if let Some((other, _)) = earlier.find(|(_, other)| same(other)) {
            return Err(Refusal::InTwoPlaces {
                instructor: part.instructor.clone(),
                parts: [other, number],
            });
        }
    }
    Ok(())
}

/// What an instructor lacks for a part, on its day.
fn unqualified(
    curriculum: &Curriculum,
    number: u32,
    part: &Part,
    who: &Instructor,
) -> Option<Unqualified> {
    let takes = curriculum.block(&part.block)?.instructor.clone();
    let lacks_credential = takes.is_some() && !who.credential.is_some_and(|held| held.counts());
    (!who.employed || lacks_credential).then(|| Unqualified {
        part: number,
        block: part.block.clone(),
        on: part.on,
        instructor: who.officer.clone(),
        employed: who.employed,
        takes: takes.filter(|_| lacks_credential),
        holds: who.credential,
    })
}

fn change_instructor(known: &Known, number: u32, instructor: &Instructor, today: Date) -> Decided {
    let part = part(known, number)?;
    if part.instructor == instructor.officer {
        return Ok(vec![]);
    }
    let lacking = unqualified(&known.curriculum, number, part, instructor);
    if let Some(lacking) = lacking {
        let lacking = vec![lacking];
        return Err(Refusal::InstructorsNotQualified { lacking });
    }
    Ok(vec![Event::InstructorChanged {
        part: number,
        instructor: instructor.officer.clone(),
        on: today,
    }])
}

fn part(known: &Known, number: u32) -> Result<&Part, Refusal> {
    known.part(number).ok_or(Refusal::PartUnknown {
        part: number,
        parts: known.parts.len(),
    })
}

/// A learner with a seat.
pub(super) fn learner<'a>(known: &'a Known, officer: &OfficerId) -> Result<&'a Learner, Refusal> {
    let found = known.learners.get(officer);
    found
        .filter(|learner| learner.seat == Seat::Confirmed)
        .ok_or_else(|| Refusal::NoSeat {
            officer: officer.clone(),
            seat: found.map(|learner| learner.seat),
        })
}

fn attendance(
    known: &Known,
    number: u32,
    minutes: &BTreeMap<OfficerId, u32>,
    today: Date,
) -> Decided {
    let part = part(known, number)?;
    if part.on > today {
        let day = part.on;
        return Err(Refusal::StillToCome { day, today });
    }
    let mut news = !known.attended.contains(&number);
    for (officer, attended) in minutes {
        let learner = learner(known, officer)?;
        if *attended > part.minutes {
            return Err(Refusal::LongerThanThePart {
                officer: officer.clone(),
                attended: *attended,
                lasts: part.minutes,
            });
        }
        news |= learner.minutes.get(&number) != Some(attended);
    }
    if !news {
        return Ok(vec![]);
    }
    Ok(vec![Event::AttendanceRecorded {
        part: number,
        minutes: minutes.clone(),
        on: part.on,
    }])
}

fn assessment<'a>(known: &'a Known, name: &Name) -> Result<&'a Assessment, Refusal> {
    let all = &known.curriculum.assessments;
    known
        .curriculum
        .assessment(name)
        .ok_or_else(|| Refusal::AssessmentUnknown {
            assessment: name.clone(),
            assessments: all.iter().map(|it| it.assessment.clone()).collect(),
        })
}

/// A pass closes remediation; without one there are only so many attempts.
fn assess(known: &Known, assess: &Assess, today: Date) -> Decided {
    let Assess {
        officer,
        assessment: name,
        points,
        weapon,
        on,
        assessor,
    } = assess.clone();
    let learner = learner(known, &officer)?;
    let assessment = assessment(known, &name)?;
    if on > today {
        return Err(Refusal::StillToCome { day: on, today });
    }
    if on < known.first_day() {
        let first_day = known.first_day();
        return Err(Refusal::BeforeTheStart { day: on, first_day });
    }
    let passed = points >= assessment.pass_mark;
    let score = Score {
        points,
        maximum: assessment.maximum,
        pass_mark: assessment.pass_mark,
    };
    let fact = eligibility::Fact::Assessed {
        qualification: name.clone(),
        on,
        passed,
        weapon: weapon.clone(),
        score: Some(score),
    };
    fact.check().map_err(Refusal::Impossible)?;
    if assessment.weapon && weapon.is_none() {
        return Err(Refusal::WeaponNotNamed { assessment: name });
    }
    let tries = learner.tries.get(&name).copied().unwrap_or(0);
    if tries >= assessment.attempts {
        let attempts = assessment.attempts;
        return Err(Refusal::NoAttemptLeft {
            officer,
            assessment: name,
            attempts,
        });
    }
    let mut events = vec![Event::Assessed {
        officer: officer.clone(),
        assessment: name.clone(),
        points,
        passed,
        weapon,
        assessor,
        on,
    }];
    if passed && learner.remediation.contains_key(&name) {
        events.push(Event::RemediationClosed {
            officer,
            assessment: name,
            on,
        });
    }
    Ok(events)
}

fn remediate(known: &Known, officer: &OfficerId, name: &Name, today: Date) -> Decided {
    let learner = learner(known, officer)?;
    assessment(known, name)?;
    let tries = learner.tries.get(name).copied().unwrap_or(0);
    if learner.remediation.contains_key(name) && tries == 0 {
        return Ok(vec![]);
    }
    if learner.has_passed(name) {
        return Err(Refusal::PassedAlready {
            officer: officer.clone(),
            assessment: name.clone(),
        });
    }
    Ok(vec![Event::RemediationOpened {
        officer: officer.clone(),
        assessment: name.clone(),
        on: today,
    }])
}

fn cancel(known: &Known, because: &Name, today: Date) -> Decided {
    if !known.attended.is_empty() {
        return Err(Refusal::WasHeld {
            session: known.session.clone(),
        });
    }
    Ok(vec![Event::Cancelled {
        because: because.clone(),
        on: today,
    }])
}
