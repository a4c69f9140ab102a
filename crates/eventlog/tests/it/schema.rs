//! Opening: migrations with checksums, and sentences that say what is wrong.

use eventlog::{Migration, Options, Store, Typed};

use crate::jar::{Jars, sql};

fn with(url: &str, migrations: &[Migration]) -> Options {
    let mut options = Options::new("schema", url);
    options.migrations = migrations.to_vec();
    options
}

async fn refusal(options: Options) -> String {
    match Store::open(options).await {
        Ok(_) => panic!("it opened"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_run_once_and_an_edited_one_is_refused() {
    let world = local::testing::world().await;
    let url = world.database_url("log");
    let one = Migration {
        name: "V1__shelf",
        sql: "CREATE TABLE shelf (id int)",
    };
    let two = Migration {
        name: "V2__more",
        sql: "INSERT INTO shelf VALUES (1)",
    };
    Store::open(with(&url, &[one])).await.unwrap();
    let stores = open_four_at_once(&url, [one, two]).await;
    assert_eq!(stores, 4);
    let rows = sql(&url)
        .await
        .query("SELECT id FROM shelf", &[])
        .await
        .unwrap();
    assert_eq!(
        rows.len(),
        1,
        "the second migration ran once, although four started at once"
    );

    let edited = Migration {
        name: "V1__shelf",
        sql: "CREATE TABLE shelf (id bigint)",
    };
    let said = refusal(with(&url, &[edited, two])).await;
    assert!(
        said.contains("shelf") && said.contains("never edited"),
        "{said}"
    );
    // The program of before, on the schema of after: migrations only add, so it runs.
    let older = Store::open(with(&url, &[one])).await.unwrap();
    older.close().await;
    // But not a program that has something of its own to add below it, or of another service.
    let other = Migration {
        name: "V3__other",
        sql: "CREATE TABLE other (id int)",
    };
    let said = refusal(with(&url, &[one, other])).await;
    assert!(
        said.contains("more") && said.contains("unknown to this program"),
        "{said}"
    );
    let said = refusal(with(&url, &[])).await;
    assert!(said.contains("another service"), "{said}");
    let broken = Migration {
        name: "V3__broken",
        sql: "CREATE TABL oops",
    };
    let said = refusal(with(&url, &[one, two, broken])).await;
    assert!(said.contains("a migration failed"), "{said}");
}

async fn open_four_at_once(url: &str, migrations: [Migration; 2]) -> usize {
    let mut tasks = Vec::new();
    for _ in 0..4 {
        tasks.push(tokio::spawn(Store::open(with(url, &migrations))));
    }
    let mut opened = 0;
    for task in tasks {
        task.await.unwrap().unwrap();
        opened += 1;
    }
    opened
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_work_is_said_at_open() {
    let world = local::testing::world().await;
    let url = world.database_url("log");
    let mut twice = Options::new("schema", &url);
    twice.projections = vec![Box::new(Typed::of::<Jars>()), Box::new(Typed::of::<Jars>())];
    assert!(
        refusal(twice)
            .await
            .contains("two tables are called p_jars_v1")
    );
    assert!(
        refusal(Options::new("schema", "postgresql://["))
            .await
            .contains("not valid")
    );
    let nobody = Options::new("schema", "postgresql://u:secret@127.0.0.1:1/x");
    let said = refusal(nobody).await;
    assert!(
        said.contains("not reachable") && !said.contains("secret"),
        "{said}"
    );
}
