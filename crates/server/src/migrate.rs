//! `commonwatch migrate`: brings databases to this version.

use eventlog::Store;

use crate::config::Config;
use crate::serve;

/// Opens the store of every role, which migrates it, and closes it again.
pub(crate) async fn migrate(config: &Config) -> Result<(), String> {
    for role in config.roles() {
        let url = config.database_of(role).map_err(|e| e.to_string())?;
        let options = serve::options(role, &url);
        let store = Store::open(options)
            .await
            .map_err(|e| format!("{role}: {e}"))?;
        store.close().await;
        eprintln!("{role}: the database is at this version");
    }
    Ok(())
}
