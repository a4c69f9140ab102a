//! Tables that answer the registry's questions, each a fold of its own events.

pub(crate) mod agreements;
pub(crate) mod assignments;
mod erasures;
pub(crate) mod grants;
pub(crate) mod memberships;
pub(crate) mod narrowings;
pub(crate) mod officers;
pub(crate) mod programmes;
pub(crate) mod tokens;
pub(crate) mod towns;

use eventlog::{Decider, Projection, Recorded, Typed};

/// Every table of this service.
pub(crate) fn all() -> Vec<Box<dyn Projection>> {
    vec![
        Box::new(Typed::of::<agreements::Agreements>()),
        Box::new(Typed::of::<assignments::Assignments>()),
        Box::new(Typed::of::<erasures::Erasures>()),
        Box::new(Typed::of::<grants::Grants>()),
        Box::new(Typed::of::<memberships::Memberships>()),
        Box::new(Typed::of::<narrowings::Narrowings>()),
        Box::new(Typed::of::<officers::Officers>()),
        Box::new(Typed::of::<programmes::Programmes>()),
        Box::new(Typed::of::<tokens::Tokens>()),
        Box::new(Typed::of::<towns::Towns>()),
    ]
}

/// The event, if it is one of this aggregate's.
fn of<D: Decider>(recorded: &Recorded) -> Option<D::Event> {
    (recorded.stream_kind() == D::STREAM).then(|| {
        recorded
            .event()
            .expect("the log loads what it stored: tests/golden holds every kind")
    })
}
