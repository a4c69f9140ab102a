//! What a question about the roster reads: shifts around a time, everybody's availability, towns.

use std::collections::BTreeMap;

use eventlog::{Error, Store};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::Settings;
use crate::domain::outlook::Outlook;
use crate::domain::roster::State;
use crate::mirror::{self, Of};
use crate::projection::{availability, rows, shifts, towns};

/// How far around a period shifts matter to it, in days.
const AROUND_DAYS: i64 = 16;

/// The roster around the days from `from` to `to` (without), with what is known now.
pub(crate) async fn outlook(
    store: &Store,
    settings: &Settings,
    of: Of,
    (from, to): (Date, Date),
) -> Result<Outlook, Error> {
    let around = (
        from.saturating_sub(AROUND_DAYS.days()),
        to.saturating_add(AROUND_DAYS.days()),
    );
    let mut state = State::default();
    for row in shifts::between(store, &[], around).await? {
        let id = row.planned.slot.shift.id().clone();
        state.shifts.insert(id, row.planned);
    }
    for row in rows::<availability::Availability>(store, &[]).await? {
        if let Ok(officer) = row.key.parse() {
            row.row.fill(&mut state, &officer);
        }
    }
    let plans = rows::<towns::Towns>(store, &[]).await?.into_iter();
    let towns: BTreeMap<_, _> = plans.map(|row| (row.row.town, row.row.plan)).collect();
    Ok(Outlook {
        state,
        known: mirror::known(store, settings, of, &[]).await?,
        towns,
    })
}
