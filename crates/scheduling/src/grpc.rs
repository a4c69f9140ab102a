//! The services over gRPC: parse → execute → reply.

mod availability;
mod coverage;
mod look_up;
mod parse;
mod reply;
mod requests;
mod rpcs;
mod shifts;
mod suggest;

use std::sync::Arc;

use eventlog::{Decider, Outcome, Store};
use prost::Message;
use rpc::{Page, meta, refuse};
use tonic::{Request, Response, Status};

use crate::Settings;
use crate::domain::outlook::{Outlook, Period};
use crate::domain::roster::{Act, Command, Known, Roster};
use crate::mirror::{self, Of};
use crate::view;

type Answer<T> = Result<Response<T>, Status>;

/// Answers for one store.
#[derive(Clone)]
pub(crate) struct Scheduling {
    store: Store,
    settings: Arc<Settings>,
}

impl Scheduling {
    pub(crate) fn new(store: Store, settings: Settings) -> Self {
        let settings = Arc::new(settings);
        Self { store, settings }
    }

    async fn known(&self, of: Of) -> Result<Arc<Known>, Status> {
        let known = mirror::known(&self.store, &self.settings, of, &[]).await;
        Ok(Arc::new(known.map_err(refuse)?))
    }

    async fn outlook(&self, of: Of, period: Period) -> Result<Outlook, Status> {
        let read = view::outlook(&self.store, &self.settings, of, period).await;
        read.map_err(refuse)
    }

    /// Asks something of the roster.
    async fn act<T: Message>(
        &self,
        request: &Request<T>,
        known: Arc<Known>,
        act: Act,
    ) -> Result<Outcome, Status> {
        let command = Command { known, act };
        self.execute::<Roster, T>(request, Roster::KEY, command)
            .await
    }

    async fn execute<D: Decider, T: Message>(
        &self,
        request: &Request<T>,
        key: &str,
        command: D::Command,
    ) -> Result<Outcome, Status> {
        let meta = meta(request)?;
        let log = crate::log();
        let done = self.store.execute::<D>(&log, key, command, meta);
        done.await.map_err(refuse)
    }
}

/// The rows of a page of a list that is read whole, by a key that gives its order.
fn paged<T>(page: &Page, all: Vec<T>, key: impl Fn(&T) -> String) -> (Vec<T>, String) {
    let mut keyed: Vec<(String, T)> = all.into_iter().map(|row| (key(&row), row)).collect();
    keyed.sort_by(|a, b| a.0.cmp(&b.0));
    let fetched = usize::try_from(page.fetch()).unwrap_or(usize::MAX);
    let after = keyed.into_iter().filter(|(key, _)| *key > page.after);
    let (rows, next) = page.cut(after.take(fetched).collect(), |(key, _)| key);
    (rows.into_iter().map(|(_, row)| row).collect(), next)
}
