//! The local stack with real servers and real deaths.
#![expect(
    clippy::unwrap_used,
    reason = "clippy.toml frees tests of it, but not their helpers"
)]

mod deaths;
mod folder;
mod stack;
mod world;

/// One number from a database: that it answers.
pub(crate) async fn answer(url: &str) -> Result<i32, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let connection = tokio::spawn(connection);
    let row = client.query_one("SELECT 42", &[]).await?;
    drop(client);
    let _ = connection.await;
    Ok(row.get(0))
}

/// Whether something takes connections on the port that ends this URL's authority.
pub(crate) fn listens(url: &str) -> bool {
    let authority = url.split("://").nth(1).unwrap().split('/').next().unwrap();
    let address = authority.rsplit('@').next().unwrap();
    std::net::TcpStream::connect(address).is_ok()
}

/// Waits until `holds`, at most half a minute.
pub(crate) async fn eventually(what: &str, holds: impl Fn() -> bool) {
    let began = std::time::Instant::now();
    while !holds() {
        assert!(began.elapsed().as_secs() < 30, "waited in vain for {what}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
