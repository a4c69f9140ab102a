//! What can be asked: a noun a file, a request a verb.

mod agreement;
mod duty;
mod expense;
mod incident;
mod incident_import;
mod log;
mod month;
mod officer;
mod settle;
mod statement;
mod terms;
mod timesheet;
mod town;

use clap::Subcommand;
use prost::{Message, Name};

use crate::client::Client;
use crate::failure::Failure;
use crate::output::{Layout, Output};

/// The nouns.
#[derive(Debug, Subcommand)]
pub(crate) enum Noun {
    /// Towns: their particulars and basis figures.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl town show barlow\n  cwctl town list -o csv"
    )]
    Town(town::Command),
    /// Officers: employment, pay rates and assignments.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl officer show cso-114\n  cwctl officer list"
    )]
    Officer(officer::Command),
    /// Agreements: parties, terms and signatures.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl agreement show three-rivers\n  \
        cwctl agreement list --town barlow"
    )]
    Agreement(agreement::Command),
    /// Duty: clocked in and out, moved between towns, entered and corrected by hand.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl duty in cso-114 town:barlow\n  \
        cwctl duty move cso-114 shelby\n  cwctl duty out cso-114"
    )]
    Duty(duty::Command),
    /// Timesheets: an officer's week, signed and approved.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl timesheet list --state submitted\n  \
        cwctl timesheet approve cso-114 --week 2026-10-25"
    )]
    Timesheet(timesheet::Command),
    /// Incidents: opened, attended, closed, or imported from a dispatch system.
    #[command(
        subcommand,
        after_help = "Examples:\n  \
        cwctl incident import --mapping barlow.toml october.csv\n  \
        cwctl incident summary --month 2026-10"
    )]
    Incident(incident::Command),
    /// Expenses of an agreement.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl expense list three-rivers --month 2026-10"
    )]
    Expense(expense::Command),
    /// An agreement's months: previewed and closed.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl month preview three-rivers 2026-10\n  \
        cwctl month close three-rivers 2026-10"
    )]
    Month(month::Command),
    /// Statements: shown, explained line by line, bundled for verification.
    #[command(
        subcommand,
        after_help = "Examples:\n  \
        cwctl statement show three-rivers 2026-10 barlow\n  \
        cwctl statement bundle three-rivers 2026-10 barlow ./barlow-2026-10"
    )]
    Statement(statement::Command),
    /// The services' logs: how far they are, and what stopped.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl log heads\n  cwctl log parked"
    )]
    Log(log::Command),
    /// Settle a month offline: a calculator for people who negotiate agreements.
    Settle(settle::Command),
    /// Terms documents, offline.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl terms check three-rivers.toml"
    )]
    Terms(terms::Command),
}

/// What a command works with.
pub(crate) struct Session {
    /// The services.
    pub(crate) client: Client,
    /// Where replies go.
    pub(crate) output: Output,
}

impl Session {
    /// Makes the call that takes the request, and writes its reply.
    async fn call<M: Message + Name>(&self, request: M, layout: Layout) -> Result<(), Failure> {
        let reply = self.client.view(&request).await?;
        self.output.reply(&reply, layout)
    }

    /// The same, with the reply's own fields.
    async fn record<M: Message + Name>(&self, request: M) -> Result<(), Failure> {
        self.call(request, Layout::Record).await
    }
}

/// Carries out a command that needs no service; gives any other back.
pub(crate) fn offline(noun: Noun, output: &Output) -> Result<Result<(), Failure>, Box<Noun>> {
    match noun {
        Noun::Settle(command) => Ok(settle::run(&command, output)),
        Noun::Terms(command) => Ok(terms::run(&command, output)),
        noun => Err(Box::new(noun)),
    }
}

/// Carries out a command over the services.
pub(crate) async fn run(noun: Noun, session: &Session) -> Result<(), Failure> {
    match noun {
        Noun::Town(command) => town::run(command, session).await,
        Noun::Officer(command) => officer::run(command, session).await,
        Noun::Agreement(command) => agreement::run(command, session).await,
        Noun::Duty(command) => duty::run(command, session).await,
        Noun::Timesheet(command) => timesheet::run(command, session).await,
        Noun::Incident(command) => incident::run(command, session).await,
        Noun::Expense(command) => expense::run(command, session).await,
        Noun::Month(command) => month::run(command, session).await,
        Noun::Statement(command) => statement::run(command, session).await,
        Noun::Log(command) => log::run(command, session).await,
        Noun::Settle(command) => settle::run(&command, &session.output),
        Noun::Terms(command) => terms::run(&command, &session.output),
    }
}

/// Reads a text file that the command line names.
fn read(path: &std::path::Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))
}
