//! Personal texts that come with a command: sealed in the vault before it, named by its events
//! through a random token, and forgotten again when no event came to name them.
//!
//! # Why
//!
//! Sealed before the command, a text can be found by every event that names it. Sealed under a
//! token of its own, it is out of reach of other commands: one that uses the same command id again
//! cannot write over it. When the command comes to nothing (refused, carried out before, or its id
//! used for something else) no event names the token, and the text is erased. While the outcome is
//! unknown an event may name it: it stays. A crash in between leaves a sealed text that nobody can
//! find: harmless.

use eventlog::{Decider, Error, LogId, Meta, Outcome, Store};

/// A command's texts on their way into the vault.
pub struct Sealed<'a> {
    store: &'a Store,
    meta: Meta,
    tokens: Vec<String>,
}

impl<'a> Sealed<'a> {
    /// Nothing yet, for the command that `meta` comes with.
    pub fn new(store: &'a Store, meta: Meta) -> Self {
        Self {
            store,
            meta,
            tokens: Vec::new(),
        }
    }

    /// Seals texts, each under its field, and gives the token that stands for all of them: a
    /// UUID in lower case. An empty text is left out; a dry run seals nothing.
    pub async fn seal(&mut self, texts: &[(&str, &str)]) -> Result<String, Error> {
        let token = self.store.surroundings().uuid().to_string();
        if !self.meta.dry_run {
            self.tokens.push(token.clone());
            for (field, text) in texts.iter().filter(|(_, text)| !text.is_empty()) {
                self.store.vault().seal(&token, field, text).await?;
            }
        }
        Ok(token)
    }

    /// Carries the command out, then forgets what no event came to name.
    pub async fn execute<D: Decider>(
        self,
        log: &LogId,
        key: &str,
        command: D::Command,
    ) -> Result<Outcome, Error> {
        let outcome = self.store.execute::<D>(log, key, command, self.meta).await;
        let events = match &outcome {
            Ok(outcome) => outcome.events.as_slice(),
            Err(Error::Refused(_) | Error::CommandIdReused { .. }) => &[],
            Err(_) => return outcome,
        };
        for token in self.tokens {
            let named = events.iter().any(|event| event.body.contains(&token));
            if !named && let Err(error) = self.store.vault().erase(&token).await {
                tracing::warn!(%error, "a sealed text that no event names stays in the vault");
            }
        }
        outcome
    }
}
