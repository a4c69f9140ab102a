//! Sessions as they stand, by name.

use eligibility::Name;
use eventlog::{Decider, Recorded, TypedRows};
use serde::{Deserialize, Serialize};

use crate::domain::session::{Event, Session, State};

/// The table.
pub(crate) struct Sessions;

/// One session.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SessionRow {
    pub(crate) course: Name,
    pub(crate) session: State,
}

impl TypedRows for Sessions {
    const NAME: &'static str = "sessions";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["course"];
    type Row = SessionRow;

    fn keys(event: &Recorded) -> Vec<String> {
        match event.stream_kind() == Session::STREAM {
            true => vec![event.stream_key().to_owned()],
            false => Vec::new(),
        }
    }

    fn apply(event: &Recorded, _key: &str, old: Option<SessionRow>) -> Option<SessionRow> {
        let happened: Event = event
            .event()
            .expect("a stored event loads, as golden files show");
        let mut row = match (old, &happened) {
            (Some(row), _) => row,
            (None, Event::Scheduled { course, .. }) => SessionRow {
                course: course.clone(),
                session: State::default(),
            },
            // Nothing happens to a session before it is scheduled.
            (None, _) => return None,
        };
        Session::evolve(&mut row.session, &happened);
        Some(row)
    }
}
