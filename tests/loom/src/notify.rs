//! tokio's `Notify`, built on loom's primitives.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use loom::sync::{Mutex, MutexGuard};

/// Wakes tasks after a change.
#[derive(Debug)]
pub(crate) struct Notify(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// How many times all waiting tasks have been notified.
    notified_all: usize,
    /// Whether the next task need not wait.
    permit: bool,
    waiting: Vec<Waiting>,
    next: usize,
}

#[derive(Debug)]
struct Waiting {
    id: usize,
    notified: bool,
    waker: Option<Waker>,
}

impl Notify {
    pub(crate) fn new() -> Self {
        Notify(Mutex::new(State::default()))
    }

    /// The future resolves with any `notify_waiters` from now on.
    pub(crate) fn notified(&self) -> Notified<'_> {
        let seen = self.lock().notified_all;
        Notified {
            notify: self,
            seen,
            id: None,
        }
    }

    /// Wakes the task that has waited longest, or else the next one that waits.
    pub(crate) fn notify_one(&self) {
        let mut state = self.lock();
        let waker = state.take_one();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Wakes all waiting tasks.
    pub(crate) fn notify_waiters(&self) {
        let mut state = self.lock();
        state.notified_all += 1;
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        waiting
            .into_iter()
            .filter_map(|waiting| waiting.waker)
            .for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(|error| error.into_inner())
    }
}

impl State {
    fn take_one(&mut self) -> Option<Waker> {
        match self.waiting.iter_mut().find(|waiting| !waiting.notified) {
            Some(waiting) => {
                waiting.notified = true;
                waiting.waker.take()
            }
            None => {
                self.permit = true;
                None
            }
        }
    }
}

/// Resolves when its `Notify` has notified it.
pub(crate) struct Notified<'a> {
    notify: &'a Notify,
    seen: usize,
    /// Its number among the waiting tasks.
    id: Option<usize>,
}

impl Notified<'_> {
    /// Waits from now on, before it is polled.
    pub(crate) fn enable(self: Pin<&mut Self>) -> bool {
        self.get_mut().ask(None)
    }

    fn ask(&mut self, waker: Option<Waker>) -> bool {
        let mut state = self.notify.lock();
        if state.notified_all != self.seen {
            self.id = None;
            return true;
        }
        let place = self
            .id
            .map(|id| state.waiting.iter().position(|waiting| waiting.id == id));
        match place.flatten() {
            Some(place) if state.waiting[place].notified => {
                state.waiting.remove(place);
                self.id = None;
                true
            }
            Some(place) => {
                if waker.is_some() {
                    state.waiting[place].waker = waker;
                }
                false
            }
            None if std::mem::take(&mut state.permit) => {
                // Once notified, it stays notified.
                self.seen = usize::MAX;
                true
            }
            None => {
                let id = state.next;
                state.next += 1;
                state.waiting.push(Waiting {
                    id,
                    notified: false,
                    waker,
                });
                self.id = Some(id);
                false
            }
        }
    }
}

impl Future for Notified<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match self.get_mut().ask(Some(cx.waker().clone())) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }
}

impl Drop for Notified<'_> {
    /// A future that was notified and is dropped before it was polled notifies the next one.
    fn drop(&mut self) {
        let Some(id) = self.id else { return };
        let mut state = self.notify.lock();
        let place = state.waiting.iter().position(|waiting| waiting.id == id);
        let Some(place) = place else { return };
        let waker = match state.waiting.remove(place).notified {
            true => state.take_one(),
            false => None,
        };
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}
