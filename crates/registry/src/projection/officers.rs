//! Officers as they stand, with their pay rates; the name as a token.

use eventlog::{Error, Page, Recorded, Row, Store, Table, TypedRows};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::OfficerId;

use super::of;
use crate::domain::officer::Event;
use crate::domain::{Decimal, Person, officer};

/// Table `officers`: key is the badge code.
pub(crate) struct Officers;

/// One officer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Officer {
    pub(crate) officer: OfficerId,
    pub(crate) person: Person,
    pub(crate) from: Date,
    pub(crate) ended_on: Option<Date>,
    /// Once what is personal was destroyed. Left out before, as rows always were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) erased_on: Option<Date>,
    /// By day.
    pub(crate) rates: Vec<Rate>,
}

/// What an hour costs from a day on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Rate {
    pub(crate) from: Date,
    pub(crate) dollars_per_hour: Decimal,
    pub(crate) burden: Decimal,
    pub(crate) burden_on_premium: bool,
}

impl TypedRows for Officers {
    const NAME: &'static str = "officers";
    const VERSION: u32 = 1;
    type Row = Officer;

    fn keys(recorded: &Recorded) -> Vec<String> {
        match of::<officer::Officer>(recorded) {
            Some(
                Event::Enrolled { .. }
                | Event::Ended { .. }
                | Event::PayRateSet { .. }
                | Event::Erased { .. },
            ) => {
                vec![recorded.stream_key().to_owned()]
            }
            Some(Event::Assigned { .. } | Event::AssignmentEnded { .. }) | None => Vec::new(),
        }
    }

    fn apply(recorded: &Recorded, _: &str, old: Option<Officer>) -> Option<Officer> {
        let event = of::<officer::Officer>(recorded)?;
        if let Event::Enrolled {
            officer,
            person,
            from,
        } = event
        {
            return Some(Officer {
                officer,
                person,
                from,
                ended_on: None,
                erased_on: None,
                rates: Vec::new(),
            });
        }
        old.map(|row| row.after(event))
    }
}

impl Officer {
    fn after(mut self, event: Event) -> Officer {
        match event {
            Event::Ended { on } => self.ended_on = Some(on),
            Event::Erased { on, .. } => self.erased_on = Some(on),
            Event::PayRateSet {
                from,
                dollars_per_hour,
                burden,
                burden_on_premium,
            } => {
                self.rates.retain(|rate| rate.from != from);
                self.rates.push(Rate {
                    from,
                    dollars_per_hour,
                    burden,
                    burden_on_premium,
                });
                self.rates.sort_by_key(|rate| rate.from);
            }
            Event::Enrolled { .. } | Event::Assigned { .. } | Event::AssignmentEnded { .. } => {}
        }
        self
    }
}

/// One officer, if anybody was enrolled under this badge code.
pub(crate) async fn find(store: &Store, officer: &OfficerId) -> Result<Option<Officer>, Error> {
    store
        .read_row(
            Table::Projection(Officers::NAME),
            &crate::log(),
            officer.as_str(),
        )
        .await
}

/// Officers by badge code.
pub(crate) async fn list(store: &Store, page: &Page) -> Result<Vec<Row<Officer>>, Error> {
    store
        .read_rows(Table::Projection(Officers::NAME), &crate::log(), &[], page)
        .await
}
