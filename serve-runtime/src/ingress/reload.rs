//! Reads the options again when the process receives SIGHUP.

use std::io;
use std::sync::Arc;
use std::thread;

use tokio::sync::oneshot;

use super::applications::Hosting;
use crate::config::Config;
use crate::panics::catch;
use crate::{Error, Result};

/// Reads the options.
pub(super) type Read = Box<dyn Fn() -> Result<Config> + Send + Sync>;

/// Reads and applies the options with every SIGHUP. Signals are caught from this call on.
#[cfg(unix)]
pub(super) fn on_hangup(
    read: Read,
    hosting: Arc<Hosting>,
) -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangup = signal(SignalKind::hangup())?;
    let read = Arc::new(read);
    Ok(async move {
        while hangup.recv().await.is_some() {
            match reload(&read, &hosting).await {
                Ok(()) => tracing::info!("the configuration has been applied"),
                Err(error) => tracing::error!(%error, "the configuration could not be applied"),
            }
        }
    })
}

/// There is no such signal on this system.
#[cfg(not(unix))]
pub(super) fn on_hangup(
    _read: Read,
    _hosting: Arc<Hosting>,
) -> io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(std::future::pending())
}

async fn reload(read: &Arc<Read>, hosting: &Arc<Hosting>) -> Result<()> {
    let config = read_aside(Arc::clone(read)).await?;
    hosting.put(config).await?.await
}

/// Reads on a thread of its own: a file may be on a file system that hangs. That must neither hold up requests nor
/// keep the runtime from ending, which would wait for a thread for blocking work.
async fn read_aside(read: Arc<Read>) -> Result<Config> {
    let (answer, config) = oneshot::channel();
    let thread = thread::Builder::new().name("config".to_owned());
    thread.spawn(move || drop(answer.send(catch(|| read()))))?;
    config
        .await
        .unwrap_or_else(|_| Err(Error::failed("the configuration was not read")))
}
