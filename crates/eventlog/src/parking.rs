//! Facts that could not be applied: noted, tried again, passed over.
//!
//! # Why
//!
//! What an operator has passed over is an event in the upkeep log, and listeners take it from
//! there. So there is no second place that could say otherwise after a crash.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::decider::{Class, Refused};
use crate::encoded;
use crate::error::Error;
use crate::listening::log_of;
use crate::log_id::LogId;
use crate::record::{Meta, Outcome};
use crate::store::{Store, db_int, from_db};
use crate::upkeep::{self, Command, Event, Position, Upkeep};

/// A fact that could not be applied; it stops its log for its consumer until it can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    pub consumer: String,
    pub log: LogId,
    /// The first fact of the command whose facts could not be applied together.
    pub seq: u64,
    /// The last one: any of them may be at fault.
    pub upto: u64,
    pub kind: String,
    pub error: String,
    pub since: Timestamp,
    pub attempts: u32,
}

/// A fact that a listener was told to go on without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub consumer: String,
    pub log: LogId,
    pub seq: u64,
    pub kind: String,
    pub recorded_at: Timestamp,
    pub actor: String,
    /// The operator's command, under which the reason lies ([`Store::reason`]).
    pub command_id: uuid::Uuid,
}

const PARKED: &str = "log_id, consumer, seq, kind, error, since, attempts, coalesce(upto, seq)";

impl Store {
    /// Notes that the facts of one command, from `seq` to `upto`, can not be applied; the count of
    /// attempts grows, `since` stays.
    pub async fn park(
        &self,
        consumer: &str,
        log: &LogId,
        (seq, upto): (u64, u64),
        kind: &str,
        error: &str,
    ) -> Result<(), Error> {
        let client = self.pool().get().await?;
        client
            .execute(
                "INSERT INTO parked AS p (log_id, consumer, seq, kind, error, since, attempts, upto)
                 VALUES ($1, $2, $3, $4, $5, $6, 1, $7)
                 ON CONFLICT (log_id, consumer) DO UPDATE SET
                     seq = excluded.seq, kind = excluded.kind, error = excluded.error,
                     upto = excluded.upto,
                     since = CASE WHEN p.seq = excluded.seq THEN p.since ELSE excluded.since END,
                     attempts = CASE WHEN p.seq = excluded.seq THEN p.attempts + 1 ELSE 1 END",
                &[
                    &log.as_str(),
                    &consumer,
                    &db_int(seq),
                    &kind,
                    &error,
                    &self.surroundings().now(),
                    &db_int(upto),
                ],
            )
            .await?;
        Ok(())
    }

    /// The fact was applied after all, or is to be tried again.
    pub async fn unpark(&self, consumer: &str, log: &LogId) -> Result<(), Error> {
        let client = self.pool().get().await?;
        let sql = "DELETE FROM parked WHERE log_id = $1 AND consumer = $2";
        client.execute(sql, &[&log.as_str(), &consumer]).await?;
        Ok(())
    }

    /// Everything that stands still, by log and consumer.
    pub async fn parked(&self) -> Result<Vec<Parked>, Error> {
        let client = self.pool().get().await?;
        let sql = format!("SELECT {PARKED} FROM parked ORDER BY log_id, consumer");
        client.query(&sql, &[]).await?.iter().map(parked).collect()
    }

    /// Lets a parked log be tried again, by an operator's command.
    ///
    /// # Errors
    /// [`Error::Refused`] when nothing is parked there.
    pub async fn retry_parked(
        &self,
        consumer: &str,
        log: &LogId,
        meta: Meta,
    ) -> Result<Outcome, Error> {
        let command =
            |parked: &Parked, meta: &Meta| Ok(self.retry(consumer, log, Some(parked), meta));
        self.release(consumer, log, meta, command).await
    }

    /// Lets a listener go on without the fact at `seq`, one of those of the parked command; what
    /// else that command made is tried again. Needs `meta.reason`. Once this has answered the
    /// decision stands, whatever crashes: the listener takes it from the upkeep log.
    ///
    /// # Errors
    /// [`Error::Refused`] when nothing is parked there (any more), when something else is, or
    /// without a reason.
    pub async fn skip_parked(
        &self,
        consumer: &str,
        log: &LogId,
        seq: u64,
        meta: Meta,
    ) -> Result<Outcome, Error> {
        self.release(consumer, log, meta, |parked, meta| {
            if parked.kind.is_empty() || !(parked.seq..=parked.upto).contains(&seq) {
                return Err(elsewhere(parked, seq));
            }
            Ok(Command::SkipParked {
                on: self.today(),
                fact: Position {
                    log: parked.log.clone(),
                    seq,
                },
                consumer: parked.consumer.clone(),
                kind: parked.kind.clone(),
                reason: meta.reason.is_some(),
            })
        })
        .await
    }

    /// Runs an operator's command on what is parked, then releases it. The parked row is locked
    /// meanwhile, so that nobody else releases it on other terms.
    async fn release(
        &self,
        consumer: &str,
        log: &LogId,
        meta: Meta,
        command: impl FnOnce(&Parked, &Meta) -> Result<Command, Error>,
    ) -> Result<Outcome, Error> {
        let upkeep = self.upkeep_log();
        let again = !meta.dry_run && self.knows(&upkeep, meta.command_id).await?;
        let mut client = self.pool().get().await?;
        let tx = client.transaction().await?;
        let sql =
            format!("SELECT {PARKED} FROM parked WHERE log_id = $1 AND consumer = $2 FOR UPDATE");
        let row = tx.query_opt(&sql, &[&log.as_str(), &consumer]).await?;
        let found = row.as_ref().map(parked).transpose()?;
        let command = match found {
            // Answered by its stored outcome, not decided again.
            found if again => self.retry(consumer, log, found.as_ref(), &meta),
            Some(found) => command(&found, &meta)?,
            None => return Err(nothing(consumer, log)),
        };
        let dry_run = meta.dry_run;
        let key = upkeep::parked_key(consumer, log);
        let executed = self.execute::<Upkeep>(&upkeep, &key, command, meta);
        let outcome = executed.await?;
        if dry_run {
            return Ok(outcome);
        }
        // Only what the event speaks of: a command that comes again late releases nothing else.
        let seq = outcome.events.first().map(|event| match event.event()? {
            Event::ParkedRetried { seq, .. } | Event::ParkedSkipped { seq, .. } => Ok(db_int(seq)),
            _ => Err(Error::Corrupt("no act on a parked fact".to_owned())),
        });
        let sql = "DELETE FROM parked WHERE log_id = $1 AND consumer = $2
                   AND coalesce($3, seq) BETWEEN seq AND coalesce(upto, seq)";
        let seq: Option<i64> = seq.transpose()?;
        tx.execute(sql, &[&log.as_str(), &consumer, &seq]).await?;
        tx.commit().await?;
        Ok(outcome)
    }

    fn retry(&self, consumer: &str, log: &LogId, found: Option<&Parked>, meta: &Meta) -> Command {
        Command::RetryParked {
            on: self.today(),
            fact: Position {
                log: log.clone(),
                seq: found.map_or(0, |parked| parked.seq),
            },
            consumer: consumer.to_owned(),
            attempts: found.map_or(0, |parked| parked.attempts),
            reason: meta.reason.is_some(),
        }
    }

    /// Every fact that a listener of this service was told to go on without, oldest first.
    pub async fn skipped(&self) -> Result<Vec<Skipped>, Error> {
        const SQL: &str = "SELECT kind, body, recorded_at, actor, command_id FROM event
            WHERE log_id = $1 AND kind = 'parked_skipped' ORDER BY seq";
        let client = self.pool().get().await?;
        let upkeep = self.upkeep_log();
        let mut found = Vec::new();
        for row in client.query(SQL, &[&upkeep.as_str()]).await? {
            let event: Event = encoded::decode(row.get(0), row.get(1))?;
            let Event::ParkedSkipped {
                consumer,
                log,
                seq,
                kind,
                ..
            } = event
            else {
                continue;
            };
            found.push(Skipped {
                consumer,
                log,
                seq,
                kind,
                recorded_at: row.get(2),
                actor: row.get(3),
                command_id: row.get(4),
            });
        }
        Ok(found)
    }

    /// The civil day in UTC.
    pub(crate) fn today(&self) -> jiff::civil::Date {
        self.surroundings().now().to_zoned(TimeZone::UTC).date()
    }
}

fn parked(row: &tokio_postgres::Row) -> Result<Parked, Error> {
    Ok(Parked {
        log: log_of(row.get(0))?,
        consumer: row.get(1),
        seq: from_db(row.get(2)),
        upto: from_db(row.get(7)),
        kind: row.get(3),
        error: row.get(4),
        since: row.get(5),
        attempts: u32::try_from(row.get::<_, i32>(6)).unwrap_or(0),
    })
}

fn nothing(consumer: &str, log: &LogId) -> Error {
    Error::Refused(Refused {
        reason: "NOTHING_PARKED".to_owned(),
        message: format!("Nothing of {log} is parked for {consumer} here."),
        class: Class::NotFound,
        violations: Vec::new(),
    })
}

fn elsewhere(parked: &Parked, seq: u64) -> Error {
    let Parked {
        consumer,
        log,
        seq: first,
        upto,
        kind,
        ..
    } = parked;
    let message = if kind.is_empty() {
        format!(
            "{log} is parked for {consumer} because its owner lost facts: there is none that could \
             be passed over."
        )
    } else {
        format!(
            "{log} is parked for {consumer} at {first} (facts up to {upto} belong to the same \
             command), not at {seq}: look again at what is parked."
        )
    };
    Error::Refused(Refused {
        reason: "PARKED_ELSEWHERE".to_owned(),
        message,
        class: Class::FailedPrecondition,
        violations: Vec::new(),
    })
}
