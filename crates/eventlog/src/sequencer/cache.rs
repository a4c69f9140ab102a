//! What the last commits left behind, so that the next batch need not load it.

use std::collections::HashMap;

use serde_json::Value;

use super::batch::Batch;
use super::job::Folded;
use crate::store::rows::Overlay;

/// Streams, and rows of each projection, per generation.
const GENERATION_MAX: usize = 8_192;

/// A bounded map. When the young generation is full it becomes the old one, and the old one is
/// forgotten: what is used survives, at no cost per use.
pub(super) struct Cache<T> {
    young: HashMap<String, T>,
    old: HashMap<String, T>,
}

impl<T> Cache<T> {
    fn new() -> Cache<T> {
        Cache {
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }

    /// Takes the value out; whoever changes it puts back what is committed.
    pub(super) fn take(&mut self, key: &str) -> Option<T> {
        self.young.remove(key).or_else(|| self.old.remove(key))
    }

    pub(super) fn put(&mut self, key: String, value: T) {
        self.old.remove(&key);
        if self.young.len() >= GENERATION_MAX && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }

    fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

/// All that a sequencer remembers. Holds committed state only: a batch takes out what it works on
/// and puts it back after its commit; whatever fails on the way is forgotten with the batch.
pub(super) struct Caches {
    pub(super) streams: Cache<Folded>,
    /// Per projection; a row that does not exist is remembered too.
    pub(super) rows: Vec<Cache<Option<Value>>>,
}

impl Caches {
    pub(super) fn new(projections: usize) -> Caches {
        Caches {
            streams: Cache::new(),
            rows: std::iter::repeat_with(Cache::new)
                .take(projections)
                .collect(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.streams.clear();
        self.rows.iter_mut().for_each(Cache::clear);
    }

    /// Takes over what a batch left behind, after its commit or when there was nothing to commit.
    pub(super) fn keep(&mut self, batch: &mut Batch<'_>, changes: Vec<Overlay>) {
        for (stream, folded) in batch.take_streams() {
            self.streams.put(stream, folded);
        }
        for (cache, overlay) in self.rows.iter_mut().zip(changes) {
            for (key, row) in overlay.into_rows() {
                cache.put(key, row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cache, GENERATION_MAX};

    #[test]
    fn what_is_used_survives_and_the_size_is_bounded() {
        let mut cache = Cache::new();
        cache.put("used".to_owned(), 0);
        for n in 0..GENERATION_MAX * 5 {
            cache.put(n.to_string(), n);
            let used = cache.take("used").expect("it was used a moment ago");
            cache.put("used".to_owned(), used);
            assert!(cache.young.len() + cache.old.len() <= 2 * GENERATION_MAX);
        }
        assert!(cache.take("0").is_none());
    }
}
