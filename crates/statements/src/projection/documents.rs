//! Statements whole, as issued, byte for byte.

use eventlog::{Error, LogId, Recorded, Store, Table, TypedRows};
use prost::Message;
use serde::{Deserialize, Serialize};
use vocabulary::{Month, PartyId};
use wire::statements::v1::StatementIssued;

/// Table `documents`: key is `<month>/<party>`.
pub(crate) struct Documents;

/// The text of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Document {
    pub(crate) json: String,
}

/// The fact of an issue: it holds the very text that went out.
fn issued(recorded: &Recorded) -> Option<StatementIssued> {
    let (kind, bytes) = recorded.fact.as_ref()?;
    let read = || StatementIssued::decode(bytes.as_slice());
    (kind == "StatementIssued").then(read)?.ok()
}

impl TypedRows for Documents {
    const NAME: &'static str = "documents";
    const VERSION: u32 = 1;
    type Row = Document;

    fn keys(recorded: &Recorded) -> Vec<String> {
        let issued = issued(recorded);
        let key = issued.map(|fact| format!("{}/{}", fact.month, fact.party));
        key.into_iter().collect()
    }

    fn apply(recorded: &Recorded, _: &str, old: Option<Document>) -> Option<Document> {
        let issued = issued(recorded);
        let document = issued.map(|fact| Document {
            json: fact.document,
        });
        document.or(old)
    }
}

/// One statement, if it was issued.
pub(crate) async fn find(
    store: &Store,
    log: &LogId,
    month: Month,
    party: &PartyId,
) -> Result<Option<Document>, Error> {
    let table = Table::Projection(Documents::NAME);
    let key = super::statements::key(month, party);
    store.read_row(table, log, &key).await
}
