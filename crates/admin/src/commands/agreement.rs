//! `cwctl agreement`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use wire::registry::v1::{
    DraftAgreementRequest, EndAgreementRequest, GetAgreementRequest, ListAgreementsRequest,
    ProposeTermsRequest, SignTermsRequest, WithdrawTermsRequest,
};

use super::Session;
use crate::failure::Failure;
use crate::output::Layout;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Begin an agreement among towns.
    #[command(
        after_help = "Examples:\n  cwctl agreement draft three-rivers --name \"Three Rivers\" \
        --zone America/Chicago --towns barlow,shelby,norwood --starts-on 2026-10-01"
    )]
    Draft(Draft),
    /// Put terms before the parties: the first, or an amendment.
    #[command(after_help = "Examples:\n  cwctl agreement propose three-rivers \
        --effective-from 2026-10-01 --terms three-rivers.toml\n  \
        cwctl agreement propose three-rivers --effective-from 2027-01-01 --terms new.toml \
        --dry-run")]
    Propose {
        /// The agreement's id.
        agreement: String,
        /// The first day on which they hold: the first of a month.
        #[arg(long, value_name = "DATE")]
        effective_from: String,
        /// The terms document (docs/terms.md).
        #[arg(long, value_name = "FILE")]
        terms: PathBuf,
    },
    /// Take back terms that not every party has signed.
    #[command(after_help = "Examples:\n  cwctl agreement withdraw three-rivers --terms-version 2")]
    Withdraw {
        /// The agreement's id.
        agreement: String,
        /// The version that `propose` answered with.
        #[arg(long, value_name = "N")]
        terms_version: u32,
    },
    /// Record that a party signed. With the last signature the terms are in force.
    #[command(
        after_help = "Examples:\n  cwctl agreement sign three-rivers --terms-version 1 \
        --party barlow --on 2026-09-15\n  cwctl agreement sign three-rivers --terms-version 1 \
        --party provider --on 2026-09-20"
    )]
    Sign(Sign),
    /// Give an agreement its last day: the last of a month.
    #[command(after_help = "Examples:\n  cwctl agreement end three-rivers --on 2027-09-30")]
    End {
        /// The agreement's id.
        agreement: String,
        /// Its last day.
        #[arg(long, value_name = "DATE")]
        on: String,
    },
    /// Show an agreement with its terms and signatures.
    #[command(after_help = "Examples:\n  cwctl agreement show three-rivers\n  \
        cwctl agreement show three-rivers --town barlow")]
    Show {
        /// The agreement's id.
        agreement: String,
        /// The town that asks; a town's clerk must name their own.
        #[arg(long, default_value = "", hide_default_value = true)]
        town: String,
    },
    /// List agreements.
    #[command(
        after_help = "Examples:\n  cwctl agreement list\n  cwctl agreement list --town barlow"
    )]
    List {
        /// Only those of this town; a town's clerk must name their own.
        #[arg(long, default_value = "", hide_default_value = true)]
        town: String,
    },
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Draft {
    /// Its id: 2 to 39 of a-z, 0-9 and -, beginning with a letter.
    agreement: String,
    /// Its name.
    #[arg(long)]
    name: String,
    /// The IANA zone in which its months are reckoned.
    #[arg(long)]
    zone: String,
    /// Its towns, all registered; the provider is always a party besides.
    #[arg(long, value_delimiter = ',', required = true)]
    towns: Vec<String>,
    /// Its first day: the first of a month.
    #[arg(long, value_name = "DATE")]
    starts_on: String,
    /// Its last day; open without it.
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    ends_on: String,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Sign {
    /// The agreement's id.
    agreement: String,
    /// The version that `propose` answered with.
    #[arg(long, value_name = "N")]
    terms_version: u32,
    /// A town of the agreement, or `provider`.
    #[arg(long)]
    party: String,
    /// The day of the signature.
    #[arg(long, value_name = "DATE")]
    on: String,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Draft(it) => {
            let request = DraftAgreementRequest {
                agreement: it.agreement,
                name: it.name,
                zone: it.zone,
                towns: it.towns,
                starts_on: it.starts_on,
                ends_on: it.ends_on,
            };
            session.record(request).await
        }
        Command::Propose {
            agreement,
            effective_from,
            terms,
        } => {
            let request = ProposeTermsRequest {
                agreement,
                effective_from,
                toml: super::read(&terms)?,
            };
            session.record(request).await
        }
        Command::Withdraw {
            agreement,
            terms_version: version,
        } => {
            session
                .record(WithdrawTermsRequest { agreement, version })
                .await
        }
        Command::Sign(it) => {
            let request = SignTermsRequest {
                agreement: it.agreement,
                version: it.terms_version,
                party: it.party,
                on: it.on,
            };
            session.record(request).await
        }
        Command::End { agreement, on } => {
            session.record(EndAgreementRequest { agreement, on }).await
        }
        Command::Show { agreement, town } => {
            session
                .record(GetAgreementRequest { agreement, town })
                .await
        }
        Command::List { town } => {
            let columns = &[
                "agreement",
                "name",
                "state",
                "towns",
                "starts_on",
                "ends_on",
            ];
            let request = ListAgreementsRequest {
                town,
                ..ListAgreementsRequest::default()
            };
            session
                .call(request, Layout::Rows("agreements", columns))
                .await
        }
    }
}
