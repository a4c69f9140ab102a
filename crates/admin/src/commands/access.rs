//! `cwctl access`: who may do what. Tokens are made here; only their hashes go out.

use std::fmt::Write as _;

use clap::{Args, Subcommand, ValueEnum};
use rand::RngCore;
use sha2::{Digest, Sha256};
use wire::access::v1::ListDenialsRequest;
use wire::registry::v1::{
    ChangeGrantRequest, GetGrantRequest, GrantAccessRequest, ListGrantsRequest,
    RevokeAccessRequest, RotateTokenRequest,
};

use super::{Session, each};
use crate::context::File;
use crate::failure::{Exit, Failure};
use crate::output::{Layout, note};
use crate::view::View;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Give an actor access. The token is made here, shown once, and never sent.
    #[command(
        after_help = "The token goes to stdout, or into the context file and nowhere else.\n\n\
        Examples:\n  cwctl access grant hr-2 --role hr\n  \
        cwctl access grant clerk-barlow --role town --town barlow --save-context barlow\n  \
        cwctl access grant cso-114 --role officer --officer cso-114 --expires-on 2027-06-30"
    )]
    Grant {
        /// Who, by code: `hr-2`. Never a name.
        actor: String,
        #[command(flatten)]
        holds: Holds,
        #[command(flatten)]
        keep: Keep,
    },
    /// Replace roles, scope and last day of a grant: what is left out is taken away. The token
    /// stays.
    #[command(
        after_help = "Examples:\n  cwctl access change hr-2 --role hr --role finance\n  \
        cwctl access change clerk-barlow --role town --town barlow --expires-on 2026-12-31"
    )]
    Change {
        /// Who.
        actor: String,
        #[command(flatten)]
        holds: Holds,
    },
    /// Give a grant another token; the old one may stay valid for a while.
    #[command(after_help = "Examples:\n  cwctl access rotate hr-2\n  \
        cwctl access rotate hr-2 --overlap-minutes 60 --save-context riverbend")]
    Rotate {
        /// Who.
        actor: String,
        /// How long the old token stays valid; at most 10080, seven days.
        #[arg(long, value_name = "MINUTES", default_value_t = 0)]
        overlap_minutes: u32,
        #[command(flatten)]
        keep: Keep,
    },
    /// Take an actor's access away, at once.
    #[command(after_help = "Examples:\n  cwctl access revoke hr-2 --reason \"left the provider\"")]
    Revoke {
        /// Who.
        actor: String,
    },
    /// Show an actor's grant, also a revoked one.
    #[command(after_help = "Examples:\n  cwctl access show hr-2")]
    Show {
        /// Who.
        actor: String,
    },
    /// List grants.
    #[command(after_help = "Examples:\n  cwctl access list\n  cwctl access list -o csv")]
    List,
    /// List the calls that were turned away, as every service counts them.
    #[command(
        after_help = "Examples:\n  cwctl access denials\n  cwctl access denials --actor hr-2"
    )]
    Denials {
        /// Only this actor's; without it also those of callers that nobody knows.
        #[arg(long = "actor", default_value = "", hide_default_value = true)]
        actor: String,
    },
}

/// What a grant holds.
#[derive(Debug, Clone, Args)]
pub(crate) struct Holds {
    /// What the actor does; may be repeated.
    #[arg(long = "role", value_enum, value_name = "ROLE", required = true)]
    roles: Vec<Role>,
    /// A town that the actor acts for; may be repeated. Without towns and officer: for everybody.
    #[arg(long = "town", value_name = "TOWN")]
    towns: Vec<String>,
    /// The officer that the actor is.
    #[arg(
        long,
        default_value = "",
        hide_default_value = true,
        conflicts_with = "towns"
    )]
    officer: String,
    /// The last day (UTC); open without it.
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    expires_on: String,
}

/// Where a new token goes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Keep {
    /// Write the token into the context file under this name, with the address of the context in
    /// use, instead of showing it.
    #[arg(long, value_name = "NAME")]
    save_context: Option<String>,
}

/// The roles that are granted by command.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Role {
    /// Runs the programme for the provider.
    Operations,
    /// The provider's money.
    Finance,
    /// Timesheets.
    Hr,
    /// Shifts and assignments.
    Scheduler,
    /// Courses and credentials.
    Trainer,
    /// One officer about their own duties.
    Officer,
    /// A town's clerk or treasurer.
    Town,
    /// Reads and verifies.
    Auditor,
    /// Keeps the platform running.
    Admin,
}

impl Holds {
    fn roles(&self) -> Vec<String> {
        let name = |role: &Role| {
            let value = role.to_possible_value().expect("no role is hidden");
            value.get_name().to_owned()
        };
        self.roles.iter().map(name).collect()
    }
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Grant { actor, holds, keep } => {
            let token = token();
            let request = GrantAccessRequest {
                actor: actor.clone(),
                roles: holds.roles(),
                towns: holds.towns,
                officer: holds.officer,
                token_sha256: hash(&token),
                expires_on: holds.expires_on,
            };
            let client = session.consented(&request)?;
            let answered = client.answer(None, &request).await;
            hand_over(answered, &actor, token, keep, session)
        }
        Command::Rotate {
            actor,
            overlap_minutes,
            keep,
        } => {
            let token = token();
            let request = RotateTokenRequest {
                actor: actor.clone(),
                token_sha256: hash(&token),
                overlap_minutes,
            };
            let client = session.consented(&request)?;
            let answered = client.answer(None, &request).await;
            hand_over(answered, &actor, token, keep, session)
        }
        Command::Change { actor, holds } => {
            let request = ChangeGrantRequest {
                actor,
                roles: holds.roles(),
                towns: holds.towns,
                officer: holds.officer,
                expires_on: holds.expires_on,
            };
            session.record(request).await
        }
        Command::Revoke { actor } => session.record(RevokeAccessRequest { actor }).await,
        Command::Show { actor } => session.record(GetGrantRequest { actor }).await,
        Command::List => {
            let columns = &[
                "actor",
                "roles",
                "towns",
                "officer",
                "expires_on",
                "revoked_on",
            ];
            let layout = Layout::Rows("grants", columns);
            session.call(ListGrantsRequest::default(), layout).await
        }
        Command::Denials { actor } => {
            let columns = &[
                "service", "hour", "actor", "peer", "rpc", "reason", "count", "last",
            ];
            let request = ListDenialsRequest {
                actor,
                ..ListDenialsRequest::default()
            };
            each(session, request, "denials", columns).await
        }
    }
}

/// 256 random bits in hexadecimal.
pub(super) fn token() -> String {
    let mut bytes = [0; 32];
    rand::rngs::OsRng.fill_bytes(&mut bytes);
    hex(&bytes)
}

pub(super) fn hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writes to memory");
        text
    })
}

/// Shows the token once, or writes it where it is to be used; a token that cannot be written is
/// shown after all, because it exists nowhere else.
fn hand_over(
    answered: Result<crate::client::Answer, Failure>,
    actor: &str,
    token: String,
    keep: Keep,
    session: &Session,
) -> Result<(), Failure> {
    let mut answer = answered.map_err(|failure| unknown(failure, actor))?;
    if session.client.options().dry_run {
        return session.answered(&answer, Layout::Record);
    }
    let kept = keep.save_context.map(|name| save(&name, &token, session));
    let shown = match kept {
        Some(Ok(place)) => {
            note(&place);
            return session.answered(&answer, Layout::Record);
        }
        Some(Err(failure)) => Err(failure),
        None => Ok(()),
    };
    if let View::Record(fields) = &mut answer.view {
        fields.push(("token".to_owned(), View::Text(token)));
    }
    note("The token is shown this once: hand it over safely.");
    session.answered(&answer, Layout::Record)?;
    shown
}

fn save(name: &str, token: &str, session: &Session) -> Result<String, Failure> {
    let path = session
        .place
        .clone()
        .ok_or_else(|| Failure::usage("There is no context file to write the token to."))?;
    let mut file = File::load_or_new(&path)?;
    let mut context = session.client.context().clone();
    context.token = Some(token.to_owned());
    file.contexts.insert(name.to_owned(), context);
    if file.current.is_none() {
        file.current = Some(name.to_owned());
    }
    file.save(&path)?;
    Ok(format!(
        "The token is in {} as the context {name}: --use {name}",
        path.display()
    ))
}

/// A lost answer leaves a token that nobody may have; another one is easily made.
fn unknown(failure: Failure, actor: &str) -> Failure {
    if failure.exit != Exit::Unavailable {
        return failure;
    }
    failure.hint(format!(
        "whether it took effect is not known: `cwctl access show {actor}` says so; then give a \
         new token with `cwctl access rotate {actor}`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_256_bits_and_only_its_hash_is_sent() {
        let token = token();
        assert_eq!(token.len(), 64);
        assert_ne!(token, super::token());
        assert_eq!(
            hash("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
