//! TLS of a server: its certificate, and whether clients must show one.
//!
//! The handshake is ours, not the transport's, so that certificates can be read again while the
//! server runs, and so that a refused client leaves a line that says why.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{self, RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;
use tonic::transport::server::TcpIncoming;

/// Time that a client has for the handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Handshakes at a time; more clients wait their turn.
const HANDSHAKES: usize = 256;
/// Pause after the system refused to accept a connection (too many open files).
const PAUSE: Duration = Duration::from_millis(50);

/// PEM files of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificate, then those that lead from it to its authority.
    pub certificate: PathBuf,
    /// The private key of the certificate.
    pub key: PathBuf,
    /// Authorities of client certificates. If given, a client without one is refused.
    pub client_ca: Option<PathBuf>,
}

/// Why the files cannot be used. Names the file and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsError {
    path: PathBuf,
    problem: String,
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.problem)
    }
}

impl std::error::Error for TlsError {}

/// What a server shows, and what it asks of clients; can be read again while it serves.
pub struct Tls {
    files: TlsFiles,
    held: watch::Sender<Arc<ServerConfig>>,
}

impl Tls {
    /// Reads the files.
    pub fn open(files: TlsFiles) -> Result<Self, TlsError> {
        let held = watch::Sender::new(load(&files)?);
        Ok(Self { files, held })
    }

    /// Reads the files again, for connections from now on. Files that cannot be used change
    /// nothing.
    pub fn reload(&self) -> Result<(), TlsError> {
        self.held.send_replace(load(&self.files)?);
        Ok(())
    }

    /// Connections whose handshake is done.
    pub(crate) fn accept(
        self: Arc<Self>,
        mut incoming: TcpIncoming,
    ) -> impl Stream<Item = io::Result<TlsStream<TcpStream>>> + Send + Unpin {
        let (ready, mut handed) = mpsc::channel(HANDSHAKES);
        let turns = Arc::new(Semaphore::new(HANDSHAKES));
        tokio::spawn(async move {
            loop {
                let Ok(turn) = Arc::clone(&turns).acquire_owned().await else {
                    return;
                };
                let accepted = tokio::select! {
                    () = ready.closed() => return,
                    accepted = incoming.next() => accepted,
                };
                match accepted {
                    Some(Ok(socket)) => {
                        let acceptor = TlsAcceptor::from(self.held.borrow().clone());
                        let ready = ready.clone();
                        tokio::spawn(async move {
                            if let Some(stream) = handshake(acceptor, socket).await {
                                ready.send(Ok(stream)).await.ok(); // the server is stopping
                            }
                            drop(turn);
                        });
                    }
                    Some(Err(error)) => {
                        tracing::warn!(%error, "a connection cannot be accepted");
                        tokio::time::sleep(PAUSE).await;
                    }
                    None => return,
                }
            }
        });
        futures::stream::poll_fn(move |cx| handed.poll_recv(cx))
    }
}

async fn handshake(acceptor: TlsAcceptor, socket: TcpStream) -> Option<TlsStream<TcpStream>> {
    let peer = socket.peer_addr().map(|peer| peer.to_string());
    let peer = peer.unwrap_or_default();
    match tokio::time::timeout(HANDSHAKE, acceptor.accept(socket)).await {
        Ok(Ok(stream)) => Some(stream),
        Ok(Err(error)) => {
            tracing::warn!(peer, %error, "a client was refused in the TLS handshake");
            None
        }
        Err(_) => {
            tracing::warn!(peer, "a client did not finish the TLS handshake in time");
            None
        }
    }
}

fn load(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let provider = Arc::new(ring::default_provider());
    let wrong = |path: &Path| {
        let path = path.to_owned();
        move |error: rustls::Error| TlsError {
            path,
            problem: error.to_string(),
        }
    };
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(wrong(&files.certificate))?;
    let builder = match &files.client_ca {
        None => builder.with_no_client_auth(),
        Some(ca) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates(ca)? {
                roots.add(certificate).map_err(wrong(ca))?;
            }
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.map_err(|error| TlsError {
                path: ca.clone(),
                problem: error.to_string(),
            })?)
        }
    };
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|error| unreadable(&files.key, "private key", error))?;
    let mut config = builder
        .with_single_cert(certificates(&files.certificate)?, key)
        .map_err(|error| TlsError {
            path: files.key.clone(),
            problem: format!(
                "the key does not go with the certificate in {}: {error}",
                files.certificate.display()
            ),
        })?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(Arc::new(config))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path)
        .map_err(|error| unreadable(path, "certificate", error))?
        .collect();
    let found = found.map_err(|error| unreadable(path, "certificate", error))?;
    if found.is_empty() {
        return Err(unreadable(path, "certificate", pem::Error::NoItemsFound));
    }
    Ok(found)
}

fn unreadable(path: &Path, what: &str, error: pem::Error) -> TlsError {
    let problem = match error {
        pem::Error::Io(error) => error.to_string(),
        pem::Error::NoItemsFound => format!("it holds no {what} in PEM form"),
        error => format!("its {what} cannot be read: {error}"),
    };
    TlsError {
        path: path.to_owned(),
        problem,
    }
}
