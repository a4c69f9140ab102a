//! How far behind the owner's logs this listener is, told after every look at their heads.

use std::time::Duration;

use eventlog::LogId;

use super::Source;
use crate::listener::{Backfill, Listener};
use crate::signals;

impl<L: Listener, B: Backfill> Source<L, B> {
    /// Tells the lag of every log. The age of the first fact that was not taken in is asked of the
    /// owner, once for each place where a log stands still.
    pub(super) async fn tell_lag(&mut self, heads: &[(LogId, u64)]) {
        let listener = self.listener.name();
        for (log, head) in heads {
            let receipt = self.logs.get(log).map_or(0, |progress| progress.receipt);
            let behind = head.saturating_sub(receipt);
            let age = if behind == 0 {
                Duration::ZERO
            } else {
                self.age_of_next(log, receipt).await
            };
            signals::behind(listener, log.as_str(), behind, age);
        }
    }

    async fn age_of_next(&mut self, log: &LogId, receipt: u64) -> Duration {
        let known = self.logs.get(log).and_then(|progress| progress.next_of);
        let recorded_at = match known {
            Some((after, recorded_at)) if after == receipt => recorded_at,
            _ => match self.backfill.read(log, receipt, 1).await.as_deref() {
                Ok([next, ..]) => next.recorded_at,
                _ => return Duration::ZERO,
            },
        };
        if let Some(progress) = self.logs.get_mut(log) {
            progress.next_of = Some((receipt, recorded_at));
        }
        let age = self.store.surroundings().now().duration_since(recorded_at);
        age.try_into().unwrap_or(Duration::ZERO)
    }
}
