//! `commonwatch demo`: a month of one shared officer on the real platform, from the first
//! clock-in to verified statements, and the adjustment of a correction that came late.

mod clients;
mod example;
mod report;
mod rota;
mod story;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use proof::note::VerifierKey;
use vocabulary::{Month, Workweek};
use wire::statements::v1::{CloseMonthResponse, GetVerifierKeyRequest};

use crate::config::{Format, Log};
use crate::launch::{Launch, Platform};
use crate::{telemetry, up};
use clients::{Clients, answered};
use example::{FIRST_MONTH, SECOND_MONTH, TOWNS};

/// `commonwatch demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// End when the story is told, instead of keeping the platform up to look around
    #[arg(long)]
    once: bool,
    /// Form of what goes to standard output; everything else goes to standard error
    #[arg(short, long, value_name = "FORM", default_value = "table")]
    output: Output,
    /// Keep the data in this folder, which must be new or empty [default: a temporary one]
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Output {
    Table,
    Json,
}

/// What the story produced.
struct Told {
    /// Published shifts of the first month.
    shifts: usize,
    covered: rota::Covered,
    close: CloseMonthResponse,
    verified: Vec<Verified>,
    adjustments: Vec<report::Adjusted>,
}

/// A town's statement of the first month, and what verifying its bundle said.
struct Verified {
    town: &'static str,
    charge_cents: i64,
    verdict: Result<verifier::Verified, String>,
}

/// Starts a platform, tells the story, and stays up unless told `--once`.
pub(crate) async fn demo(args: Demo) -> Result<(), String> {
    telemetry::start(&Log {
        level: "warn".into(),
        format: Format::Text,
    })?;
    let began = Instant::now();
    let stack = args
        .data
        .as_ref()
        .map_or_else(local::Options::temporary, local::Options::kept);
    eprintln!("starting PostgreSQL, NATS and a process per role …");
    let mut platform = Platform::start(Launch {
        stack,
        clock: Some(instant(example::PLANNING)),
        people: example::people(),
    })
    .await?;
    eprintln!("up in {:.1?}: {}", began.elapsed(), roles(&platform));
    let told = tell(&mut platform).await;
    let told = match told {
        Ok(told) => told,
        Err(error) => {
            let logs = platform.log_of(crate::roles::Role::Statements);
            eprintln!("the logs of the roles lie beside {}", logs.display());
            platform.stop().await?;
            return Err(error);
        }
    };
    match args.output {
        Output::Table => print!("{}", report::tables(&told)?),
        Output::Json => println!("{}", report::json(&told)?),
    }
    eprintln!("told in {:.1?}", began.elapsed());
    if !args.once {
        print_invitation(&platform);
        up::tend(&mut platform).await;
    }
    platform.stop().await?;
    told.verified
        .iter()
        .try_for_each(|v| v.verdict.clone().map(|_| ()))
}

fn roles(platform: &Platform) -> String {
    let shown = platform
        .endpoints()
        .into_iter()
        .map(|(role, at)| format!("{role} {at}"));
    shown.collect::<Vec<_>>().join(", ")
}

fn instant(of: &str) -> Timestamp {
    of.parse().expect("the example's instants are instants")
}

async fn tell(platform: &mut Platform) -> Result<Told, String> {
    let (shifts, covered) = plan(platform).await?;
    platform.turn_to(instant(example::AFTERWARDS)).await?;
    let staff = Clients::new(platform, &platform.tokens.staff)?;
    let reviewer = Clients::new(platform, &platform.tokens.reviewer)?;
    eprintln!("payroll: October, punch by punch; its last shift ends on 1 November");
    let duties = work(&staff, FIRST_MONTH).await?;
    eprintln!("incidents: the dispatch export of October");
    let imported = story::import(&staff).await?;
    let rejected = imported.rejected.iter();
    let rejected = rejected.map(|r| format!("line {} {}", r.line, r.reason));
    let rejected = rejected.collect::<Vec<_>>().join(", ");
    eprintln!("  {} taken; rejected: {rejected}", imported.imported);
    eprintln!("statements: what was bought in October");
    story::spend(&staff, FIRST_MONTH).await?;

    eprintln!("closing October before its weeks are approved:");
    match story::close(&staff, FIRST_MONTH).await {
        Ok(_) => return Err("October was closed with time that nobody approved".to_owned()),
        Err(refusal) => eprintln!("  refused: {refusal}"),
    }
    eprintln!("payroll: the officer signs each week, somebody else approves it");
    approve(&staff, &reviewer, FIRST_MONTH).await?;
    let close = story::close(&staff, FIRST_MONTH).await?;
    let key = key(&staff).await?;
    let mut verified = Vec::new();
    let mut kept = BTreeMap::new();
    for town in TOWNS {
        let files = story::bundle(&staff, FIRST_MONTH, town.id).await?;
        let statement = story::statement(&staff, FIRST_MONTH, town.id).await?;
        let verdict = verifier::verify(&files, &key, None);
        verified.push(Verified {
            town: town.id,
            charge_cents: statement.total_cents.0,
            verdict,
        });
        kept.insert(town.id, checkpoint(&files)?);
    }

    eprintln!("November, and a correction of 14 October that comes late");
    work(&staff, SECOND_MONTH).await?;
    story::spend(&staff, SECOND_MONTH).await?;
    approve(&staff, &reviewer, SECOND_MONTH).await?;
    story::correct(&staff, &reviewer, &duties).await?;
    story::close(&staff, SECOND_MONTH).await?;
    let mut adjustments = Vec::new();
    for town in TOWNS {
        let statement = story::statement(&staff, SECOND_MONTH, town.id).await?;
        adjustments.extend(report::adjusted(&statement));
        let files = story::bundle(&staff, SECOND_MONTH, town.id).await?;
        let kept = kept.get(town.id).map(String::as_str);
        verifier::verify(&files, &key, kept)
            .map_err(|wrong| format!("{}'s bundle of {SECOND_MONTH}: {wrong}", town.id))?;
    }
    eprintln!("  November's bundles continue the checkpoints kept from October: PASS");
    Ok(Told {
        shifts,
        covered,
        close,
        verified,
        adjustments,
    })
}

/// Before October: towns, officers, terms, and the roster. On 20 October: a shift is covered anew.
async fn plan(platform: &mut Platform) -> Result<(usize, rota::Covered), String> {
    let staff = Clients::new(platform, &platform.tokens.staff)?;
    eprintln!("registry: three towns, two officers, an agreement that every party signs");
    story::found(&staff).await?;
    eprintln!("training: a programme, each town's clauses, what the officers have learnt");
    rota::qualify(&staff).await?;
    eprintln!("scheduling: October's shifts; the gate is asked about each");
    let shifts = rota::publish(&staff).await?;
    eprintln!("  {shifts} published");
    platform.turn_to(instant(example::MID_MONTH)).await?;
    let staff = Clients::new(platform, &platform.tokens.staff)?;
    eprintln!("20 October: {}'s permit is suspended", example::RESERVE);
    let covered = rota::cover(&staff).await?;
    for missing in &covered.missing {
        eprintln!("  {} is flagged: {missing}", covered.shift);
    }
    eprintln!("  {} takes it: {}", covered.by, covered.reason);
    Ok((shifts, covered))
}

/// Every shift that begins in the month. Returns the duties by day.
async fn work(
    staff: &Clients,
    month: &str,
) -> Result<BTreeMap<String, Vec<(String, String)>>, String> {
    let mut duties: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for shift in example::shifts() {
        let day = shift.day.to_string();
        if day.starts_with(month) {
            duties
                .entry(day)
                .or_default()
                .extend(story::work(staff, &shift).await?);
        }
    }
    Ok(duties)
}

/// Signs and approves every week with a shift that begins in the month; of the week that goes on
/// beyond it, the days up to the month's end.
async fn approve(staff: &Clients, reviewer: &Clients, month: &str) -> Result<(), String> {
    let month: Month = month.parse().expect("the example's months are months");
    let workweek = example::workweek();
    let shifts = example::shifts();
    let days = shifts
        .iter()
        .map(|shift| shift.day)
        .filter(|day| month.contains(*day));
    let weeks: BTreeSet<Date> = days.map(|day| workweek.start_of(day)).collect();
    for week in weeks {
        let last = Workweek::last_day(week).min(month.last_day());
        story::review(staff, reviewer, week, last).await?;
    }
    Ok(())
}

async fn key(clients: &Clients) -> Result<VerifierKey, String> {
    let key = clients
        .statements
        .clone()
        .get_verifier_key(GetVerifierKeyRequest {})
        .await;
    answered(key)?
        .key
        .trim()
        .parse()
        .map_err(|e| format!("the verifier key: {e}"))
}

fn checkpoint(files: &proof::bundle::Files) -> Result<String, String> {
    let note = files
        .get(proof::bundle::CHECKPOINT)
        .ok_or("the bundle has no checkpoint")?;
    String::from_utf8(note.clone()).map_err(|e| e.to_string())
}

fn print_invitation(platform: &Platform) {
    eprintln!("\nthe platform stays up; Ctrl-C ends it. In another terminal:");
    eprintln!(
        "  export COMMONWATCH_CONTEXT={}",
        platform.context_file().display()
    );
    for line in INVITATION {
        eprintln!("  {line}");
    }
    eprintln!("  cwverify --key provider.vkey barlow/");
}

/// What to try on the platform that stays up.
const INVITATION: [&str; 8] = [
    "cwctl shift list --from 2026-10-19 --until 2026-10-25",
    "cwctl eligibility check cso-207 --town millbrook --carry handgun --on 2026-10-24",
    "cwctl statement list --agreement three-rivers",
    "cwctl statement show three-rivers 2026-11 barlow",
    "cwctl statement explain three-rivers 2026-10 barlow",
    "cwctl timesheet show cso-114 --week 2026-10-19",
    "cwctl statement bundle three-rivers 2026-11 barlow barlow/",
    "cwctl statement key > provider.vkey",
];

#[cfg(test)]
mod tests {
    use clap::Parser;

    #[test]
    fn every_command_of_the_invitation_is_one() {
        for line in super::INVITATION {
            let words = line.split_whitespace().take_while(|word| *word != ">");
            admin::cli::Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{error}"));
        }
    }
}
