//! Tables that answer payroll's questions, each a fold of its own events.

pub(crate) mod duties;
pub(crate) mod on_duty;
pub(crate) mod timesheets;

use eventlog::{Projection, Recorded, Typed};

use crate::domain::timesheet::Event;

/// Every table of this service.
pub(crate) fn all() -> Vec<Box<dyn Projection>> {
    vec![
        Box::new(Typed::of::<duties::Duties>()),
        Box::new(Typed::of::<on_duty::OnDuty>()),
        Box::new(Typed::of::<timesheets::Timesheets>()),
    ]
}

/// The event; this log has no other aggregate than the timesheet.
fn event(recorded: &Recorded) -> Event {
    recorded
        .event()
        .expect("the log loads what it stored: tests/golden holds every kind")
}
