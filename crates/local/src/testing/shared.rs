//! Joins the shared stack, or starts it.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::folder::{make_dir, remove_tree};
use crate::ports::random;
use crate::stack::{Detached, blocking};
use crate::{Error, Options};

const KEEPER: &str = include_str!("../keeper.sh");
/// Seconds the servers outlive their last user: the next test usually comes sooner.
const LINGER_SECONDS: &str = "30";
/// Changes with anything that older and newer copies of this crate would not agree on.
const PLACE: &str = "testing-1";

/// The shared servers, held for as long as this value lives.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) postgres_port: u16,
    pub(super) nats_port: u16,
    _using: Option<File>,
    _private: Option<crate::Stack>,
}

/// What one starter tells the others.
#[derive(Serialize, Deserialize)]
struct State {
    postgres_port: u16,
    nats_port: u16,
}

struct Places {
    root: PathBuf,
    users: PathBuf,
    start: PathBuf,
    state: PathBuf,
}

pub(super) async fn join() -> Result<Shared, Error> {
    if Command::new("flock").arg("--version").output().is_err() {
        return alone().await;
    }
    let (places, using, starting) = blocking(|| {
        let places = places()?;
        // Waits while the keeper, who has found nobody left, takes the old state away.
        let using = open(&places.users)?;
        using
            .lock_shared()
            .map_err(Error::io(places.users.display().to_string()))?;
        let starting = open(&places.start)?;
        starting
            .lock()
            .map_err(Error::io(places.start.display().to_string()))?;
        Ok((places, using, starting))
    })
    .await?;
    let state = match running(&places.state) {
        Some(state) => state,
        None => start(&places).await?,
    };
    drop(starting);
    let State {
        postgres_port,
        nats_port,
    } = state;
    Ok(Shared {
        postgres_port,
        nats_port,
        _using: Some(using),
        _private: None,
    })
}

/// Without `flock(1)` (macOS) each process has its own stack.
async fn alone() -> Result<Shared, Error> {
    let stack = crate::Stack::start(Options::temporary()).await?;
    let (postgres_port, nats_port) = stack.ports();
    Ok(Shared {
        postgres_port,
        nats_port,
        _using: None,
        _private: Some(stack),
    })
}

fn places() -> Result<Places, Error> {
    let account = Account::choose()?;
    let chosen = std::env::var_os("COMMONWATCH_TEST_STACK").map(PathBuf::from);
    let root = match chosen {
        Some(chosen) => chosen,
        None => crate::default_cache_dir()?.join(PLACE),
    };
    make_dir(&root, 0o755)?;
    // The keeper runs as the servers do and removes run folders from here.
    account.give(&root, 0o755)?;
    let [users, start, state] =
        ["users.lock", "start.lock", "state.json"].map(|name| root.join(name));
    Ok(Places {
        root,
        users,
        start,
        state,
    })
}

fn open(path: &Path) -> Result<File, Error> {
    let mut open = OpenOptions::new();
    let opened = open
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path);
    opened.map_err(Error::io(path.display().to_string()))
}

/// The state, if its servers still take connections: a reboot or a killed keeper leaves a file.
fn running(state: &Path) -> Option<State> {
    let state: State = serde_json::from_slice(&fs::read(state).ok()?).ok()?;
    let answers = |port| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok();
    (answers(state.postgres_port) && answers(state.nats_port)).then_some(state)
}

async fn start(places: &Places) -> Result<State, Error> {
    remove_tree(&places.state)?;
    sweep(&places.root);
    let run = places.root.join(format!("run-{:016x}", random()));
    let detached = Detached::start(&run).await?;
    let state = State {
        postgres_port: detached.postgres_port,
        nats_port: detached.nats_port,
    };
    // The keeper first: should we die before the file is written, it ends what nobody can find.
    keep(places, &run, detached)?;
    let text = serde_json::to_vec(&state).expect("two numbers always serialise");
    let unfinished = places.root.join("state.unfinished");
    let written = File::create(&unfinished)
        .and_then(|mut file| file.write_all(&text))
        .and_then(|()| fs::rename(&unfinished, &places.state));
    written.map_err(Error::io(places.state.display().to_string()))?;
    Ok(state)
}

fn keep(places: &Places, run: &Path, detached: Detached) -> Result<(), Error> {
    // A description of its own: through ours the keeper would already hold our shared lock.
    let users = open(&places.users)?;
    // It removes the run folder, so it has to own what holds entries.
    for folder in [run.join("nats"), run.join("log"), run.to_path_buf()] {
        detached.account.give(&folder, 0o700)?;
    }
    let linger = std::env::var("COMMONWATCH_TEST_STACK_LINGER");
    let mut keeper = Command::new("sh");
    detached.account.confine(&mut keeper);
    keeper
        .args(["-c", KEEPER, "keeper"])
        .args([run, &places.state])
        .arg(linger.unwrap_or_else(|_| LINGER_SECONDS.to_owned()))
        .stdin(users)
        .stdout(detached.pipe)
        .stderr(Stdio::null())
        .process_group(0);
    keeper.spawn().map(drop).map_err(Error::io("starting sh"))
}

/// Removes run folders that nothing runs in any more.
fn sweep(root: &Path) {
    for entry in fs::read_dir(root).into_iter().flatten().flatten() {
        let run = entry.path();
        let ours = entry.file_name().to_string_lossy().starts_with("run-");
        let free = || open(&run.join("lock")).is_ok_and(|lock| lock.try_lock().is_ok());
        if ours && free() {
            let _ = remove_tree(&run);
        }
    }
}
