//! The tables of projections and mirrors.

use eventlog::upkeep::Source;
use tonic::Status;
use wire::log::v1::{ListTablesRequest, Table};

use super::serve::Logs;
use crate::refuse::refuse;

pub(super) async fn list(logs: &Logs, request: ListTablesRequest) -> Result<Vec<Table>, Status> {
    let ListTablesRequest { service, digests } = request;
    if !service.is_empty() {
        logs.store(&service)?;
    }
    let mut found = Vec::new();
    let asked = |name: &str| service.is_empty() || service == name;
    for (service, store) in logs.stores.iter().filter(|(name, _)| asked(name)) {
        for table in store.tables().await.map_err(refuse)? {
            let (mut rows, mut digest) = (table.rows, String::new());
            if digests && table.filled {
                let read = store.digest_rows(table.table()).await;
                (digest, rows) = read.map_err(refuse)?;
            }
            found.push(Table {
                service: (*service).to_owned(),
                name: table.name.to_owned(),
                version: table.version,
                mirror: table.source == Source::Mirror,
                filled: table.filled,
                rows,
                digest,
            });
        }
    }
    found.sort_by(|a, b| (&a.service, a.mirror, &a.name).cmp(&(&b.service, b.mirror, &b.name)));
    Ok(found)
}
