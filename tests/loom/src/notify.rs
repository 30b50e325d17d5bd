//! What tokio's `Notify` promises, of loom's parts.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use loom::sync::{Mutex, MutexGuard};

/// Tells tasks that something has changed.
#[derive(Debug)]
pub(crate) struct Notify(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// How often all have been told.
    told_all: usize,
    /// One who comes need not wait.
    permit: bool,
    waiting: Vec<Waiting>,
    next: usize,
}

#[derive(Debug)]
struct Waiting {
    id: usize,
    told: bool,
    waker: Option<Waker>,
}

impl Notify {
    pub(crate) fn new() -> Self {
        Notify(Mutex::new(State::default()))
    }

    /// Whoever has one of these hears of every `notify_waiters` since then.
    pub(crate) fn notified(&self) -> Notified<'_> {
        let seen = self.lock().told_all;
        Notified {
            notify: self,
            seen,
            id: None,
        }
    }

    /// Tells who has waited longest, or else who comes next.
    pub(crate) fn notify_one(&self) {
        let mut state = self.lock();
        let waker = state.tell_one();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Tells all who wait.
    pub(crate) fn notify_waiters(&self) {
        let mut state = self.lock();
        state.told_all += 1;
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
    fn tell_one(&mut self) -> Option<Waker> {
        match self.waiting.iter_mut().find(|waiting| !waiting.told) {
            Some(waiting) => {
                waiting.told = true;
                waiting.waker.take()
            }
            None => {
                self.permit = true;
                None
            }
        }
    }
}

/// Over when its `Notify` has told it.
pub(crate) struct Notified<'a> {
    notify: &'a Notify,
    seen: usize,
    /// Its place among those who wait.
    id: Option<usize>,
}

impl Notified<'_> {
    /// Waits from now on, though nobody polls it.
    pub(crate) fn enable(self: Pin<&mut Self>) -> bool {
        self.get_mut().ask(None)
    }

    fn ask(&mut self, waker: Option<Waker>) -> bool {
        let mut state = self.notify.lock();
        if state.told_all != self.seen {
            self.id = None;
            return true;
        }
        let place = self
            .id
            .map(|id| state.waiting.iter().position(|waiting| waiting.id == id));
        match place.flatten() {
            Some(place) if state.waiting[place].told => {
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
                // Once told, it stays so.
                self.seen = usize::MAX;
                true
            }
            None => {
                let id = state.next;
                state.next += 1;
                state.waiting.push(Waiting {
                    id,
                    told: false,
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
    /// Who was told and goes away without having heard tells the next.
    fn drop(&mut self) {
        let Some(id) = self.id else { return };
        let mut state = self.notify.lock();
        let place = state.waiting.iter().position(|waiting| waiting.id == id);
        let Some(place) = place else { return };
        let waker = match state.waiting.remove(place).told {
            true => state.tell_one(),
            false => None,
        };
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}
