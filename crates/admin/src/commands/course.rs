//! `cwctl course`: curricula, read from files.

use std::path::PathBuf;

use clap::Subcommand;
use serde::Deserialize;
use wire::training::v1::{
    AssessmentKind, CourseAssessment, CourseBlock, Curriculum, DefineCourseRequest,
    GetCourseRequest, ListCoursesRequest,
};

use super::{Session, documented};
use crate::failure::Failure;
use crate::output::Layout;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Adopt a curriculum as the next version of a course.
    #[command(after_help = "Examples:\n  cwctl course define core core.toml\n  \
        cwctl course define core core.toml --dry-run")]
    Define {
        /// The course's name: 2 to 39 of a-z, 0-9, - and _.
        course: String,
        /// The curriculum (docs/courses.md).
        file: PathBuf,
    },
    /// Show a course with every version of its curriculum.
    #[command(after_help = "Examples:\n  cwctl course show core -o yaml")]
    Show {
        /// The course's name.
        course: String,
    },
    /// List courses.
    #[command(after_help = "Examples:\n  cwctl course list")]
    List,
}

/// The file of a curriculum (docs/courses.md).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    lesson_plan: String,
    delivery: String,
    #[serde(default)]
    safety: String,
    #[serde(default)]
    after: Vec<String>,
    block: Vec<Block>,
    #[serde(default)]
    assessment: Vec<Assessment>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    block: String,
    title: String,
    kind: String,
    minutes: u32,
    /// All of it, where nothing is said.
    minimum_minutes: Option<u32>,
    #[serde(default)]
    instructor: String,
    #[serde(default)]
    learners_max: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Assessment {
    assessment: String,
    title: String,
    kind: Kind,
    maximum: u32,
    pass_mark: u32,
    attempts: u32,
    #[serde(default)]
    qualification: String,
    #[serde(default)]
    weapon: bool,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Written,
    Practical,
    Range,
    Scenario,
}

impl From<File> for Curriculum {
    fn from(file: File) -> Self {
        Self {
            title: file.title,
            lesson_plan: file.lesson_plan,
            delivery: file.delivery,
            safety: file.safety,
            after: file.after,
            blocks: file.block.into_iter().map(Into::into).collect(),
            assessments: file.assessment.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Block> for CourseBlock {
    fn from(block: Block) -> Self {
        Self {
            block: block.block,
            title: block.title,
            kind: block.kind,
            minutes: block.minutes,
            minimum_minutes: block.minimum_minutes.unwrap_or(block.minutes),
            instructor: block.instructor,
            learners_max: block.learners_max,
        }
    }
}

impl From<Assessment> for CourseAssessment {
    fn from(it: Assessment) -> Self {
        let kind = match it.kind {
            Kind::Written => AssessmentKind::Written,
            Kind::Practical => AssessmentKind::Practical,
            Kind::Range => AssessmentKind::Range,
            Kind::Scenario => AssessmentKind::Scenario,
        };
        Self {
            assessment: it.assessment,
            title: it.title,
            kind: kind.into(),
            maximum: it.maximum,
            pass_mark: it.pass_mark,
            attempts: it.attempts,
            qualification: it.qualification,
            weapon: it.weapon,
        }
    }
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Define { course, file } => {
            let curriculum: File = documented(&file, "CURRICULUM_INVALID")?;
            let request = DefineCourseRequest {
                course,
                curriculum: Some(curriculum.into()),
            };
            session.record(request).await
        }
        Command::Show { course } => session.record(GetCourseRequest { course }).await,
        Command::List => {
            let columns = &["course", "title", "version", "minutes"];
            let request = ListCoursesRequest::default();
            session
                .call(request, Layout::Rows("courses", columns))
                .await
        }
    }
}
