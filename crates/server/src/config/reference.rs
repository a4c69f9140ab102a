//! docs/configuration.md tells the truth.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};

use super::*;

/// A configuration with every key that there is. It names every field: one that is new does not
/// compile here until it has a row.
fn whole() -> Config {
    let roles = |text: &str| BTreeMap::from([(Role::Payroll, text.to_owned())]);
    let Config {
        roles: none,
        listen,
        grants,
        service_token_file,
        erasures,
        ..
    } = Config::default();
    Config {
        roles: none,
        listen,
        grants,
        service_token_file,
        erasures,
        retention: Retention::default(),
        database: roles("postgres://payroll@db/payroll"),
        peers: roles("http://payroll:7402"),
        database_password_file: BTreeMap::from([(Role::Payroll, "password".into())]),
        tls: Tls {
            certificate_file: Some("certificate.pem".into()),
            key_file: Some("key.pem".into()),
            client_ca_file: Some("ca.pem".into()),
            plaintext: false,
        },
        peers_tls: PeersTls {
            ca_file: Some("ca.pem".into()),
            certificate_file: Some("certificate.pem".into()),
            key_file: Some("key.pem".into()),
        },
        nats: Nats {
            url: "nats://nats:4222".to_owned(),
            prefix: String::new(),
            user: Some("payroll".to_owned()),
            password_file: Some("password".into()),
        },
        http: Http {
            listen: Some(listen),
        },
        log: Log::default(),
        telemetry: Telemetry {
            otlp_endpoint: Some("http://collector:4317".to_owned()),
        },
        employer: Employer::default(),
        scheduling: Scheduling::default(),
        signing: Signing::default(),
        clock: Clock {
            starts_at: Some(Timestamp::UNIX_EPOCH),
        },
    }
}

/// Dotted keys with their values; a role's name stands as `<role>`.
fn keys(config: &Config) -> BTreeMap<String, String> {
    fn walk(under: &str, table: &Table, found: &mut BTreeMap<String, String>) {
        for (key, value) in table {
            let key = if key == "payroll" { "<role>" } else { key };
            let dotted = format!("{under}{key}");
            match value {
                Value::Table(inner) => walk(&format!("{dotted}."), inner, found),
                value => {
                    found.insert(dotted, value.to_string());
                }
            }
        }
    }
    let mut found = BTreeMap::new();
    let table = Table::try_from(config).expect("every field has a TOML form");
    walk("", &table, &mut found);
    found
}

/// Rows of the page: key, and the rest of its cells.
fn rows() -> BTreeMap<String, Vec<String>> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    let page = std::fs::read_to_string(page).expect("docs/configuration.md is there");
    let cells = |line: &str| -> Vec<String> {
        let cells = line.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    };
    let of_keys = page.lines().filter(|line| line.starts_with("| `"));
    of_keys
        .map(|line| {
            let mut cells = cells(line);
            (cells.remove(0).replace('`', ""), cells)
        })
        .collect()
}

#[test]
fn the_page_has_a_row_for_every_key_and_no_other() {
    let (found, told) = (keys(&whole()), rows());
    let missing: Vec<_> = found
        .keys()
        .filter(|key| !told.contains_key(*key))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/configuration.md has no row for {missing:?}"
    );
    let gone: Vec<_> = told
        .keys()
        .filter(|key| !found.contains_key(*key))
        .collect();
    assert!(
        gone.is_empty(),
        "docs/configuration.md tells of {gone:?}, which there is not"
    );
}

#[test]
fn the_page_says_the_defaults_that_are_built_in() {
    let built_in = keys(&Config::default());
    for (key, cells) in rows() {
        let [_type, default, meaning] = &cells[..] else {
            panic!("{key}: a row is key, type, default, meaning: {cells:?}");
        };
        let expected = built_in
            .get(&key)
            .map_or("none".to_owned(), |v| format!("`{v}`"));
        assert_eq!(*default, expected, "default of {key}");
        assert!(!meaning.is_empty(), "{key} means nothing");
    }
}
