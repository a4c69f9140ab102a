//! What a dry run would change, sent beside the answer of whichever RPC it was.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use eventlog::Preview;
use http::{HeaderValue, Response};
use prost::Message;
use serde_json::Value;
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
    let json = |row: Option<Value>| row.map(|row| row.to_string()).unwrap_or_default();
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
        let (before, after) = differing(before, after);
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

/// A row without what stays as it is: whoever ends an employment need not see what it paid.
fn differing(mut before: Option<Value>, mut after: Option<Value>) -> Sides {
    if let (Some(before), Some(after)) = (&mut before, &mut after) {
        leave_out_same(before, after);
    }
    (before, after)
}

/// A row before and after.
type Sides = (Option<Value>, Option<Value>);

fn leave_out_same(before: &mut Value, after: &mut Value) {
    let (Value::Object(before), Value::Object(after)) = (before, after) else {
        return;
    };
    before.retain(|field, old| match after.get_mut(field) {
        Some(new) if *new == *old => {
            after.remove(field);
            false
        }
        Some(new) => {
            leave_out_same(old, new);
            true
        }
        None => true,
    });
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

    #[test]
    fn of_a_row_that_stays_only_what_differs_is_told() {
        let before = json!({ "pay": 20, "days": { "1": 8, "2": 8 }, "list": [1, 2], "end": null });
        let after = json!({ "pay": 20, "days": { "1": 8, "2": 4 }, "list": [1, 3], "new": 1 });
        let (old, new) = differing(Some(before.clone()), Some(after));
        assert_eq!(
            old.unwrap(),
            json!({ "days": { "2": 8 }, "list": [1, 2], "end": null })
        );
        assert_eq!(
            new.unwrap(),
            json!({ "days": { "2": 4 }, "list": [1, 3], "new": 1 })
        );
        let gone = differing(Some(before.clone()), None);
        assert_eq!(gone, (Some(before), None));
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
