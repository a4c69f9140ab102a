//! Checks a whole log from its stored bytes: no hole, no second version, no altered leaf.

use std::collections::HashMap;

use deadpool_postgres::GenericClient;
use proof::{Hash, VerifierKey, tree};
use tokio::sync::watch;
use tokio_postgres::IsolationLevel;

use super::read::{hash, recorded};
use super::{Store, db_int, from_db};
use crate::error::Error;
use crate::log_id::LogId;
use crate::record::{Head, Recorded, leaf_hash};

const PAGE: i64 = 5_000;

/// What a clean log holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    pub events: u64,
    pub facts: u64,
    pub streams: u64,
    /// RFC 6962 root over all leaves.
    pub root: Hash,
    /// Stored checkpoints, each with the root of its leaves, and how many of them bear a signature
    /// that could be checked.
    pub checkpoints: u32,
    pub signatures: u32,
}

impl Store {
    /// Reads every row of `log` and checks: `seq` is 1, 2, 3 … up to the head; every stream's
    /// versions are 1, 2, 3 …; times never decrease; each fact names the one before it; every leaf
    /// hash is that of the stored bytes.
    ///
    /// # Errors
    /// [`Error::Corrupt`] with the first thing that is wrong, by position.
    pub async fn verify(&self, log: &LogId) -> Result<Verified, Error> {
        self.verify_telling(log, &[], &watch::Sender::default())
            .await
    }

    /// The same, telling how many of how many rows were read; checkpoints signed by one of `keys`
    /// must bear a good signature.
    ///
    /// # Errors
    /// As for [`Store::verify`].
    pub async fn verify_telling(
        &self,
        log: &LogId,
        keys: &[VerifierKey],
        progress: &watch::Sender<(u64, u64)>,
    ) -> Result<Verified, Error> {
        let mut client = self.pool().get().await?;
        let tx = client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true)
            .start()
            .await?;
        verify(&tx, log, keys, progress).await
    }
}

/// See [`Store::verify_telling`].
pub(crate) async fn verify(
    client: &impl GenericClient,
    log: &LogId,
    keys: &[VerifierKey],
    progress: &watch::Sender<(u64, u64)>,
) -> Result<Verified, Error> {
    let head = "SELECT last_seq, fact_seq FROM log_head WHERE log_id = $1";
    let head = client.query_opt(head, &[&log.as_str()]).await?;
    let head = head.map_or(Head::default(), |row| Head {
        seq: from_db(row.get(0)),
        fact_seq: from_db(row.get(1)),
    });
    let sql = "SELECT seq, stream, version, kind, revision, body, fact_kind, fact, valid_on, \
        recorded_at, actor, command_id, cause_log, cause_seq, trace, leaf_hash, salt, \
        prev_fact FROM event WHERE log_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    let statement = client.prepare_cached(sql).await?;
    let mut walk = Walk::default();
    loop {
        let after = db_int(walk.head.seq);
        let page = client
            .query(&statement, &[&log.as_str(), &after, &PAGE])
            .await?;
        for row in &page {
            let event = recorded(log, row)?;
            let salt = hash(row.get(16))?.to_bytes();
            walk.step(event, &salt, from_db(row.get(17)))?;
        }
        if page.is_empty() {
            break;
        }
        progress.send_replace((walk.head.seq, head.seq));
    }
    if walk.head != head {
        let (found, said) = (walk.head, head);
        return Err(Error::Corrupt(format!(
            "log {log} ends at {} (last fact {}), but its head says {} ({})",
            found.seq, found.fact_seq, said.seq, said.fact_seq
        )));
    }
    let notes = "SELECT size, note FROM checkpoint WHERE log_id = $1 ORDER BY size";
    let (mut checkpoints, mut signatures) = (0, 0);
    for row in client.query(notes, &[&log.as_str()]).await? {
        checkpoints += 1;
        signatures += u32::from(walk.bears_out(log, from_db(row.get(0)), row.get(1), keys)?);
    }
    let streams = u64::try_from(walk.versions.len()).unwrap_or(u64::MAX);
    Ok(Verified {
        events: walk.head.seq,
        facts: walk.facts,
        streams,
        root: tree::root(&walk.leaves),
        checkpoints,
        signatures,
    })
}

#[derive(Default)]
struct Walk {
    head: Head,
    /// 32 bytes per event: what bounds the memory of a check.
    leaves: Vec<Hash>,
    facts: u64,
    versions: HashMap<String, u64>,
    time: Option<jiff::Timestamp>,
}

impl Walk {
    fn step(&mut self, event: Recorded, salt: &[u8; 32], prev_fact: u64) -> Result<(), Error> {
        let wrong = |what: String| {
            Err(Error::Corrupt(format!(
                "log {}, seq {}: {what}",
                event.log, event.seq
            )))
        };
        let expected = self.head.seq + 1;
        if event.seq != expected {
            return wrong(format!("seq {expected} is missing before it"));
        }
        if prev_fact != self.head.fact_seq {
            let last = self.head.fact_seq;
            return wrong(format!(
                "names {prev_fact} as the fact before it, which is {last}"
            ));
        }
        if self.time.is_some_and(|time| event.recorded_at < time) {
            return wrong("recorded earlier than the row before it".to_owned());
        }
        let version = self.versions.get(&event.stream).copied().unwrap_or(0) + 1;
        if event.version != version {
            return wrong(format!(
                "is version {} of stream {} where {version} is due",
                event.version, event.stream
            ));
        }
        if leaf_hash(&event, salt) != event.leaf_hash {
            return wrong("the leaf hash is not that of the stored bytes".to_owned());
        }
        self.leaves.push(event.leaf_hash);
        self.head.seq = event.seq;
        if event.fact.is_some() {
            self.head.fact_seq = event.seq;
            self.facts += 1;
        }
        self.time = Some(event.recorded_at);
        self.versions.insert(event.stream, version);
        Ok(())
    }
}

impl Walk {
    /// Whether the checkpoint's signature could be checked; an error if it contradicts the leaves.
    fn bears_out(
        &self,
        log: &LogId,
        size: u64,
        note: &str,
        keys: &[VerifierKey],
    ) -> Result<bool, Error> {
        let wrong = |what: &str| Error::Corrupt(format!("log {log}, checkpoint of {size}: {what}"));
        let first = usize::try_from(size)
            .ok()
            .and_then(|size| self.leaves.get(..size));
        let first = first.ok_or_else(|| wrong("the log is shorter"))?;
        // A note's text is its origin, the number of leaves and their root, line by line.
        let mut lines = note.lines().skip(1);
        if lines.next() != Some(size.to_string().as_str()) {
            return Err(wrong("it is signed for another number of leaves"));
        }
        let root = lines.next().and_then(|line| Hash::from_base64(line).ok());
        if root != Some(tree::root(first)) {
            return Err(wrong("its root is not that of the leaves"));
        }
        let signed = |key: &&VerifierKey| note.contains(&format!("\u{2014} {} ", key.name()));
        let Some(key) = keys.iter().find(signed) else {
            return Ok(false);
        };
        key.open(note).map_err(|e| wrong(&e.to_string()))?;
        Ok(true)
    }
}
