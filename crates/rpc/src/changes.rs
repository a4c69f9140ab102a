//! What a dry run would change, sent beside the answer of whichever RPC it was.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use eventlog::Preview;
use http::{HeaderValue, Response};
use prost::Message;
use tonic::body::Body;
use tonic::{Code, Status};
use wire::log::v1::{Change, Changes};
use wire::metadata::{CHANGES, CHANGES_BYTES};

/// Adds what the call's dry runs would change to an answer that is not a refusal.
pub(crate) async fn send(preview: &Preview, response: &mut Response<Body>) {
    let Some(found) = preview.take().await else {
        return;
    };
    let status = Status::from_header_map(response.headers());
    if status.is_some_and(|status| status.code() != Code::Ok) {
        return;
    }
    let text = STANDARD_NO_PAD.encode(fitting(found).encode_to_vec());
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().insert(CHANGES, value);
    }
}

/// As many changes as there is room for, in order, and the number of the others.
fn fitting(found: Vec<eventlog::Change>) -> Changes {
    let json = |row: Option<serde_json::Value>| row.map(|row| row.to_string()).unwrap_or_default();
    let mut fitting = Changes::default();
    // What follows the changes: a tag and a count.
    let mut room = CHANGES_BYTES - 8;
    for eventlog::Change {
        table,
        key,
        before,
        after,
    } in found
    {
        let change = Change {
            table: table.to_owned(),
            key,
            before: json(before),
            after: json(after),
        };
        // A tag and a length, which takes up to three bytes below 2 MiB.
        let bytes = change.encoded_len() + 4;
        if bytes <= room {
            room -= bytes;
            fitting.changes.push(change);
        } else {
            fitting.left_out = fitting.left_out.saturating_add(1);
        }
    }
    fitting
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(key: &str, bytes: usize) -> eventlog::Change {
        eventlog::Change {
            table: "duties",
            key: key.to_owned(),
            before: None,
            after: Some(json!({ "text": "x".repeat(bytes) })),
        }
    }

    async fn sent(preview: &Preview, mut response: Response<Body>) -> Option<Changes> {
        send(preview, &mut response).await;
        let value = response.headers().get(CHANGES)?;
        let bytes = STANDARD_NO_PAD.decode(value).unwrap();
        Some(Changes::decode(bytes.as_slice()).unwrap())
    }

    #[tokio::test]
    async fn what_does_not_fit_is_counted() {
        let preview = Preview::default();
        preview
            .add(&[change("a", 30_000), change("b", 30_000), change("c", 9)])
            .await;
        let changes = sent(&preview, Response::new(Body::empty())).await.unwrap();
        let keys: Vec<_> = changes.changes.iter().map(|c| c.key.as_str()).collect();
        assert_eq!((keys, changes.left_out), (vec!["a", "c"], 1));
        assert!(changes.encoded_len() <= CHANGES_BYTES);
    }

    #[tokio::test]
    async fn only_an_accepted_dry_run_has_changes() {
        let preview = Preview::default();
        assert_eq!(sent(&preview, Response::new(Body::empty())).await, None);
        preview.add(&[]).await;
        let empty = sent(&preview, Response::new(Body::empty())).await;
        assert_eq!(empty, Some(Changes::default()));
        preview.add(&[change("a", 1)]).await;
        let refused = Status::failed_precondition("no").into_http();
        assert_eq!(sent(&preview, refused).await, None);
    }
}
