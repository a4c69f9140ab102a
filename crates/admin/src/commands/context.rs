//! `cwctl context`: the file that says which platforms there are. Asks no service.

use std::io::Read;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::Global;
use crate::context::{Context, File};
use crate::failure::Failure;
use crate::output::{Layout, Output, note};
use crate::view::View;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// List the contexts, and which is current. Tokens are not shown.
    #[command(after_help = "Examples:\n  cwctl context list\n  cwctl context list -o json")]
    List,
    /// Make a context the current one.
    #[command(after_help = "Examples:\n  cwctl context use riverbend")]
    Use {
        /// Its name.
        #[arg(id = "named")]
        name: String,
    },
    /// Show a context. Its token is not shown.
    #[command(after_help = "Examples:\n  cwctl context show\n  cwctl context show --use riverbend")]
    Show,
    /// Add a context, or replace the one of its name; address, token, zone and authorities are
    /// the flags of every command.
    #[command(
        after_help = "`--token -` reads the token from standard input, where no other user of the \
        machine sees it.\n\nExamples:\n  cwctl context add riverbend --production \
        --address https://cw.riverbend.example:7400 --ca-file /etc/commonwatch/ca.pem --token -\n  \
        cwctl context add trial --address http://127.0.0.1:7400 --show-zone America/Chicago"
    )]
    Add(Add),
    /// Take a context out of the file.
    #[command(after_help = "Examples:\n  cwctl context remove trial")]
    Remove {
        /// Its name.
        #[arg(id = "named")]
        name: String,
    },
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Add {
    /// Its name.
    #[arg(id = "new_name", value_name = "NAME")]
    name: String,
    /// Real towns and real money: every change is marked and asked about.
    #[arg(long)]
    production: bool,
    /// Your certificate (PEM), for servers that ask for one.
    #[arg(long, value_name = "FILE", requires = "key_file")]
    certificate_file: Option<PathBuf>,
    /// Its key (PEM).
    #[arg(long, value_name = "FILE", requires = "certificate_file")]
    key_file: Option<PathBuf>,
}

pub(crate) fn run(command: Command, output: &Output, global: &Global) -> Result<(), Failure> {
    let path = global.file()?;
    match command {
        Command::List => {
            let file = File::load(&path)?;
            let current = file
                .chosen(global.named.as_deref())
                .map(|(name, _)| name)
                .ok();
            let rows = file.contexts.iter();
            let rows = rows.map(|(name, context)| shown(name, context, current.as_ref()));
            let list = View::Record(vec![("contexts".to_owned(), View::List(rows.collect()))]);
            let columns = &["name", "current", "production", "address", "token", "zone"];
            output.reply(&list, Layout::Rows("contexts", columns))
        }
        Command::Show => {
            let file = File::load(&path)?;
            let (name, context) = file.chosen(global.named.as_deref())?;
            output.reply(&shown(&name, &context, Some(&name)), Layout::Record)
        }
        Command::Use { name } => {
            let mut file = File::load(&path)?;
            file.chosen(Some(&name))?;
            file.current = Some(name.clone());
            file.save(&path)?;
            note(&format!("{name} is the current context now"));
            Ok(())
        }
        Command::Add(add) => {
            let mut file = File::load_or_new(&path)?;
            let name = add.name.clone();
            file.contexts.insert(name.clone(), made(add, global)?);
            if file.current.is_none() {
                file.current = Some(name.clone());
            }
            file.save(&path)?;
            note(&format!("{name} is in {}", path.display()));
            Ok(())
        }
        Command::Remove { name } => {
            let mut file = File::load(&path)?;
            file.chosen(Some(&name))?;
            file.contexts.remove(&name);
            file.current = file.current.filter(|current| *current != name);
            file.save(&path)?;
            note(&format!("{name} is gone from {}", path.display()));
            Ok(())
        }
    }
}

fn made(add: Add, global: &Global) -> Result<Context, Failure> {
    let Some(address) = global.address.clone() else {
        return Err(Failure::usage("A context needs the platform's address.")
            .hint("give it with --address https://host:port"));
    };
    Ok(Context {
        address: Some(address),
        token: token(global)?,
        zone: global.show_zone.clone(),
        production: add.production,
        ca_file: global.ca_file.clone(),
        certificate_file: add.certificate_file,
        key_file: add.key_file,
        ..Context::default()
    })
}

fn token(global: &Global) -> Result<Option<String>, Failure> {
    if global.token.as_deref() != Some("-") {
        return Ok(global.token.clone());
    }
    let mut token = String::new();
    std::io::stdin()
        .read_to_string(&mut token)
        .map_err(|error| {
            Failure::usage(format!(
                "The token cannot be read from standard input: {error}."
            ))
        })?;
    Ok(Some(token.trim().to_owned()))
}

fn shown(name: &str, context: &Context, current: Option<&String>) -> View {
    let text = |text: Option<String>| text.map_or(View::Null, View::Text);
    let path = |path: &Option<PathBuf>| text(path.as_ref().map(|p| p.display().to_string()));
    let address = crate::context::Service::ALL
        .into_iter()
        .find_map(|service| context.address_of(service).map(str::to_owned));
    View::Record(vec![
        ("name".to_owned(), View::Text(name.to_owned())),
        (
            "current".to_owned(),
            View::Bool(current.is_some_and(|current| current == name)),
        ),
        ("production".to_owned(), View::Bool(context.production)),
        (
            "address".to_owned(),
            text(context.address.clone().or(address)),
        ),
        ("token".to_owned(), View::Bool(context.token.is_some())),
        (
            "zone".to_owned(),
            text(context.zone.as_ref().map(ToString::to_string)),
        ),
        ("ca_file".to_owned(), path(&context.ca_file)),
        (
            "certificate_file".to_owned(),
            path(&context.certificate_file),
        ),
    ])
}
