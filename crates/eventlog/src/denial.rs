//! Calls that were not let in, counted by hour, so that a flood of them fills no disk.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::{SignedDuration, Timestamp};

use crate::error::Error;
use crate::store::{Store, db_int, from_db};

/// Rows of one hour; calls that would make more are counted in one row without actor, peer and
/// rpc.
const ROWS_MAX: i64 = 10_000;
/// How long rows are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(400 * 24);
/// The reason under which calls stand that are not kept apart.
pub const DENIAL_OVERFLOW: &str = "OVERFLOW";

const COUNT_ON: &str = "UPDATE denial
    SET count = count + $6, first = least(first, $7), last = greatest(last, $8)
    WHERE hour = $1 AND actor = $2 AND peer = $3 AND rpc = $4 AND reason = $5";
/// Another process may have begun the row meanwhile.
const BEGIN: &str = "INSERT INTO denial AS d (hour, actor, peer, rpc, reason, count, first, last)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (hour, actor, peer, rpc, reason) DO UPDATE SET
        count = d.count + excluded.count, first = least(d.first, excluded.first),
        last = greatest(d.last, excluded.last)";

/// What denied calls have in common that are counted together.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DenialKey {
    /// Seconds since 1970 at which the hour begins.
    pub hour: i64,
    /// Who called; empty if the token belonged to nobody.
    pub actor: String,
    /// The caller's network address; empty if unknown.
    pub peer: String,
    /// The RPC's path.
    pub rpc: String,
    /// Why, as a stable word.
    pub reason: String,
}

/// Denied calls that are counted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denials {
    /// What they have in common.
    pub key: DenialKey,
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Timestamp,
    /// The last of them.
    pub last: Timestamp,
}

impl DenialKey {
    /// The key of calls that are not kept apart.
    pub fn overflow(hour: i64) -> DenialKey {
        DenialKey {
            hour,
            reason: DENIAL_OVERFLOW.to_owned(),
            ..DenialKey::default()
        }
    }

    /// The hour that an instant lies in, as [`DenialKey::hour`] has it.
    pub fn hour_of(instant: Timestamp) -> i64 {
        let seconds = instant.as_second();
        seconds - seconds.rem_euclid(3600)
    }

    fn began(&self) -> Timestamp {
        Timestamp::from_second(self.hour).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl Store {
    /// Adds to the counts, all or nothing, and forgets what is older than 400 days.
    pub async fn count_denials(&self, denials: &[Denials]) -> Result<(), Error> {
        let mut client = self.pool().get().await?;
        let tx = client.transaction().await?;
        let oldest = self.surroundings().now().checked_sub(KEPT);
        let oldest = oldest.unwrap_or(Timestamp::UNIX_EPOCH);
        tx.execute("DELETE FROM denial WHERE hour < $1", &[&oldest])
            .await?;
        let mut room: BTreeMap<i64, i64> = BTreeMap::new();
        for one in denials {
            // A row that is there is counted on; a new one is made while the hour has room.
            if add(&tx, COUNT_ON, &one.key, one).await? > 0 {
                continue;
            }
            let hour = one.key.hour;
            let room = match room.entry(hour) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => {
                    let sql = "SELECT count(*) FROM denial WHERE hour = $1";
                    let rows: i64 = tx.query_one(sql, &[&one.key.began()]).await?.get(0);
                    unknown.insert(ROWS_MAX - rows)
                }
            };
            if *room > 0 {
                *room -= 1;
                add(&tx, BEGIN, &one.key, one).await?;
            } else {
                add(&tx, BEGIN, &DenialKey::overflow(hour), one).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// Counts from the latest hour on, at most `limit`: those after `after`, of this actor, of
    /// hours that begin at `since` or later.
    pub async fn denials(
        &self,
        actor: Option<&str>,
        since: Option<Timestamp>,
        after: Option<&DenialKey>,
        limit: u32,
    ) -> Result<Vec<Denials>, Error> {
        let client = self.pool().get().await?;
        let sql = "SELECT hour, actor, peer, rpc, reason, count, first, last FROM denial
                   WHERE ($1::text IS NULL OR actor = $1)
                     AND ($2::timestamptz IS NULL OR hour >= $2)
                     AND ($3::timestamptz IS NULL
                          OR (hour, actor, peer, rpc, reason) < ($3, $4, $5, $6, $7))
                   ORDER BY hour DESC, actor DESC, peer DESC, rpc DESC, reason DESC LIMIT $8";
        let from = after.cloned().unwrap_or_default();
        let hour = after.map(DenialKey::began);
        let (peer, rpc, reason) = (&from.peer, &from.rpc, &from.reason);
        let rows = client
            .query(
                sql,
                &[
                    &actor,
                    &since,
                    &hour,
                    &from.actor,
                    peer,
                    rpc,
                    reason,
                    &i64::from(limit),
                ],
            )
            .await?;
        Ok(rows.iter().map(read).collect())
    }
}

async fn add(
    tx: &deadpool_postgres::Transaction<'_>,
    sql: &str,
    key: &DenialKey,
    denials: &Denials,
) -> Result<u64, Error> {
    let DenialKey {
        actor,
        peer,
        rpc,
        reason,
        ..
    } = key;
    let (hour, count) = (key.began(), db_int(denials.count));
    let (first, last) = (&denials.first, &denials.last);
    let statement = tx.prepare_cached(sql).await?;
    Ok(tx
        .execute(
            &statement,
            &[&hour, actor, peer, rpc, reason, &count, first, last],
        )
        .await?)
}

fn read(row: &tokio_postgres::Row) -> Denials {
    let hour: Timestamp = row.get(0);
    Denials {
        key: DenialKey {
            hour: hour.as_second(),
            actor: row.get(1),
            peer: row.get(2),
            rpc: row.get(3),
            reason: row.get(4),
        },
        count: from_db(row.get(5)),
        first: row.get(6),
        last: row.get(7),
    }
}
