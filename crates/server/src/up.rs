//! `commonwatch up`: the whole platform on this machine, until Ctrl-C.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::cli::Up;
use crate::launch::{Launch, Platform};
use crate::{config, serve, telemetry};

/// The folder of all data: as given, else the system's place for it.
pub(crate) fn data_dir(given: Option<PathBuf>) -> Result<PathBuf, String> {
    given.map_or_else(|| local::default_data_dir().map_err(|e| e.to_string()), Ok)
}

/// Starts everything and tends it until told to stop.
pub(crate) async fn up(args: Up) -> Result<(), String> {
    telemetry::start(&config::Log {
        level: "warn".into(),
        format: config::Format::Text,
    })?;
    let began = Instant::now();
    let data = data_dir(args.data)?;
    let launch = Launch {
        stack: local::Options::kept(&data),
        clock: None,
        people: Vec::new(),
    };
    let mut platform = Platform::start(launch).await?;
    print_welcome(&platform, began);
    tend(&mut platform).await;
    eprintln!("stopping: the services finish what they do");
    platform.stop().await?;
    eprintln!("stopped; the data stay in {}", data.display());
    Ok(())
}

/// Starts again what ends, until told to stop.
pub(crate) async fn tend(platform: &mut Platform) {
    let stop = serve::told_to_stop();
    tokio::pin!(stop);
    let mut every = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            () = &mut stop => return,
            _ = every.tick() => platform.tend().await,
        }
    }
}

fn print_welcome(platform: &Platform, began: Instant) {
    eprintln!("up in {:.1?}", began.elapsed());
    for (role, endpoint) in platform.endpoints() {
        eprintln!(
            "  {role:<11}{endpoint}   log {}",
            platform.log_of(role).display()
        );
    }
    eprintln!(
        "data in {}; Ctrl-C stops, the data stay",
        platform.data_dir().display()
    );
    eprintln!("\nin another terminal:");
    eprintln!(
        "  export COMMONWATCH_CONTEXT={}",
        platform.context_file().display()
    );
    eprintln!("  cwctl town list");
}
