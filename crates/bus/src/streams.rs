//! What JetStream holds of a service, for whoever puts a platform back together.

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{DeleteStreamErrorKind, GetStreamErrorKind};

use crate::Error;
use crate::connect::Bus;

impl Bus {
    /// How many facts the service's stream holds; 0 without a stream.
    ///
    /// # Errors
    /// [`Error::Refused`] when JetStream does not answer.
    pub async fn stored(&self, service: &str) -> Result<u64, Error> {
        let jetstream = self.jetstream(ANSWER_WITHIN, 1);
        match jetstream.get_stream(self.names().stream(service)).await {
            Ok(stream) => Ok(stream.cached_info().state.messages),
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(error)
                    if error.error_code() == ErrorCode::STREAM_NOT_FOUND =>
                {
                    Ok(0)
                }
                _ => Err(Error::Refused(format!(
                    "JetStream does not answer: {error}"
                ))),
            },
        }
    }

    /// Takes the service's stream away with its consumers; the relay fills a new one from the log.
    ///
    /// # Errors
    /// [`Error::Refused`] when JetStream does not answer, or does not let us.
    pub async fn delete_stream(&self, service: &str) -> Result<(), Error> {
        let jetstream = self.jetstream(ANSWER_WITHIN, 1);
        let stream = self.names().stream(service);
        match jetstream.delete_stream(&stream).await {
            Ok(_) => Ok(()),
            Err(error) => match error.kind() {
                DeleteStreamErrorKind::JetStream(error)
                    if error.error_code() == ErrorCode::STREAM_NOT_FOUND =>
                {
                    Ok(())
                }
                _ => Err(Error::Refused(format!("stream {stream} stays: {error}"))),
            },
        }
    }
}

/// How long JetStream may take.
const ANSWER_WITHIN: std::time::Duration = std::time::Duration::from_secs(5);
