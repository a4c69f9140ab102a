//! Listens to the registry, to know towns and officers. Nothing follows from a fact but the mirror.

use bus::{ApplyError, Listener};
use eventlog::{FactRow, Store};

use crate::mirror;

/// The service's ear.
pub struct Incidents {
    store: Store,
}

impl Incidents {
    /// Listens for this store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Listener for Incidents {
    fn name(&self) -> &'static str {
        crate::SERVICE
    }

    fn sources(&self) -> &'static [&'static str] {
        &["registry"]
    }

    async fn apply(&self, batch: &[FactRow]) -> Result<(), ApplyError> {
        // A mirror cannot refuse, so what it could not read is refused before.
        for fact in batch {
            mirror::check(fact).map_err(ApplyError::Unacceptable)?;
        }
        bus::accept(&self.store, self.name(), batch).await
    }
}
