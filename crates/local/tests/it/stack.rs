use local::{Options, Stack};

use crate::{answer, listens};

#[tokio::test]
async fn a_started_stack_answers_on_both_servers() {
    let stack = Stack::start(Options::temporary()).await.unwrap();
    stack.create_database("payroll").await.unwrap();
    stack
        .create_database("payroll")
        .await
        .expect("making it twice is fine");
    assert_eq!(answer(&stack.postgres_url("payroll")).await.unwrap(), 42);
    let nats = async_nats::connect(stack.nats_url()).await.unwrap();
    nats.flush().await.unwrap();
    let (postgres_url, nats_url) = (stack.postgres_url("payroll"), stack.nats_url());
    let folder = stack.data_dir().to_path_buf();
    drop(stack);
    assert!(
        !listens(&postgres_url) && !listens(&nats_url),
        "dropped servers are gone"
    );
    assert!(!folder.exists(), "the temporary folder is gone");
}
