//! Calendars by officer, and by the token of their address.

use eventlog::{Error, Recorded, Store, Table, TypedRows};
use serde::{Deserialize, Serialize};
use vocabulary::{OfficerId, TokenHash};

use super::of;
use crate::domain::calendar::{Calendar, Event};

/// Table `calendars`: key is the officer.
pub(crate) struct Calendars;

/// One open calendar.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CalendarRow {
    token_sha256: TokenHash,
}

impl TypedRows for Calendars {
    const NAME: &'static str = "calendars";
    const VERSION: u32 = 1;
    type Row = CalendarRow;

    fn keys(recorded: &Recorded) -> Vec<String> {
        let own = of::<Calendar>(recorded).map(|_| recorded.stream_key().to_owned());
        own.into_iter().collect()
    }

    fn apply(recorded: &Recorded, _: &str, _: Option<CalendarRow>) -> Option<CalendarRow> {
        match of::<Calendar>(recorded)? {
            Event::Opened { token_sha256, .. } => Some(CalendarRow { token_sha256 }),
            Event::Revoked { .. } => None,
        }
    }
}

/// Table `calendar_tokens`: key is the SHA-256 of the token. A token that ends stays, so that
/// nobody gets it again.
pub(crate) struct Tokens;

/// Whose it is, or was.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TokenRow {
    pub(crate) officer: OfficerId,
    pub(crate) open: bool,
}

impl TypedRows for Tokens {
    const NAME: &'static str = "calendar_tokens";
    const VERSION: u32 = 1;
    type Row = TokenRow;

    fn keys(recorded: &Recorded) -> Vec<String> {
        match of::<Calendar>(recorded) {
            Some(Event::Opened {
                token_sha256,
                former,
                ..
            }) => {
                let former = former.filter(|former| *former != token_sha256);
                let all = std::iter::once(token_sha256).chain(former);
                all.map(|token| token.to_string()).collect()
            }
            Some(Event::Revoked { token_sha256, .. }) => vec![token_sha256.to_string()],
            None => Vec::new(),
        }
    }

    fn apply(recorded: &Recorded, key: &str, old: Option<TokenRow>) -> Option<TokenRow> {
        let (officer, open) = match of::<Calendar>(recorded)? {
            Event::Opened {
                officer,
                token_sha256,
                ..
            } => (officer, token_sha256.to_string() == key),
            Event::Revoked { officer, .. } => (officer, false),
        };
        // Two who send the same token at once: the first keeps it.
        match old {
            Some(old) if old.officer != officer => Some(old),
            _ => Some(TokenRow { officer, open }),
        }
    }
}

/// Whose token it is, or was.
pub(crate) async fn token(store: &Store, token: &TokenHash) -> Result<Option<TokenRow>, Error> {
    let table = Table::Projection(Tokens::NAME);
    let key = token.to_string();
    store.read_row(table, &crate::log(), &key).await
}

/// Whether an officer's calendar is open.
pub(crate) async fn is_open(store: &Store, officer: &OfficerId) -> Result<bool, Error> {
    let table = Table::Projection(Calendars::NAME);
    let log = crate::log();
    let row: Option<CalendarRow> = store.read_row(table, &log, officer.as_str()).await?;
    Ok(row.is_some())
}
