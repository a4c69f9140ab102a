//! Which towns are in which agreements: a town's own list.

use eventlog::{Error, Page, Recorded, Row, Store, Table, TypedRows};
use serde::{Deserialize, Serialize};
use vocabulary::{AgreementId, TownId};

use super::of;
use crate::domain::agreement::{self, Event};

/// Table `memberships`: key is `<town>/<agreement>`.
pub(crate) struct Memberships;

/// One town in one agreement.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Membership {
    pub(crate) town: TownId,
    pub(crate) agreement: AgreementId,
}

impl TypedRows for Memberships {
    const NAME: &'static str = "memberships";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["town"];
    type Row = Membership;

    fn keys(recorded: &Recorded) -> Vec<String> {
        match of::<agreement::Agreement>(recorded) {
            Some(Event::Drafted {
                agreement, towns, ..
            }) => towns
                .iter()
                .map(|town| format!("{town}/{agreement}"))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn apply(recorded: &Recorded, key: &str, old: Option<Membership>) -> Option<Membership> {
        match of::<agreement::Agreement>(recorded)? {
            Event::Drafted {
                agreement, towns, ..
            } => {
                let town = towns
                    .into_iter()
                    .find(|town| key == format!("{town}/{agreement}"))?;
                Some(Membership { town, agreement })
            }
            _ => old,
        }
    }
}

/// A town's agreements, by id.
pub(crate) async fn of_town(
    store: &Store,
    town: &TownId,
    page: &Page,
) -> Result<Vec<Row<Membership>>, Error> {
    let table = Table::Projection(Memberships::NAME);
    store
        .read_rows(table, &crate::log(), &[("town", town.as_str())], page)
        .await
}
