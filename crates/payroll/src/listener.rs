//! Listens to the registry. Little follows from its facts but the mirror: what a change of rates
//! or towns means for hours is decided when the next command comes. Who is erased there is erased
//! here: the words of every reason in the officer's timesheets.

use bus::{ApplyError, Listener};
use eventlog::{Decider, FactRow, Store};

use crate::domain::timesheet::Timesheet;
use crate::mirror;

/// The service's ear.
pub struct Payroll {
    store: Store,
}

impl Payroll {
    /// Listens for this store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Listener for Payroll {
    fn name(&self) -> &'static str {
        crate::SERVICE
    }

    fn sources(&self) -> &'static [&'static str] {
        &["registry"]
    }

    async fn apply(&self, batch: &[FactRow]) -> Result<(), ApplyError> {
        // A mirror cannot refuse, so what it could not read is refused before: pay must not be
        // reckoned with a rate that was skipped.
        for fact in batch {
            mirror::check(fact).map_err(ApplyError::Unacceptable)?;
        }
        // Again does no harm: the receipt moves after the deed.
        for officer in batch.iter().filter_map(mirror::erased) {
            let subject = format!("{}/{officer}", Timesheet::STREAM);
            let now = self.store.surroundings().now();
            self.store.vault().erase(&subject, now).await?;
        }
        bus::accept(&self.store, self.name(), batch).await
    }
}
