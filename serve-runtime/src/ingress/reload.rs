//! Reads the options again when the process is told to, by SIGHUP.

use std::io;
use std::sync::Arc;

use super::state::State;
use crate::Result;
use crate::config::Config;
use crate::graph::Graph;

/// Where the options are.
pub(super) type Read = Box<dyn Fn() -> Result<Config> + Send + Sync>;

/// Does so as often as it is told to. Signals are listened for from the call on.
#[cfg(unix)]
pub(super) fn on_hangup<G: Graph>(
    read: Read,
    state: Arc<State<G>>,
) -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(async move {
        while hangup.recv().await.is_some() {
            match reload(&read, &state).await {
                Ok(()) => tracing::info!("the configuration has been applied"),
                Err(error) => tracing::error!(%error, "the configuration could not be applied"),
            }
        }
    })
}

/// There is no such signal.
#[cfg(not(unix))]
pub(super) fn on_hangup<G: Graph>(
    _read: Read,
    _state: Arc<State<G>>,
) -> io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(std::future::pending())
}

async fn reload<G: Graph>(read: &Read, state: &State<G>) -> Result<()> {
    let changes = state.configure(&read()?)?;
    changes.await
}
