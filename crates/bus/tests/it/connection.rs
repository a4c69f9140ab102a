//! Which servers are accepted.

use std::time::Duration;

use bus::subject::Names;
use bus::{Connection, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn connection(url: String) -> Connection {
    let patience = Duration::from_secs(20);
    Connection {
        login: None,
        url,
        client: "test".to_owned(),
        names: Names::new(),
        patience,
    }
}

/// Greets as a server of that version would, and answers pings.
async fn greeter(version: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let info = format!(
                "INFO {{\"server_id\":\"x\",\"version\":\"{version}\",\"headers\":true,\
                 \"jetstream\":true,\"max_payload\":1048576,\"proto\":1}}\r\n"
            );
            socket.write_all(info.as_bytes()).await.unwrap();
            let mut heard = [0; 4096];
            while let Ok(length @ 1..) = socket.read(&mut heard).await {
                if heard[..length].windows(4).any(|word| word == b"PING") {
                    socket.write_all(b"PONG\r\n").await.unwrap();
                }
            }
        }
    });
    format!("nats://{address}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_debian_12_is_refused_with_the_reason() {
    let refused = bus::connect(connection(greeter("2.9.10").await)).await;
    let Err(Error::Refused(reason)) = refused.map(|_| ()) else {
        panic!("it was accepted")
    };
    assert!(reason.contains("2.9.10"), "{reason}");
    assert!(
        reason.contains("silently ignores what it does not know"),
        "{reason}"
    );
    assert!(reason.contains("install nats-server >= 2.14"), "{reason}");
}

/// With `COMMONWATCH_OLD_NATS_URL`: the same against a real one.
#[tokio::test(flavor = "multi_thread")]
async fn a_real_old_server_is_refused_where_there_is_one() {
    let Ok(url) = std::env::var("COMMONWATCH_OLD_NATS_URL") else {
        return;
    };
    let refused = bus::connect(connection(url)).await;
    let Err(Error::Refused(reason)) = refused.map(|_| ()) else {
        panic!("it was accepted")
    };
    assert!(reason.contains("too old"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_none_is_an_error_at_once() {
    let refused = bus::connect(connection("nats://[".to_owned())).await;
    assert!(matches!(refused.map(|_| ()), Err(Error::Invalid(_))));
}
