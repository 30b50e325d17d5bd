//! A clock that only the test moves.

use std::future::Future;
use std::sync::mpsc;
use std::time::Duration;

/// Holds a paused clock: tokio moves one on by itself when there is nothing else to do, also while a
/// compute thread is busy, but not while a blocking task runs.
pub struct Held(#[allow(dead_code)] mpsc::Sender<()>);

pub fn hold() -> Held {
    let (held, released) = mpsc::channel::<()>();
    tokio::task::spawn_blocking(move || released.recv());
    Held(held)
}

pub fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Moves the clock on, and lets the tasks run whose timers have fired.
pub async fn pass(time: u64) {
    tokio::time::advance(ms(time)).await;
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

/// Spawns a call, and lets it run until it waits.
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
