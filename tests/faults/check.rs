//! The one checker: what the clients were told, against what the log, the stream, the listener and
//! every projection hold. The numbers I1 to I9 are those of `docs/faults.md`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::AddAssign;

use eventlog::{LogId, Recorded, Store, Table};
use proof::Hash;
use uuid::Uuid;

use crate::journal::{Answer, Told};
use crate::service::{Chain, Copied, MeterEvent, books, value_of};
use crate::streams;
use crate::world::World;

/// What a sound run came to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Findings {
    pub(crate) acknowledged: u64,
    /// Acknowledged after more than one call: an earlier one was told that nobody can tell.
    pub(crate) again: u64,
    /// Never acknowledged, and in the log all the same.
    pub(crate) present: u64,
    /// Never acknowledged, and not there.
    pub(crate) absent: u64,
    pub(crate) lost: u64,
    pub(crate) doubled: u64,
}

impl AddAssign for Findings {
    fn add_assign(&mut self, other: Findings) {
        self.acknowledged += other.acknowledged;
        self.again += other.again;
        self.present += other.present;
        self.absent += other.absent;
        self.lost += other.lost;
        self.doubled += other.doubled;
    }
}

/// Waits until the listener and the stream have all of `log`, then holds everything against
/// everything.
pub(crate) async fn sound(world: &World, log: &LogId) -> Findings {
    world.settled(log).await;
    let found = written(&world.towns, log, &world.journal.all().await).await;
    assert_eq!(streams::differences(world, log).await, [""; 0], "I7");
    heard(world, log).await;
    for (of, size, root) in world.roots().await {
        assert_eq!(root_of(&world.towns, &of, size).await, root, "I8: {of}");
    }
    found
}

/// I1 to I4, I9: the log alone, and the owner's projection.
pub(crate) async fn written(store: &Store, log: &LogId, told: &[Told]) -> Findings {
    let rows = rows(store, log).await;
    let mut wrong = Vec::new();
    in_order(&rows, &mut wrong);
    let told: Vec<&Told> = told.iter().filter(|t| t.log == log.as_str()).collect();
    let found = as_told(&rows, &told, &mut wrong);
    outcomes(store, log, &rows, &mut wrong).await;
    wrong.truncate(20);
    assert!(wrong.is_empty(), "{log}: {wrong:#?}\n{found:?}");
    store.verify(log).await.unwrap();
    let rebuilt = store.rebuild("chains").await.unwrap();
    assert!(rebuilt.is_equal(), "I9: {rebuilt:?}");
    let all: Option<Chain> = store
        .read_row(Table::Projection("chains"), log, "all")
        .await
        .unwrap();
    let all = all.unwrap_or_default();
    assert_eq!((all.links, all.disorder), (rows.len() as u64, 0), "I6");
    found
}

/// Every row of a log.
pub(crate) async fn rows(store: &Store, log: &LogId) -> Vec<Recorded> {
    let mut rows: Vec<Recorded> = Vec::new();
    loop {
        let after = rows.last().map_or(0, |row| row.seq);
        let page = store.read_events(log, after, 10_000).await.unwrap();
        if page.is_empty() {
            return rows;
        }
        rows.extend(page);
    }
}

/// I2, I3, and time that never goes back.
fn in_order(rows: &[Recorded], wrong: &mut Vec<String>) {
    let mut versions: HashMap<&str, u64> = HashMap::new();
    let mut before = None;
    for (row, due) in rows.iter().zip(1u64..) {
        if row.seq != due {
            wrong.push(format!("I2: {} stands where {due} is due", row.seq));
        }
        let version = versions.entry(&row.stream).or_default();
        *version += 1;
        if row.version != *version {
            let stream = &row.stream;
            wrong.push(format!("I3: {stream} {} for {version}", row.version));
        }
        if before > Some(row.recorded_at) {
            wrong.push(format!("{}: recorded before the row before it", row.seq));
        }
        before = Some(row.recorded_at);
    }
}

/// I1, I4: every command is there as its caller was told, or not at all.
fn as_told(rows: &[Recorded], told: &[&Told], wrong: &mut Vec<String>) -> Findings {
    let mut found = Findings::default();
    let mut of: HashMap<Uuid, Vec<&Recorded>> = HashMap::new();
    for row in rows {
        of.entry(row.command_id).or_default().push(row);
    }
    let mut ids = HashSet::new();
    for told in told {
        let there = of.remove(&told.id).unwrap_or_default();
        let id = told.id;
        if !ids.insert(id) {
            wrong.push(format!("{id}: told of twice"));
        }
        let whole = is_whole(&there, told);
        match told.answer {
            Answer::Acknowledged { first, last } => {
                found.acknowledged += 1;
                found.again += u64::from(told.calls > 1);
                let at = there.first().map(|row| row.seq);
                if there.is_empty() {
                    found.lost += 1;
                    wrong.push(format!("I1: {id} is lost"));
                } else if !whole || at != Some(first) || there.last().unwrap().seq != last {
                    found.doubled += u64::from(there.len() > told.values.len() + 1);
                    wrong.push(format!("I1: {id} at {at:?}, told {first}–{last}"));
                }
            }
            Answer::Refused if there.is_empty() => {}
            Answer::Refused => wrong.push(format!("I1: {id} was refused and is there")),
            Answer::Unknown if there.is_empty() => found.absent += 1,
            Answer::Unknown if whole => found.present += 1,
            Answer::Unknown => wrong.push(format!("I4: {id} is there in part, or twice")),
        }
    }
    for id in of.keys() {
        wrong.push(format!("{id}: nobody asked for it"));
    }
    found
}

/// Side by side, in the command's order, each event once.
fn is_whole(there: &[&Recorded], told: &Told) -> bool {
    let follow = there.windows(2).all(|two| two[1].seq == two[0].seq + 1);
    let values: Vec<u64> = there
        .iter()
        .filter_map(|row| match row.event().unwrap() {
            MeterEvent::Counted { value } => Some(value),
            MeterEvent::Mused { .. } => None,
        })
        .collect();
    let stream = there.iter().all(|row| row.stream == told.stream);
    follow && stream && values == told.values && there.len() == values.len() + 1
}

/// The stored outcomes are those of the rows.
async fn outcomes(store: &Store, log: &LogId, rows: &[Recorded], wrong: &mut Vec<String>) {
    let sql = "SELECT command_id, first_seq, last_seq FROM command
        WHERE log_id = $1 AND events > 0";
    let client = store.pool().get().await.unwrap();
    let stored = client.query(sql, &[&log.as_str()]).await.unwrap();
    let stored: BTreeMap<Uuid, (i64, i64)> = stored
        .iter()
        .map(|row| (row.get(0), (row.get(1), row.get(2))))
        .collect();
    let mut due: BTreeMap<Uuid, (i64, i64)> = BTreeMap::new();
    for row in rows {
        let seq = i64::try_from(row.seq).unwrap();
        due.entry(row.command_id).or_insert((seq, seq)).1 = seq;
    }
    if stored != due {
        wrong.push("the stored outcomes are not those of the rows".to_owned());
    }
}

/// I5, I6: the listener's state is that of a clean fold, and every fact had one effect.
async fn heard(world: &World, log: &LogId) {
    let mut clean = Chain::default();
    let mut due = Vec::new();
    loop {
        let page = world.towns.read_facts(log, clean.last, 5_000).await;
        let page = page.unwrap();
        if page.is_empty() {
            break;
        }
        for fact in page {
            due.push((fact.seq, value_of(&fact)));
            clean = clean.add(fact.seq, &fact.bytes);
        }
    }
    let books_store = world.books().await;
    let mirror = books_store.read_row(Table::Mirror("heard"), log, "all");
    let mirror: Chain = mirror.await.unwrap().unwrap_or_default();
    assert_eq!(mirror, clean, "I5, I6: what the books hold of {log}");
    let mut copies = Vec::new();
    for row in rows(&books_store, &books()).await {
        let Copied::Copied {
            log: of,
            seq,
            value,
        } = row.event().unwrap();
        if of == log.as_str() {
            copies.push((seq, value));
        }
    }
    copies.sort_unstable();
    assert!(copies == due, "I6: {log} had other effects than its facts");
    books_store.verify(&books()).await.unwrap();
    assert_eq!(books_store.parked().await.unwrap(), []);
}

/// The tree over the first `size` leaves.
pub(crate) async fn root_of(store: &Store, log: &LogId, size: u64) -> Hash {
    let leaves = store.read_leaves(log, 0, size).await.unwrap();
    let hashes: Vec<Hash> = leaves.iter().map(|row| row.leaf().hash()).collect();
    assert_eq!(hashes.len() as u64, size);
    proof::tree::root(&hashes)
}
