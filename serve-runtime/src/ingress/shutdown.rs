//! When to stop.

use std::io;

/// What a process that was interrupted exits with, by the custom of shells: 128 + SIGINT.
const INTERRUPTED: i32 = 130;

/// Waits for the signal to stop. From then on, a second one ends the process at once.
pub(super) async fn requested() {
    if let Err(error) = signal().await {
        tracing::error!(%error, "cannot wait for signals; stopping");
        return;
    }
    tokio::spawn(async {
        if signal().await.is_ok() {
            tracing::warn!("told to stop a second time: stopping at once");
            std::process::exit(INTERRUPTED);
        }
    });
}

/// Waits for SIGINT or SIGTERM.
#[cfg(unix)]
async fn signal() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
async fn signal() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
