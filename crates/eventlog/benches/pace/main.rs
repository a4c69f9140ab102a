//! How fast the log is, each figure beside what PostgreSQL itself does with the same rows.
//!
//! `cargo bench -p eventlog [-- <part> …]`, parts `append`, `hot`, `read`, `rebuild`, `follow`;
//! `docs/benchmarks.md` says what each compares and how to read it. Runs on a PostgreSQL and NATS
//! of its own that are safe against a power cut. Ours and the baseline take turns, because the
//! machine may be busy with other things: trust the ratios, not the rates.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

mod append;
mod figures;
mod follow;
mod hot;
mod jar;
mod machine;
mod plain;
mod read;
mod rebuild;

use std::error::Error;

use eventlog::{Options, Store, Typed};
use local::Stack;

use figures::Table;
use jar::Jars;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Interleaved rounds of each comparison: short ones, so that both sides see the same machine.
const ROUNDS: usize = 15;

#[tokio::main]
async fn main() -> Outcome<()> {
    let parts: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let asked = |part: &str| parts.is_empty() || parts.iter().any(|p| p == part);
    let mut options = local::Options::temporary();
    options.durability = local::Durability::PowerCut;
    let stack = Stack::start(options).await?;
    machine::describe(&stack).await?;
    let mut table = Table::new();
    if asked("append") {
        append::run(&stack, &mut table).await?;
    }
    if asked("hot") {
        hot::run(&stack, &mut table).await?;
    }
    if asked("read") {
        read::run(&stack, &mut table).await?;
    }
    if asked("rebuild") {
        rebuild::run(&stack, &mut table).await?;
    }
    if asked("follow") {
        follow::run(&stack, &mut table).await?;
    }
    table.print();
    stack.stop().await?;
    Ok(())
}

/// A fresh database, a store on it with one projection, and its URL.
async fn fresh(stack: &Stack, database: &'static str) -> Outcome<(Store, String)> {
    stack.create_database(database).await?;
    let url = stack.postgres_url(database);
    let mut options = Options::new(database, url.clone());
    options.projections = vec![Box::new(Typed::of::<Jars>())];
    Ok((Store::open(options).await?, url))
}
