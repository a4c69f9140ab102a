//! What is planned of towns, by town.

use eventlog::{Decider, Recorded, TypedRows};
use serde::{Deserialize, Serialize};
use vocabulary::TownId;

use super::of;
use crate::domain::town::{State, Town};

/// Table `towns`: key is the town.
pub(crate) struct Towns;

/// One town.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TownRow {
    pub(crate) town: TownId,
    pub(crate) plan: State,
}

impl TypedRows for Towns {
    const NAME: &'static str = "towns";
    const VERSION: u32 = 1;
    type Row = TownRow;

    fn keys(recorded: &Recorded) -> Vec<String> {
        let own = of::<Town>(recorded).map(|_| recorded.stream_key().to_owned());
        own.into_iter().collect()
    }

    fn apply(recorded: &Recorded, key: &str, old: Option<TownRow>) -> Option<TownRow> {
        let event = of::<Town>(recorded)?;
        let mut plan = old.map(|row| row.plan).unwrap_or_default();
        Town::evolve(&mut plan, &event);
        let town = key.parse().expect("a town's stream has its id");
        Some(TownRow { town, plan })
    }
}
