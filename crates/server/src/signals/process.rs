//! The process itself: version, memory, open files, time of start. Names as Prometheus' own
//! clients spell them.

use std::fs;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use metrics::gauge;

static STARTED: OnceLock<Duration> = OnceLock::new();

/// Once at the start.
pub(super) fn build_info() {
    STARTED.get_or_init(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        now.unwrap_or_default()
    });
    let version = env!("CARGO_PKG_VERSION");
    gauge!("commonwatch_build_info", "version" => version).set(1);
}

/// At every scrape. Where the system does not tell (it is not Linux), nothing is said.
pub(super) fn tell() {
    if let Some(started) = STARTED.get() {
        gauge!("process_start_time_seconds").set(*started);
    }
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(kibibytes) = resident(&status) {
        gauge!("process_resident_memory_bytes").set(bytes(kibibytes));
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        gauge!("process_open_fds").set(u32::try_from(open.count()).unwrap_or(u32::MAX));
    }
}

/// `VmRSS:     12345 kB`
fn resident(status: &str) -> Option<u32> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// The facade takes no integer that counts beyond 4 GiB.
#[expect(
    clippy::disallowed_types,
    reason = "Prometheus knows no other numbers; nothing is computed with it"
)]
fn bytes(kibibytes: u32) -> f64 {
    (u64::from(kibibytes) * 1024) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_memory_is_read_in_kibibytes() {
        let status = "VmPeak:\t  999 kB\nVmRSS:\t   40816 kB\nThreads:\t3\n";
        assert_eq!(resident(status), Some(40_816));
        assert_eq!(resident("Threads:\t3\n"), None);
    }
}
