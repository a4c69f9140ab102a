//! Officers' calendars over HTTP: whoever knows the address may read it, and nobody else.
//!
//! # Why
//! Calendar programs ask again and again and cannot sign in, so the address itself is the secret:
//! 256 random bits that are stored nowhere but as a SHA-256. An unknown address and a revoked one
//! are answered alike. Nothing here writes a log line: it would hold the address.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use eventlog::{Error, Store};
use jiff::{Timestamp, ToSpan};
use roster::feed::{Entry, Feed, State as EventState, write};
use vocabulary::{Minutes, OfficerId, TokenHash};

use crate::Settings;
use crate::domain::roster::Stage;
use crate::projection::shifts::{self, ShiftRow, Shifts};
use crate::projection::{calendars, rows};

/// How far back a calendar reaches, in hours.
const PAST_HOURS: i64 = 60 * 24;

/// How often a program should ask again.
const REFRESH: Minutes = Minutes(60);

/// `GET /calendar/<token>.ics`.
pub fn routes(store: Store, settings: Settings) -> Router {
    Router::new()
        .route("/calendar/{file}", get(calendar))
        .with_state((store, settings))
}

async fn calendar(
    State((store, settings)): State<(Store, Settings)>,
    Path(file): Path<String>,
) -> Response {
    let token = file.strip_suffix(".ics").unwrap_or(&file);
    match text(&store, &settings, &TokenHash::of(token)).await {
        Ok(Some(text)) => {
            let headers = [
                (CONTENT_TYPE, "text/calendar; charset=utf-8"),
                (CACHE_CONTROL, "private, max-age=300"),
            ];
            (headers, text).into_response()
        }
        Ok(None) => (StatusCode::NOT_FOUND, "There is no such calendar.\n").into_response(),
        Err(error) => {
            tracing::warn!(%error, "a calendar could not be read");
            let words = "The calendar cannot be read now: try again later.\n";
            (StatusCode::SERVICE_UNAVAILABLE, words).into_response()
        }
    }
}

/// The calendar at an address; nothing if there is none.
async fn text(
    store: &Store,
    settings: &Settings,
    token: &TokenHash,
) -> Result<Option<String>, Error> {
    let found = calendars::token(store, token).await?;
    let Some(officer) = found.filter(|row| row.open).map(|row| row.officer) else {
        return Ok(None);
    };
    let now = store.surroundings().now();
    let since = now.checked_sub(PAST_HOURS.hours()).unwrap_or(now);
    let mine = rows::<Shifts>(store, &[("officer", officer.as_str())]).await?;
    let mut mine: Vec<ShiftRow> = mine.into_iter().map(|row| row.row).collect();
    mine.retain(|row| row.planned.slot.shift.end() > since);
    shifts::sort(&mut mine);
    Ok(Some(write(&feed(settings, &officer, &mine))))
}

fn feed(settings: &Settings, officer: &OfficerId, rows: &[ShiftRow]) -> Feed {
    Feed {
        name: format!("Shifts of {officer}"),
        domain: settings.domain.clone(),
        zone: settings.limits.workweek.zone.clone(),
        refresh: REFRESH,
        entries: rows.iter().filter_map(entry).collect(),
    }
}

/// What was told to the officer; drafts were not.
fn entry(row: &ShiftRow) -> Option<Entry> {
    let state = match row.planned.stage {
        Stage::Published => EventState::Confirmed,
        Stage::Cancelled => EventState::Cancelled,
        Stage::Draft | Stage::Dropped => return None,
    };
    let slot = &row.planned.slot;
    let shift = &slot.shift;
    let carried: Vec<&str> = slot.equipment.iter().map(|item| item.as_str()).collect();
    Some(Entry {
        shift: shift.id().clone(),
        sequence: row.planned.sequence,
        changed_at: whole_second(row.changed_at),
        state,
        start: shift.start(),
        end: shift.end(),
        town: shift.town().clone(),
        summary: format!("{} in {}", shift.kind(), shift.town()),
        description: match carried.is_empty() {
            true => String::new(),
            false => format!("With {}", carried.join(", ")),
        },
    })
}

fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).expect("a second of the calendar")
}
