//! The call that a thread is making, so that it can be answered when the thread is given up.
//!
//! A thread cannot be stopped. A caller that waits for a call that never returns is answered by the controller,
//! which finds that out; the result of the call, if there ever is one, is dropped.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::engine::ReplicaId;
use crate::util::lock;
use crate::{Error, Result};

/// The callers of a call or of a batch of calls.
pub(crate) trait Callers: Send {
    /// Answers each of them with an error.
    fn refuse(self, error: impl Fn() -> Error);
}

impl<T: Send> Callers for oneshot::Sender<Result<T>> {
    fn refuse(self, error: impl Fn() -> Error) {
        let _ = self.send(Err(error())); // fails if the caller has gone
    }
}

/// Callers that are answered once: by the thread that made the call, or by the one that gave the thread up.
pub(crate) struct Unanswered<C>(Mutex<Option<C>>);

impl<C: Callers> Unanswered<C> {
    pub(crate) fn new(callers: C) -> Arc<Self> {
        Arc::new(Unanswered(Mutex::new(Some(callers))))
    }

    /// The callers to answer; `None` if they have been answered.
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

thread_local! {
    /// What this thread is doing, if it is one of a deployment's.
    static CURRENT: RefCell<Option<Arc<CurrentCall>>> = const { RefCell::new(None) };
}

/// What one thread is doing.
pub(crate) struct CurrentCall {
    id: ReplicaId,
    state: Mutex<State>,
    /// Its call is a stream, which waits until enough of it has been read.
    is_unread: AtomicBool,
}

#[derive(Default)]
struct State {
    call: Option<Call>,
    given_up: bool,
}

/// A call or a batch of calls.
struct Call {
    callers: Arc<dyn GiveUp>,
    /// The latest deadline, if each call has one.
    deadline: Option<Instant>,
}

impl CurrentCall {
    pub(crate) fn new(id: ReplicaId) -> Self {
        CurrentCall {
            id,
            state: Mutex::default(),
            is_unread: AtomicBool::new(false),
        }
    }

    /// What the calling thread does is recorded here.
    pub(crate) fn enter(self: &Arc<Self>) {
        CURRENT.set(Some(Arc::clone(self)));
    }

    /// Whether the thread waits for the reader of its stream.
    pub(crate) fn is_unread(&self) -> bool {
        self.is_unread.load(Ordering::Relaxed)
    }

    /// Records that the calling thread waits for the reader of its stream, while it does.
    pub(crate) fn while_unread<T>(wait: impl FnOnce() -> T) -> T {
        let record = |is_unread| {
            CURRENT.with_borrow(|current| {
                if let Some(current) = current {
                    current.is_unread.store(is_unread, Ordering::Relaxed);
                }
            });
        };
        record(true);
        let waited = wait();
        record(false);
        waited
    }

    pub(crate) fn id(&self) -> ReplicaId {
        self.id
    }

    /// The thread is about to make a call. `false` if the thread has been given up meanwhile: then the call is
    /// answered, and must not be made.
    pub(crate) fn begin<C: Callers + 'static>(
        &self,
        call: &Arc<Unanswered<C>>,
        deadline: Option<Instant>,
    ) -> bool {
        let mut state = lock(&self.state);
        if state.given_up {
            drop(state);
            call.give_up(&|| self.error());
            return false;
        }
        let callers = Arc::<Unanswered<C>>::clone(call);
        state.call = Some(Call { callers, deadline });
        true
    }

    /// The call has returned.
    pub(crate) fn end(&self) {
        lock(&self.state).call = None;
    }

    /// The thread is given up: answers the callers of the call that it is making.
    pub(crate) fn give_up(&self) {
        let mut state = lock(&self.state);
        state.given_up = true;
        let call = state.call.take();
        drop(state);
        if let Some(call) = call {
            call.callers.give_up(&|| self.error());
        }
    }

    /// The deadline of the call that the thread is making, if there is one.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        lock(&self.state).call.as_ref()?.deadline
    }

    fn error(&self) -> Error {
        let id = self.id;
        Error::unavailable(format!("replica {id} was given up before it had answered"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_of_a_thread_that_is_given_up_are_answered_once() {
        let current_call = CurrentCall::new(ReplicaId(1));
        let (sender, mut receiver) = oneshot::channel::<Result<()>>();
        let call = Unanswered::new(sender);
        assert!(current_call.begin(&call, None));
        current_call.give_up();
        assert!(call.take().is_none());
        assert!(receiver.try_recv().unwrap().is_err());
    }

    #[test]
    fn a_call_that_begins_too_late_is_not_made() {
        let current_call = CurrentCall::new(ReplicaId(1));
        current_call.give_up();
        let (sender, mut receiver) = oneshot::channel::<Result<()>>();
        assert!(!current_call.begin(&Unanswered::new(sender), None));
        assert!(receiver.try_recv().unwrap().is_err());
    }

    #[test]
    fn a_call_that_has_returned_keeps_its_answer() {
        let current_call = CurrentCall::new(ReplicaId(1));
        let (sender, _receiver) = oneshot::channel::<Result<()>>();
        let call = Unanswered::new(sender);
        assert!(current_call.begin(&call, None));
        current_call.end();
        current_call.give_up();
        assert!(call.take().is_some());
    }
}
