use std::fs;
use std::path::PathBuf;

use local::{Binaries, Error, Options, Stack};

use crate::answer;

/// A folder that the unprivileged user can pass, with a place for data in it.
pub(crate) struct Place(tempfile::TempDir);

impl Place {
    pub(crate) fn new() -> Place {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        Place(
            tempfile::Builder::new()
                .permissions(mode)
                .tempdir()
                .unwrap(),
        )
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    pub(crate) fn options(&self) -> Options {
        let durability = local::Durability::ProcessCrash;
        Options {
            durability,
            ..Options::kept(self.data())
        }
    }
}

#[tokio::test]
async fn data_are_kept_between_runs() {
    let place = Place::new();
    // With real durability, as `up` has it.
    let stack = Stack::start(Options::kept(place.data())).await.unwrap();
    stack.create_database("payroll").await.unwrap();
    stack.stop().await.unwrap();
    let stack = Stack::start(Options::kept(place.data())).await.unwrap();
    assert_eq!(answer(&stack.postgres_url("payroll")).await.unwrap(), 42);
}

#[tokio::test]
async fn a_second_start_on_the_same_folder_names_the_process_that_has_it() {
    let place = Place::new();
    let stack = Stack::start(place.options()).await.unwrap();
    let refused = Stack::start(place.options()).await.unwrap_err();
    let Error::Running { pid, .. } = &refused else {
        panic!("{refused}")
    };
    assert_eq!(*pid, std::process::id().to_string());
    assert!(refused.to_string().contains(pid.as_str()), "{refused}");
    drop(stack);
}

#[tokio::test]
async fn a_folder_is_removed_only_when_it_is_ours_and_nothing_runs_on_it() {
    let place = Place::new();
    let stack = Stack::start(place.options()).await.unwrap();
    assert!(matches!(
        local::remove(place.data()).await,
        Err(Error::Running { .. })
    ));
    stack.stop().await.unwrap();
    local::remove(place.data()).await.unwrap();
    assert!(!place.data().exists());

    fs::create_dir(place.data()).unwrap();
    fs::write(place.data().join("letter"), "to my mother").unwrap();
    assert!(matches!(
        local::remove(place.data()).await,
        Err(Error::NotOurs { .. })
    ));
    assert!(matches!(
        Stack::start(place.options()).await,
        Err(Error::NotOurs { .. })
    ));
    assert_eq!(
        fs::read_to_string(place.data().join("letter")).unwrap(),
        "to my mother"
    );
}

#[tokio::test]
async fn a_link_to_a_data_folder_is_not_removed() {
    let place = Place::new();
    Stack::start(place.options())
        .await
        .unwrap()
        .stop()
        .await
        .unwrap();
    let link = place.data().with_extension("link");
    std::os::unix::fs::symlink(place.data(), &link).unwrap();
    assert!(matches!(
        local::remove(&link).await,
        Err(Error::NotOurs { .. })
    ));
    assert!(place.data().join("postgres").exists());
}

#[tokio::test]
async fn data_of_another_major_version_are_refused_in_a_clear_sentence() {
    let place = Place::new();
    Stack::start(place.options())
        .await
        .unwrap()
        .stop()
        .await
        .unwrap();
    fs::write(place.data().join("postgres/PG_VERSION"), "13\n").unwrap();
    let refused = Stack::start(place.options()).await.unwrap_err();
    assert!(
        refused.to_string().contains("belong to PostgreSQL 13"),
        "{refused}"
    );
}

#[tokio::test]
async fn an_interrupted_first_start_is_begun_again() {
    let place = Place::new();
    Stack::start(place.options())
        .await
        .unwrap()
        .stop()
        .await
        .unwrap();
    // What a kill in the middle of initdb leaves.
    fs::rename(
        place.data().join("postgres"),
        place.data().join("postgres.unfinished"),
    )
    .unwrap();
    let stack = Stack::start(place.options()).await.unwrap();
    assert_eq!(answer(&stack.postgres_url("postgres")).await.unwrap(), 42);
}

#[tokio::test]
async fn a_number_left_by_a_crash_is_not_believed() {
    let place = Place::new();
    Stack::start(place.options())
        .await
        .unwrap()
        .stop()
        .await
        .unwrap();
    // Both files name a process that exists: this one.
    let us = format!("{}\n", std::process::id());
    fs::write(place.data().join("lock"), &us).unwrap();
    fs::write(place.data().join("postgres/postmaster.pid"), &us).unwrap();
    let stack = Stack::start(place.options()).await.unwrap();
    assert_eq!(answer(&stack.postgres_url("postgres")).await.unwrap(), 42);
}

#[tokio::test]
async fn a_folder_that_the_servers_user_can_not_enter_is_named() {
    if fs::metadata("/proc/self")
        .map(|meta| std::os::unix::fs::MetadataExt::uid(&meta))
        .ok()
        != Some(0)
    {
        return; // Only root chooses folders for another user.
    }
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    let closed = tempfile::Builder::new()
        .permissions(mode)
        .tempdir()
        .unwrap();
    let refused = Stack::start(Options::kept(closed.path().join("data")))
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::Unreachable { .. }), "{refused}");
    assert!(
        refused
            .to_string()
            .contains(closed.path().to_str().unwrap()),
        "{refused}"
    );
}

#[tokio::test]
async fn a_server_that_is_too_old_is_refused_with_the_reason() {
    let place = Place::new();
    let old = place.data().with_extension("nats");
    fs::write(&old, "#!/bin/sh\necho 'nats-server: v2.9.10'\n").unwrap();
    fs::set_permissions(&old, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let binaries = Binaries {
        nats_server: Some(old),
        ..Binaries::from_env()
    };
    let refused = Stack::start(Options {
        binaries,
        ..place.options()
    })
    .await
    .unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("is 2.9, and 2.14 is the oldest of use"),
        "{refused}"
    );
}

#[tokio::test]
async fn without_any_server_one_sentence_says_what_to_install() {
    let place = Place::new();
    let binaries = Binaries {
        tool_cache: Some(place.data().with_extension("cache")),
        offline: true,
        ..Binaries::default()
    };
    match Stack::start(Options {
        binaries,
        ..place.options()
    })
    .await
    {
        Ok(_) => {} // This machine has both.
        Err(refused) => {
            let text = refused.to_string();
            assert!(text.starts_with("install PostgreSQL 16 or newer"), "{text}");
        }
    }
}
