//! Every rule about courses, and why a request is refused.

use eventlog::{Class, Refuse, Violation};

use super::{Command, Event, State};

pub(super) fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
    let Command::Define(define) = command;
    let problems = define.curriculum.problems(&define.course);
    if !problems.is_empty() {
        return Err(Refusal::CurriculumInvalid { problems });
    }
    // The very same again is no other version.
    if state.last() == Some(&define.curriculum) {
        return Ok(vec![]);
    }
    let version = u32::try_from(state.len() + 1).unwrap_or(u32::MAX);
    Ok(vec![Event::CurriculumAdopted {
        course: define.course.clone(),
        version,
        curriculum: define.curriculum.clone(),
        on: define.on,
    }])
}

/// Why a request about a course is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("The curriculum cannot be taught: {}.", listed(problems))]
    CurriculumInvalid { problems: Vec<(String, String)> },
}

impl Refuse for Refusal {
    fn reason(&self) -> &'static str {
        "CURRICULUM_INVALID"
    }

    fn violations(&self) -> Vec<Violation> {
        let Self::CurriculumInvalid { problems } = self;
        let each = problems.iter().cloned();
        each.map(|(field, description)| Violation { field, description })
            .collect()
    }

    fn class(&self) -> Class {
        Class::InvalidArgument
    }
}

fn listed(problems: &[(String, String)]) -> String {
    let each = problems
        .iter()
        .map(|(field, problem)| format!("{field}: {problem}"));
    each.collect::<Vec<_>>().join("; ")
}
