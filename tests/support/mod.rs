//! Counters to wait for, stages that hold calls, proofs that nothing happens, and a small HTTP client.

pub mod http;
pub mod progress;
pub mod stage;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::watch;

pub use self::progress::{is_pending_for, others_make_progress};
pub use self::stage::Stage;

/// Far longer than anything here takes, so that a test that hangs fails.
const TOO_LONG: Duration = Duration::from_secs(30);

/// Waits for a future; a test that would wait for ever fails instead.
#[track_caller]
pub fn within<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let caller = std::panic::Location::caller();
    async move {
        match tokio::time::timeout(TOO_LONG, future).await {
            Ok(output) => output,
            Err(_) => panic!("{caller}: still waiting after {TOO_LONG:?}"),
        }
    }
}

/// A count that can be waited for.
#[derive(Clone, Default)]
pub struct Count(Arc<watch::Sender<usize>>);

impl Count {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one, and returns the count before.
    pub fn add(&self) -> usize {
        let mut before = 0;
        self.0.send_modify(|count| {
            before = *count;
            *count += 1;
        });
        before
    }

    pub fn get(&self) -> usize {
        *self.0.borrow()
    }

    /// Waits until there are `count`.
    #[track_caller]
    pub fn reaches(&self, count: usize) -> impl Future<Output = ()> {
        let mut changes = self.0.subscribe();
        within(async move {
            let _ = changes.wait_for(|now| *now >= count).await;
        })
    }

    /// Adds one when it is dropped.
    pub fn on_drop(&self) -> OnDrop {
        OnDrop(self.clone())
    }
}

pub struct OnDrop(Count);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.add();
    }
}

/// Polls a call once, and returns its result if it did not have to wait.
pub async fn at_once<F: Future + Unpin>(call: &mut F) -> Option<F::Output> {
    let poll = |context: &mut Context<'_>| Poll::Ready(Pin::new(&mut *call).poll(context));
    match poll_fn(poll).await {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// Polls a call until it waits.
pub async fn waits<F: Future + Unpin>(call: &mut F) -> bool {
    at_once(call).await.is_none()
}
