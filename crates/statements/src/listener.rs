//! Hears registry, payroll and incidents, and copies what settlements rest on into the books.
//!
//! One batch: the facts are read and routed in order (`policy`), then each agreement gets its own
//! in that order, all agreements at once, then mirrors and receipt move in one transaction. A
//! fact that was copied before is passed over by the books, so a batch may come again, cut
//! otherwise.

mod route;

use std::collections::BTreeMap;

use bus::ApplyError;
use eventlog::{Cause, FactRow, LogId, Meta, Store};
use futures::future::try_join_all;
use vocabulary::AgreementId;

use crate::domain::books::{Books, Command, CopiedFact};
use route::{Copy, Routing};

/// Facts copied by one command at most.
const COPIED_AT_ONCE_MAX: usize = 500;

/// Whom it listens to.
pub(crate) const SOURCES: &[&str] = &["registry", "payroll", "incidents"];

/// The statements service as a listener.
#[derive(Clone)]
pub struct Statements {
    store: Store,
}

impl Statements {
    /// Writes the books of `store`.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// What was heard before is not routed again: since then agreements may have become known to
    /// which facts of that time came by another way.
    async fn check_receipt(&self, batch: &[FactRow]) -> Result<(), ApplyError> {
        let Some(first) = batch.first() else {
            return Ok(());
        };
        let receipt = self.store.receipt(crate::SERVICE, &first.log).await?;
        if receipt == first.prev {
            return Ok(());
        }
        let (log, prev) = (&first.log, first.prev);
        Err(ApplyError::ReceiptMoved(format!(
            "{log} was heard up to {receipt}, and the batch begins after {prev}"
        )))
    }

    /// Copies one agreement's facts, in order. Facts of one trace go together: an import is few
    /// commands, a single clock-out keeps its own trace.
    async fn copy(&self, agreement: &AgreementId, copies: Vec<Copy>) -> Result<(), ApplyError> {
        let log = crate::log(agreement);
        let mut rest = copies.into_iter().peekable();
        while let Some(first) = rest.next() {
            let mut run = vec![first];
            while let Some(next) =
                rest.next_if(|next| run.len() < COPIED_AT_ONCE_MAX && next.trace == run[0].trace)
            {
                run.push(next);
            }
            let (meta, command) = reaction(&log, run);
            let key = agreement.as_str();
            self.store
                .execute::<Books>(&log, key, command, meta)
                .await?;
        }
        Ok(())
    }
}

/// The command that copies a run of facts. Its id follows from their positions alone.
fn reaction(log: &LogId, run: Vec<Copy>) -> (Meta, Command) {
    let position = |fact: &CopiedFact| format!("{}:{}\n", fact.source.log, fact.source.seq);
    let content: String = run.iter().map(|copy| position(&copy.fact)).collect();
    let hash = proof::Hash::of(format!("commonwatch/copies/v1\n{log}\n{content}").as_bytes());
    let mut id = [0; 16];
    id.copy_from_slice(&hash.as_ref()[..16]);
    let id = uuid::Builder::from_custom_bytes(id).into_uuid();
    let mut meta = Meta::new(id, "service:statements").with_content(content);
    if let Some(first) = run.first() {
        (meta.cause, meta.trace) = (Some(first.cause.clone()), first.trace.clone());
    }
    let facts = run.into_iter().map(|copy| copy.fact).collect();
    (meta, Command::CopyFacts { facts })
}

impl bus::Listener for Statements {
    fn name(&self) -> &'static str {
        crate::SERVICE
    }

    fn sources(&self) -> &'static [&'static str] {
        SOURCES
    }

    async fn apply(&self, batch: &[FactRow]) -> Result<(), ApplyError> {
        self.check_receipt(batch).await?;
        let mut routing = Routing::load(&self.store, batch).await?;
        for fact in batch {
            routing.take(&self.store, fact).await?;
        }
        let copies: BTreeMap<AgreementId, Vec<Copy>> = routing.into_copies();
        let agreements = copies.into_iter();
        try_join_all(
            agreements
                .map(|(agreement, copies)| async move { self.copy(&agreement, copies).await }),
        )
        .await?;
        bus::accept(&self.store, crate::SERVICE, batch).await
    }
}

/// The position of a fact, as the cause of what follows.
fn cause(fact: &FactRow) -> Cause {
    Cause {
        log: fact.log.clone(),
        seq: fact.seq,
    }
}
