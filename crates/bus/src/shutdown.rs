//! How a relay or consumer is told to end: a watch that turns true.

use std::time::Duration;

/// Turns true (or loses its sender) when the process is to end.
pub type Shutdown = tokio::sync::watch::Receiver<bool>;

/// Resolves once the end was asked for.
pub(crate) async fn stopped(shutdown: &mut Shutdown) {
    // A lost sender is an end as well: nobody is left who could ask for it.
    let _ = shutdown.wait_for(|stop| *stop).await;
}

/// Sleeps, but not beyond the end. True: the end was asked for.
pub(crate) async fn nap(shutdown: &mut Shutdown, pause: Duration) -> bool {
    tokio::select! {
        () = stopped(shutdown) => true,
        () = tokio::time::sleep(pause) => false,
    }
}
