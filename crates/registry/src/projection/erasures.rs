//! Who is erased, by the name under which the vault knows them: see [`eventlog::ERASURES`].

use eventlog::{Recorded, TypedRows};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::of;
use crate::domain::{officer, town};

/// Table `erasures`: key is the vault's subject, `officer/cso-114` or a contact's token.
pub(crate) struct Erasures;

/// One erasure.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Erasure {
    on: Date,
}

impl TypedRows for Erasures {
    const NAME: &'static str = eventlog::ERASURES;
    const VERSION: u32 = 1;
    type Row = Erasure;

    fn keys(recorded: &Recorded) -> Vec<String> {
        let town = of::<town::Town>(recorded);
        match (of::<officer::Officer>(recorded), town) {
            (Some(officer::Event::Erased { .. }), _) => vec![recorded.stream.clone()],
            (_, Some(town::Event::ContactErased { persons, .. })) => {
                persons.into_iter().map(String::from).collect()
            }
            _ => Vec::new(),
        }
    }

    fn apply(recorded: &Recorded, _: &str, _: Option<Erasure>) -> Option<Erasure> {
        let on = recorded.valid_on;
        Some(Erasure { on })
    }
}
