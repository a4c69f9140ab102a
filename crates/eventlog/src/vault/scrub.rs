//! Writing the vault's tables anew: a deleted row's bytes otherwise stay in its page until
//! something else needs the room. The tables are small, and nobody but the vault uses them.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_postgres::{Config, NoTls};

use crate::error::Error;

/// How long a table may be waited for; whoever asks for it meanwhile waits behind us.
const LOCK_TIMEOUT: &str = "SET lock_timeout = '3s'";

/// When it is tried again after a first try in vain: a long backup, or a report, is in the way.
const AGAIN_AFTER: [Duration; 6] = [
    Duration::from_secs(2),
    Duration::from_secs(10),
    Duration::from_secs(60),
    Duration::from_secs(600),
    Duration::from_secs(3600),
    Duration::from_secs(4 * 3600),
];

/// Writes the tables anew, on a connection of its own: what is set there is nobody else's, and
/// nobody waits in vain for the pool.
#[derive(Clone)]
pub(crate) struct Scrubber(Arc<Config>);

impl Scrubber {
    pub(crate) fn new(config: Config) -> Scrubber {
        Scrubber(Arc::new(config))
    }

    /// Tries once, and goes on trying after this has answered if that was in vain.
    pub(super) async fn scrub(&self) {
        let Err(error) = self.once().await else {
            return;
        };
        if !error.is_transient() {
            return given_up(&error);
        }
        tracing::warn!(%error, "destroyed keys still lie in the tables' free space; trying on");
        let later = self.clone();
        tokio::spawn(async move {
            let mut last = error;
            for pause in AGAIN_AFTER {
                sleep(pause).await;
                match later.once().await {
                    Ok(()) => return tracing::info!("destroyed keys have left the tables' files"),
                    Err(error) => last = error,
                }
            }
            given_up(&last);
        });
    }

    async fn once(&self) -> Result<(), Error> {
        let (client, connection) = self.0.connect(NoTls).await?;
        let driver = tokio::spawn(connection);
        let done = vacuum(&client).await;
        drop(client);
        // The session has ended in the server too when this returns.
        let _ = driver.await;
        done
    }
}

async fn vacuum(client: &tokio_postgres::Client) -> Result<(), Error> {
    let node = "SELECT pg_relation_filenode('keys.vault_key')::int8";
    let before: Option<i64> = client.query_one(node, &[]).await?.get(0);
    client.batch_execute(LOCK_TIMEOUT).await?;
    let mut done = Ok(());
    for table in ["keys.vault_key", "vault.item"] {
        done = done.and(client.batch_execute(&format!("VACUUM FULL {table}")).await);
    }
    done?;
    let after: Option<i64> = client.query_one(node, &[]).await?.get(0);
    // Without the right to it PostgreSQL passes a table over, with a warning to nobody.
    if before == after {
        return Err(Error::Setup("this login may not VACUUM".to_owned()));
    }
    Ok(())
}

fn given_up(error: &Error) {
    tracing::error!(
        %error,
        "destroyed keys may still lie in the tables' free space: run VACUUM FULL keys.vault_key, \
         vault.item as their owner"
    );
}
