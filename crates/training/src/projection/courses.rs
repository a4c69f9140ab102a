//! Courses with every version of their curriculum, by name.

use eventlog::{Decider, Recorded, TypedRows};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::course::{Course, Curriculum, Event};

/// The table.
pub(crate) struct Courses;

/// One course.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct CourseRow {
    /// The nth is version n, each with the day on which it was adopted.
    pub(crate) versions: Vec<(Date, Curriculum)>,
}

impl TypedRows for Courses {
    const NAME: &'static str = "courses";
    const VERSION: u32 = 1;
    type Row = CourseRow;

    fn keys(event: &Recorded) -> Vec<String> {
        match event.stream_kind() == Course::STREAM {
            true => vec![event.stream_key().to_owned()],
            false => Vec::new(),
        }
    }

    fn apply(event: &Recorded, _key: &str, old: Option<CourseRow>) -> Option<CourseRow> {
        let mut row = old.unwrap_or_default();
        let Event::CurriculumAdopted { curriculum, on, .. } = event
            .event()
            .expect("a stored event loads, as golden files show");
        row.versions.push((on, curriculum));
        Some(row)
    }
}
