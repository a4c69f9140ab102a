//! Personal texts that come with a command: sealed in the vault before it, named by its events
//! through a random token, and forgotten again when no event came to name them.
//!
//! # Why
//!
//! Sealed before the command, a text can be found by every event that names it. Sealed under a
//! token of its own, it is out of reach of other commands: one that uses the same command id again
//! cannot write over it. When the command comes to nothing (refused, carried out before, or its id
//! used for something else) no event names the token, and the text is forgotten. While the outcome
//! is unknown an event may name it: it stays. A crash in between leaves a sealed text that nobody
//! can find: harmless, and erased with its subject.
//!
//! The subject of a text is the command's stream: whoever is erased takes along what was written
//! about them. [`Sealed::seal_apart`] is for people who are erased alone.

use eventlog::{Decider, Error, LogId, Meta, Outcome, Store};

/// A command's texts on their way into the vault.
pub struct Sealed<'a> {
    store: &'a Store,
    meta: Meta,
    texts: Vec<Texts>,
}

/// What one token stands for.
struct Texts {
    token: String,
    apart: bool,
    /// Field and text.
    fields: Vec<(String, String)>,
}

impl<'a> Sealed<'a> {
    /// Nothing yet, for the command that `meta` comes with.
    pub fn new(store: &'a Store, meta: Meta) -> Self {
        Self {
            store,
            meta,
            texts: Vec::new(),
        }
    }

    /// Takes texts, each under its field, and gives the token that stands for all of them: a
    /// UUID in lower case. An empty text is left out; a dry run seals nothing.
    pub fn seal(&mut self, texts: &[(&str, &str)]) -> String {
        self.take(texts, false)
    }

    /// The same for somebody who is a subject of their own: erased under the token.
    pub fn seal_apart(&mut self, texts: &[(&str, &str)]) -> String {
        self.take(texts, true)
    }

    fn take(&mut self, texts: &[(&str, &str)], apart: bool) -> String {
        let token = self.store.surroundings().uuid().to_string();
        let given = texts.iter().filter(|(_, text)| !text.is_empty());
        let owned = |(field, text): &(&str, &str)| ((*field).to_owned(), (*text).to_owned());
        self.texts.push(Texts {
            token: token.clone(),
            apart,
            fields: given.map(owned).collect(),
        });
        token
    }

    /// Seals the texts, carries the command out, then forgets what no event came to name.
    pub async fn execute<D: Decider>(
        self,
        log: &LogId,
        key: &str,
        command: D::Command,
    ) -> Result<Outcome, Error> {
        let vault = self.store.vault();
        let texts = match self.meta.dry_run {
            true => Vec::new(),
            false => self.texts,
        };
        let stream = format!("{}/{key}", D::STREAM);
        for Texts {
            token,
            apart,
            fields,
        } in &texts
        {
            let subject = if *apart { token } else { &stream };
            for (field, text) in fields {
                vault.seal(subject, token, field, text).await?;
            }
        }
        let outcome = self.store.execute::<D>(log, key, command, self.meta).await;
        let events = match &outcome {
            Ok(outcome) => outcome.events.as_slice(),
            Err(Error::Refused(_) | Error::CommandIdReused { .. }) => &[],
            Err(_) => return outcome,
        };
        for Texts { token, .. } in texts {
            let named = events.iter().any(|event| event.body.contains(&token));
            if !named && let Err(error) = vault.forget(&token).await {
                tracing::warn!(%error, "a sealed text that no event names stays in the vault");
            }
        }
        outcome
    }
}
