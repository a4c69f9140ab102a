use std::process::{Command, Stdio};

use async_nats::jetstream;
use local::testing::{World, world};

use crate::{answer, listens};

async fn streams(nats_url: &str) -> Vec<String> {
    use futures::TryStreamExt;
    let context = jetstream::new(async_nats::connect(nats_url).await.unwrap());
    context.stream_names().try_collect().await.unwrap()
}

async fn make_stream(world: &World) -> String {
    let name = format!("{}_PAYROLL", world.prefix().to_uppercase());
    let context = jetstream::new(async_nats::connect(world.nats_url()).await.unwrap());
    let config = jetstream::stream::Config {
        name: name.clone(),
        subjects: vec![format!("{}.payroll.>", world.prefix())],
        ..Default::default()
    };
    context.create_stream(config).await.unwrap();
    name
}

#[tokio::test]
async fn two_worlds_share_servers_but_no_database_and_no_prefix() {
    let (one, other) = (world().await, world().await);
    assert_eq!(one.nats_url(), other.nats_url());
    assert_ne!(one.prefix(), other.prefix());
    assert_ne!(one.database_url("payroll"), other.database_url("payroll"));
    assert_eq!(one.database_url("payroll"), one.database_url("payroll"));
    assert_eq!(answer(&one.database_url("payroll")).await.unwrap(), 42);
}

#[tokio::test]
async fn a_world_takes_its_databases_and_streams_away() {
    let staying = world().await;
    let leaving = world().await;
    let url = leaving.database_url("payroll");
    let stream = make_stream(&leaving).await;
    assert!(streams(&staying.nats_url()).await.contains(&stream));
    // A connection left open must not keep the database.
    let (_client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
        .await
        .unwrap();
    let _connection = tokio::spawn(connection);
    drop(leaving);
    assert!(answer(&url).await.is_err(), "the database is gone");
    assert!(
        !streams(&staying.nats_url()).await.contains(&stream),
        "the stream is gone"
    );
}

#[test]
fn a_world_works_from_plain_threads_and_several_runtimes() {
    let threads: Vec<_> = (0..4)
        .map(|_| {
            std::thread::spawn(|| {
                let runtime = tokio::runtime::Runtime::new().unwrap();
                let world = runtime.block_on(world());
                let url = world.database_url("payroll");
                assert_eq!(runtime.block_on(answer(&url)).unwrap(), 42);
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

/// Not a test by itself: what `processes_that_start_together…` runs in processes of their own.
#[tokio::test]
async fn one_of_many_processes() {
    let Ok(cache) = std::env::var("TEST_ONE_OF_MANY") else {
        return;
    };
    assert!(!cache.is_empty());
    let world = world().await;
    assert_eq!(answer(&world.database_url("payroll")).await.unwrap(), 42);
    println!("NATS {}", world.nats_url());
}

#[tokio::test]
async fn processes_that_start_together_share_one_stack_which_ends_after_them() {
    // A place of its own, so that this test sees a start and an end.
    let place = tempfile::Builder::new()
        .permissions(open_to_all())
        .tempdir()
        .unwrap();
    let children: Vec<_> = (0..6)
        .map(|_| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "world::one_of_many_processes", "--nocapture"])
                .env("TEST_ONE_OF_MANY", "yes")
                .env("COMMONWATCH_TEST_STACK", place.path())
                .env("COMMONWATCH_TEST_STACK_LINGER", "1")
                .stdout(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut urls: Vec<String> = Vec::new();
    for child in children {
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{text}");
        let line = text
            .lines()
            .find_map(|line| line.split_once("NATS "))
            .expect("it printed");
        urls.push(line.1.to_owned());
    }
    // Mostly one; a child that came after all others were gone may have met a second stack.
    urls.dedup();
    assert!(urls.len() < 3, "{urls:?}");
    for url in &urls {
        crate::eventually("the servers to end", || !listens(url)).await;
    }
    let runs = || {
        std::fs::read_dir(place.path())
            .unwrap()
            .flatten()
            .map(|e| e.file_name())
    };
    let left = || runs().any(|name| name.to_string_lossy().starts_with("run-"));
    crate::eventually("the run folder to go", || !left()).await;
}

fn open_to_all() -> std::fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o755)
}
