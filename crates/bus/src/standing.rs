//! How far a listener has come with each source: for those who act on what was heard and must
//! know how old it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;

/// How far one listener has come with one source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Batches that this process applied: it changes with each.
    pub applied: u64,
    /// The latest instant (by the store's clock) of which is known that everything the owner had
    /// recorded by then has been applied. None until this process has found out once. It stands
    /// still while the owner does not answer, and while a log of the source is parked.
    pub confirmed_at: Option<Timestamp>,
}

/// The standings of one listener, by source. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Standings {
    by_source: Arc<watch::Sender<BTreeMap<&'static str, watch::Sender<Standing>>>>,
}

impl Standings {
    /// Follows one source; may be asked before the consumer runs.
    pub fn of(&self, source: &'static str) -> watch::Receiver<Standing> {
        self.sender(source).subscribe()
    }

    pub(crate) fn sender(&self, source: &'static str) -> watch::Sender<Standing> {
        let mut found = None;
        self.by_source.send_modify(|by_source| {
            found = Some(by_source.entry(source).or_default().clone());
        });
        found.expect("an entry was found or made")
    }
}
