//! `commonwatch ready`: asks the process that a file configures, on this machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use crate::config::Config;

const ANSWER_WITHIN: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Says "ready", or after `patience` what is missing.
pub(crate) async fn ready(config: &Config, patience: Duration) -> Result<(), String> {
    let unset = "http.listen is not set: put it into the configuration file, such as \
                 [http] listen = \"127.0.0.1:7501\"";
    let mut address = config.http.listen.ok_or(unset)?;
    match address.ip() {
        IpAddr::V4(any) if any.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(any) if any.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    let until = Instant::now() + patience;
    loop {
        match ask(address).await {
            Ok(()) => {
                println!("ready");
                return Ok(());
            }
            Err(missing) if Instant::now() >= until => return Err(missing),
            Err(_) => sleep(LOOK_EVERY).await,
        }
    }
}

async fn ask(address: SocketAddr) -> Result<(), String> {
    let asked = async {
        let mut stream = TcpStream::connect(address).await?;
        let question = format!("GET /readyz HTTP/1.0\r\nHost: {address}\r\n\r\n");
        stream.write_all(question.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    let answer = match timeout(ANSWER_WITHIN, asked).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Err(format!("{address} does not answer: {error}")),
        Err(_) => {
            return Err(format!(
                "{address} does not answer within {ANSWER_WITHIN:?}"
            ));
        }
    };
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    if head.split(' ').nth(1) == Some("200") {
        return Ok(());
    }
    Err(body.trim_end().replace('\n', "; "))
}
