//! Shifts as they stand, by id.

use eventlog::{Decider, Error, Recorded, Row, Store, TypedRows};
use jiff::Timestamp;
use jiff::civil::Date;
use roster::ShiftId;
use serde::{Deserialize, Serialize};
use vocabulary::{Month, OfficerId, TownId};

use super::{of, rows};
use crate::domain::roster::{Event, Planned, Roster, State};

/// Table `shifts`: key is the shift.
pub(crate) struct Shifts;

/// One shift.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ShiftRow {
    pub(crate) planned: Planned,
    pub(crate) town: TownId,
    pub(crate) officer: Option<OfficerId>,
    /// The month in which it starts, on the town's clock.
    pub(crate) month: Month,
    /// "yes" while somebody should look at it.
    pub(crate) flagged: Option<String>,
    /// "yes" while it is published and nobody has it.
    pub(crate) open: Option<String>,
    /// When it was last other than before, to whoever was told of it.
    pub(crate) changed_at: Timestamp,
    /// The event that said so last.
    pub(crate) seq: u64,
}

fn shift_of(event: &Event) -> Option<&ShiftId> {
    match event {
        Event::ShiftDrafted { slot } | Event::ShiftChanged { slot, .. } => Some(slot.shift.id()),
        Event::ShiftPublished { shift, .. }
        | Event::ShiftCancelled { shift, .. }
        | Event::ShiftFlagged { shift, .. }
        | Event::FlagCleared { shift, .. } => Some(shift),
        _ => None,
    }
}

impl TypedRows for Shifts {
    const NAME: &'static str = "shifts";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["town", "officer", "month", "flagged", "open"];
    type Row = ShiftRow;

    fn keys(recorded: &Recorded) -> Vec<String> {
        let event = of::<Roster>(recorded);
        let id = event.as_ref().and_then(shift_of);
        id.map(ToString::to_string).into_iter().collect()
    }

    fn apply(recorded: &Recorded, _key: &str, old: Option<ShiftRow>) -> Option<ShiftRow> {
        let event = of::<Roster>(recorded)?;
        let id = shift_of(&event)?.clone();
        let before = old.as_ref().map(|row| row.changed_at);
        let mut state = State::default();
        if let Some(row) = old {
            state.shifts.insert(id.clone(), row.planned);
        }
        Roster::evolve(&mut state, &event);
        let planned = state.shifts.remove(&id)?;
        let flag = matches!(
            event,
            Event::ShiftFlagged { .. } | Event::FlagCleared { .. }
        );
        let yes = |so: bool| so.then(|| "yes".to_owned());
        let slot = &planned.slot;
        Some(ShiftRow {
            town: slot.shift.town().clone(),
            officer: slot.officer.clone(),
            month: Month::of(slot.day),
            flagged: yes(planned.flag.is_some()),
            open: yes(planned.is_published() && slot.officer.is_none()),
            // A flag is nothing that an officer's calendar shows.
            changed_at: match before {
                Some(before) if flag => before,
                _ => recorded.recorded_at,
            },
            seq: recorded.seq,
            planned,
        })
    }
}

/// One shift, if there is or was one of this id.
pub(crate) async fn find(store: &Store, shift: &ShiftId) -> Result<Option<ShiftRow>, Error> {
    let table = eventlog::Table::Projection(Shifts::NAME);
    store.read_row(table, &crate::log(), shift.as_str()).await
}

/// Shifts that start on the days from `from` to `to` (without), of a town or officer, by start.
pub(crate) async fn between(
    store: &Store,
    filter: &[(&str, &str)],
    (from, to): (Date, Date),
) -> Result<Vec<ShiftRow>, Error> {
    let mut all = Vec::new();
    let mut month = Month::of(from);
    while month.first_day() < to {
        let text = month.to_string();
        let mut filter = filter.to_vec();
        filter.push(("month", text.as_str()));
        all.extend(rows::<Shifts>(store, &filter).await?);
        month = month.next();
    }
    let mut all: Vec<ShiftRow> = all.into_iter().map(|row: Row<ShiftRow>| row.row).collect();
    all.retain(|row| from <= row.planned.slot.day && row.planned.slot.day < to);
    sort(&mut all);
    Ok(all)
}

/// By start, then by id.
pub(crate) fn sort(all: &mut [ShiftRow]) {
    all.sort_by(|a, b| {
        let key = |row: &ShiftRow| {
            let shift = &row.planned.slot.shift;
            (shift.start(), shift.id().clone())
        };
        key(a).cmp(&key(b))
    });
}
