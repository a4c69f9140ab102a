//! What JetStream delivers: put in order, applied, acknowledged.

use std::collections::BTreeMap;

use async_nats::jetstream::Message;
use eventlog::{FactRow, LogId};

use super::progress::{Place, Progress, aligned};
use super::{Ending, Source};
use crate::envelope;
use crate::listener::{Backfill, Listener};

impl<L: Listener, B: Backfill> Source<L, B> {
    /// Takes in a delivery, log by log.
    pub(super) async fn take(&mut self, messages: Vec<Message>) -> Result<(), Ending> {
        let mut by_log: BTreeMap<LogId, Vec<(FactRow, Message)>> = BTreeMap::new();
        for message in messages {
            let opened =
                envelope::open(&message.subject, message.headers.as_ref(), &message.payload);
            match opened {
                Ok(row) => by_log
                    .entry(row.log.clone())
                    .or_default()
                    .push((row, message)),
                Err(reason) => {
                    let (source, subject) = (self.source, message.subject.as_str());
                    tracing::error!(
                        source,
                        subject,
                        reason,
                        "a message on the stream is no fact"
                    );
                    ack(&message).await;
                }
            }
        }
        for (log, delivered) in by_log {
            self.take_log(log, delivered).await?;
        }
        Ok(())
    }

    async fn take_log(
        &mut self,
        log: LogId,
        delivered: Vec<(FactRow, Message)>,
    ) -> Result<(), Ending> {
        let unsure = self.gaps.contains(&log);
        let progress = self.logs.entry(log.clone()).or_default();
        if unsure || progress.parked.is_some() {
            // All of it will be read from the owner again: JetStream need not keep it for us.
            return ack_all(delivered.iter().map(|(_, message)| message)).await;
        }
        let mut last = progress.last();
        let mut ready = std::mem::take(&mut progress.held);
        let mut copies = Vec::new();
        let mut gap = false;
        for (row, message) in delivered {
            match Progress::place(last, &row) {
                Place::Next => {
                    last = row.seq;
                    ready.push((row, message));
                }
                Place::Copy => copies.push(message),
                Place::Gap => {
                    gap = true;
                    copies.push(message);
                }
            }
        }
        // A copy of a held fact is acknowledged early; should its command never be completed
        // here, the heads will tell.
        ack_all(copies.iter()).await?;
        let (rows, messages): (Vec<_>, Vec<_>) = ready.into_iter().unzip();
        let cut = aligned(&rows);
        self.apply(&log, &rows[..cut]).await?;
        ack_all(messages[..cut].iter()).await?;
        if gap {
            tracing::info!(
                listener = self.listener.name(),
                log = log.as_str(),
                after = last,
                "facts are missing in the delivery; reading them from their owner"
            );
            return self.read_from_owner(log).await;
        }
        if let Some(progress) = self.logs.get_mut(&log) {
            progress.held = rows.into_iter().zip(messages).skip(cut).collect();
        }
        Ok(())
    }
}

async fn ack_all<'a>(messages: impl Iterator<Item = &'a Message>) -> Result<(), Ending> {
    for message in messages {
        ack(message).await;
    }
    Ok(())
}

/// A lost ack only means that the message comes again, as a copy.
async fn ack(message: &Message) {
    if let Err(error) = message.ack().await {
        tracing::debug!(%error, "an ack could not be sent");
    }
}
