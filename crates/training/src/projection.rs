//! Tables that answer questions about training.

mod courses;
mod dossiers;
mod fields;
mod records;
mod sessions;

use eventlog::{Projection, Typed};

pub(crate) use courses::{CourseRow, Courses};
pub(crate) use dossiers::{DossierRow, Dossiers};
pub(crate) use fields::{FieldRow, Fields};
pub(crate) use records::Records;
pub(crate) use sessions::{SessionRow, Sessions};

/// Every table of the service.
pub(crate) fn all() -> Vec<Box<dyn Projection>> {
    vec![
        Box::new(Typed::of::<Courses>()),
        Box::new(Typed::of::<Dossiers>()),
        Box::new(Typed::of::<Fields>()),
        Box::new(Typed::of::<Records>()),
        Box::new(Typed::of::<Sessions>()),
    ]
}
