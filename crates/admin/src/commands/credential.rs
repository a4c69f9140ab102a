//! `cwctl credential`.

use clap::{Args, Subcommand};
use wire::training::v1::{
    GrantCredentialRequest, ListCredentialsRequest, ReinstateCredentialRequest,
    RevokeCredentialRequest, SuspendCredentialRequest, Weapon,
};

use super::Session;
use crate::failure::Failure;
use crate::output::Layout;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Record that a credential was issued. A renewal is a credential of its own.
    #[command(
        after_help = "Examples:\n  cwctl credential grant cso-114 mo-ccw --issuer clay-sheriff \
        --issued 2026-01-20 --until 2031-01-19 --number 8841772\n  \
        cwctl credential grant cso-114 pistol-instructor --issuer nra --issued 2026-02-01 \
        --until 2028-01-31 --rests-on 17"
    )]
    Grant(Grant),
    /// A credential is not valid from a day on, until it is reinstated.
    #[command(
        after_help = "Examples:\n  cwctl credential suspend cso-114 cso-114.c1 \
        --from 2026-06-03 --reason \"order of protection\""
    )]
    Suspend(Turn),
    /// A suspended credential is valid again from a day on.
    #[command(
        after_help = "Examples:\n  cwctl credential reinstate cso-114 cso-114.c1 --from 2026-06-10"
    )]
    Reinstate(Turn),
    /// A credential is over for good from a day on.
    #[command(
        after_help = "Examples:\n  cwctl credential revoke cso-114 cso-114.c1 \
        --from 2026-07-01 --reason \"by the sheriff\""
    )]
    Revoke(Turn),
    /// List credentials with what each is on a day.
    #[command(after_help = "Examples:\n  cwctl credential list cso-114\n  \
        cwctl credential list --kind mo-ccw --on 2026-12-31 -o csv")]
    List {
        /// Only this officer's.
        #[arg(default_value = "", hide_default_value = true)]
        officer: String,
        /// Only of this kind.
        #[arg(long, default_value = "", hide_default_value = true)]
        kind: String,
        /// The day [default: today].
        #[arg(
            long,
            value_name = "DATE",
            default_value = "",
            hide_default_value = true
        )]
        on: String,
    },
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Grant {
    /// The badge code.
    officer: String,
    /// The credential's kind, as profiles name it: mo-ccw.
    kind: String,
    /// Who issued it, by code.
    #[arg(long, value_name = "CODE")]
    issuer: String,
    /// What the issuer printed on it. Personal: kept in the vault.
    #[arg(long, default_value = "", hide_default_value = true)]
    number: String,
    /// The day of issue.
    #[arg(long, value_name = "DATE")]
    issued: String,
    /// Its first day [default: the day of issue].
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    from: String,
    /// Its last day; leave it out where it has none.
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    until: String,
    /// The one model, or piece as MODEL/TAG, that it is good for.
    #[arg(long, value_name = "WEAPON", value_parser = weapon)]
    weapon: Option<Weapon>,
    /// A town that it is good in; once for each, none for all.
    #[arg(long = "town", value_name = "TOWN")]
    towns: Vec<String>,
    /// A record that it was issued on, by position; once for each.
    #[arg(long, value_name = "RECORD")]
    rests_on: Vec<u64>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Turn {
    /// The badge code.
    officer: String,
    /// The credential: cso-114.c1.
    credential: String,
    /// From which day on.
    #[arg(long, value_name = "DATE")]
    from: String,
}

/// `glock-19`, or `glock-19/w-17` for the piece that is tagged so.
pub(super) fn weapon(text: &str) -> Result<Weapon, String> {
    let (model, serial) = text.split_once('/').unwrap_or((text, ""));
    if model.is_empty() {
        return Err("give a model, such as glock-19, or MODEL/TAG for one piece".to_owned());
    }
    Ok(Weapon {
        model: model.to_owned(),
        serial: serial.to_owned(),
    })
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Grant(it) => session.record(granting(it)).await,
        Command::Suspend(it) => {
            let request = SuspendCredentialRequest {
                officer: it.officer,
                credential: it.credential,
                from: it.from,
            };
            session.record(request).await
        }
        Command::Reinstate(it) => {
            let request = ReinstateCredentialRequest {
                officer: it.officer,
                credential: it.credential,
                from: it.from,
            };
            session.record(request).await
        }
        Command::Revoke(it) => {
            let request = RevokeCredentialRequest {
                officer: it.officer,
                credential: it.credential,
                from: it.from,
            };
            session.record(request).await
        }
        Command::List { officer, kind, on } => {
            let columns = &[
                "credential",
                "kind",
                "issuer",
                "number",
                "from",
                "until",
                "state",
                "since",
                "renewal_opened",
            ];
            let request = ListCredentialsRequest {
                officer,
                kind,
                on,
                ..ListCredentialsRequest::default()
            };
            session
                .call(request, Layout::Rows("credentials", columns))
                .await
        }
    }
}

fn granting(it: Grant) -> GrantCredentialRequest {
    GrantCredentialRequest {
        officer: it.officer,
        kind: it.kind,
        issuer: it.issuer,
        number: it.number,
        issued: it.issued,
        from: it.from,
        until: it.until,
        weapon: it.weapon,
        towns: it.towns,
        rests_on: it.rests_on,
    }
}
