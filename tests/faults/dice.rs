//! Chance that can be had again: everything a run draws follows from its seed.

use std::time::Duration;

/// Seeds that a test runs: `quick` of them, or as many as the environment asks for.
pub(crate) fn seeds(quick: u64) -> std::ops::RangeInclusive<u64> {
    let asked = std::env::var("COMMONWATCH_FAULT_SEEDS").ok();
    1..=asked.and_then(|text| text.parse().ok()).unwrap_or(quick)
}

/// Whether more was asked for than the quick form: what is slow runs only then.
pub(crate) fn is_long() -> bool {
    std::env::var_os("COMMONWATCH_FAULT_SEEDS").is_some()
}

/// A generator of numbers (SplitMix64).
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x2545_f491_4f6c_dd1d))
    }

    /// A generator of its own for the `n`-th helper of a run.
    pub(crate) fn other(&self, n: u64) -> Dice {
        Dice(self.0 ^ (n + 1).wrapping_mul(0xd6e8_feb8_6659_fd93))
    }

    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0, 1, … `n` - 1.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.roll() % n
    }

    /// True once in `n` times.
    pub(crate) fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// Waits for a random time below `most` milliseconds.
    pub(crate) async fn pause(&mut self, most: u64) {
        tokio::time::sleep(Duration::from_millis(self.below(most))).await;
    }
}
