//! What neighbours are given: facts in order, whole groups, leaves that prove them.

use crate::jar::{log, open, put};

#[tokio::test(flavor = "multi_thread")]
async fn facts_name_the_one_before_and_groups_are_never_cut() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let jars = log("jars");
    put(&store, 1, "a", &[5, -1, 6, 7, -2]).await.unwrap(); // facts at 1, 3, 4
    put(&store, 2, "a", &[-1]).await.unwrap(); // no fact at 6
    put(&store, 3, "b", &[1]).await.unwrap(); // fact at 7

    let all = store.read_facts(&jars, 0, 100).await.unwrap();
    let places: Vec<_> = all.iter().map(|f| (f.prev, f.seq, f.group_last)).collect();
    assert_eq!(
        places,
        [(0, 1, false), (1, 3, false), (3, 4, true), (4, 7, true)]
    );
    assert_eq!(all[0].kind, "JarFilled");
    assert_eq!(all[2].bytes, 17i64.to_be_bytes());

    // One was asked for; its group has three.
    assert_eq!(store.read_facts(&jars, 0, 1).await.unwrap(), all[..3]);
    assert_eq!(store.read_facts(&jars, 4, 1).await.unwrap(), all[3..]);
    assert_eq!(store.read_facts(&jars, 7, 10).await.unwrap(), []);
    let heads = store.heads().await.unwrap();
    assert_eq!(heads.len(), 1);
    assert_eq!((heads[0].1.seq, heads[0].1.fact_seq), (7, 7));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_group_is_handed_out_whole_and_no_further() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let jars = log("jars");
    put(&store, 1, "a", &vec![1; 150]).await.unwrap();
    put(&store, 2, "a", &[1, 1]).await.unwrap();
    let facts = store.read_facts(&jars, 0, 64).await.unwrap();
    assert_eq!(facts.len(), 150);
    assert_eq!(store.read_facts(&jars, 150, 1).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn leaves_are_recomputed_from_the_stored_bytes() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let jars = log("jars");
    put(&store, 1, "a", &[5, -1, 6]).await.unwrap();
    let leaves = store.read_leaves(&jars, 1, 3).await.unwrap();
    assert_eq!(
        leaves.iter().map(|leaf| leaf.seq).collect::<Vec<_>>(),
        [2, 3]
    );
    assert_eq!((&leaves[0].fact, &leaves[0].fact_kind), (&None, &None));
    for leaf in &leaves {
        assert_eq!(leaf.leaf().hash(), leaf.leaf_hash);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_size_has_one_signed_checkpoint() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let jars = log("jars");
    store.checkpoint(&jars, "note one", 3).await.unwrap();
    store.checkpoint(&jars, "note one", 3).await.unwrap();
    assert!(store.checkpoint(&jars, "another", 3).await.is_err());
    store.checkpoint(&jars, "note two", 5).await.unwrap();
    let found = store.checkpoints(&jars).await.unwrap();
    let found: Vec<_> = found.iter().map(|c| (c.size, c.note.as_str())).collect();
    assert_eq!(found, [(3, "note one"), (5, "note two")]);
}
