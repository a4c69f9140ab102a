//! Whether the stream still holds what it acknowledged; if not, the cursors go back.

use std::fmt;
use std::time::Duration;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::stream::{
    Config, DiscardPolicy, Info, LastRawMessageErrorKind, RetentionPolicy, StorageType, Stream,
};
use eventlog::LogId;

use super::{Relay, Trouble};
use crate::{envelope, signals};

/// Tells one filling of a stream from another: it changes when the stream is made anew, purged,
/// or loses single messages. Stored with every cursor; a cursor with another stamp counts as 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stamp {
    created: i128,
    floor: u64,
    deleted: u64,
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.created, self.floor, self.deleted)
    }
}

impl Stamp {
    fn of(info: &Info) -> Stamp {
        Stamp {
            created: info.created.unix_timestamp_nanos(),
            // An empty stream that was never written says 0, and 1 after its first message.
            floor: info.state.first_sequence.max(1),
            deleted: info.state.deleted_count.unwrap_or(0),
        }
    }
}

impl Relay {
    /// At the start of a connection: makes the stream where it is missing, then takes up every
    /// log's cursor as far as the stream bears it out.
    pub(super) async fn audit_closely(&mut self) -> Result<(), Trouble> {
        let wanted = self.config();
        let mut stream = self
            .jetstream
            .get_or_create_stream(wanted.clone())
            .await
            .map_err(nats)?;
        let found = &stream.cached_info().config;
        if found.subjects != wanted.subjects || found.duplicate_window != wanted.duplicate_window {
            self.jetstream.update_stream(wanted).await.map_err(nats)?;
        }
        self.stamp = Stamp::of(stream.info().await.map_err(nats)?);
        self.acked = 0;
        self.cursors.clear();
        for (log, _) in self.store.heads().await? {
            let last = self.last_of(&stream, &log).await?;
            self.refuse_another_history(&log, last.as_ref()).await?;
            let Some(cursor) = self.store.relay_cursor(&log).await? else {
                continue;
            };
            let borne_out = if cursor.incarnation == self.stamp.to_string() {
                last.map_or(0, |(seq, _)| seq).min(cursor.seq)
            } else {
                0
            };
            if borne_out < cursor.seq {
                signals::refilled(self.service);
                let (service, log, acknowledged) = (self.service, log.as_str(), cursor.seq);
                tracing::warn!(
                    service,
                    log,
                    acknowledged,
                    stored = borne_out,
                    "the stream lost facts that it had acknowledged; filling it from the log"
                );
            }
            self.cursors.insert(log, borne_out);
        }
        Ok(())
    }

    /// While a connection lasts, one look suffices: the same filling, and no shorter than the
    /// last ack, holds all that was acknowledged.
    pub(super) async fn audit(&self) -> Result<(), Trouble> {
        let Ok(stream) = self.jetstream.get_stream(self.stream_name()).await else {
            return Err(Trouble::Lost);
        };
        let info = stream.cached_info();
        if Stamp::of(info) != self.stamp || info.state.last_sequence < self.acked {
            return Err(Trouble::Lost);
        }
        Ok(())
    }

    /// The log is the truth. A stream whose last fact of a log is not in that log tells of a past
    /// that is no more: the log came back from an older backup. It goes, whole, and is filled anew;
    /// else positions that were given to other facts since would pass for copies.
    async fn refuse_another_history(
        &self,
        log: &LogId,
        last: Option<&(u64, String)>,
    ) -> Result<(), Trouble> {
        let Some((seq, leaf_hash)) = last else {
            return Ok(());
        };
        let ours = self.store.read_facts(log, seq.saturating_sub(1), 1).await?;
        let same = ours
            .first()
            .is_some_and(|fact| fact.seq == *seq && fact.leaf_hash.to_string() == *leaf_hash);
        if same {
            return Ok(());
        }
        tracing::error!(
            service = self.service,
            log = log.as_str(),
            seq,
            "the stream holds a fact that its log does not; it is made anew from the log"
        );
        let gone = self.jetstream.delete_stream(self.stream_name()).await;
        gone.map_err(nats)?;
        Err(Trouble::Lost)
    }

    /// Position and leaf hash of the fact in the log's last message, if the stream holds one.
    async fn last_of(
        &self,
        stream: &Stream,
        log: &LogId,
    ) -> Result<Option<(u64, String)>, Trouble> {
        let subject = self.bus.names().log(self.service, log.as_str());
        match stream.get_last_raw_message_by_subject(&subject).await {
            Ok(last) => Ok(envelope::position(&last.headers)
                .map(|(_, seq)| (seq, envelope::leaf_hash(&last.headers).to_owned()))),
            Err(error) => match error.kind() {
                LastRawMessageErrorKind::NoMessageFound => Ok(None),
                LastRawMessageErrorKind::JetStream(error)
                    if error.error_code() == ErrorCode::NO_MESSAGE_FOUND =>
                {
                    Ok(None)
                }
                _ => Err(nats(error)),
            },
        }
    }

    /// The service's stream: kept for ever, on disk, closed to purges and single deletions.
    fn config(&self) -> Config {
        Config {
            name: self.stream_name(),
            description: Some(format!(
                "facts of {}; made again from its log",
                self.service
            )),
            subjects: vec![self.bus.names().service(self.service)],
            retention: RetentionPolicy::Limits,
            storage: StorageType::File,
            discard: DiscardPolicy::New,
            num_replicas: self.relaying.replicas,
            duplicate_window: self.relaying.duplicate_window.max(Duration::from_secs(1)),
            deny_delete: self.relaying.guarded,
            deny_purge: self.relaying.guarded,
            allow_direct: true,
            ..Config::default()
        }
    }
}

fn nats(error: impl fmt::Display) -> Trouble {
    Trouble::Nats(error.to_string())
}
