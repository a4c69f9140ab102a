//! Every token that was ever given out, by its hash: none is given out twice.

use eventlog::{Error, Recorded, Store, Table, TypedRows};
use serde::{Deserialize, Serialize};
use vocabulary::{Actor, TokenHash};

use super::of;
use crate::domain::grant::{self, Event};

/// Table `tokens`: key is the hash.
pub(crate) struct Tokens;

/// To whom it was given.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Token {
    pub(crate) actor: Actor,
}

impl TypedRows for Tokens {
    const NAME: &'static str = "tokens";
    const VERSION: u32 = 1;
    type Row = Token;

    fn keys(recorded: &Recorded) -> Vec<String> {
        match of::<grant::Grant>(recorded) {
            Some(Event::Given { token, .. } | Event::TokenRotated { token, .. }) => {
                vec![token.to_string()]
            }
            _ => Vec::new(),
        }
    }

    fn apply(recorded: &Recorded, _: &str, old: Option<Token>) -> Option<Token> {
        let actor = recorded.stream_key().parse().ok();
        old.or(actor.map(|actor| Token { actor }))
    }
}

/// To whom a token was given, if ever.
pub(crate) async fn given_to(store: &Store, token: &TokenHash) -> Result<Option<Actor>, Error> {
    let table = Table::Projection(Tokens::NAME);
    let row: Option<Token> = store
        .read_row(table, &crate::log(), &token.to_string())
        .await?;
    Ok(row.map(|row| row.actor))
}
