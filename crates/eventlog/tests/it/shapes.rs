//! Batches that change ever other sets of projections.

use eventlog::{Projection, Recorded, Store};
use serde_json::{Value, json};

use crate::jar::{log, options, put};

/// A table that a jar's name says something to: its n-th letter tells what an event does there.
struct Nth(usize);

const NAMES: [&str; 4] = ["nth_a", "nth_b", "nth_c", "nth_d"];

impl Projection for Nth {
    fn name(&self) -> &'static str {
        NAMES[self.0]
    }
    fn version(&self) -> u32 {
        1
    }
    fn keys(&self, event: &Recorded) -> Vec<String> {
        match &event.stream_key()[self.0..=self.0] {
            "0" => vec![],
            _ => vec!["row".to_owned()],
        }
    }
    fn apply(&self, event: &Recorded, _: &str, old: Option<Value>) -> Option<Value> {
        let count = old.and_then(|old| old.as_u64()).unwrap_or(0);
        let deletes = &event.stream_key()[self.0..=self.0] == "2";
        (!deletes).then(|| json!(count + 1))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_set_of_changed_tables_is_written_also_after_many_others() {
    let world = local::testing::world().await;
    let mut options = options(world.database_url("log"));
    options.projections = (0..4).map(|n| Box::new(Nth(n)) as Box<_>).collect();
    let store = Store::open(options).await.unwrap();
    // 81 sets of tables that are left alone, written to, or deleted from: more than are kept.
    for round in 0..2u128 {
        for n in 0..81u128 {
            let digit = |place: u32| (n / 3u128.pow(place) % 3).to_string();
            let key: String = (0..4).map(digit).collect();
            put(&store, round * 100 + n, &key, &[1]).await.unwrap();
        }
        for name in NAMES {
            let rebuilt = store.rebuild(name).await.unwrap();
            assert!(rebuilt.is_equal(), "{name}: {rebuilt:?}");
        }
    }
    store.verify(&log("jars")).await.unwrap();
}
