//! Tables that answer questions about incidents.

mod erasures;
mod incidents;

use eventlog::{Projection, Typed};

pub(crate) use incidents::{Incidents, Row};

/// Every table of the service.
pub(crate) fn all() -> Vec<Box<dyn Projection>> {
    vec![
        Box::new(Typed::of::<erasures::Erasures>()),
        Box::new(Typed::of::<Incidents>()),
    ]
}
