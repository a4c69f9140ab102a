//! How a client's connection is secured: the same for services among each other and for people.
//!
//! An address says which: `https://` is TLS, `http://` is plain text. Certificates are read when
//! the client is made; what goes wrong later is told by [`trouble`], with what to do about it.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};

use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";

/// What a client trusts, and what it shows of itself. The default trusts the system's
/// authorities and shows nothing.
#[derive(Debug, Clone, Default)]
pub struct ClientTls {
    authorities: Option<Certificate>,
    identity: Option<Identity>,
}

/// PEM files of a client; each may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientFiles {
    /// Certificates of the authorities whose servers are trusted, instead of the system's.
    pub ca: Option<PathBuf>,
    /// The client's own certificate, then those that lead from it to its authority.
    pub certificate: Option<PathBuf>,
    /// The private key of that certificate. Given if and only if the certificate is.
    pub key: Option<PathBuf>,
}

/// Why a client cannot be set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientTlsError {
    /// A file that cannot be read, or holds something else.
    File {
        /// Which one.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A certificate without a key, or the reverse.
    Half,
    /// The text is no address.
    Address {
        /// What was given.
        address: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl fmt::Display for ClientTlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, problem } => write!(f, "{}: {problem}", path.display()),
            Self::Half => f.write_str(
                "a client's certificate and its key belong together: give both files, or neither",
            ),
            Self::Address { address, problem } => write!(
                f,
                "\"{address}\" is no address ({problem}): write https://host:port, or \
                 http://host:port for plain text"
            ),
        }
    }
}

impl Error for ClientTlsError {}

impl ClientTls {
    /// Reads the files.
    pub fn read(files: &ClientFiles) -> Result<Self, ClientTlsError> {
        let identity = match (&files.certificate, &files.key) {
            (Some(certificate), Some(key)) => Some(Identity::from_pem(
                pem(certificate, CERTIFICATE)?,
                pem(key, "PRIVATE KEY-----")?,
            )),
            (None, None) => None,
            _ => return Err(ClientTlsError::Half),
        };
        let authorities = match &files.ca {
            Some(ca) => Some(Certificate::from_pem(pem(ca, CERTIFICATE)?)),
            None => None,
        };
        Ok(Self {
            authorities,
            identity,
        })
    }

    /// The place at an address, secured if the address asks for it.
    pub fn endpoint(&self, address: &str) -> Result<Endpoint, ClientTlsError> {
        let wrong = |problem: &str| ClientTlsError::Address {
            address: address.to_owned(),
            problem: problem.to_owned(),
        };
        let endpoint = Endpoint::from_shared(address.to_owned())
            .map_err(|error| wrong(&last(&error).to_string()))?;
        let uri = endpoint.uri().clone();
        if uri.host().is_none_or(str::is_empty) {
            return Err(wrong("it names no host"));
        }
        match uri.scheme_str() {
            Some("http") => Ok(endpoint),
            Some("https") => endpoint
                .tls_config(self.config())
                .map_err(|error| wrong(&last(&error).to_string())),
            _ => Err(wrong("it begins with neither https:// nor http://")),
        }
    }

    fn config(&self) -> ClientTlsConfig {
        let config = ClientTlsConfig::new();
        let config = match &self.authorities {
            Some(authorities) => config.ca_certificate(authorities.clone()),
            None => config.with_native_roots(),
        };
        match &self.identity {
            Some(identity) => config.identity(identity.clone()),
            None => config,
        }
    }
}

/// Whether an address sends what it carries, tokens too, in plain text over a network.
pub fn is_exposed(address: &str) -> bool {
    let Some(rest) = address.strip_prefix("http://") else {
        return false;
    };
    let host = rest.split('/').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(host, _)| host),
    };
    let loopback = host.parse::<std::net::IpAddr>().map(|ip| ip.is_loopback());
    !(host == "localhost" || loopback.unwrap_or(false))
}

/// What TLS has against a connection, in a sentence, and what to do; nothing if the error has
/// another cause.
pub fn trouble(error: &(dyn Error + 'static)) -> Option<(String, &'static str)> {
    let mut at = Some(error);
    while let Some(error) = at {
        let text = error.to_string();
        if let Some(known) = TROUBLES.iter().find(|(sign, ..)| text.contains(sign)) {
            return Some((known.1.to_owned(), known.2));
        }
        at = error.source();
    }
    None
}

/// A sign in the error's text, what it means, what to do.
const TROUBLES: &[(&str, &str, &str)] = &[
    (
        "UnknownIssuer",
        "the server's certificate was issued by an authority that is not trusted here",
        "name the file of the authority that issued it (`ca_file`)",
    ),
    (
        "BadSignature",
        "the server's certificate was not issued by the authority that is trusted here, but by \
         another of its name",
        "name the file of the authority that issued it (`ca_file`)",
    ),
    (
        "certificate expired",
        "the server's certificate has expired",
        "have it renewed: put the new one in the server's tls.certificate_file and send SIGHUP",
    ),
    (
        "certificate not valid yet",
        "the server's certificate is not valid yet",
        "compare the clocks of both machines, and the certificate's first day",
    ),
    (
        "certificate not valid for name",
        "the server's certificate is for another name than the address",
        "use an address that the certificate names, or have that name added to it",
    ),
    (
        "CertificateRequired",
        "the server asks for a client certificate, and none was shown",
        "name one and its key (`certificate_file`, `key_file`)",
    ),
    (
        "UnknownCA",
        "the server does not trust the authority of the client's certificate",
        "have the client's certificate issued by the authority in the server's \
         tls.client_ca_file",
    ),
    (
        "DecryptError",
        "the server found the client's certificate signed by another authority of its own's name",
        "have the client's certificate issued by the authority in the server's \
         tls.client_ca_file",
    ),
    (
        "CertificateExpired",
        "the client's certificate has expired",
        "have it renewed, and replace `certificate_file` and `key_file`",
    ),
    (
        "InvalidContentType",
        "the server speaks plain text, not TLS",
        "write the address with http://, or have the server given a certificate",
    ),
];

fn pem(path: &Path, sign: &str) -> Result<Vec<u8>, ClientTlsError> {
    let failed = |problem: String| ClientTlsError::File {
        path: path.to_owned(),
        problem,
    };
    let bytes = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
    if !String::from_utf8_lossy(&bytes).contains(sign) {
        let what = sign.trim_matches('-').trim_start_matches("BEGIN ");
        return Err(failed(format!("it holds no {what} in PEM form")));
    }
    Ok(bytes)
}

fn last<'e>(error: &'e (dyn Error + 'static)) -> &'e (dyn Error + 'static) {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_text_beyond_this_machine_is_exposed() {
        for address in [
            "http://10.0.0.4:7400",
            "http://cw.example:7400/",
            "http://[2001:db8::1]:1",
        ] {
            assert!(is_exposed(address), "{address}");
        }
        for address in [
            "https://cw.example:7400",
            "http://127.0.0.1:7400",
            "http://localhost:1",
            "http://[::1]:7400",
        ] {
            assert!(!is_exposed(address), "{address}");
        }
    }

    #[test]
    fn an_address_is_https_or_http_with_a_host() {
        let tls = ClientTls::default();
        assert!(tls.endpoint("http://127.0.0.1:1").is_ok());
        for address in ["127.0.0.1:1", "ftp://a:1", "http://", "nonsense \n"] {
            let error = tls.endpoint(address).unwrap_err().to_string();
            assert!(error.contains("https://host:port"), "{address}: {error}");
        }
    }

    #[test]
    fn a_certificate_without_its_key_is_refused_before_any_file_is_read() {
        let files = ClientFiles {
            certificate: Some("/nowhere/client.pem".into()),
            ..ClientFiles::default()
        };
        assert_eq!(ClientTls::read(&files).unwrap_err(), ClientTlsError::Half);
    }

    #[test]
    fn a_file_that_is_no_certificate_is_named() {
        let files = ClientFiles {
            ca: Some(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml").into()),
            ..ClientFiles::default()
        };
        let error = ClientTls::read(&files).unwrap_err().to_string();
        assert!(
            error.contains("Cargo.toml: it holds no CERTIFICATE"),
            "{error}"
        );
    }
}
