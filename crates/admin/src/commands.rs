//! What can be asked: a noun a file, a request a verb.

mod access;
mod agreement;
mod availability;
mod balance;
mod calendar;
mod certificate;
mod completion;
mod context;
mod course;
mod coverage;
mod credential;
mod duty;
mod eligibility;
mod expense;
mod field_training;
mod incident;
mod incident_import;
mod leave;
mod log;
mod log_read;
mod month;
mod officer;
mod payroll;
mod programme;
mod record;
mod report;
mod roster;
mod session;
mod settle;
mod shift;
mod statement;
mod table;
mod terms;
mod timesheet;
mod town;
mod waiver;

use std::path::PathBuf;

use clap::Subcommand;
use prost::{Message, Name};
use wire::Violation;

use crate::changes::dry_run;
use crate::cli::Global;
use crate::client::method::method_of;
use crate::client::{Answer, Client};
use crate::consent::Consent;
use crate::context::Service;
use crate::failure::{Exit, Failure};
use crate::output::{Layout, Output, note};
use crate::view::View;

/// The nouns.
#[derive(Debug, Clone, Subcommand)]
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
    /// Programmes: what their officers may do, carry and must have learnt, and which towns work by
    /// them.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl programme shipped\n  \
        cwctl programme show us-mo-matthew-group-cso"
    )]
    Programme(programme::Command),
    /// Credentials of officers: granted, suspended, reinstated, revoked.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl credential list cso-114\n  \
        cwctl credential suspend cso-114 cso-114.c1 --from 2026-06-03 --reason \"court order\""
    )]
    Credential(credential::Command),
    /// Records of officers: checks, outcomes, assessments, and what was found wrong with them.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl record list cso-114\n  \
        cwctl record check cso-114 background --on 2026-01-02 --passed"
    )]
    Record(record::Command),
    /// Waivers of requirements, each with its signer and end.
    #[command(subcommand, after_help = "Examples:\n  cwctl waiver list cso-114")]
    Waiver(waiver::Command),
    /// Eligibility: who may be put where, with what, on which day, as known when.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl eligibility check cso-114 --town barlow\n  \
        cwctl eligibility who --town barlow --carry handgun"
    )]
    Eligibility(eligibility::Command),
    /// Reports of training: what expires, who could be armed, hours.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl report expiring --days 90\n  \
        cwctl report armed --town barlow"
    )]
    Report(report::Command),
    /// Courses: the versions of their curricula.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl course list\n  cwctl course define core core.toml"
    )]
    Course(course::Command),
    /// Sessions: courses as they are held, with seats, attendance, assessments and outcomes.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl session show core-2026-11\n  \
        cwctl session pack core-2026-11 -o csv"
    )]
    Session(session::Command),
    /// Field training: phases, daily observations, sign-offs.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl field-training show cso-114"
    )]
    FieldTraining(field_training::Command),
    /// Certificates of completion and proficiency, or of participation, to be printed.
    #[command(
        subcommand,
        after_help = "Examples:\n  \
        cwctl certificate print core-2026-11 cso-114 > cso-114.html"
    )]
    Certificate(certificate::Command),
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
    /// Payroll: what a week pays and why, offline.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl payroll compute --week week.toml -o json"
    )]
    Payroll(payroll::Command),
    /// Shifts: drafted, published, changed, swapped, signed up for; flagged and re-covered.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl shift list --town barlow\n  cwctl shift flags"
    )]
    Shift(shift::Command),
    /// A period's roster: drafted from patterns, suggested, applied, published.
    #[command(
        subcommand,
        after_help = "Examples:\n  \
        cwctl roster suggest --from 2026-11-01 --until 2026-11-30 --seed 7"
    )]
    Roster(roster::Command),
    /// What towns bought, the patterns of their shifts, the ways between them.
    #[command(subcommand, after_help = "Examples:\n  cwctl coverage list")]
    Coverage(coverage::Command),
    /// Leave: asked for, approved, taken back.
    #[command(subcommand, after_help = "Examples:\n  cwctl leave list --waiting")]
    Leave(leave::Command),
    /// When officers can be had, and how much they work.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl availability show cso-114"
    )]
    Availability(availability::Command),
    Balance(balance::Command),
    /// Calendars that officers' programs follow.
    #[command(subcommand, after_help = "Examples:\n  cwctl calendar open cso-114")]
    Calendar(calendar::Command),
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
    /// The services' logs: events and facts, how far they are, what stopped, whether all is sound.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl log heads\n  cwctl log parked\n  \
        cwctl log verify payroll"
    )]
    Log(log::Command),
    /// Access: who may do what, with which token; and who was turned away.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl access list\n  \
        cwctl access grant clerk-barlow --role town --town barlow --save-context barlow"
    )]
    Access(access::Command),
    /// Contexts: the platforms that this machine knows, and which of them is meant.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl context list\n  cwctl context use riverbend"
    )]
    Context(context::Command),
    /// Print what makes a shell complete commands, flags and ids.
    Completion(completion::Command),
    /// The tables that answer questions: listed, compared, folded again from their logs.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl table list --digests\n  \
        cwctl table rebuild payroll duties --dry-run"
    )]
    Table(table::Command),
    /// Settle a month offline: a calculator for people who negotiate agreements.
    Settle(settle::Command),
    /// Terms documents, offline.
    #[command(
        subcommand,
        after_help = "Examples:\n  cwctl terms check three-rivers.toml\n  \
        cwctl terms diff signed.toml proposal.toml"
    )]
    Terms(terms::Command),
}

/// What a command works with.
pub(crate) struct Session {
    /// The services.
    pub(crate) client: Client,
    /// Where replies go.
    pub(crate) output: Output,
    /// What is asked before a change.
    pub(crate) consent: Consent,
    /// The context file, or where it would be.
    pub(crate) place: Option<PathBuf>,
}

impl Session {
    /// Makes the call that takes the request, and writes its reply.
    async fn call<M: Message + Name>(&self, request: M, layout: Layout) -> Result<(), Failure> {
        self.call_at(None, request, layout).await
    }

    /// The same, of a service that is named because all answer.
    async fn call_at<M: Message + Name>(
        &self,
        service: Option<Service>,
        request: M,
        layout: Layout,
    ) -> Result<(), Failure> {
        let client = self.consented(&request)?;
        let answer = client.answer(service, &request).await?;
        self.answered(&answer, layout)
    }

    /// Writes a reply; of a dry run, with what it would change.
    fn answered(&self, answer: &Answer, layout: Layout) -> Result<(), Failure> {
        match &answer.changes {
            Some(changes) => {
                let text = dry_run(&self.output, &answer.view, layout, changes);
                self.output.data(&text)
            }
            None => self.output.reply(&answer.view, layout),
        }
    }

    /// The client that makes the call, once the person has said all that it needs. A dry run
    /// needs nothing.
    fn consented<M: Message + Name>(&self, request: &M) -> Result<Client, Failure> {
        let options = self.client.options();
        if options.dry_run || options.reads_only {
            return Ok(self.client.clone());
        }
        let (method, bytes) = (method_of::<M>(), request.encode_to_vec());
        let asked = self
            .consent
            .to(&method, &bytes, options.reason.as_deref())?;
        Ok(match asked {
            Some(reason) => self.client.because(reason),
            None => self.client.clone(),
        })
    }

    /// The same, with the reply's own fields.
    async fn record<M: Message + Name>(&self, request: M) -> Result<(), Failure> {
        self.call(request, Layout::Record).await
    }
}

/// Carries out a command that needs no service; gives any other back.
pub(crate) fn offline(
    noun: Noun,
    output: &Output,
    global: &Global,
) -> Result<Result<(), Failure>, Box<Noun>> {
    match noun {
        Noun::Settle(command) => Ok(settle::run(&command, output)),
        Noun::Payroll(command) => Ok(payroll::run(&command, output)),
        Noun::Terms(command) => Ok(terms::run(&command, output)),
        Noun::Programme(programme::Command::Check(check)) => Ok(programme::check(&check, output)),
        Noun::Context(command) => Ok(context::run(command, output, global)),
        Noun::Completion(command) => Ok(completion::run(&command, output)),
        noun => Err(Box::new(noun)),
    }
}

/// Carries out a command over the services.
pub(crate) async fn run(noun: Noun, session: &Session) -> Result<(), Failure> {
    match noun {
        Noun::Town(command) => town::run(command, session).await,
        Noun::Officer(command) => officer::run(command, session).await,
        Noun::Agreement(command) => agreement::run(command, session).await,
        Noun::Programme(command) => programme::run(command, session).await,
        Noun::Credential(command) => credential::run(command, session).await,
        Noun::Record(command) => record::run(command, session).await,
        Noun::Waiver(command) => waiver::run(command, session).await,
        Noun::Eligibility(command) => eligibility::run(command, session).await,
        Noun::Report(command) => report::run(command, session).await,
        Noun::Course(command) => course::run(command, session).await,
        Noun::Session(command) => session::run(command, session).await,
        Noun::FieldTraining(command) => field_training::run(command, session).await,
        Noun::Certificate(command) => certificate::run(command, session).await,
        Noun::Duty(command) => duty::run(command, session).await,
        Noun::Timesheet(command) => timesheet::run(command, session).await,
        Noun::Shift(command) => shift::run(command, session).await,
        Noun::Roster(command) => roster::run(command, session).await,
        Noun::Coverage(command) => coverage::run(command, session).await,
        Noun::Leave(command) => leave::run(command, session).await,
        Noun::Availability(command) => availability::run(command, session).await,
        Noun::Balance(command) => balance::run(command, session).await,
        Noun::Calendar(command) => calendar::run(command, session).await,
        Noun::Incident(command) => incident::run(command, session).await,
        Noun::Expense(command) => expense::run(command, session).await,
        Noun::Month(command) => month::run(command, session).await,
        Noun::Statement(command) => statement::run(command, session).await,
        Noun::Log(command) => log::run(command, session).await,
        Noun::Table(command) => table::run(command, session).await,
        Noun::Access(command) => access::run(command, session).await,
        Noun::Settle(_)
        | Noun::Payroll(_)
        | Noun::Terms(_)
        | Noun::Context(_)
        | Noun::Completion(_) => {
            unreachable!("carried out without the services")
        }
    }
}

/// Asks every service of the context. Those that answer are shown; the first that does not decides
/// how the command ends.
async fn each<M: Message + Name>(
    session: &Session,
    request: M,
    rows: &'static str,
    columns: &'static [&'static str],
) -> Result<(), Failure> {
    let known = Service::ALL
        .into_iter()
        .filter(|s| session.client.knows(*s));
    let answers = futures::future::join_all(
        known.map(async |service| (service, session.client.view_at(service, &request).await)),
    );
    let mut found = Vec::new();
    let mut silent = None;
    for (service, answer) in answers.await {
        match answer {
            Ok(reply) => found.extend(reply.items(rows).iter().cloned().map(|mut row| {
                row.prefix("service", View::Text(service.name().to_owned()));
                row
            })),
            Err(failure) if silent.is_none() => silent = Some(failure),
            Err(failure) => note(&failure.message),
        }
    }
    let reply = View::Record(vec![(rows.to_owned(), View::List(found))]);
    session.output.reply(&reply, Layout::Rows(rows, columns))?;
    silent.map_or(Ok(()), Err)
}

/// Reads a TOML file that the command line names, or says where in it something is wrong.
fn documented<T: serde::de::DeserializeOwned>(
    path: &std::path::Path,
    reason: &str,
) -> Result<T, Failure> {
    let text = read(path)?;
    toml::from_str(&text).map_err(|error| {
        let before = text.get(..error.span().map_or(0, |span| span.start));
        let before = before.unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let at = format!("{}:{line}:{column}", path.display());
        let message = format!("{} cannot be used.", path.display());
        let mut failure = Failure::new(Exit::Failed, reason, message);
        failure.violations = vec![Violation::new(at, error.message())];
        failure
    })
}

/// Reads a text file that the command line names.
fn read(path: &std::path::Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))
}
