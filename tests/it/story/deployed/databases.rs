//! One login per service, one database each, none across.

use std::fs;

use local::Stack;
use tokio_postgres::{Config, NoTls};

use super::super::role::Role;
use super::{Secrets, deploy, superuser};

/// Makes roles and databases by `deploy/postgres.sql`, gives the logins their passwords, and lets
/// the server ask for them by `deploy/pg_hba.conf`.
pub(super) async fn make(stack: &Stack, secrets: &Secrets) {
    let client = superuser(stack, "postgres").await;
    let sql = fs::read_to_string(deploy("postgres.sql")).unwrap();
    // One at a time: no database is made inside a transaction.
    for statement in sql.split(";\n") {
        client.batch_execute(statement).await.unwrap();
    }
    for (role, password) in &secrets.postgres {
        let quoted = password.replace('\'', "''");
        let sql = format!("ALTER ROLE {role} PASSWORD '{quoted}'");
        client.batch_execute(&sql).await.unwrap();
    }
    let rules = fs::read_to_string(deploy("pg_hba.conf")).unwrap();
    // The test's own superuser, beside the deployed rules.
    let rules = format!("{rules}host all platform 127.0.0.1/32 trust\n");
    fs::write(stack.data_dir().join("postgres/pg_hba.conf"), rules).unwrap();
    client
        .batch_execute("SELECT pg_reload_conf()")
        .await
        .unwrap();
}

async fn login(stack: &Stack, user: &str, password: &str, database: &str) -> Result<(), String> {
    let mut config: Config = stack.postgres_url(database).parse().unwrap();
    config.user(user).password(password);
    let (client, connection) = config.connect(NoTls).await.map_err(|e| {
        e.as_db_error()
            .map_or_else(|| e.to_string(), |e| e.message().to_owned())
    })?;
    let connection = tokio::spawn(connection);
    let rows = client.query("SELECT 1 FROM event", &[]).await;
    drop(client);
    connection.abort();
    rows.map(drop).map_err(|e| e.to_string())
}

/// Every login reaches its own tables and nobody else's. How many attempts were refused.
pub(super) async fn assert_apart(stack: &Stack, secrets: &Secrets) -> usize {
    let mut refused = 0;
    let client = superuser(stack, "postgres").await;
    for role in Role::ALL.map(Role::name) {
        let password = &secrets.postgres[role];
        login(stack, role, password, role).await.unwrap();
        let wrong = login(stack, role, "wrong", role).await.unwrap_err();
        assert!(
            wrong.contains("password authentication failed"),
            "{role}: {wrong}"
        );
        let others = Role::ALL
            .map(Role::name)
            .into_iter()
            .filter(|other| *other != role);
        for other in others.chain(["postgres", "template1"]) {
            // Two locks, each of which would do: the rules of connecting, and the grant.
            let error = login(stack, role, password, other).await.unwrap_err();
            assert!(
                error.contains("no pg_hba.conf entry"),
                "{role} on {other}: {error}"
            );
            let sql = "SELECT has_database_privilege($1::text, $2::text, 'CONNECT')";
            let granted = client.query_one(sql, &[&role, &other]).await.unwrap();
            assert!(!granted.get::<_, bool>(0), "{role} may connect to {other}");
            refused += 1;
        }
        let sql = "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication
                       OR rolbypassrls OR EXISTS (
                           SELECT FROM pg_auth_members m WHERE m.member = r.oid)
                   FROM pg_roles r WHERE rolname = $1";
        let more = client.query_one(sql, &[&role]).await.unwrap();
        assert!(!more.get::<_, bool>(0), "{role} is more than a login");
    }
    refused
}
