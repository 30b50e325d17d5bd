//! The signals that stop the server.

use std::future::Future;
use std::io;
use std::thread;

use tokio::runtime::Builder;
use tokio::sync::oneshot;

/// The exit code of a process that was interrupted, by the convention of shells: 128 + SIGINT.
const INTERRUPTED: i32 = 130;

/// Waits for the signal to stop. From then on, a second one ends the process at once.
///
/// Signals are caught from this call on, not from the first poll: they must not kill a server that has announced
/// that it is ready. A thread of its own catches them: even if `async fn`s block all threads of
/// the runtime, the process can be stopped.
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
            () = stop.closed() => return, // the server has already ended
        }
        let _ = stop.send(()); // fails if the server has just ended
        signals.next().await;
        tracing::warn!("second signal to stop: stopping at once");
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
