//! Grants as they stand, revoked ones too: the table that this service lets callers in by.

use eventlog::{Error, Page, Recorded, Row, Store, Table, TypedRows};
use rpc::grants::{GrantRow, TABLE, VERSION};
use vocabulary::Actor;

use super::of;
use crate::domain::grant::{self, Event};

/// Table `grants`: key is the actor.
pub(crate) struct Grants;

impl TypedRows for Grants {
    const NAME: &'static str = TABLE;
    const VERSION: u32 = VERSION;
    type Row = GrantRow;

    fn keys(recorded: &Recorded) -> Vec<String> {
        let own = of::<grant::Grant>(recorded).map(|_| recorded.stream_key().to_owned());
        own.into_iter().collect()
    }

    fn apply(recorded: &Recorded, _: &str, old: Option<GrantRow>) -> Option<GrantRow> {
        let seq = recorded.seq;
        match (of::<grant::Grant>(recorded)?, old) {
            (
                Event::Given {
                    actor,
                    access,
                    token,
                    expires_on,
                    ..
                },
                _,
            ) => Some(GrantRow {
                actor,
                access: Some(access),
                token,
                former: None,
                expires_on,
                revoked_on: None,
                seq,
            }),
            (event, Some(row)) => Some(after(row, event, seq)),
            (_, None) => None,
        }
    }
}

fn after(mut row: GrantRow, event: Event, seq: u64) -> GrantRow {
    row.seq = seq;
    match event {
        Event::Changed {
            access, expires_on, ..
        } => (row.access, row.expires_on) = (Some(access), expires_on),
        Event::TokenRotated {
            token,
            former_until,
            ..
        } => {
            row.former = former_until.map(|until| (row.token, until));
            row.token = token;
        }
        Event::Revoked { on } => row.revoked_on = Some(on),
        Event::Given { .. } => {}
    }
    row
}

/// One actor's grant, if it ever had one.
pub(crate) async fn find(store: &Store, actor: &Actor) -> Result<Option<GrantRow>, Error> {
    let table = Table::Projection(TABLE);
    store.read_row(table, &crate::log(), actor.as_str()).await
}

/// Grants by actor.
pub(crate) async fn list(store: &Store, page: &Page) -> Result<Vec<Row<GrantRow>>, Error> {
    let table = Table::Projection(TABLE);
    store.read_rows(table, &crate::log(), &[], page).await
}
