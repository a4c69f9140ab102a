//! How connections are secured, and that nothing goes over a network in plain text unnoticed.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use wire::tls::{ClientFiles, ClientTls};

/// What this process shows to those who connect to it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Tls {
    /// PEM: the certificate, then those that lead from it to its authority. Read again at SIGHUP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_file: Option<PathBuf>,
    /// PEM: the private key of the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
    /// PEM: the authorities of client certificates. If set, a client without one is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_ca_file: Option<PathBuf>,
    /// Listen without TLS beyond loopback too: for a network that something else secures.
    pub plaintext: bool,
}

/// How this process trusts the others, and what it shows them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PeersTls {
    /// PEM: the authorities that issued the peers' certificates [default: the system's].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// PEM: the certificate to show to peers that ask for one. Read at the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_file: Option<PathBuf>,
    /// PEM: its private key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
}

impl Tls {
    /// What a server is given; nothing for plain text, which beyond loopback must be asked for.
    pub(crate) fn server(&self, listen: SocketAddr) -> Result<Option<Arc<rpc::Tls>>, String> {
        let (certificate, key) = match (&self.certificate_file, &self.key_file) {
            (Some(certificate), Some(key)) => (certificate.clone(), key.clone()),
            (None, None) => return self.plain(listen).map(|()| None),
            (Some(_), None) => return Err("tls.certificate_file needs tls.key_file too".into()),
            (None, Some(_)) => return Err("tls.key_file needs tls.certificate_file too".into()),
        };
        let files = rpc::TlsFiles {
            certificate,
            key,
            client_ca: self.client_ca_file.clone(),
        };
        let tls = rpc::Tls::open(files).map_err(|error| format!("tls: {error}"))?;
        Ok(Some(Arc::new(tls)))
    }

    fn plain(&self, listen: SocketAddr) -> Result<(), String> {
        if self.client_ca_file.is_some() {
            return Err("tls.client_ca_file needs tls.certificate_file and tls.key_file".into());
        }
        if listen.ip().is_loopback() {
            return Ok(());
        }
        if self.plaintext {
            tracing::warn!(%listen, "tokens and data travel in plain text: tls.plaintext is set");
            return Ok(());
        }
        Err(format!(
            "listen = \"{listen}\" would carry tokens over a network in plain text: set \
             tls.certificate_file and tls.key_file, or listen on 127.0.0.1, or, where something \
             else secures the network, set tls.plaintext = true"
        ))
    }

    /// Whether there is a certificate.
    pub(crate) fn is_on(&self) -> bool {
        self.certificate_file.is_some()
    }
}

impl PeersTls {
    /// What a client of the peers is given.
    pub(crate) fn client(&self) -> Result<ClientTls, String> {
        let files = ClientFiles {
            ca: self.ca_file.clone(),
            certificate: self.certificate_file.clone(),
            key: self.key_file.clone(),
        };
        ClientTls::read(&files).map_err(|error| format!("peers_tls: {error}"))
    }
}

/// Reads the certificates again at every SIGHUP; such that cannot be used change nothing.
pub(crate) async fn reload_at_hangup(tls: Arc<rpc::Tls>) {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangup = signal(SignalKind::hangup()).expect("signals can be heard");
    while hangup.recv().await.is_some() {
        match tls.reload() {
            Ok(()) => tracing::info!("the certificates were read again"),
            Err(error) => tracing::error!(%error, "the certificates stay as they were"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(tls: &Tls, listen: &str) -> String {
        match tls.server(listen.parse().unwrap()) {
            Ok(_) => String::new(),
            Err(problem) => problem,
        }
    }

    #[test]
    fn plain_text_stays_on_loopback_unless_it_is_asked_for() {
        let mut tls = Tls::default();
        assert_eq!(refusal(&tls, "127.0.0.1:7400"), "");
        assert_eq!(refusal(&tls, "[::1]:7400"), "");
        for listen in ["0.0.0.0:7400", "[::]:7400", "10.1.2.3:7400"] {
            let problem = refusal(&tls, listen);
            assert!(problem.contains("tls.plaintext = true"), "{problem}");
        }
        tls.plaintext = true;
        assert_eq!(refusal(&tls, "0.0.0.0:7400"), "");
    }

    #[test]
    fn half_a_certificate_is_refused_with_the_key_that_is_missing() {
        let half = Tls {
            certificate_file: Some("cert.pem".into()),
            ..Tls::default()
        };
        assert!(refusal(&half, "127.0.0.1:1").contains("tls.key_file"));
        let asking = Tls {
            client_ca_file: Some("ca.pem".into()),
            ..Tls::default()
        };
        assert!(refusal(&asking, "127.0.0.1:1").contains("tls.certificate_file"));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let tls = Tls {
            certificate_file: Some("/nowhere/cert.pem".into()),
            key_file: Some("/nowhere/key.pem".into()),
            ..Tls::default()
        };
        assert!(refusal(&tls, "127.0.0.1:1").contains("/nowhere/"));
    }
}
