use std::io::Write;

use super::*;

fn load(file: &str, environment: &[(&str, &str)], settings: &[&str]) -> Result<Config, String> {
    let mut on_disk = tempfile::NamedTempFile::new().unwrap();
    on_disk.write_all(file.as_bytes()).unwrap();
    let settings: Vec<String> = settings.iter().map(ToString::to_string).collect();
    Layers {
        file: Some(on_disk.path()),
        environment: environment
            .iter()
            .map(|(k, v)| (k.to_string(), v.to_string()))
            .collect(),
        settings: &settings,
    }
    .load()
    .map_err(|e| e.to_string())
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let file = "[log]\nlevel = \"error\"\n[nats]\nprefix = \"file\"";
    let env = [
        ("COMMONWATCH_LOG__LEVEL", "warn"),
        ("COMMONWATCH_NATS__URL", "nats://n:1"),
    ];
    let config = load(file, &env, &["log.level=debug"]).unwrap();
    assert_eq!(config.log.level, "debug");
    assert_eq!(config.nats.url, "nats://n:1");
    assert_eq!(config.nats.prefix, "file");
}

#[test]
fn an_unknown_key_is_refused_wherever_it_stands() {
    let error = load("listne = \"x\"", &[], &[]).unwrap_err();
    assert!(
        error.contains("line 1") && error.contains("listne"),
        "{error}"
    );
    let error = load("", &[("COMMONWATCH_NATS__ULR", "x")], &[]).unwrap_err();
    assert!(
        error.contains("COMMONWATCH_NATS__ULR") && error.contains("ulr"),
        "{error}"
    );
    let error = load("", &[], &["log.colour=red"]).unwrap_err();
    assert!(
        error.contains("--set log.colour=red") && error.contains("colour"),
        "{error}"
    );
}

#[test]
fn passwords_are_not_shown() {
    let config = load(
        "[database]\npayroll = \"postgres://p:geheim@h:1/d\"",
        &[],
        &[],
    )
    .unwrap();
    assert!(!config.shown().contains("geheim"));
    assert!(config.shown().contains("postgres://p:***@h:1/d"));
}

#[test]
fn what_is_shown_reads_back() {
    let shown = Config::default().shown();
    assert_eq!(load(&shown, &[], &[]).unwrap().shown(), shown);
}

#[test]
fn a_missing_database_says_what_to_write() {
    let error = Config::default()
        .database_of(Role::Payroll)
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("database.payroll is not set"), "{error}");
}

#[test]
fn variables_of_the_local_stack_and_the_clients_are_no_configuration() {
    let others = [
        ("COMMONWATCH_TOOL_CACHE", "/var/cache/x"),
        ("COMMONWATCH_POSTGRES_BIN", "/usr/lib/postgresql/18/bin"),
        ("COMMONWATCH_CONTEXT", "context.toml"),
        ("COMMONWATCH_KILL_AT", "append.before"),
    ];
    assert_eq!(
        load("", &others, &[]).unwrap().shown(),
        Config::default().shown()
    );
}
