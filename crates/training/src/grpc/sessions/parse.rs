//! Requests of courses and sessions into values; whatever is wrong is named with its field.

use std::collections::BTreeMap;

use eligibility::Name;
use tonic::Status;
use vocabulary::{OfficerId, TownId, Zone};
use wire::Violation;
use wire::convert::{all, choice, local_time, message, optional, required};
use wire::training::v1 as pb;

use crate::domain::course::{Assessment, AssessmentKind, Block, Curriculum};
use crate::domain::session::Part;

/// Blocks, assessments, parts and learners of one request at most.
const LIST_MAX: usize = 200;
/// Minutes of a part at most: a day's.
const PART_MINUTES_MAX: u32 = 24 * 60;

/// What is asked of a session that is to be scheduled, beside its parts.
pub(super) struct Scheduled {
    pub(super) session: Name,
    pub(super) course: Name,
    pub(super) version: u32,
    pub(super) town: TownId,
    pub(super) place: Name,
    pub(super) presenter: Name,
}

fn few<T>(field: &str, list: &[T]) -> Result<(), Violation> {
    if list.len() > LIST_MAX {
        let problem = format!("has {} elements: give {LIST_MAX} at most", list.len());
        return Err(Violation::new(field, problem));
    }
    Ok(())
}

/// A curriculum; whether it can be taught is the domain's to say.
pub(in crate::grpc) fn curriculum(given: Option<&pb::Curriculum>) -> Result<Curriculum, Violation> {
    let given = message("curriculum", given, "what the course teaches")?;
    few("curriculum.blocks", &given.blocks)?;
    few("curriculum.assessments", &given.assessments)?;
    few("curriculum.after", &given.after)?;
    let blocks = (0..).zip(&given.blocks).map(|(n, it)| block(n, it));
    let assessments = (0..)
        .zip(&given.assessments)
        .map(|(n, it)| assessment(n, it));
    let after = given
        .after
        .iter()
        .map(|it| required("curriculum.after", it));
    Ok(Curriculum {
        title: required("curriculum.title", &given.title)?,
        lesson_plan: required("curriculum.lesson_plan", &given.lesson_plan)?,
        delivery: required("curriculum.delivery", &given.delivery)?,
        safety: optional("curriculum.safety", &given.safety)?,
        after: after.collect::<Result<_, _>>()?,
        blocks: blocks.collect::<Result<_, _>>()?,
        assessments: assessments.collect::<Result<_, _>>()?,
    })
}

fn block(n: usize, given: &pb::CourseBlock) -> Result<Block, Violation> {
    let field = |name: &str| format!("curriculum.blocks[{n}].{name}");
    Ok(Block {
        block: required(&field("block"), &given.block)?,
        title: required(&field("title"), &given.title)?,
        kind: required(&field("kind"), &given.kind)?,
        minutes: given.minutes,
        minimum_minutes: given.minimum_minutes,
        instructor: optional(&field("instructor"), &given.instructor)?,
        learners_max: Some(given.learners_max).filter(|most| *most > 0),
    })
}

fn assessment(n: usize, given: &pb::CourseAssessment) -> Result<Assessment, Violation> {
    let field = |name: &str| format!("curriculum.assessments[{n}].{name}");
    let kinds = "how it is assessed: written, practical, range or scenario";
    let kind = match choice(&field("kind"), given.kind, kinds)? {
        pb::AssessmentKind::Unspecified => return Err(Violation::new(field("kind"), kinds)),
        pb::AssessmentKind::Written => AssessmentKind::Written,
        pb::AssessmentKind::Practical => AssessmentKind::Practical,
        pb::AssessmentKind::Range => AssessmentKind::Range,
        pb::AssessmentKind::Scenario => AssessmentKind::Scenario,
    };
    Ok(Assessment {
        assessment: required(&field("assessment"), &given.assessment)?,
        title: required(&field("title"), &given.title)?,
        kind,
        maximum: given.maximum,
        pass_mark: given.pass_mark,
        attempts: given.attempts,
        qualification: optional(&field("qualification"), &given.qualification)?,
        weapon: given.weapon,
    })
}

pub(super) fn schedule(request: &pb::ScheduleSessionRequest) -> Result<Scheduled, Status> {
    let (session, course, town, place, presenter) = all((
        required("session", &request.session),
        required("course", &request.course),
        required("town", &request.town),
        required("place", &request.place),
        required("presenter", &request.presenter),
    ))?;
    Ok(Scheduled {
        session,
        course,
        version: request.version,
        town,
        place,
        presenter,
    })
}

/// Parts, in order of their beginnings.
pub(super) fn parts(given: &[pb::SchedulePart], zone: &Zone) -> Result<Vec<Part>, Status> {
    few("parts", given)?;
    let mut parts = Vec::new();
    for (n, part) in given.iter().enumerate() {
        let field = |name: &str| format!("parts[{n}].{name}");
        let (block, instructor) = all((
            required(&field("block"), &part.block),
            required(&field("instructor"), &part.instructor),
        ))?;
        let starts = local_time(&field("starts"), &part.starts, zone)?;
        let Some(starts) = starts else {
            let problem = "is missing: give day and time, such as `2026-10-05T08:00`";
            return Err(Violation::new(field("starts"), problem).into());
        };
        let minutes = part.minutes;
        if !(1..=PART_MINUTES_MAX).contains(&minutes) {
            let problem = format!("{minutes}: give 1 to {PART_MINUTES_MAX}");
            return Err(Violation::new(field("minutes"), problem).into());
        }
        parts.push(Part {
            block,
            on: zone.day_of(starts),
            starts,
            minutes,
            instructor,
        });
    }
    parts.sort_by_key(|part| part.starts);
    Ok(parts)
}

/// A class of seats; the first where none is given.
pub(super) fn class(given: u32) -> Result<u8, Violation> {
    match u8::try_from(given) {
        Ok(0) => Ok(1),
        Ok(class @ 1..=9) => Ok(class),
        _ => Err(Violation::new("class", format!("{given}: give 1 to 9"))),
    }
}

/// Minutes by learner, each once.
pub(super) fn attended(given: &[pb::Attended]) -> Result<BTreeMap<OfficerId, u32>, Violation> {
    few("attended", given)?;
    let mut minutes = BTreeMap::new();
    for (n, it) in given.iter().enumerate() {
        let field = format!("attended[{n}].officer");
        let officer: OfficerId = required(&field, &it.officer)?;
        if minutes.insert(officer, it.minutes).is_some() {
            let problem = format!("\"{}\" stands here twice: name each once", it.officer);
            return Err(Violation::new(field, problem));
        }
    }
    Ok(minutes)
}
