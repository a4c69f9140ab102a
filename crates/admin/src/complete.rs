//! Completion of ids: the shell asks this program, and it asks the platform.
//!
//! A shell that waits is worse than one that does not know: there is one second for the answer,
//! and any failure is silence.

use std::ffi::OsStr;
use std::time::Duration;

use clap::{Command, Parser};
use clap_complete::CompletionCandidate;
use clap_complete::engine::ArgValueCompleter;
use prost::{Message, Name};
use wire::registry::v1::{
    ListAgreementsRequest, ListOfficersRequest, ListProgrammesRequest, ListTownsRequest,
};

use crate::cli::Global;
use crate::client::{Client, Options};
use crate::context::{Context, File};
use crate::view::View;

/// Time that the platform has for an answer.
const BUDGET: Duration = Duration::from_secs(1);
/// Ids at most; who has more types a letter of the next.
const IDS: usize = 500;

/// The command with completion for every argument that takes an id.
pub(crate) fn with_ids(command: Command) -> Command {
    let command = command.mut_args(|arg| match ids_of(arg.get_id().as_str()) {
        Some(ids) => arg.add(ArgValueCompleter::new(move |typed: &OsStr| {
            begun(typed, ids)
        })),
        None => arg,
    });
    command.mut_subcommands(with_ids)
}

/// Gives every id that an argument may take.
type Ids = fn() -> Vec<String>;

/// By the argument's name, which says what it is everywhere.
fn ids_of(argument: &str) -> Option<Ids> {
    Some(match argument {
        "town" | "towns" => towns,
        "officer" => officers,
        "agreement" => agreements,
        "programme" => programmes,
        "party" => parties,
        "location" => locations,
        "account" => accounts,
        "named" => contexts,
        _ => return None,
    })
}

fn towns() -> Vec<String> {
    asked(&ListTownsRequest::default(), "towns", "town")
}

fn officers() -> Vec<String> {
    asked(&ListOfficersRequest::default(), "officers", "officer")
}

fn agreements() -> Vec<String> {
    asked(&ListAgreementsRequest::default(), "agreements", "agreement")
}

fn programmes() -> Vec<String> {
    asked(&ListProgrammesRequest::default(), "programmes", "programme")
}

fn parties() -> Vec<String> {
    let mut parties = towns();
    parties.push("provider".to_owned());
    parties
}

fn locations() -> Vec<String> {
    let towns = towns();
    let kinds = ["training", "court", "leave", "administration"];
    let at = towns.iter().map(|town| format!("town:{town}"));
    let to = towns.iter().map(|town| format!("travel:{town}"));
    at.chain(to).chain(kinds.map(str::to_owned)).collect()
}

fn accounts() -> Vec<String> {
    let agreements = agreements();
    let mut accounts: Vec<_> = agreements
        .iter()
        .map(|id| format!("agreement:{id}"))
        .collect();
    accounts.push("provider".to_owned());
    accounts
}

fn contexts() -> Vec<String> {
    let file = global().and_then(|global| global.file_path());
    let file = file.and_then(|path| File::load(&path).ok());
    file.map_or_else(Vec::new, |file| file.contexts.into_keys().collect())
}

/// Of the ids, those that begin as what is typed.
fn begun(typed: &OsStr, ids: Ids) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let ids = ids().into_iter().filter(|id| id.starts_with(&*typed));
    ids.map(CompletionCandidate::new).collect()
}

/// A list's ids, or nothing.
fn asked<M: Message + Name>(request: &M, rows: &str, column: &str) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let (Some(context), Ok(runtime)) = (context(), runtime) else {
        return Vec::new();
    };
    let ask = async {
        let options = Options {
            limit: Some(IDS),
            ..Options::default()
        };
        let client = Client::new(context, options).ok()?;
        let answered = tokio::time::timeout(BUDGET, client.view(request)).await;
        answered.ok()?.ok()
    };
    let Some(reply) = runtime.block_on(ask) else {
        return Vec::new();
    };
    let ids = reply
        .items(rows)
        .iter()
        .filter_map(|row| match row.at(column) {
            View::Text(id) => Some(id.clone()),
            _ => None,
        });
    ids.collect()
}

fn context() -> Option<Context> {
    let global = global()?;
    let path = global.file_path()?;
    let file = File::load(&path).unwrap_or_default();
    let mut context = file.chosen(global.named.as_deref()).ok()?.1;
    context.token = global.token.or(context.token);
    Some(context)
}

/// The flags that say which platform is meant, as far as they stand on the line that is typed.
fn global() -> Option<Global> {
    #[derive(Debug, Parser)]
    struct Flags {
        #[command(flatten)]
        global: Global,
    }
    let line: Vec<String> = std::env::args().collect();
    let flags = ["--context", "--use", "--address", "--token", "--ca-file"];
    let mut meant = vec!["cwctl".to_owned()];
    for (n, word) in line.iter().enumerate() {
        if flags
            .iter()
            .any(|flag| word.starts_with(&format!("{flag}=")))
        {
            meant.push(word.clone());
        } else if flags.contains(&word.as_str())
            && let Some(value) = line.get(n + 1)
        {
            meant.push(format!("{word}={value}"));
        }
    }
    Flags::try_parse_from(meant).ok().map(|flags| flags.global)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(command: &Command, found: &mut Vec<String>) {
        for argument in command.get_arguments() {
            if ids_of(argument.get_id().as_str()).is_some() {
                found.push(format!("{} {}", command.get_name(), argument.get_id()));
                assert!(argument.get::<ArgValueCompleter>().is_some());
            }
        }
        for command in command.get_subcommands() {
            completed(command, found);
        }
    }

    #[test]
    fn arguments_that_take_ids_are_completed_wherever_they_stand() {
        let mut found = Vec::new();
        completed(&crate::cli::command(), &mut found);
        for expected in ["close agreement", "in officer", "in location", "show party"] {
            assert!(
                found.iter().any(|at| at == expected),
                "{expected}: {found:?}"
            );
        }
    }

    #[test]
    fn only_what_begins_as_typed_is_offered() {
        let ids: Ids = || vec!["barlow".to_owned(), "shelby".to_owned()];
        let offered = begun(OsStr::new("ba"), ids);
        let offered: Vec<_> = offered.iter().map(|c| c.get_value().to_owned()).collect();
        assert_eq!(offered, ["barlow"]);
    }
}
