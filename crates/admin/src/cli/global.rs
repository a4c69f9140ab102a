//! Flags of every command. Each of them wins over its environment variable, and that over the
//! context file.

use std::path::PathBuf;

use uuid::Uuid;
use vocabulary::Zone;

use crate::context::{Context, File, default_path};
use crate::failure::Failure;
use crate::output::{Format, note};
use crate::paint::Color;

/// Flags of every command.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Global {
    /// How to write the reply.
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        default_value = "table",
        env = "COMMONWATCH_OUTPUT"
    )]
    pub(crate) output: Format,
    /// When to use colours; NO_COLOR is heeded.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "auto",
        value_name = "WHEN"
    )]
    pub(crate) color: Color,
    /// The context file [default: commonwatch/context.toml in $XDG_CONFIG_HOME or ~/.config].
    #[arg(long, global = true, value_name = "FILE", env = "COMMONWATCH_CONTEXT")]
    pub(crate) context: Option<PathBuf>,
    /// A context of that file, instead of its current one.
    #[arg(
        long = "use",
        global = true,
        value_name = "NAME",
        env = "COMMONWATCH_USE"
    )]
    pub(crate) named: Option<String>,
    /// The platform's address, instead of the context's.
    #[arg(long, global = true, value_name = "URL", env = "COMMONWATCH_ADDRESS")]
    pub(crate) address: Option<String>,
    /// The bearer token, instead of the context's.
    #[arg(long, global = true, env = "COMMONWATCH_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    /// Authorities whose servers are trusted (PEM), instead of the context's.
    #[arg(long, global = true, value_name = "FILE", env = "COMMONWATCH_CA_FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// The zone of times in tables, instead of the context's.
    #[arg(long, global = true, value_name = "ZONE", env = "COMMONWATCH_ZONE")]
    pub(crate) show_zone: Option<Zone>,
    /// Ask the service what would happen, row by row; change nothing.
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// Why it is done; kept beside the log. Some changes are refused without.
    #[arg(long, global = true, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Mean it: do not ask for a confirmation.
    #[arg(short, long, global = true)]
    pub(crate) yes: bool,
    /// Never ask; fail where an answer is missing.
    #[arg(long, global = true)]
    pub(crate) no_input: bool,
    /// Ask again every so many seconds [default: 2], until Ctrl-C.
    #[arg(long, global = true, value_name = "SECONDS", num_args = 0..=1, require_equals = true,
        default_missing_value = "2", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) watch: Option<u32>,
    /// Read what was known then: at the end of a day 2026-10-31 (UTC), or at an instant.
    #[arg(long, global = true, value_name = "WHEN")]
    pub(crate) as_of: Option<String>,
    /// The id of this change: the same id again gets the same answer and changes nothing twice.
    #[arg(long, global = true, value_name = "UUID")]
    pub(crate) command_id: Option<Uuid>,
    /// Rows to ask for at a time; every page is read all the same.
    #[arg(long, global = true, value_name = "N", default_value_t = 0,
        value_parser = clap::value_parser!(i32).range(0..), hide_default_value = true)]
    pub(crate) page_size: i32,
    /// Stop a list after so many rows.
    #[arg(long, global = true, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// Say on stderr what is called and under which trace id.
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

impl Global {
    /// Where the context file is, or would be.
    pub(crate) fn file_path(&self) -> Option<PathBuf> {
        let named = self.context.clone();
        named.or_else(|| default_path(|name| std::env::var(name).ok()))
    }

    /// The same, where there must be one.
    pub(crate) fn file(&self) -> Result<PathBuf, Failure> {
        self.file_path().ok_or_else(|| {
            Failure::usage("There is no home folder to look for a context file in.")
                .hint("name one with --context or COMMONWATCH_CONTEXT")
        })
    }

    /// The context that is meant, with what flags and environment say instead, and its name.
    pub(crate) fn context(&self) -> Result<(String, Context), Failure> {
        let path = self.file()?;
        let (name, mut context) = if self.address.is_some() && !path.exists() {
            ("none".to_owned(), Context::default())
        } else {
            File::load(&path)?.chosen(self.named.as_deref())?
        };
        if context.token.is_some()
            && let Some(warning) = crate::context::too_open(&path)
        {
            note(&warning);
        }
        if let Some(address) = &self.address {
            context.address = Some(address.clone());
            context.endpoints = Default::default();
        }
        context.token = self.token.clone().or(context.token);
        context.ca_file = self.ca_file.clone().or(context.ca_file);
        if let Some(address) = &context.address
            && wire::tls::is_exposed(address)
        {
            note(&format!(
                "warning: the token travels to {address} in plain text: use https://"
            ));
        }
        Ok((name, context))
    }
}
