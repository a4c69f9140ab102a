//! Calls that were not let in: counted in memory, written to the database every few seconds, told
//! to administrators and auditors.
//!
//! # Why
//!
//! Counting costs the denied call a lock and a map's entry. What differs in nothing but the time
//! is one row, the map is bounded, and so are the rows of an hour: a flood makes numbers grow, and
//! nothing else. A database that is away loses nothing until the process ends.

mod serve;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use eventlog::{DenialKey, Store};
use jiff::Timestamp;
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

pub use serve::services;

/// Kinds of denials held in memory; what would be more is counted without telling them apart.
const HELD_MAX: usize = 1_000;
/// How often they are written down.
const WRITE_EVERY: Duration = Duration::from_secs(2);
/// How long the last writing may take, when the server stops.
const LAST_WITHIN: Duration = Duration::from_secs(5);

/// Denied calls of this process that are not written down yet.
#[derive(Default)]
pub(crate) struct Denials {
    held: watch::Sender<HashMap<DenialKey, Counted>>,
}

#[derive(Clone, Copy)]
struct Counted {
    count: u64,
    first: Timestamp,
    last: Timestamp,
}

impl Denials {
    /// Counts a denied call.
    pub(crate) fn note(
        &self,
        at: Timestamp,
        actor: &str,
        peer: Option<IpAddr>,
        rpc: &str,
        reason: &str,
    ) {
        let key = DenialKey {
            hour: DenialKey::hour_of(at),
            actor: actor.to_owned(),
            peer: peer.map(network).unwrap_or_default(),
            rpc: rpc.to_owned(),
            reason: reason.to_owned(),
        };
        let one = Counted {
            count: 1,
            first: at,
            last: at,
        };
        self.add(key, one);
    }

    fn add(&self, mut key: DenialKey, more: Counted) {
        self.held.send_modify(|held| {
            if held.len() >= HELD_MAX && !held.contains_key(&key) {
                key = DenialKey::overflow(key.hour);
            }
            held.entry(key)
                .and_modify(|counted| {
                    counted.count += more.count;
                    counted.first = counted.first.min(more.first);
                    counted.last = counted.last.max(more.last);
                })
                .or_insert(more);
        });
    }

    /// Writes until `stopped`, and once more then.
    pub(crate) async fn write(self: Arc<Self>, store: Store, mut stopped: oneshot::Receiver<()>) {
        loop {
            let ended = timeout(WRITE_EVERY, &mut stopped).await.is_ok();
            let written = if ended {
                timeout(LAST_WITHIN, self.flush(&store)).await
            } else {
                Ok(self.flush(&store).await)
            };
            match written {
                Ok(Ok(())) => {}
                Ok(Err(error)) if !ended => {
                    tracing::debug!(%error, "denied calls are kept for later");
                }
                Ok(Err(error)) => tracing::error!(%error, "denied calls were not written down"),
                Err(_) => tracing::error!("denied calls were not written down in time"),
            }
            if ended {
                return;
            }
        }
    }

    async fn flush(&self, store: &Store) -> Result<(), eventlog::Error> {
        let taken = self.held.send_replace(HashMap::new());
        if taken.is_empty() {
            return Ok(());
        }
        let mut rows: Vec<_> = taken
            .iter()
            .map(|(key, counted)| eventlog::Denials {
                key: key.clone(),
                count: counted.count,
                first: counted.first,
                last: counted.last,
            })
            .collect();
        // In one order everywhere, so that two writers never wait for each other in a circle.
        rows.sort_by(|a, b| a.key.cmp(&b.key));
        let written = store.count_denials(&rows).await;
        if written.is_err() {
            for (key, counted) in taken {
                self.add(key, counted);
            }
        }
        written
    }
}

/// An address as it is counted: one network hands out a whole IPv6 /64.
fn network(peer: IpAddr) -> String {
    match peer.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            let network = std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0);
            format!("{network}/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn counts(denials: &Denials) -> Vec<(DenialKey, u64)> {
        let held = denials.held.borrow();
        let mut counts: Vec<_> = held.iter().map(|(k, c)| (k.clone(), c.count)).collect();
        counts.sort();
        counts
    }

    #[test]
    fn calls_that_differ_in_the_time_alone_are_one_row_an_hour() {
        let denials = Denials::default();
        let peer = "192.0.2.7".parse().ok();
        for minute in ["10:00", "10:59", "11:00"] {
            let at = at(&format!("2026-11-01T{minute}:00Z"));
            denials.note(at, "hr-1", peer, "/s/R", "ROLE_MISSING");
        }
        let counts = counts(&denials);
        assert_eq!(counts.iter().map(|(_, n)| *n).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(counts[0].0.peer, "192.0.2.7");
    }

    #[test]
    fn a_flood_from_everywhere_is_counted_and_held_within_bounds() {
        let denials = Denials::default();
        let now = at("2026-11-01T10:00:00Z");
        for n in 0..5_000_u32 {
            let peer = IpAddr::V4(n.into());
            denials.note(now, "", Some(peer), "/s/R", "TOKEN_UNKNOWN");
        }
        let counts = counts(&denials);
        assert_eq!(counts.len(), HELD_MAX + 1);
        let all: u64 = counts.iter().map(|(_, count)| count).sum();
        assert_eq!(all, 5_000);
        let rest = DenialKey::overflow(DenialKey::hour_of(now));
        assert!(counts.contains(&(rest, 5_000 - HELD_MAX as u64)));
    }

    #[test]
    fn one_network_of_ipv6_is_one_peer() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(of("2001:db8:1:2::9"), of("2001:db8:1:2:3:4:5:6"));
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
    }
}
