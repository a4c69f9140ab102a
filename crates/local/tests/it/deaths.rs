use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use local::{Options, Stack};

use crate::folder::Place;
use crate::{answer, eventually, listens};

/// Not a test by itself: a launcher in a process of its own, for the tests below to kill. It goes
/// on until it is killed, or drains and stops in good order on Ctrl-C.
#[tokio::test]
async fn a_launcher() {
    let Ok(data) = std::env::var("TEST_LAUNCHER_DATA") else {
        return;
    };
    let durability = local::Durability::ProcessCrash;
    let options = match data.as_str() {
        "temporary" => Options::temporary(),
        data => Options {
            durability,
            ..Options::kept(data)
        },
    };
    let stack = Stack::start(options).await.unwrap();
    println!("\nAT {}", stack.data_dir().display());
    println!(
        "\nUP {} {}",
        stack.postgres_url("postgres"),
        stack.nats_url()
    );
    tokio::signal::ctrl_c().await.unwrap();
    let drained = answer(&stack.postgres_url("postgres")).await.unwrap();
    async_nats::connect(stack.nats_url()).await.unwrap();
    println!("\nDRAINED {drained}");
    stack.stop().await.unwrap();
    println!("\nSTOPPED");
}

struct Launcher {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    data: PathBuf,
    urls: Vec<String>,
}

impl Launcher {
    fn start(data: PathBuf) -> Launcher {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "deaths::a_launcher", "--nocapture"])
            .env("TEST_LAUNCHER_DATA", data)
            .process_group(0)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut launcher = Launcher {
            child,
            lines,
            data: PathBuf::new(),
            urls: Vec::new(),
        };
        launcher.data = launcher.line("AT").into();
        launcher.urls = launcher.line("UP").split(' ').map(str::to_owned).collect();
        assert!(launcher.urls.iter().all(|url| listens(url)));
        launcher
    }

    fn line(&mut self, word: &str) -> String {
        let found = self
            .lines
            .by_ref()
            .map(Result::unwrap)
            .find(|line| line.starts_with(word));
        found.unwrap_or_else(|| panic!("no line {word}"))[word.len()..]
            .trim()
            .to_owned()
    }

    fn signal_group(&self, signal: &str) {
        let script = "kill -s \"$1\" -- \"-$2\"";
        let group = self.child.id().to_string();
        let sent = Command::new("sh")
            .args(["-c", script, "sh", signal, &group])
            .status()
            .unwrap();
        assert!(sent.success());
    }
}

/// Whether any process has this folder in its command line.
fn anything_runs_on(place: &Place) -> bool {
    let data = place.data().display().to_string();
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .any(|process| {
            std::fs::read(process.path().join("cmdline"))
                .is_ok_and(|line| String::from_utf8_lossy(&line).contains(&data))
        })
}

#[tokio::test]
async fn kill_minus_nine_of_the_launcher_leaves_no_server_behind() {
    let place = Place::new();
    let mut launcher = Launcher::start(place.data());
    assert!(anything_runs_on(&place));
    launcher.child.kill().unwrap();
    launcher.child.wait().unwrap();
    // At once, while the servers are still stopping: the start waits for them and recovers.
    let stack = Stack::start(place.options()).await.unwrap();
    assert_eq!(answer(&stack.postgres_url("postgres")).await.unwrap(), 42);
    stack.stop().await.unwrap();
    for url in &launcher.urls {
        eventually("the killed launcher's server to end", || !listens(url)).await;
    }
    eventually("every process to end", || !anything_runs_on(&place)).await;
}

#[tokio::test]
async fn kill_minus_nine_of_the_whole_process_group_leaves_no_server_behind() {
    let place = Place::new();
    let mut launcher = Launcher::start(place.data());
    launcher.signal_group("KILL");
    launcher.child.wait().unwrap();
    eventually("every process to end", || !anything_runs_on(&place)).await;
    local::remove(place.data()).await.unwrap();
}

#[tokio::test]
async fn the_temporary_folder_of_a_killed_process_goes_with_the_next_start() {
    let mut launcher = Launcher::start("temporary".into());
    launcher.child.kill().unwrap();
    launcher.child.wait().unwrap();
    for url in &launcher.urls {
        eventually("the killed launcher's server to end", || !listens(url)).await;
    }
    // The port closes a moment before the process ends and frees the folder.
    let lock = std::fs::File::open(launcher.data.join("lock")).unwrap();
    eventually("the folder to be free", || lock.try_lock().is_ok()).await;
    drop(lock);
    let stack = Stack::start(Options::temporary()).await.unwrap();
    assert!(!launcher.data.exists());
    assert!(stack.data_dir().exists());
}

#[tokio::test]
async fn ctrl_c_reaches_the_launcher_alone_so_that_it_can_drain() {
    let place = Place::new();
    let mut launcher = Launcher::start(place.data());
    launcher.signal_group("INT");
    assert_eq!(launcher.line("DRAINED"), "42");
    launcher.line("STOPPED");
    assert!(launcher.child.wait().unwrap().success());
    assert!(launcher.urls.iter().all(|url| !listens(url)));
    assert!(!anything_runs_on(&place));
}

#[tokio::test]
async fn a_server_that_is_taken_away_comes_back_on_its_port_with_its_data() {
    let mut stack = Stack::start(Options::temporary()).await.unwrap();
    stack.create_database("payroll").await.unwrap();
    let (postgres_url, nats_url) = (stack.postgres_url("payroll"), stack.nats_url());

    stack.stop_postgres().await.unwrap();
    assert!(answer(&postgres_url).await.is_err());
    stack.start_postgres().await.unwrap();
    assert_eq!(answer(&postgres_url).await.unwrap(), 42);
    stack.kill_postgres();
    assert!(answer(&postgres_url).await.is_err());
    stack.start_postgres().await.unwrap();
    assert_eq!(answer(&postgres_url).await.unwrap(), 42);

    stack.stop_nats().await.unwrap();
    assert!(!listens(&nats_url));
    stack.start_nats().await.unwrap();
    stack.kill_nats();
    assert!(!listens(&nats_url));
    stack.start_nats().await.unwrap();
    stack.start_nats().await.expect("running already is fine");
    assert!(listens(&nats_url));
}

#[tokio::test]
async fn wiping_jetstream_leaves_no_stream() {
    let mut stack = Stack::start(Options::temporary()).await.unwrap();
    let make = async |url: String| {
        let jetstream = async_nats::jetstream::new(async_nats::connect(url).await.unwrap());
        let config = async_nats::jetstream::stream::Config {
            name: "PAYROLL".into(),
            subjects: vec!["cw.payroll.>".into()],
            ..Default::default()
        };
        jetstream.create_stream(config).await.unwrap();
        jetstream
    };
    make(stack.nats_url()).await;
    stack.kill_nats();
    stack.start_nats().await.unwrap();
    let nats = async_nats::connect(stack.nats_url()).await.unwrap();
    let jetstream = async_nats::jetstream::new(nats);
    jetstream
        .get_stream("PAYROLL")
        .await
        .expect("a crash loses no stream");
    stack.wipe_jetstream().await.unwrap();
    let nats = async_nats::connect(stack.nats_url()).await.unwrap();
    let jetstream = async_nats::jetstream::new(nats);
    assert!(jetstream.get_stream("PAYROLL").await.is_err(), "it is gone");
}
