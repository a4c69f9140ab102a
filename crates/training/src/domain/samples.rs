//! Curricula that the tests of this folder share.

use super::course::{Assessment, AssessmentKind, Block, Curriculum};

/// The core classes, cut short: law in the classroom, the baton on the mat; a written examination
/// and the baton.
pub(crate) fn core() -> Curriculum {
    let block = |name: &str, kind: &str, minutes, instructor: Option<&str>| Block {
        block: name.parse().unwrap(),
        title: name.parse().unwrap(),
        kind: kind.parse().unwrap(),
        minutes,
        minimum_minutes: minutes - 30,
        instructor: instructor.map(|kind| kind.parse().unwrap()),
        learners_max: None,
    };
    let assessment =
        |name: &str, kind, maximum, pass_mark, qualification: Option<&str>| Assessment {
            assessment: name.parse().unwrap(),
            title: name.parse().unwrap(),
            kind,
            maximum,
            pass_mark,
            attempts: 2,
            qualification: qualification.map(|name| name.parse().unwrap()),
            weapon: false,
        };
    Curriculum {
        title: "CSO core classes".parse().unwrap(),
        lesson_plan: "core-2026-a".parse().unwrap(),
        delivery: "classroom".parse().unwrap(),
        safety: None,
        after: vec![],
        blocks: vec![
            block("law", "lecture", 240, None),
            block("baton-drill", "practical", 120, Some("baton-instructor")),
        ],
        assessments: vec![
            assessment("written", AssessmentKind::Written, 100, 70, None),
            assessment("baton", AssessmentKind::Practical, 10, 8, Some("baton")),
        ],
    }
}
