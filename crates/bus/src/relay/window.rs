//! One ordered window of publishes and what its acks prove.

use std::future::IntoFuture;

use async_nats::jetstream::context::{PublishAckFuture, PublishError};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::publish::PublishAck;
use eventlog::{Cursor, FactRow, LogId};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

use super::{Relay, Trouble};
use crate::subject::header;
use crate::{envelope, signals, walk};

impl Relay {
    /// Publishes the next facts of a log, window by window, and moves its cursor over those that
    /// were acknowledged without a hole. How many that were; an error if not all.
    pub(super) async fn publish_next(&mut self, log: &LogId) -> Result<usize, Trouble> {
        let (after, window) = (self.cursor(log), self.relaying.window.max(1));
        let rows = self.store.read_facts(log, after, window).await?;
        // One command may have made more facts than a window holds. All of them at once would
        // wait for room among the unanswered ones, whose answers nobody looks at meanwhile.
        for rows in rows.chunks(window as usize) {
            self.publish_window(log, rows).await?;
        }
        Ok(rows.len())
    }

    async fn publish_window(&mut self, log: &LogId, rows: &[FactRow]) -> Result<(), Trouble> {
        let steps = walk::publishing(self.service, rows);
        let (acks, mut failure) = self.send(rows).await;
        eventlog::kill_point("relay.published");
        let mut proven = 0;
        for (ack, row) in self.collect(acks).await.into_iter().zip(rows) {
            let confirmed = match ack {
                Some(Ok(ack)) => self.confirm(row, ack).await,
                Some(Err(error)) => Err(error.to_string()),
                None => Err("the connection was lost before the ack".to_owned()),
            };
            match confirmed {
                Ok(sequence) => self.acked = self.acked.max(sequence),
                Err(reason) => {
                    failure = Some(reason);
                    break;
                }
            }
            proven += 1;
        }
        if let Some(last) = rows[..proven].last() {
            self.move_cursor(log, last.seq).await?;
            signals::published(self.service, proven);
            walk::published(self.service, &rows[..proven]);
        }
        match (failure, rows.get(proven)) {
            (Some(reason), Some(row)) => {
                steps.failed(&reason);
                Err(Trouble::Nats(format!(
                    "fact {log}:{} was not acknowledged: {reason}",
                    row.seq
                )))
            }
            _ => Ok(()),
        }
    }

    /// Publishes in order, without waiting; stops at the first that does not go out.
    async fn send(&self, rows: &[FactRow]) -> (Vec<PublishAckFuture>, Option<String>) {
        let mut acks = Vec::with_capacity(rows.len());
        for row in rows {
            let (subject, headers) = envelope::seal(self.bus.names(), self.service, row);
            let publish = PublishMessage::build()
                .payload(row.bytes.clone().into())
                .headers(headers);
            match self.jetstream.send_publish(subject, publish).await {
                Ok(ack) => acks.push(ack),
                Err(error) => return (acks, Some(error.to_string())),
            }
        }
        (acks, None)
    }

    /// Awaits the acks all at once: the time limit of each starts when it is first polled, and
    /// after a disconnect none of the open ones will ever come.
    async fn collect(
        &self,
        acks: Vec<PublishAckFuture>,
    ) -> Vec<Option<Result<PublishAck, PublishError>>> {
        let mut found: Vec<_> = acks.iter().map(|_| None).collect();
        let mut open: FuturesUnordered<_> = acks
            .into_iter()
            .enumerate()
            .map(|(at, ack)| async move { (at, ack.into_future().await) })
            .collect();
        loop {
            tokio::select! {
                biased;
                next = open.next() => match next {
                    Some((at, ack)) => found[at] = Some(ack),
                    None => return found,
                },
                () = self.bus.lost(self.generation) => return found,
            }
        }
    }

    /// The stream sequence under which the fact is surely stored.
    ///
    /// An ack that says "duplicate" only repeats what the server remembers of that message id;
    /// the message itself may have been deleted since. So it is read back, and when it is not
    /// there the fact is published again under an id that was not used before.
    async fn confirm(&self, row: &FactRow, ack: PublishAck) -> Result<u64, String> {
        if !ack.duplicate {
            return Ok(ack.sequence);
        }
        let stream = self.jetstream.get_stream_no_info(self.stream_name()).await;
        let stream = stream.map_err(|error| error.to_string())?;
        if let Ok(stored) = stream.get_raw_message(ack.sequence).await
            && envelope::position(&stored.headers) == Some((row.log.as_str(), row.seq))
        {
            let same = envelope::leaf_hash(&stored.headers) == row.leaf_hash.to_string();
            // Another fact under this position: the look at the next start settles it.
            return same
                .then_some(ack.sequence)
                .ok_or_else(|| "the stream holds another fact at its position".to_owned());
        }
        let (subject, mut headers) = envelope::seal(self.bus.names(), self.service, row);
        let again = format!("{}:{}:{}", row.log, row.seq, self.stamp);
        headers.insert(header::MESSAGE_ID, again);
        let publish = PublishMessage::build()
            .payload(row.bytes.clone().into())
            .headers(headers);
        let ack = self.jetstream.send_publish(subject, publish).await;
        let ack = ack.map_err(|error| error.to_string())?.await;
        Ok(ack.map_err(|error| error.to_string())?.sequence)
    }

    async fn move_cursor(&mut self, log: &LogId, seq: u64) -> Result<(), Trouble> {
        let cursor = Cursor {
            seq,
            incarnation: self.stamp.to_string(),
        };
        self.store.set_relay_cursor(log, &cursor).await?;
        self.cursors.insert(log.clone(), seq);
        Ok(())
    }

    pub(super) fn stream_name(&self) -> String {
        self.bus.names().stream(self.service)
    }
}
