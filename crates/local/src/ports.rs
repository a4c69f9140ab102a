//! Picks a free loopback port that stays ours while its server is away.
//!
//! # Why not port 0
//!
//! The system hands out numbers from its ephemeral range, where any outgoing connection may take
//! the number while the server is stopped; a client that keeps reconnecting over loopback can even
//! meet itself there. So the number is drawn below that range and tried.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::net::{Ipv4Addr, TcpListener};

use crate::Error;

const FIRST: u64 = 20_000;
const COUNT: u64 = 12_000;
const TRIES: u32 = 200;

/// A random number from the system's entropy (what seeds every `HashMap`): for names and ports, not
/// for secrets.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// A loopback port that nothing listens on now. Another process may take it before its server does;
/// whoever starts the server tries again with another.
pub(crate) fn free() -> Result<u16, Error> {
    let mut last = None;
    for _ in 0..TRIES {
        let port = u16::try_from(FIRST + random() % COUNT).expect("below 32000");
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(_) => return Ok(port),
            Err(error) => last = Some(error),
        }
    }
    Err(Error::Io {
        what: "looking for a free port on 127.0.0.1".into(),
        source: last.unwrap_or_else(|| std::io::Error::other("none tried")),
    })
}
