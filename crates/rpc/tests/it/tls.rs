//! TLS over real sockets, with certificates made here.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eventlog::{Real, Surroundings};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, date_time_ymd,
};
use rpc::{Limits, Services, Tls, TlsFiles};
use tempfile::TempDir;
use tonic::Status;
use tonic::transport::Channel;
use wire::statements::v1::ListExpensesRequest;
use wire::statements::v1::statements_service_client::StatementsServiceClient;
use wire::tls::{ClientFiles, ClientTls, trouble};

use crate::echo::Echo;
use crate::world::{Served, by, serve_secured};

/// An authority with a folder for what it issues.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        // Two authorities of one name would be told apart by their signatures only.
        let name = Real.uuid().to_string();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), issuer.pem()).unwrap();
        Self { issuer, folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn ca(&self) -> PathBuf {
        self.file("ca.pem")
    }

    /// `<name>.pem` and `<name>.key`, for the host of every test.
    pub(crate) fn issue(&self, name: &str, last_year: i32) -> (PathBuf, PathBuf) {
        let hosts = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let mut params = CertificateParams::new(hosts).unwrap();
        params.not_after = date_time_ymd(last_year, 12, 31);
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let (at, key_at) = (
            self.file(&format!("{name}.pem")),
            self.file(&format!("{name}.key")),
        );
        std::fs::write(&at, certificate.pem()).unwrap();
        std::fs::write(&key_at, key.serialize_pem()).unwrap();
        (at, key_at)
    }
}

fn server(authority: &Authority, last_year: i32, client_ca: Option<&Path>) -> Arc<Tls> {
    let (certificate, key) = authority.issue("server", last_year);
    let files = TlsFiles {
        certificate,
        key,
        client_ca: client_ca.map(Path::to_owned),
    };
    Arc::new(Tls::open(files).unwrap())
}

async fn served(tls: &Arc<Tls>) -> Served {
    let services = Services::new().with(Echo::default());
    serve_secured(services, Limits::default(), Arc::clone(tls)).await
}

fn trusting(ca: PathBuf) -> ClientFiles {
    ClientFiles {
        ca: Some(ca),
        ..ClientFiles::default()
    }
}

async fn call(address: &str, files: &ClientFiles) -> Result<(), Status> {
    let endpoint = ClientTls::read(files).unwrap().endpoint(address).unwrap();
    let channel: Channel = endpoint.connect_lazy();
    let request = by("finance-1", ListExpensesRequest::default());
    let mut client = StatementsServiceClient::new(channel);
    client.list_expenses(request).await.map(|_| ())
}

fn secure(served: &Served) -> String {
    format!("https://{}", served.address)
}

/// The sentence and the advice that a failed call is told with.
fn told(answer: Result<(), Status>) -> (String, &'static str) {
    let status = answer.expect_err("no way through");
    trouble(&status).unwrap_or_else(|| panic!("nothing is said about {status:?}"))
}

#[tokio::test]
async fn a_client_that_trusts_the_servers_authority_is_answered() {
    let authority = Authority::new();
    let served = served(&server(&authority, 2096, None)).await;
    call(&secure(&served), &trusting(authority.ca()))
        .await
        .unwrap();
    served.ended().await;
}

#[tokio::test]
async fn a_server_of_another_authority_is_not_spoken_to() {
    let (authority, other) = (Authority::new(), Authority::new());
    let served = served(&server(&authority, 2096, None)).await;
    let (why, fix) = told(call(&secure(&served), &trusting(other.ca())).await);
    assert!(why.contains("authority that is not trusted"), "{why}");
    assert!(fix.contains("ca_file"), "{fix}");
}

#[tokio::test]
async fn an_expired_certificate_is_called_so_with_who_renews_it() {
    let authority = Authority::new();
    let served = served(&server(&authority, 2020, None)).await;
    let (why, fix) = told(call(&secure(&served), &trusting(authority.ca())).await);
    assert!(why.contains("has expired"), "{why}");
    assert!(fix.contains("tls.certificate_file"), "{fix}");
}

#[tokio::test]
async fn a_server_that_asks_for_client_certificates_answers_none_without() {
    let authority = Authority::new();
    let served = served(&server(&authority, 2096, Some(&authority.ca()))).await;
    let mut files = trusting(authority.ca());
    let (why, fix) = told(call(&secure(&served), &files).await);
    assert!(why.contains("asks for a client certificate"), "{why}");
    assert!(fix.contains("key_file"), "{fix}");

    let (certificate, key) = authority.issue("client", 2096);
    files.certificate = Some(certificate);
    files.key = Some(key);
    call(&secure(&served), &files).await.unwrap();

    let stranger = Authority::new();
    let (certificate, key) = stranger.issue("client", 2096);
    files.certificate = Some(certificate);
    files.key = Some(key);
    let (why, fix) = told(call(&secure(&served), &files).await);
    assert!(
        why.contains("authority of the client's certificate"),
        "{why}"
    );
    assert!(fix.contains("tls.client_ca_file"), "{fix}");
}

#[tokio::test]
async fn plain_text_is_not_answered_where_tls_is_spoken() {
    let authority = Authority::new();
    let served = served(&server(&authority, 2096, None)).await;
    let answer = call(&served.url(), &ClientFiles::default()).await;
    assert!(answer.is_err());
}

#[tokio::test]
async fn renewed_certificates_are_shown_without_a_restart_and_broken_ones_are_not_taken() {
    let authority = Authority::new();
    let tls = server(&authority, 2020, None);
    let served = served(&tls).await;
    let files = trusting(authority.ca());
    assert!(call(&secure(&served), &files).await.is_err());
    let (certificate, _) = authority.issue("server", 2096);
    tls.reload().unwrap();
    call(&secure(&served), &files).await.unwrap();
    std::fs::write(&certificate, "nonsense").unwrap();
    let error = tls.reload().unwrap_err().to_string();
    assert!(
        error.contains("server.pem: it holds no certificate"),
        "{error}"
    );
    call(&secure(&served), &files).await.unwrap();
}

#[tokio::test]
async fn a_key_of_another_certificate_is_refused_at_the_start() {
    let authority = Authority::new();
    let (certificate, _) = authority.issue("one", 2096);
    let (_, key) = authority.issue("two", 2096);
    let files = TlsFiles {
        certificate,
        key,
        client_ca: None,
    };
    let error = Tls::open(files).err().unwrap().to_string();
    assert!(
        error.contains("does not go with the certificate"),
        "{error}"
    );
}
