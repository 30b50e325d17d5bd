//! An executor that polls only when it was woken, by the waker of the last poll.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

/// Far longer than anything here takes.
const TOO_LONG: Duration = Duration::from_secs(10);

/// One poll's waker.
#[derive(Default)]
struct Signal {
    woken: Mutex<bool>,
    changed: Condvar,
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        *self.woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }
}

impl Signal {
    fn wait(&self) {
        let woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .changed
            .wait_timeout_while(woken, TOO_LONG, |woken| !*woken);
        let (woken, _) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(*woken, "it waits, and nothing wakes it");
    }
}

/// Each poll has a waker of its own: one that was kept from an earlier poll wakes nothing.
pub fn run<F: Future>(future: F) -> F::Output {
    run_restless(0, future)
}

/// Before every other poll it makes so many more, without having been woken and with a waker that wakes nothing. When
/// the future has been dropped, all of its wakers are woken.
pub fn run_restless<F: Future>(more_polls: usize, future: F) -> F::Output {
    let mut signals = Vec::new();
    let output = run_to_end(more_polls, future, &mut signals);
    signals.into_iter().for_each(Wake::wake);
    output
}

fn run_to_end<F: Future>(
    more_polls: usize,
    future: F,
    signals: &mut Vec<Arc<Signal>>,
) -> F::Output {
    let mut future = pin!(future);
    let mut poll = |waker: &Waker| future.as_mut().poll(&mut Context::from_waker(waker));
    loop {
        for _ in 0..more_polls * (signals.len() % 2) {
            if let Poll::Ready(output) = poll(Waker::noop()) {
                return output;
            }
        }
        let signal = Arc::<Signal>::default();
        signals.push(Arc::clone(&signal));
        match poll(&Waker::from(Arc::clone(&signal))) {
            Poll::Ready(output) => return output,
            Poll::Pending => signal.wait(),
        }
    }
}
