//! `cwctl`.

use std::process::ExitCode;

fn main() -> ExitCode {
    // A shell that asks for completions is answered here, and the program ends.
    clap_complete::CompleteEnv::with_factory(admin::cli::command).complete();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("the system grants threads and timers");
    runtime.block_on(admin::cli::run(std::env::args_os().collect()))
}
