//! Tables that answer questions about training.

mod dossiers;
mod records;

use eventlog::{Projection, Typed};

pub(crate) use dossiers::{DossierRow, Dossiers};
pub(crate) use records::Records;

/// Every table of the service.
pub(crate) fn all() -> Vec<Box<dyn Projection>> {
    vec![
        Box::new(Typed::of::<Dossiers>()),
        Box::new(Typed::of::<Records>()),
    ]
}
