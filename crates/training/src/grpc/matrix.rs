//! The task × training matrix of a programme, as it is or as a town narrows it.

use eligibility::{Known, Name, Need, Outcome, Profile, ProgrammeId, Role, Subject, matrix};
use evidence::{NoRules, Rules};
use rpc::refuse;
use tonic::{Code, Response, Status};
use vocabulary::TownId;
use wire::Violation;
use wire::convert::{all, optional, optional_date};
use wire::training::v1 as pb;

use super::Training;
use super::courses::Answer;

impl Training {
    pub(super) async fn task_matrix(
        &self,
        asked: &pb::GetTaskMatrixRequest,
    ) -> Answer<pb::TaskMatrix> {
        let (programme, town, on) = all((
            optional::<ProgrammeId>("programme", &asked.programme),
            optional::<TownId>("town", &asked.town),
            optional_date("on", &asked.on),
        ))?;
        let on = on.unwrap_or_else(|| self.today());
        let rules = Rules::load(&self.store).await.map_err(refuse)?;
        let (field, found) = match (programme, town) {
            (Some(programme), None) => ("programme", rules.profile(&programme, on, &Known::Now)),
            (None, Some(town)) => {
                let in_force = rules.in_force(&town, on, &Known::Now);
                ("town", in_force.map(|in_force| in_force.profile))
            }
            _ => {
                let problem = "give a programme or a town, one of the two";
                return Err(Violation::new("programme", problem).into());
            }
        };
        let profile = found.map_err(|none| none_there(field, &none))?;
        Ok(Response::new(reply(&profile)))
    }
}

/// Why there is no profile to show.
pub(super) fn none_there(field: &str, none: &NoRules) -> Status {
    let violation = Violation::new(field, none.to_string());
    let (reason, message) = (none.reason(), none.to_string());
    wire::status(Code::FailedPrecondition, reason, message, [violation])
}

fn reply(profile: &Profile) -> pb::TaskMatrix {
    let found = matrix(profile);
    let need = |id: &Name| profile.requirement(id);
    let shown = |id: &Name| need(id).is_some_and(|it| shows_competence(&it.need));
    let requirements = found.requirements.iter().map(|id| pb::MatrixRequirement {
        requirement: id.to_string(),
        title: need(id).map_or_else(String::new, |it| it.title.clone()),
        kind: need(id).map_or("", |it| kind(&it.need)).to_owned(),
        shows_competence: shown(id),
    });
    let tasks = found.tasks.iter().map(|task| {
        let taken = found.requirements.iter().zip(&task.takes);
        let taken: Vec<&Name> = taken
            .filter(|(_, takes)| **takes)
            .map(|(id, _)| id)
            .collect();
        let (kind, name) = match &task.task {
            Subject::Duty(duty) => ("duty", duty.to_string()),
            Subject::Equipment(item) => ("equipment", item.to_string()),
            Subject::CallType(code) => ("call", code.to_string()),
        };
        pb::MatrixTask {
            kind: kind.to_owned(),
            task: name,
            title: task.title.clone(),
            role: task.role.as_ref().map_or("", Role::word).to_owned(),
            takes: taken.iter().map(ToString::to_string).collect(),
            acceptable: taken.into_iter().any(shown),
        }
    });
    let town = profile.narrowed_for.as_ref().map(|(_, town)| town);
    pb::TaskMatrix {
        programme: profile.programme.to_string(),
        version: profile.version,
        town: super::reply::text(town),
        title: profile.title.clone(),
        requirements: requirements.collect(),
        tasks: tasks.collect(),
    }
}

/// Whether it is met by what somebody showed: an assessment, a sign-off, a licence. Who sat through
/// a course, is old enough or passed a check has shown no competence in a task.
fn shows_competence(need: &Need) -> bool {
    match need {
        Need::Course { outcome, .. } => *outcome == Outcome::CompletionAndProficiency,
        Need::Qualification { .. } | Need::Credential { .. } | Need::FieldTraining { .. } => true,
        Need::Check { .. }
        | Need::Refresher { .. }
        | Need::HoursWithin { .. }
        | Need::Supervised { .. }
        | Need::Age { .. }
        | Need::AllOf(_)
        | Need::OneOf(_) => false,
    }
}

/// As profiles write it.
fn kind(need: &Need) -> &'static str {
    match need {
        Need::Check { .. } => "check",
        Need::Course { .. } => "course",
        Need::Refresher { .. } => "refresher",
        Need::HoursWithin { .. } => "hours_within",
        Need::Supervised { .. } => "supervised",
        Need::Qualification { .. } => "qualification",
        Need::Credential { .. } => "credential",
        Need::Age { .. } => "age",
        Need::FieldTraining { .. } => "field_training",
        Need::AllOf(_) => "all_of",
        Need::OneOf(_) => "one_of",
    }
}
