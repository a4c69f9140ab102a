//! `commonwatch gateway`: one address before all services, for people.

use crate::config::{self, Config};
use crate::roles::Role;
use crate::serve;
use crate::signals::Signals;

/// Hands calls on until told to stop, by a signal or by the end of standard input.
pub(crate) async fn gateway(config: Config, with_stdin: bool) -> Result<(), String> {
    let mut stopped = serve::until_told(with_stdin);
    let signals = Signals::start(&config).await?;
    let tls = config.tls.server(config.listen)?;
    if let Some(tls) = &tls {
        tokio::spawn(config::reload_at_hangup(tls.clone()));
    }
    let peers = config.peers_tls.client()?;
    let mut services = Vec::new();
    for role in Role::ALL {
        let address = config.peer(role).map_err(|e| e.to_string())?;
        let endpoint = peers.endpoint(address);
        let endpoint = endpoint.map_err(|problem| format!("peers.{role}: {problem}"))?;
        services.push((role.name(), endpoint));
    }
    let stop = async move {
        stopped.wait_for(|stop| *stop).await.ok(); // a lost sender is an end as well
    };
    let running = rpc::Gateway::new(config.listen, services)
        .tls(tls)
        .start(stop)
        .await
        .map_err(|e| e.to_string())?;
    signals.is_ready();
    running.wait().await.map_err(|e| e.to_string())
}
