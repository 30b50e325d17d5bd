//! A clock that only the test moves.

use std::future::Future;
use std::sync::mpsc;
use std::time::Duration;

/// Holds a paused clock: tokio moves one on by itself when there is nothing else to do, also while a
/// compute thread is at work, but not while a blocking task runs.
pub struct Held(#[allow(dead_code)] mpsc::Sender<()>);

pub fn hold() -> Held {
    let (held, released) = mpsc::channel::<()>();
    tokio::task::spawn_blocking(move || released.recv());
    Held(held)
}

pub fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Moves the clock on, and lets those go on whose time it is.
pub async fn pass(time: u64) {
    tokio::time::advance(ms(time)).await;
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

/// A call on a task of its own, as far as it gets without anybody's help.
pub async fn begin<F>(call: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let task = tokio::spawn(call);
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    task
}
