//! The gateway before a platform's roles, in a process of its own.

use std::fmt::Write as _;
use std::process::Stdio;

use tokio::process::{Child, Command};
use tonic::transport::{Channel, Endpoint};

use super::platform::Platform;
use super::role::{Role, binary};
use super::scrape;

const PORT: u16 = 7400;
pub(crate) const HTTP_PORT: u16 = 7500;

/// It ends with this.
pub(crate) struct Gateway {
    _process: Child,
    pub(crate) channel: Channel,
}

/// Starts one and waits until it is ready.
pub(crate) async fn start(platform: &mut Platform) -> Gateway {
    let address = platform.address.clone();
    let mut config = format!(
        "listen = \"{address}:{PORT}\"\n[http]\nlisten = \"{address}:{HTTP_PORT}\"\n[peers]\n"
    );
    for role in Role::ALL {
        let port = role.port();
        writeln!(config, "{role} = \"http://{address}:{port}\"").unwrap();
    }
    let path = platform.home().join("gateway.toml");
    std::fs::write(&path, config).unwrap();
    let process = Command::new(binary("commonwatch"))
        .args(["gateway", "--with-stdin", "--config"])
        .arg(&path)
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let ready =
        async |platform: &Platform| match scrape::asked(platform, HTTP_PORT, "/readyz").await {
            Ok((200, _)) => Vec::new(),
            other => vec![format!("{other:?}")],
        };
    platform.until("the gateway is ready", ready).await;
    let endpoint = Endpoint::from_shared(format!("http://{address}:{PORT}"));
    Gateway {
        _process: process,
        channel: endpoint.unwrap().connect_lazy(),
    }
}
