//! Facts that could not be applied: noted, tried again, passed over.
//!
//! # Why
//!
//! What an operator has passed over is an event in the upkeep log, and listeners take it from
//! there. So there is no second place that could say otherwise after a crash.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio_postgres::types::ToSql;

use crate::decider::{Class, Refused};
use crate::encoded;
use crate::error::Error;
use crate::kill::kill_point;
use crate::listening::log_of;
use crate::log_id::LogId;
use crate::record::{Meta, Outcome, Recorded};
use crate::store::{Store, db_int, from_db};
use crate::upkeep::{self, Command, Event, Position, Upkeep};

/// A fact that could not be applied; it stops its log for its consumer until it can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    pub consumer: String,
    pub log: LogId,
    /// The first fact of the command whose facts could not be applied together.
    pub seq: u64,
    /// The last one.
    pub upto: u64,
    /// Those that were tried together: any of them may be at fault. None where the log's owner
    /// lost facts.
    pub facts: Vec<u64>,
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
    /// The operator's command in the upkeep log, under which the reason lies ([`Store::reason`]).
    pub command_id: uuid::Uuid,
}

/// Programs of before did not note which facts they tried: all positions may be one.
const FACTS: &str = "coalesce(facts, ARRAY(SELECT generate_series(seq, coalesce(upto, seq))))";

/// Facts that a refusal names at most.
const NAMED_MAX: usize = 20;

/// Released is only what an event speaks of: a command that comes again, late, releases nothing
/// else. Tried again is one try, of those that the command was given after; gone on without is a
/// fact.
const RELEASE: &str = "DELETE FROM parked WHERE log_id = $1 AND consumer = $2
    AND CASE WHEN $4::int IS NULL THEN $3 = ANY(";

impl Store {
    /// Notes that a log stands still at `seq`: `facts` are those of one command that could not be
    /// applied together. The count of attempts grows, `since` stays.
    pub async fn park(
        &self,
        consumer: &str,
        log: &LogId,
        seq: u64,
        facts: &[u64],
        (kind, error): (&str, &str),
    ) -> Result<(), Error> {
        let client = self.pool().get().await?;
        let upto = facts.last().copied().unwrap_or(seq);
        let facts: Vec<i64> = facts.iter().copied().map(db_int).collect();
        client
            .execute(
                "INSERT INTO parked AS p
                     (log_id, consumer, seq, kind, error, since, attempts, upto, facts)
                 VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8)
                 ON CONFLICT (log_id, consumer) DO UPDATE SET
                     seq = excluded.seq, kind = excluded.kind, error = excluded.error,
                     upto = excluded.upto, facts = excluded.facts,
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
                    &facts,
                ],
            )
            .await?;
        Ok(())
    }

    /// What was parked at `seq` is to be tried again. What is parked elsewhere by now stays.
    pub async fn unpark(&self, consumer: &str, log: &LogId, seq: u64) -> Result<(), Error> {
        let client = self.pool().get().await?;
        let sql = "DELETE FROM parked WHERE log_id = $1 AND consumer = $2 AND seq = $3";
        let values: [&(dyn ToSql + Sync); 3] = [&log.as_str(), &consumer, &db_int(seq)];
        client.execute(sql, &values).await?;
        Ok(())
    }

    /// Everything that stands still, by log and consumer.
    pub async fn parked(&self) -> Result<Vec<Parked>, Error> {
        let client = self.pool().get().await?;
        let sql = format!("{} ORDER BY log_id, consumer", select());
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
        self.release(consumer, log, None, meta).await
    }

    /// Lets a listener go on without the fact at `seq`, one of those of the parked command; what
    /// else that command made is tried again. Needs `meta.reason`. Once this has answered the
    /// decision stands, whatever crashes: the listener takes it from the upkeep log.
    ///
    /// # Errors
    /// [`Error::Refused`] when nothing is parked there (any more), when no fact that was tried
    /// there is at `seq`, or without a reason.
    pub async fn skip_parked(
        &self,
        consumer: &str,
        log: &LogId,
        seq: u64,
        meta: Meta,
    ) -> Result<Outcome, Error> {
        self.release(consumer, log, Some(seq), meta).await
    }

    /// Runs an operator's command on what is parked, then releases it. The parked row is locked
    /// meanwhile, so that nobody else releases it on other terms.
    async fn release(
        &self,
        consumer: &str,
        log: &LogId,
        skip: Option<u64>,
        meta: Meta,
    ) -> Result<Outcome, Error> {
        let upkeep = self.upkeep_log();
        let again = !meta.dry_run && self.knows(&upkeep, meta.command_id).await?;
        let mut client = self.pool().get().await?;
        let tx = client.transaction().await?;
        let sql = format!(
            "{} WHERE log_id = $1 AND consumer = $2 FOR UPDATE",
            select()
        );
        let row = tx.query_opt(&sql, &[&log.as_str(), &consumer]).await?;
        let found = row.as_ref().map(parked).transpose()?;
        let fact = |seq| Position {
            log: log.clone(),
            seq,
        };
        let (on, reason) = (self.today(), meta.reason.is_some());
        let retry = |fact, attempts| Command::RetryParked {
            on,
            fact,
            consumer: consumer.to_owned(),
            attempts,
            reason,
        };
        let command = match (found, skip) {
            // Answered by its stored outcome, not decided again.
            _ if again => retry(fact(0), 0),
            (None, _) => return Err(nothing(consumer, log)),
            (Some(parked), None) => retry(fact(parked.seq), parked.attempts),
            (Some(parked), Some(seq)) if !parked.holds(seq) => return Err(elsewhere(&parked, seq)),
            (Some(parked), Some(seq)) => Command::SkipParked {
                on,
                fact: fact(seq),
                consumer: parked.consumer,
                kind: parked.kind,
                reason,
            },
        };
        let dry_run = meta.dry_run;
        let key = upkeep::parked_key(consumer, log);
        let executed = self.execute::<Upkeep>(&upkeep, &key, command, meta);
        let outcome = executed.await?;
        if dry_run {
            return Ok(outcome);
        }
        kill_point("parked.recorded");
        let event = outcome.events.first().map(Recorded::event).transpose()?;
        let (seq, attempts) = match event {
            Some(Event::ParkedRetried { seq, attempts, .. }) => (seq, Some(db_count(attempts))),
            Some(Event::ParkedSkipped { seq, .. }) => (seq, None),
            // It was passed over before.
            None => (skip.unwrap_or(0), None),
            Some(_) => return Err(Error::Corrupt("no act on a parked fact".to_owned())),
        };
        let sql = format!("{RELEASE}{FACTS}) ELSE seq = $3 AND attempts <= $4 END");
        let values: [&(dyn ToSql + Sync); 4] = [&log.as_str(), &consumer, &db_int(seq), &attempts];
        tx.execute(&sql, &values).await?;
        tx.commit().await?;
        Ok(outcome)
    }

    /// Every fact that a listener of this service was told to go on without, oldest first.
    pub async fn skipped(&self) -> Result<Vec<Skipped>, Error> {
        let client = self.pool().get().await?;
        self.skipped_as(&client).await
    }

    /// The same, as this connection (or transaction) sees it.
    pub(crate) async fn skipped_as(
        &self,
        client: &impl GenericClient,
    ) -> Result<Vec<Skipped>, Error> {
        const SQL: &str = "SELECT kind, body, recorded_at, actor, command_id FROM event
            WHERE log_id = $1 AND kind = 'parked_skipped' ORDER BY seq";
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

impl Parked {
    /// Whether the fact at `seq` is one of those that could not be applied.
    fn holds(&self, seq: u64) -> bool {
        !self.kind.is_empty() && self.facts.contains(&seq)
    }
}

fn select() -> String {
    format!(
        "SELECT log_id, consumer, seq, kind, error, since, attempts, coalesce(upto, seq), {FACTS}
         FROM parked"
    )
}

fn db_count(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn parked(row: &tokio_postgres::Row) -> Result<Parked, Error> {
    let facts: Vec<i64> = row.get(8);
    Ok(Parked {
        log: log_of(row.get(0))?,
        consumer: row.get(1),
        seq: from_db(row.get(2)),
        upto: from_db(row.get(7)),
        facts: facts.into_iter().map(from_db).collect(),
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
    let Parked { consumer, log, .. } = parked;
    let message = if parked.kind.is_empty() || parked.facts.is_empty() {
        format!(
            "{log} is parked for {consumer}, but not because of a fact that could be passed over: \
             {}.",
            parked.error
        )
    } else {
        let named = parked.facts.iter().take(NAMED_MAX).map(u64::to_string);
        let mut named = named.collect::<Vec<_>>().join(", ");
        if parked.facts.len() > NAMED_MAX {
            named.push_str(", …");
        }
        format!(
            "{log} is parked for {consumer}, and no fact that could not be applied is at {seq}: \
             name one of {named}."
        )
    };
    Error::Refused(Refused {
        reason: "PARKED_ELSEWHERE".to_owned(),
        message,
        class: Class::FailedPrecondition,
        violations: Vec::new(),
    })
}
