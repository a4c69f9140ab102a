//! Listens to the registry, to know towns, officers and programmes. Little follows from its facts
//! but the mirror: the gate asks it each time. Who is erased there is erased here: the numbers on
//! credentials and the words of every reason.

use bus::{ApplyError, Listener};
use eventlog::{Decider, FactRow, Store};

use crate::domain::dossier::Dossier;
use crate::domain::field::Field;
use crate::mirror;

/// The service's ear.
pub struct Training {
    store: Store,
}

impl Training {
    /// Listens for this store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Listener for Training {
    fn name(&self) -> &'static str {
        crate::SERVICE
    }

    fn sources(&self) -> &'static [&'static str] {
        &["registry"]
    }

    async fn apply(&self, batch: &[FactRow]) -> Result<(), ApplyError> {
        // A mirror cannot refuse, so what it could not read is refused before: nobody must be
        // armed by a profile that was skipped.
        for fact in batch {
            mirror::check(fact).map_err(ApplyError::Unacceptable)?;
        }
        // Again does no harm: the receipt moves after the deed.
        for officer in batch.iter().filter_map(mirror::erased) {
            let now = self.store.surroundings().now();
            for stream in [Dossier::STREAM, Field::STREAM] {
                let subject = format!("{stream}/{officer}");
                self.store.vault().erase(&subject, now).await?;
            }
        }
        bus::accept(&self.store, self.name(), batch).await
    }
}
