//! What a role tells over HTTP.

use std::collections::BTreeSet;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::platform::Platform;
use super::role::Role;

/// Status and body of a page.
pub(crate) async fn page(platform: &Platform, role: Role, path: &str) -> (u16, String) {
    asked(platform, role.http_port(), path).await.unwrap()
}

/// The same at a port; an error if nobody listens there.
pub(crate) async fn asked(
    platform: &Platform,
    port: u16,
    path: &str,
) -> std::io::Result<(u16, String)> {
    let place = (platform.address.as_str(), port);
    let mut stream = TcpStream::connect(place).await?;
    let ask = format!("GET {path} HTTP/1.0\r\nHost: {port}\r\n\r\n");
    stream.write_all(ask.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Ok((status, body.to_owned()))
}

/// The sample lines of every role, and of processes at other ports: `name{labels} value`. Each
/// count says what it means.
pub(crate) async fn samples(platform: &Platform, others: &[u16]) -> Vec<String> {
    let mut samples = Vec::new();
    let roles = Role::ALL.into_iter().map(Role::http_port);
    for port in roles.chain(others.iter().copied()) {
        let (status, body) = asked(platform, port, "/metrics").await.unwrap();
        assert_eq!(status, 200, "{port}");
        let named = |what: &str| -> BTreeSet<&str> {
            let lines = body.lines().filter_map(|line| line.strip_prefix(what));
            lines.filter_map(|rest| rest.split(' ').next()).collect()
        };
        assert_eq!(named("# TYPE "), named("# HELP "), "{port}");
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
