//! The one short transaction in which writers wait: the last few, the last look, the swap.

use std::time::{Duration, Instant};

use deadpool_postgres::Transaction;

use super::run::{Run, Touched};
use super::{Feed, Owners, Session};
use crate::decider::{Class, Refused};
use crate::error::Error;
use crate::kill::kill_point;
use crate::record::Meta;
use crate::store::db_int;
use crate::upkeep::{self, Command};

/// How long writers are made to wait at most for one try.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// What the comparison of both tables has shown, and the act to be recorded.
pub(super) struct Compared<'a> {
    pub(super) equal: bool,
    pub(super) command: Command,
    pub(super) meta: &'a Meta,
}

pub(super) struct Swapped {
    /// How long writers waited.
    pub(super) pause: Duration,
}

impl<O: Owners> Run<'_, O> {
    pub(super) async fn swap(
        &mut self,
        session: &mut Session,
        compared: Option<&Compared<'_>>,
        touched: &mut Touched,
    ) -> Result<Swapped, Error> {
        let late = || Error::Unavailable("the swap took too long".to_owned());
        let swap = self.try_swap(session, compared, touched);
        tokio::time::timeout(PATIENCE * 2, swap)
            .await
            .unwrap_or_else(|_| Err(late()))
    }

    async fn try_swap(
        &mut self,
        session: &mut Session,
        compared: Option<&Compared<'_>>,
        touched: &mut Touched,
    ) -> Result<Swapped, Error> {
        let tx = session.client_mut().transaction().await?;
        tx.batch_execute(&format!(
            "SET LOCAL lock_timeout = {}",
            PATIENCE.as_millis()
        ))
        .await?;
        let began = Instant::now();
        self.hold(&tx).await?;
        let upto = self.feed.positions(&tx).await?;
        self.fold_to(&tx, &upto, Some(touched)).await?;
        if let Some(compared) = compared {
            self.look_again(&tx, compared, touched).await?;
            self.note_due(&tx, compared).await?;
        }
        match &self.feed {
            Feed::Events(_) => depose(&tx).await?,
            Feed::Facts { .. } => self.note_filled(&tx).await?,
        }
        tx.batch_execute(&self.layout.swap_ddl()).await?;
        kill_point("rebuild.swapping");
        tx.commit().await?;
        kill_point("rebuild.swapped");
        self.layout.set_filled(true);
        let pause = began.elapsed();
        Ok(Swapped { pause })
    }

    /// From here on nobody writes the live table; reading goes on until the names change.
    async fn hold(&self, tx: &Transaction<'_>) -> Result<(), Error> {
        let mut sql = String::new();
        if let Feed::Facts { .. } = self.feed {
            // Whoever moves a receipt has read the rows that it is about to write.
            sql.push_str("LOCK TABLE receipt IN EXCLUSIVE MODE; ");
        }
        sql.push_str(&format!(
            "LOCK TABLE {} IN EXCLUSIVE MODE",
            self.layout.table
        ));
        tx.batch_execute(&sql).await?;
        Ok(())
    }

    /// Where the tables were equal, so must be the rows that changed since.
    async fn look_again(
        &self,
        tx: &Transaction<'_>,
        compared: &Compared<'_>,
        touched: &Touched,
    ) -> Result<(), Error> {
        if !compared.equal || compared.meta.reason.is_some() {
            return Ok(());
        }
        let (logs, keys): (Vec<&str>, Vec<&str>) = touched
            .iter()
            .map(|(log, key)| (log.as_str(), key.as_str()))
            .unzip();
        let sql = format!(
            "SELECT count(*) FROM unnest($1::text[], $2::text[]) t(log_id, key)
             LEFT JOIN {} l USING (log_id, key) LEFT JOIN {} b USING (log_id, key)
             WHERE l.row IS DISTINCT FROM b.row OR l.seq IS DISTINCT FROM b.seq",
            self.layout.table, self.beside.table
        );
        let different: i64 = tx.query_one(&sql, &[&logs, &keys]).await?.get(0);
        if different == 0 {
            return Ok(());
        }
        let table = &self.layout.table;
        Err(Error::Refused(Refused {
            reason: "DIGESTS_DIFFER".to_owned(),
            message: format!(
                "{different} rows of {table} that were written during the rebuild differ from the \
                 fresh ones: rebuild again, with a reason if they still do."
            ),
            class: Class::FailedPrecondition,
            violations: Vec::new(),
        }))
    }

    async fn note_due(&self, tx: &Transaction<'_>, compared: &Compared<'_>) -> Result<(), Error> {
        let Compared { command, meta, .. } = compared;
        let command = serde_json::to_string(command)
            .map_err(|e| Error::Corrupt(format!("an act can not be written: {e}")))?;
        tx.execute(
            "INSERT INTO upkeep_due (command_id, stream_key, command, actor, trace, content)
             VALUES ($1, $2, $3::text::jsonb, $4, $5, $6)",
            &[
                &meta.command_id,
                &upkeep::table_key(self.layout.name),
                &command,
                &meta.actor,
                &meta.trace,
                &meta.content,
            ],
        )
        .await?;
        Ok(())
    }

    /// The mirror holds what was taken in.
    async fn note_filled(&self, tx: &Transaction<'_>) -> Result<(), Error> {
        let version = i32::try_from(self.layout.version).unwrap_or(i32::MAX);
        for (log, seq) in &self.at {
            tx.execute(
                "INSERT INTO mirror (log_id, name, version, seq) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (log_id, name, version) DO UPDATE SET seq = excluded.seq",
                &[&log.as_str(), &self.layout.name, &version, &db_int(*seq)],
            )
            .await?;
        }
        Ok(())
    }
}

/// Makes every log's writer take the log over again, and so forget the rows it remembers. All
/// projections that were complete stay so.
async fn depose(tx: &Transaction<'_>) -> Result<(), Error> {
    tx.batch_execute(
        "WITH held AS (
             SELECT log_id FROM log_head ORDER BY log_id FOR UPDATE
         ), head AS (
             UPDATE log_head h SET epoch = epoch + 1 FROM held WHERE h.log_id = held.log_id
             RETURNING h.log_id, h.epoch
         )
         UPDATE projection p SET epoch = head.epoch FROM head
         WHERE p.log_id = head.log_id AND p.epoch = head.epoch - 1",
    )
    .await?;
    Ok(())
}
