//! When to stop.

use std::io;

/// Waits for the signal to stop: SIGINT or SIGTERM.
#[cfg(unix)]
pub(super) async fn signal() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// Waits for the signal to stop: Ctrl-C.
#[cfg(not(unix))]
pub(super) async fn signal() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
