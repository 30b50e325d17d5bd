//! When to stop.

use std::future::Future;
use std::io;
use std::thread;

use tokio::runtime::Builder;
use tokio::sync::oneshot;

/// What a process that was interrupted exits with, by the custom of shells: 128 + SIGINT.
const INTERRUPTED: i32 = 130;

/// Waits for the signal to stop. From then on, a second one ends the process at once.
///
/// Signals are listened for from the call on, not from the first poll: a server that has said that it
/// is ready must not be killed by one. That is done on a thread of its own: where `async fn`s block all threads of
/// the runtime, the process can still be told to end.
pub(super) fn requested() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let runtime = Builder::new_current_thread().enable_io().build()?;
    let mut signals = {
        let _inside = runtime.enter();
        Signals::listen()?
    };
    let (mut stop, requested) = oneshot::channel();
    let listen = async move {
        tokio::select! {
            () = signals.next() => {}
            () = stop.closed() => return, // there is no server any more
        }
        let _ = stop.send(()); // or there is none just now
        signals.next().await;
        tracing::warn!("told to stop a second time: stopping at once");
        std::process::exit(INTERRUPTED);
    };
    let thread = thread::Builder::new().name("signals".to_owned());
    thread.spawn(move || runtime.block_on(listen))?;
    Ok(async move { drop(requested.await) })
}

/// SIGINT and SIGTERM.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Ctrl-C.
#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Signals)
    }

    async fn next(&mut self) {
        let _ = self.0.recv().await;
    }
}
