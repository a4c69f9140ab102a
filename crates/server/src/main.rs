//! `commonwatch`: every role of the platform in one executable.

mod cli;
mod config;
mod demo;
mod gateway;
mod launch;
mod migrate;
mod ready;
mod recovery;
mod roles;
mod serve;
mod signals;
mod surroundings;
mod telemetry;
mod up;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
