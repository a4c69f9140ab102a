//! Doubling pauses between attempts, and the memory of whether a trouble was told already.

use std::time::Duration;

/// Pauses that double from `first` to `longest` until something works again.
#[derive(Debug)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    next: Duration,
    failures: u64,
    told: bool,
}

impl Backoff {
    pub(crate) fn new((first, longest): (Duration, Duration)) -> Backoff {
        Backoff {
            first,
            longest,
            next: first,
            failures: 0,
            told: false,
        }
    }

    /// The pause before the next attempt.
    pub(crate) fn failed(&mut self) -> Duration {
        let pause = self.next;
        self.next = self.next.saturating_mul(2).min(self.longest);
        self.failures += 1;
        pause
    }

    /// Attempts that failed since the last success.
    pub(crate) fn failures(&self) -> u64 {
        self.failures
    }

    /// True once until the next success: the trouble is to be told.
    pub(crate) fn tell(&mut self) -> bool {
        !std::mem::replace(&mut self.told, true)
    }

    /// Back to the first pause. True: a trouble that was told is over.
    pub(crate) fn worked(&mut self) -> bool {
        self.next = self.first;
        self.failures = 0;
        std::mem::take(&mut self.told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_start_again_after_a_success() {
        let milliseconds = Duration::from_millis;
        let mut backoff = Backoff::new((milliseconds(50), milliseconds(150)));
        let pauses = [50, 100, 150, 150].map(milliseconds);
        assert_eq!([(); 4].map(|()| backoff.failed()), pauses);
        assert_eq!(backoff.failures(), 4);
        backoff.worked();
        assert_eq!(backoff.failed(), milliseconds(50));
    }

    #[test]
    fn a_trouble_is_told_once_and_its_end_only_if_it_was_told() {
        let mut backoff = Backoff::new((Duration::ZERO, Duration::ZERO));
        backoff.failed();
        assert!(!backoff.worked());
        assert!(backoff.tell());
        assert!(!backoff.tell());
        assert!(backoff.worked());
        assert!(backoff.tell());
    }
}
