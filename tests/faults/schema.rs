//! Old and new side by side: a schema only grows, so the program of before runs on the schema of
//! after, and the program of after takes over a database of before.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use eventlog::Store;
use futures::{SinkExt as _, TryStreamExt as _};
use proof::Hash;
use tokio_postgres::Client;

use crate::check;
use crate::dice::Dice;
use crate::load::Load;
use crate::report::Report;
use crate::service::{self, log};
use crate::world::World;

/// The migrations of the first release, and what they must be for ever.
const FIRST: [(&str, &str, &str); 2] = [
    (
        "V1__log.sql",
        include_str!("../../crates/eventlog/migrations/V1__log.sql"),
        "d98d905c5e6bf3d9bc765aafb82ef356b62d68c7529551af6d897bbb37e6fdf3",
    ),
    (
        "V2__vault.sql",
        include_str!("../../crates/eventlog/migrations/V2__vault.sql"),
        "22b0e368cd0f0e82ca7455c23ab168b4454b1f2c805cd306aa44c359abb5aa94",
    ),
];

/// A database as the first release left it.
async fn first_release(sql: &Client) {
    for (_, text, _) in FIRST {
        sql.batch_execute(text).await.unwrap();
    }
}

#[test]
fn the_migrations_of_the_first_release_are_what_they_were() {
    for (name, text, hash) in FIRST {
        let now = Hash::of(text.as_bytes()).to_string();
        assert_eq!(now, hash, "{name} was applied to databases: add a new one");
    }
}

/// Columns by table and name: type, whether it must be given.
async fn columns(sql: &Client) -> BTreeMap<(String, String), (String, bool)> {
    let columns = "SELECT table_schema::text || '.' || table_name::text, column_name::text,
            data_type::text || coalesce(' ' || collation_name::text, ''),
            is_nullable = 'NO' AND column_default IS NULL
        FROM information_schema.columns WHERE table_schema IN ('public', 'keys', 'vault')";
    let rows = sql.query(columns, &[]).await.unwrap();
    rows.iter()
        .map(|row| ((row.get(0), row.get(1)), (row.get(2), row.get(3))))
        .collect()
}

/// Constraints, unique indexes and triggers, spelled with their tables.
async fn rules(sql: &Client) -> BTreeSet<(String, String)> {
    let rules = "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace::regnamespace::text IN ('public', 'keys', 'vault')
              AND contype <> 'n'
        UNION SELECT indrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
            JOIN pg_class c ON c.oid = indrelid WHERE indisunique
              AND c.relnamespace::regnamespace::text IN ('public', 'keys', 'vault')
        UNION SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger
            WHERE NOT tgisinternal";
    let rows = sql.query(rules, &[]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_only_adds_to_the_first_release_so_that_its_program_still_runs() {
    let world = local::testing::world().await;
    let old = connect(&world.database_url("old")).await;
    first_release(&old).await;
    let url = world.database_url("new");
    let store = Store::open(service::owner("towns", &url)).await.unwrap();
    let new = connect(&url).await;
    let (was, is) = (columns(&old).await, columns(&new).await);
    assert!(was.len() > 50, "{was:?}");
    for (at, column) in &was {
        let now = is.get(at).unwrap_or_else(|| panic!("{at:?} is gone"));
        assert_eq!(now.0, column.0, "{at:?}");
        assert!(column.1 || !now.1, "{at:?} must be given now");
    }
    let tables: BTreeSet<&String> = was.keys().map(|(table, _)| table).collect();
    for ((table, column), (_, due)) in &is {
        let added = tables.contains(table) && !was.contains_key(&(table.clone(), column.clone()));
        assert!(!(added && *due), "{table}.{column}: nobody gave it before");
    }
    let known: BTreeSet<String> = tables
        .iter()
        .map(|table| table.trim_start_matches("public.").to_owned())
        .collect();
    let before = rules(&old).await;
    for rule in rules(&new).await {
        let tightened = known.contains(&rule.0) && !before.contains(&rule);
        assert!(!tightened, "{rule:?} was not asked of anybody before");
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_the_first_release_is_taken_over_with_its_events_and_goes_on() {
    let mut report = Report::new("new program on the schema and data of the first release");
    let world = World::shared().await;
    let (north, dice) = (log("towns/north"), Dice::new(1));
    let work = world.work().await;
    let load = Load::start(&world.towns, &north, &world.journal, &dice, 1, 4);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    load.stop().await;
    check::sound(&world, &north).await;
    work.stop().await;

    // The same rows, as the first release would have them.
    let new = connect(&world.towns_url).await;
    let url = world.beside("old");
    let old = connect(&url).await;
    first_release(&old).await;
    let history = "eventlog_migrations";
    let make = format!(
        "CREATE TABLE {history} (version int4 PRIMARY KEY, name varchar(255), \
         applied_on varchar(255), checksum varchar(255))"
    );
    old.batch_execute(&make).await.unwrap();
    copy(&new, &old, history, "WHERE version <= 2").await;
    for table in ["log_head", "event", "command", "checkpoint", "relay_cursor"] {
        copy(&new, &old, table, "").await;
    }
    copy(&new, &old, "keys.secret", "").await;

    let store = Store::open(service::owner("towns", &url)).await.unwrap();
    let head = store.head(&north).await.unwrap();
    assert_eq!(head, world.towns.head(&north).await.unwrap());
    let told = world.journal.all().await;
    check::written(&store, &north, &told).await;
    let load = Load::start(&store, &north, &world.journal, &dice, 2, 4);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    load.stop().await;
    report.fault();
    report.run(check::written(&store, &north, &world.journal.all().await).await);
    store.close().await;
    report.print();
}

/// Copies the rows of a table, by the columns that the older one knows.
async fn copy(from: &Client, to: &Client, table: &str, which: &str) {
    let names = "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped";
    let columns: String = to.query_one(names, &[&table]).await.unwrap().get(0);
    let out = format!("COPY (SELECT {columns} FROM {table} {which}) TO STDOUT");
    let rows: Vec<Bytes> = from
        .copy_out(&out)
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    let into = format!("COPY {table} ({columns}) FROM STDIN");
    let mut sink = Box::pin(to.copy_in(&into).await.unwrap());
    for row in rows {
        sink.send(row).await.unwrap();
    }
    sink.close().await.unwrap();
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    client
}
