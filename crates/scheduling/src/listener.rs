//! Listens to registry, training, payroll and statements.

use bus::{ApplyError, Listener};
use eventlog::{FactRow, Store};

use crate::policy::{self, Round};
use crate::{Settings, mirror};

/// The service's ear.
pub struct Scheduling {
    store: Store,
    settings: Settings,
}

impl Scheduling {
    /// Listens for this store.
    pub fn new(store: Store, settings: Settings) -> Self {
        Self { store, settings }
    }
}

impl Listener for Scheduling {
    fn name(&self) -> &'static str {
        crate::SERVICE
    }

    fn sources(&self) -> &'static [&'static str] {
        &["registry", "training", "payroll", "statements"]
    }

    async fn apply(&self, batch: &[FactRow]) -> Result<(), ApplyError> {
        // A mirror cannot refuse, so what it could not read is refused before.
        for fact in batch {
            mirror::check(fact).map_err(ApplyError::Unacceptable)?;
        }
        let (store, settings) = (&self.store, &self.settings);
        let touched = policy::touched(batch);
        if let Some(touched) = &touched {
            policy::review(store, settings, touched, (Round::Before, batch)).await?;
        }
        for fact in batch {
            if let Some(officer) = mirror::erased(fact) {
                policy::close_calendar(store, settings, fact, officer).await?;
            }
        }
        bus::accept(store, self.name(), batch).await?;
        if let Some(touched) = &touched {
            policy::review(store, settings, touched, (Round::After, &[])).await?;
        }
        Ok(())
    }
}
