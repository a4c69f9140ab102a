//! Tables that answer questions, folded from the books.

pub(crate) mod documents;
pub(crate) mod expenses;
pub(crate) mod months;
pub(crate) mod statements;

use eventlog::{Projection, Recorded, Typed};

use crate::domain::books::Event;

/// Every projection.
pub(crate) fn all() -> Vec<Box<dyn Projection>> {
    vec![
        Box::new(Typed::of::<months::Months>()),
        Box::new(Typed::of::<statements::Statements>()),
        Box::new(Typed::of::<documents::Documents>()),
        Box::new(Typed::of::<expenses::Expenses>()),
    ]
}

/// The event of a row. What was stored once loads for ever: the golden files keep it so.
fn event(recorded: &Recorded) -> Event {
    match recorded.event() {
        Ok(event) => event,
        Err(error) => panic!("{}:{} does not load: {error}", recorded.log, recorded.seq),
    }
}
