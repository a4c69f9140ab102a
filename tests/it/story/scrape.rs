//! What a role tells over HTTP.

use std::collections::BTreeSet;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::platform::Platform;
use super::role::Role;

/// Status and body of a page.
pub(crate) async fn page(platform: &Platform, role: Role, path: &str) -> (u16, String) {
    let place = (platform.address.as_str(), role.http_port());
    let mut stream = TcpStream::connect(place).await.unwrap();
    let ask = format!("GET {path} HTTP/1.0\r\nHost: {role}\r\n\r\n");
    stream.write_all(ask.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
}

/// The sample lines of every role: `name{labels} value`.
pub(crate) async fn samples(platform: &Platform) -> Vec<String> {
    let mut samples = Vec::new();
    for role in Role::ALL {
        let (status, body) = page(platform, role, "/metrics").await;
        assert_eq!(status, 200, "{role}");
        let lines = body
            .lines()
            .filter(|l| !l.is_empty() && !l.starts_with('#'));
        samples.extend(lines.map(str::to_owned));
    }
    samples
}

/// The names that the samples bear.
pub(crate) fn names(samples: &[String]) -> BTreeSet<&str> {
    let name = |line: &'_ String| line.find(['{', ' ']);
    samples
        .iter()
        .filter_map(|line| line.get(..name(line)?))
        .collect()
}
