//! The calls that a thread is making, for whoever gives the thread up.
//!
//! A thread cannot be stopped. Whoever waits for a call that never returns is answered by the one who
//! finds that out; what the call comes to later, if it does, is dropped.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::engine::ReplicaId;
use crate::{Error, Result};

/// Whom a call or a batch of calls answers.
pub(crate) trait Callers: Send {
    /// Answers each of them with an error.
    fn refuse(self, error: impl Fn() -> Error);
}

impl<T: Send> Callers for oneshot::Sender<Result<T>> {
    fn refuse(self, error: impl Fn() -> Error) {
        let _ = self.send(Err(error())); // fails if whoever asked has gone
    }
}

/// Callers that are answered once: by who made the call, or by who gave up its thread.
pub(crate) struct Unanswered<C>(Mutex<Option<C>>);

impl<C: Callers> Unanswered<C> {
    pub(crate) fn new(callers: C) -> Arc<Self> {
        Arc::new(Unanswered(Mutex::new(Some(callers))))
    }

    /// Those to be answered; `None` if they have been.
    pub(crate) fn take(&self) -> Option<C> {
        lock(&self.0).take()
    }
}

trait GiveUp: Send + Sync {
    fn give_up(&self, error: &dyn Fn() -> Error);
}

impl<C: Callers> GiveUp for Unanswered<C> {
    fn give_up(&self, error: &dyn Fn() -> Error) {
        if let Some(callers) = self.take() {
            callers.refuse(error);
        }
    }
}

/// What one thread is doing.
pub(crate) struct AtWork {
    id: ReplicaId,
    state: Mutex<State>,
}

/// A call or a batch of calls.
struct Call {
    callers: Arc<dyn GiveUp>,
    /// When the last one's deadline passes, if each has one.
    until: Option<Instant>,
}

#[derive(Default)]
struct State {
    call: Option<Call>,
    given_up: bool,
}

impl AtWork {
    pub(crate) fn new(id: ReplicaId) -> Self {
        AtWork {
            id,
            state: Mutex::default(),
        }
    }

    /// A call begins, which has to be answered `until` then. `false` if the thread has been given up meanwhile: then it is answered, and is not
    /// to be made.
    pub(crate) fn begins<C: Callers + 'static>(
        &self,
        call: &Arc<Unanswered<C>>,
        until: Option<Instant>,
    ) -> bool {
        let mut state = lock(&self.state);
        if state.given_up {
            drop(state);
            call.give_up(&|| self.error());
            return false;
        }
        let callers = Arc::<Unanswered<C>>::clone(call);
        state.call = Some(Call { callers, until });
        true
    }

    /// The call is over.
    pub(crate) fn ends(&self) {
        lock(&self.state).call = None;
    }

    /// Answers who waits for the call that the thread is making.
    pub(crate) fn give_up(&self) {
        let mut state = lock(&self.state);
        state.given_up = true;
        let call = state.call.take();
        drop(state);
        if let Some(call) = call {
            call.callers.give_up(&|| self.error());
        }
    }

    /// Until when the call that the thread is making has to be answered, if it has a deadline.
    pub(crate) fn until(&self) -> Option<Instant> {
        lock(&self.state).call.as_ref()?.until
    }

    fn error(&self) -> Error {
        let id = self.id;
        Error::unavailable(format!("replica {id} was given up before it had answered"))
    }
}

/// No user code runs under the lock, so a poisoned one is as good as any.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_given_up_is_answered_once() {
        let at_work = AtWork::new(ReplicaId(1));
        let (sender, mut receiver) = oneshot::channel::<Result<()>>();
        let call = Unanswered::new(sender);
        assert!(at_work.begins(&call, None));
        at_work.give_up();
        assert!(call.take().is_none());
        assert!(receiver.try_recv().unwrap().is_err());
    }

    #[test]
    fn a_call_that_begins_too_late_is_not_made() {
        let at_work = AtWork::new(ReplicaId(1));
        at_work.give_up();
        let (sender, mut receiver) = oneshot::channel::<Result<()>>();
        assert!(!at_work.begins(&Unanswered::new(sender), None));
        assert!(receiver.try_recv().unwrap().is_err());
    }

    #[test]
    fn a_call_that_is_over_keeps_its_answer() {
        let at_work = AtWork::new(ReplicaId(1));
        let (sender, _receiver) = oneshot::channel::<Result<()>>();
        let call = Unanswered::new(sender);
        assert!(at_work.begins(&call, None));
        at_work.ends();
        at_work.give_up();
        assert!(call.take().is_some());
    }
}
