//! What happened to a course: the stored form. Frozen by `tests/golden/course`.

use eligibility::Name;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Curriculum;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A version of the curriculum was adopted.
    #[serde(rename = "curriculum_adopted")]
    CurriculumAdopted {
        course: Name,
        version: u32,
        curriculum: Curriculum,
        on: Date,
    },
}

impl eventlog::Event for Event {
    fn valid_on(&self) -> Date {
        let Self::CurriculumAdopted { on, .. } = self;
        *on
    }
}
