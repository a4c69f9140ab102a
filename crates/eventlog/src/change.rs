//! What a dry run would change.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::Mutex;

/// One row of a projection that would come, go or change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The projection's name.
    pub table: &'static str,
    pub key: String,
    /// The row as it is; `None`: there is none.
    pub before: Option<Value>,
    /// The row as it would be; `None`: it would be gone.
    pub after: Option<Value>,
}

/// Where the dry runs of one call leave what they would change, for whoever stands around the
/// code that runs them. Clones share their content.
#[derive(Clone, Debug, Default)]
pub struct Preview(Arc<Mutex<Option<Vec<Change>>>>);

impl Preview {
    /// Adds what one more dry run would change, be it nothing.
    pub async fn add(&self, changes: &[Change]) {
        let mut found = self.0.lock().await;
        found.get_or_insert_default().extend_from_slice(changes);
    }

    /// All that was left here; `None`: no dry run was accepted.
    pub async fn take(&self) -> Option<Vec<Change>> {
        self.0.lock().await.take()
    }
}
