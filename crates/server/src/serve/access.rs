//! Who is let in at this address: the grants file, then what the registry granted, followed in
//! the tables of one of this process's roles.

use std::sync::Arc;

use bus::{Consuming, Shutdown, Standings};
use eventlog::Store;
use rpc::GrantsFile;
use rpc::grants::{FileFirst, Followed, Origin};

use crate::roles::Role;

/// What callers are let in by.
pub(super) struct Entry {
    role: Role,
    store: Store,
    pub(super) grants: Arc<FileFirst>,
    standings: Standings,
}

impl Entry {
    /// By the registry's own table if the registry runs here, else by the first role's mirror.
    pub(super) fn open(file: GrantsFile, stores: &[(Role, Store)]) -> Option<Self> {
        let registry = stores.iter().find(|(role, _)| *role == Role::Registry);
        let (role, store) = registry.or_else(|| stores.first())?;
        let (file, followed) = (Arc::new(file), Arc::new(Followed::default()));
        Some(Self {
            role: *role,
            store: store.clone(),
            grants: Arc::new(FileFirst { file, followed }),
            standings: Standings::default(),
        })
    }

    /// Where denied calls are written down.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// How a role's listener runs.
    pub(super) fn consuming(&self, role: Role) -> Consuming {
        let mut consuming = Consuming::default();
        if role == self.role {
            consuming.standings = self.standings.clone();
        }
        consuming
    }

    /// Keeps the grants in memory true until the end.
    pub(super) fn follow(&self, stopped: Shutdown) -> impl Future<Output = ()> + use<> {
        let origin = match self.role {
            Role::Registry => Origin::Own,
            role => Origin::Mirror(role.name(), self.standings.of(Role::Registry.name())),
        };
        let followed = Arc::clone(&self.grants.followed);
        followed.follow(self.store.clone(), origin, stopped)
    }

    /// Reads the grants file again at every SIGHUP; one that cannot be used changes nothing.
    pub(super) fn reload_at_hangup(&self) -> impl Future<Output = ()> + use<> {
        use tokio::signal::unix::{SignalKind, signal};
        let file = Arc::clone(&self.grants.file);
        async move {
            let mut hangup = signal(SignalKind::hangup()).expect("signals can be heard");
            while hangup.recv().await.is_some() {
                match file.reload() {
                    Ok(count) => tracing::info!(count, "the grants file was read again"),
                    Err(error) => tracing::error!(%error, "the grants stay as they were"),
                }
            }
        }
    }
}
