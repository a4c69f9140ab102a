//! The one hook by which a test kills this process at a named step.

/// In debug builds, with `COMMONWATCH_KILL_AT="<name>"` or `"<name>:<n>"` in the environment, the
/// process kills itself (signal 9) at the n-th pass of that name. Nothing in release builds.
///
/// Names in this crate: `append.before`, `append.committed`, `receipt.before`,
/// `receipt.committed`, `parked.recorded`, `rebuild.folded`, `rebuild.swapping`,
/// `rebuild.swapped`.
pub fn kill_point(name: &'static str) {
    #[cfg(debug_assertions)]
    armed::pass(name);
    #[cfg(not(debug_assertions))]
    let _ = name;
}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    struct Armed {
        name: String,
        left: AtomicU64,
    }

    static ARMED: OnceLock<Option<Armed>> = OnceLock::new();

    fn read() -> Option<Armed> {
        let text = std::env::var("COMMONWATCH_KILL_AT").ok()?;
        let (name, pass) = match text.rsplit_once(':') {
            Some((name, pass)) => (name.to_owned(), pass.parse().unwrap_or(1)),
            None => (text, 1),
        };
        Some(Armed {
            name,
            left: AtomicU64::new(pass),
        })
    }

    pub(super) fn pass(name: &str) {
        let Some(armed) = ARMED.get_or_init(read) else {
            return;
        };
        if armed.name != name || armed.left.fetch_sub(1, Ordering::SeqCst) != 1 {
            return;
        }
        let pid = std::process::id().to_string();
        // Signal 9 and not abort: no destructor, no flush, exactly what a test asks for.
        let _ = std::process::Command::new("kill")
            .args(["-9", &pid])
            .status();
        std::process::abort();
    }
}
