//! Stands between a client and its server, and cuts the line at the worst moments.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, watch};

use crate::dice::Dice;

/// A proxy on a loopback port of its own.
pub(crate) struct Proxy {
    pub(crate) address: String,
    line: Arc<Line>,
    silent: watch::Sender<bool>,
}

struct Line {
    server: String,
    /// What the client says in the calls that are to be cut.
    marker: &'static [u8],
    armed: AtomicBool,
    dice: Mutex<Dice>,
    before: AtomicU64,
    sent: AtomicU64,
    answered: AtomicU64,
}

/// What becomes of a call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Pass,
    /// The server never hears of it.
    CutBefore,
    /// The server hears of it; whether it acts is its own affair.
    CutSent,
    /// The server has acted and answered; the caller never hears of that.
    CutAnswered,
}

impl Proxy {
    /// Before the server of `url`; calls with `marker` in them are cut once it is armed.
    pub(crate) async fn before(url: &str, marker: &'static str, dice: Dice) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (silent, heard) = watch::channel(false);
        let line = Arc::new(Line {
            server: host_of(url).to_owned(),
            marker: marker.as_bytes(),
            armed: AtomicBool::new(false),
            dice: Mutex::new(dice),
            before: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            answered: AtomicU64::new(0),
        });
        tokio::spawn(serve(listener, Arc::clone(&line), heard));
        Proxy {
            address,
            line,
            silent,
        }
    }

    /// `url`, by way of this proxy.
    pub(crate) fn url(&self, url: &str) -> String {
        url.replace(host_of(url), &self.address)
    }

    pub(crate) fn arm(&self, armed: bool) {
        self.line.armed.store(armed, Ordering::SeqCst);
    }

    /// Nothing passes and nothing is closed, until it speaks again.
    pub(crate) fn hush(&self, silent: bool) {
        self.silent.send_replace(silent);
    }

    /// Calls cut before the server heard of them, when it had, and after it had answered.
    pub(crate) fn cuts(&self) -> [u64; 3] {
        [&self.line.before, &self.line.sent, &self.line.answered]
            .map(|count| count.load(Ordering::SeqCst))
    }
}

impl Line {
    async fn deed(&self, bytes: &[u8]) -> Deed {
        let meant = bytes
            .windows(self.marker.len())
            .any(|part| part == self.marker);
        if !meant || !self.armed.load(Ordering::SeqCst) {
            return Deed::Pass;
        }
        match self.dice.lock().await.below(10) {
            0 => Deed::CutBefore,
            1 => Deed::CutSent,
            2 | 3 => Deed::CutAnswered,
            _ => Deed::Pass,
        }
    }
}

async fn serve(listener: TcpListener, line: Arc<Line>, silent: watch::Receiver<bool>) {
    while let Ok((client, _)) = listener.accept().await {
        let Ok(server) = TcpStream::connect(&line.server).await else {
            continue;
        };
        let _ = client.set_nodelay(true);
        let _ = server.set_nodelay(true);
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let end = Arc::new(watch::channel(false).0);
        let swallow = Arc::new(AtomicBool::new(false));
        let calls = calls(
            Arc::clone(&line),
            from_client,
            to_server,
            (Arc::clone(&end), Arc::clone(&swallow)),
            silent.clone(),
        );
        let answers = answers(from_server, to_client, (end, swallow), silent.clone());
        tokio::spawn(calls);
        tokio::spawn(answers);
    }
}

type Shared = (Arc<watch::Sender<bool>>, Arc<AtomicBool>);

/// From the client to the server; the deeds are done here.
async fn calls(
    line: Arc<Line>,
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    (end, swallow): Shared,
    mut silent: watch::Receiver<bool>,
) {
    let (mut bytes, mut over) = (vec![0; 256 * 1024], end.subscribe());
    loop {
        let read = tokio::select! {
            _ = over.wait_for(|over| *over) => break,
            read = from.read(&mut bytes) => read,
        };
        let Ok(n @ 1..) = read else { break };
        if silent.wait_for(|silent| !silent).await.is_err() {
            break;
        }
        let deed = line.deed(&bytes[..n]).await;
        if deed == Deed::CutBefore {
            line.before.fetch_add(1, Ordering::SeqCst);
            break;
        }
        if deed == Deed::CutAnswered {
            swallow.store(true, Ordering::SeqCst);
            line.answered.fetch_add(1, Ordering::SeqCst);
        }
        if to.write_all(&bytes[..n]).await.is_err() {
            break;
        }
        if deed == Deed::CutSent {
            line.sent.fetch_add(1, Ordering::SeqCst);
            break;
        }
    }
    end.send_replace(true);
}

/// From the server to the client.
async fn answers(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    (end, swallow): Shared,
    mut silent: watch::Receiver<bool>,
) {
    let (mut bytes, mut over) = (vec![0; 256 * 1024], end.subscribe());
    loop {
        let read = tokio::select! {
            _ = over.wait_for(|over| *over) => break,
            read = from.read(&mut bytes) => read,
        };
        let Ok(n @ 1..) = read else { break };
        if swallow.load(Ordering::SeqCst) || silent.wait_for(|silent| !silent).await.is_err() {
            break;
        }
        if to.write_all(&bytes[..n]).await.is_err() {
            break;
        }
    }
    end.send_replace(true);
}

/// `host:port` of a URL.
fn host_of(url: &str) -> &str {
    let after = url.split("://").nth(1).unwrap();
    let after = after.rsplit_once('@').map_or(after, |(_, host)| host);
    after.split('/').next().unwrap()
}
