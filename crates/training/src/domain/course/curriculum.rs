//! What a course teaches and asks. Stored with events: fields are only ever added.

use std::collections::BTreeSet;

use eligibility::{Name, Outcome};
use serde::{Deserialize, Serialize};
use vocabulary::word;

word! {
    /// What people call a course, a block or an assessment.
    Title, "a title", "1 to 120 printable characters, such as `Defensive pistol`",
    |text| !text.is_empty() && text.trim() == text && text.chars().count() <= 120
        && !text.chars().any(char::is_control)
}

/// Minutes of one block at most: a thousand hours.
const MINUTES_MAX: u32 = 60_000;

/// One version of a curriculum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Curriculum {
    /// The course in words.
    pub title: Title,
    /// The lesson plan it follows, a code such as `core-2026-a`.
    pub lesson_plan: Name,
    /// How it is held: `classroom`, `range`, `online`, …
    pub delivery: Name,
    /// The class of its safety rules, such as `live-fire`; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety: Option<Name>,
    /// Courses that must have been completed before it begins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Name>,
    /// What is taught, in order.
    pub blocks: Vec<Block>,
    /// What is assessed, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assessments: Vec<Assessment>,
}

/// Something that is taught.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Its name in the curriculum.
    pub block: Name,
    /// In words.
    pub title: Title,
    /// `lecture`, `practical`, `range`, `scenario`, …
    pub kind: Name,
    /// How long.
    pub minutes: u32,
    /// How much of it must be attended.
    pub minimum_minutes: u32,
    /// The kind of credential that teaching it takes; absent where anybody may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructor: Option<Name>,
    /// How many learners one instructor may have in it; absent where nothing limits them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learners_max: Option<u32>,
}

/// Something that is assessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// Its name in the curriculum.
    pub assessment: Name,
    /// In words.
    pub title: Title,
    /// How.
    pub kind: AssessmentKind,
    /// Points at most.
    pub maximum: u32,
    /// Points that pass.
    pub pass_mark: u32,
    /// How often it may be tried before remediation, and after each.
    pub attempts: u32,
    /// The qualification that a pass gives, such as `handgun`; absent where it gives none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualification: Option<Name>,
    /// Whether the weapon must be named.
    #[serde(default)]
    pub weapon: bool,
}

/// How something is assessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssessmentKind {
    /// On paper or at a screen.
    Written,
    /// By doing it.
    Practical,
    /// By shooting.
    Range,
    /// In a played situation.
    Scenario,
}

impl Curriculum {
    /// A block by its name.
    pub fn block(&self, name: &Name) -> Option<&Block> {
        self.blocks.iter().find(|block| block.block == *name)
    }

    /// An assessment by its name.
    pub fn assessment(&self, name: &Name) -> Option<&Assessment> {
        self.assessments.iter().find(|it| it.assessment == *name)
    }

    /// The outcome for whoever attended all of it and passed every assessment.
    pub fn best(&self) -> Outcome {
        if self.assessments.is_empty() {
            Outcome::Completion
        } else {
            Outcome::CompletionAndProficiency
        }
    }

    /// Everything that is wrong with it, each with its field.
    pub fn problems(&self, course: &Name) -> Vec<(String, String)> {
        let mut found = vec![];
        let mut wrong = |field: String, problem: String| found.push((field, problem));
        if self.blocks.is_empty() {
            wrong("blocks".into(), "a course has at least one block".into());
        }
        for (n, after) in self.after.iter().enumerate() {
            if after == course {
                let problem = "a course cannot come after itself";
                wrong(format!("after[{n}]"), problem.into());
            }
        }
        let mut named = BTreeSet::new();
        for (n, block) in self.blocks.iter().enumerate() {
            let Block {
                block,
                minutes,
                minimum_minutes,
                learners_max,
                ..
            } = block;
            if !named.insert(block) {
                wrong(
                    format!("blocks[{n}].block"),
                    format!("\"{block}\" is there twice"),
                );
            }
            if !(1..=MINUTES_MAX).contains(minutes) {
                let problem = format!("{minutes}: give 1 to {MINUTES_MAX}");
                wrong(format!("blocks[{n}].minutes"), problem);
            }
            if minimum_minutes > minutes {
                let problem = format!("{minimum_minutes} is more than the {minutes} it lasts");
                wrong(format!("blocks[{n}].minimum_minutes"), problem);
            }
            if *learners_max == Some(0) {
                let problem = "0 learners: leave it out where nothing limits them";
                wrong(format!("blocks[{n}].learners_max"), problem.into());
            }
        }
        let mut named = BTreeSet::new();
        for (n, it) in self.assessments.iter().enumerate() {
            let name = &it.assessment;
            if !named.insert(name) {
                let problem = format!("\"{name}\" is there twice");
                wrong(format!("assessments[{n}].assessment"), problem);
            }
            if !(1..=it.maximum).contains(&it.pass_mark) {
                let problem = format!(
                    "{} with {} points at most: give 1 to {}",
                    it.pass_mark, it.maximum, it.maximum
                );
                wrong(format!("assessments[{n}].pass_mark"), problem);
            }
            if it.attempts == 0 {
                let problem = "0: give how often it may be tried";
                wrong(format!("assessments[{n}].attempts"), problem.into());
            }
        }
        found
    }
}
