//! Listens to the registry. Nothing follows from its facts but the mirror: what a change of rates
//! or towns means for hours is decided when the next command comes.

use bus::{ApplyError, Listener};
use eventlog::{FactRow, Store};

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
        bus::accept(&self.store, self.name(), batch).await
    }
}
