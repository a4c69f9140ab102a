//! Tables: eventlog's own and the service's migrations, then the tables of projections.

use refinery::error::Kind;
use refinery::{Runner, Target};
use tokio_postgres::Client;

use crate::error::Error;
use crate::store::tables::Layout;

/// One SQL file of a service: `name` is `V<number>__<what>`, numbered from 1 by the service.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    pub name: &'static str,
    pub sql: &'static str,
}

const OWN: &[Migration] = &[
    Migration {
        name: "V1__log",
        sql: include_str!("../migrations/V1__log.sql"),
    },
    Migration {
        name: "V2__vault",
        sql: include_str!("../migrations/V2__vault.sql"),
    },
    Migration {
        name: "V3__denial",
        sql: include_str!("../migrations/V3__denial.sql"),
    },
    Migration {
        name: "V4__upkeep",
        sql: include_str!("../migrations/V4__upkeep.sql"),
    },
    Migration {
        name: "V5__erasure",
        sql: include_str!("../migrations/V5__erasure.sql"),
    },
    Migration {
        name: "V6__rebuild",
        sql: include_str!("../migrations/V6__rebuild.sql"),
    },
    Migration {
        name: "V9__taken",
        sql: include_str!("../migrations/V9__taken.sql"),
    },
    Migration {
        name: "V10__parked_facts",
        sql: include_str!("../migrations/V10__parked_facts.sql"),
    },
    Migration {
        name: "V12__backup",
        sql: include_str!("../migrations/V12__backup.sql"),
    },
];

/// Any number will do, as long as it is always this one: two starts must not migrate at once.
const MIGRATION_LOCK: i64 = 0x636f_6d6d_6f6e_7761;

/// Oldest server that is tested; `server_version_num` of PostgreSQL 16.
const VERSION_MIN: i32 = 160_000;

/// Stands in a database while it is restored: a table without rows.
pub(crate) const RESTORING: &str = "restoring";

/// Whether the database is whole: no restore is under way in it, and none broke off.
pub(crate) async fn check_restored(client: &Client) -> Result<(), Error> {
    let sql = format!("SELECT to_regclass('{RESTORING}') IS NULL");
    if client.query_one(&sql, &[]).await?.get(0) {
        return Ok(());
    }
    Err(Error::Setup(
        "a restore of this database has not come to its end: run `commonwatch restore` again \
         (where it says that a database is not empty, DROP and CREATE it first), and start nothing \
         before it has said \"restored\""
            .to_owned(),
    ))
}

/// Brings the database to this program's schema.
pub(crate) async fn migrate(
    client: &mut Client,
    service: &[Migration],
    layouts: &[Layout],
) -> Result<(), Error> {
    check_version(client).await?;
    check_restored(client).await?;
    client
        .execute("SELECT pg_advisory_lock($1)", &[&MIGRATION_LOCK])
        .await?;
    let done = migrate_locked(client, service, layouts).await;
    client
        .execute("SELECT pg_advisory_unlock($1)", &[&MIGRATION_LOCK])
        .await?;
    done
}

/// Makes eventlog's tables as they were after `applied`, in a database that has none.
pub(crate) async fn migrate_as(client: &mut Client, applied: &[String]) -> Result<(), Error> {
    check_version(client).await?;
    let mut files = Vec::new();
    for name in applied {
        let Some(file) = OWN.iter().find(|file| file.name == name) else {
            return Err(Error::Setup(format!(
                "migration {name} is unknown to this program: the backup was made by a newer one"
            )));
        };
        files.push(*file);
    }
    run(client, &files, "eventlog_migrations").await?;
    run(client, &[], "service_migrations").await
}

async fn migrate_locked(
    client: &mut Client,
    service: &[Migration],
    layouts: &[Layout],
) -> Result<(), Error> {
    // Two histories, so that the service may number from 1 whatever eventlog adds later.
    run(client, OWN, "eventlog_migrations").await?;
    run(client, service, "service_migrations").await?;
    for layout in layouts {
        client.batch_execute(&layout.ddl()).await?;
        drop_beside(client, layout).await?;
    }
    Ok(())
}

/// Drops what a rebuild left that did not come to its end; one that is at work holds its lock.
async fn drop_beside(client: &Client, layout: &Layout) -> Result<(), Error> {
    let beside = layout.beside().table;
    let sql = "SELECT to_regclass($1) IS NOT NULL";
    if !client.query_one(sql, &[&beside]).await?.get::<_, bool>(0) {
        return Ok(());
    }
    let key = layout.rebuild_key();
    let sql = "SELECT pg_try_advisory_lock($1)";
    if client.query_one(sql, &[&key]).await?.get(0) {
        let sql = format!("DROP TABLE IF EXISTS {beside}");
        let dropped = client.batch_execute(&sql).await;
        let sql = "SELECT pg_advisory_unlock($1)";
        client.execute(sql, &[&key]).await?;
        dropped?;
    }
    Ok(())
}

async fn check_version(client: &Client) -> Result<(), Error> {
    let row = client
        .query_one("SELECT current_setting('server_version_num')::int", &[])
        .await?;
    let version: i32 = row.get(0);
    if version < VERSION_MIN {
        return Err(Error::Setup(format!(
            "PostgreSQL {} is too old: version 16 or newer is needed",
            version / 10_000
        )));
    }
    Ok(())
}

async fn run(client: &mut Client, files: &[Migration], history: &str) -> Result<(), Error> {
    let mut migrations = Vec::new();
    for file in files {
        let migration = refinery::Migration::unapplied(file.name, file.sql)
            .map_err(|e| Error::Setup(format!("migration {}: {e}", file.name)))?;
        migrations.push(migration);
    }
    let mut runner = Runner::new(&migrations)
        .set_target(Target::Latest)
        .set_abort_divergent(true)
        .set_abort_missing(true);
    runner.set_migration_table_name(history);
    let Err(error) = runner.run_async(client).await else {
        return Ok(());
    };
    // Migrations only add, so a program runs on the schema of a newer one, as long as its own
    // migrations are all there as it knows them: an upgrade can go role by role, and back.
    if let Kind::MissingVersion(newer) = error.kind()
        && is_ahead(client, files, history, newer).await?
    {
        tracing::warn!(
            history,
            migration = %newer,
            "the database's schema is newer than this program"
        );
        return Ok(());
    }
    Err(explain(&error))
}

/// Whether all of `files` are applied, and `unknown`, the first that is applied beside them, comes
/// after the last one.
async fn is_ahead(
    client: &Client,
    files: &[Migration],
    history: &str,
    unknown: &refinery::Migration,
) -> Result<bool, Error> {
    let mut ours = Vec::new();
    for file in files {
        let known = refinery::Migration::unapplied(file.name, file.sql)
            .map_err(|e| Error::Setup(format!("migration {}: {e}", file.name)))?;
        ours.push(i64::from(known.version()));
    }
    let sql = format!("SELECT count(*) FROM {history} WHERE version::bigint = ANY($1)");
    let applied: i64 = client.query_one(&sql, &[&ours]).await?.get(0);
    let last = ours.iter().max().copied().unwrap_or(0);
    let all = usize::try_from(applied) == Ok(ours.len());
    Ok(all && !ours.is_empty() && i64::from(unknown.version()) > last)
}

fn explain(error: &refinery::Error) -> Error {
    match error.kind() {
        Kind::DivergentVersion(applied, ours) => Error::Setup(format!(
            "migration {applied} was applied to this database with another text than this \
             program's {ours}: an applied migration is never edited, add a new one"
        )),
        Kind::MissingVersion(applied) => Error::Setup(format!(
            "migration {applied} was applied to this database and is unknown to this program: \
             the database belongs to a newer version or to another service"
        )),
        Kind::Connection(what, cause) => match cause.downcast_ref::<tokio_postgres::Error>() {
            Some(db) if db.as_db_error().is_none() => {
                Error::Unavailable(format!("PostgreSQL was lost during a migration: {db}"))
            }
            Some(db) => Error::Setup(format!(
                "a migration failed: {}",
                db.as_db_error().map_or(what.as_str(), |e| e.message())
            )),
            None => Error::Setup(format!("a migration failed: {what}: {cause}")),
        },
        other => Error::Setup(format!("migrations: {other}")),
    }
}
