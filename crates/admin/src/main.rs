//! `cwctl`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    admin::cli::run(std::env::args_os().collect()).await
}
