//! Clock, ids and salts enter here and nowhere else, so that a run can be replayed exactly.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;
use proof::Salt;
use rand::RngCore;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What a process takes from the world around it.
pub trait Surroundings: Send + Sync {
    fn now(&self) -> Timestamp;
    /// A fresh id, time-ordered (v7) in the real world.
    fn uuid(&self) -> Uuid;
    /// 256 bits that nobody can guess.
    fn salt(&self) -> Salt;
}

/// The real clock and the operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct Real;

impl Surroundings for Real {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place where time enters"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place where ids enter"
    )]
    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn salt(&self) -> Salt {
        let mut salt = [0; 32];
        rand::rngs::OsRng.fill_bytes(&mut salt);
        salt
    }
}

/// A clock that stands until it is set, and ids and salts that follow from a seed: the same
/// commands in the same order give the same rows. For tests and the demo; its salts can be
/// guessed by whoever knows the seed.
#[derive(Debug)]
pub struct Replayed {
    seed: u64,
    microseconds: AtomicI64,
    uuids: AtomicU64,
    salts: AtomicU64,
}

impl Replayed {
    /// Starts at `clock`.
    pub fn new(seed: u64, clock: Timestamp) -> Replayed {
        Replayed {
            seed,
            microseconds: AtomicI64::new(clock.as_microsecond()),
            uuids: AtomicU64::new(0),
            salts: AtomicU64::new(0),
        }
    }

    /// Sets the clock.
    pub fn set(&self, clock: Timestamp) {
        self.microseconds
            .store(clock.as_microsecond(), Ordering::SeqCst);
    }

    fn draw(&self, what: &str, n: u64) -> [u8; 32] {
        let mut digest = Sha256::new_with_prefix(b"commonwatch/replayed/v1\n");
        digest.update(what.as_bytes());
        digest.update(self.seed.to_be_bytes());
        digest.update(n.to_be_bytes());
        digest.finalize().into()
    }
}

impl Surroundings for Replayed {
    fn now(&self) -> Timestamp {
        let microseconds = self.microseconds.load(Ordering::SeqCst);
        Timestamp::from_microsecond(microseconds).expect("it was a timestamp when it was set")
    }

    fn uuid(&self) -> Uuid {
        let drawn = self.draw("uuid", self.uuids.fetch_add(1, Ordering::SeqCst));
        let mut random = [0; 10];
        random.copy_from_slice(&drawn[..10]);
        let milliseconds = u64::try_from(self.now().as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
    }

    fn salt(&self) -> Salt {
        self.draw("salt", self.salts.fetch_add(1, Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::{Replayed, Surroundings};

    #[test]
    fn the_same_seed_gives_the_same_ids_and_salts() {
        let start = "2026-10-01T00:00:00Z".parse().unwrap();
        let (one, two) = (Replayed::new(7, start), Replayed::new(7, start));
        let other = Replayed::new(8, start);
        assert_eq!((one.uuid(), one.salt()), (two.uuid(), two.salt()));
        assert_eq!((one.uuid(), one.salt()), (two.uuid(), two.salt()));
        assert_ne!(one.salt(), other.salt());
        assert_ne!(one.uuid(), one.uuid());
        assert_eq!(one.now(), start);
    }
}
