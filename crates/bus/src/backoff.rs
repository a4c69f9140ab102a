//! Doubling pauses between attempts, and the memory of whether a trouble was told already.

use std::time::Duration;

/// Pauses that double from `first` to `longest` until something works again.
#[derive(Debug)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    next: Duration,
    failures: u64,
}

impl Backoff {
    pub(crate) fn new(first: Duration, longest: Duration) -> Backoff {
        Backoff {
            first,
            longest,
            next: first,
            failures: 0,
        }
    }

    /// The pause before the next attempt. True: this trouble is new and is to be told.
    pub(crate) fn failed(&mut self) -> (Duration, bool) {
        let pause = self.next;
        self.next = self.next.saturating_mul(2).min(self.longest);
        self.failures += 1;
        (pause, self.failures == 1)
    }

    /// Back to the first pause; how many attempts had failed.
    pub(crate) fn worked(&mut self) -> u64 {
        self.next = self.first;
        std::mem::take(&mut self.failures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_start_again_after_a_success() {
        let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_millis(150));
        assert_eq!(backoff.failed(), (Duration::from_millis(50), true));
        assert_eq!(backoff.failed(), (Duration::from_millis(100), false));
        assert_eq!(backoff.failed(), (Duration::from_millis(150), false));
        assert_eq!(backoff.failed(), (Duration::from_millis(150), false));
        assert_eq!(backoff.worked(), 4);
        assert_eq!(backoff.failed(), (Duration::from_millis(50), true));
    }
}
