//! One call on its way into a batch.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tracing::Span;

use super::group::Group;
use crate::engine::threads::current_call::Callers;
use crate::panics::drop_quietly;
use crate::request::context::{Request, Waiting};
use crate::request::deadline::RemainingWork;
use crate::{Error, Result};

/// What a handle's method has a batch do.
pub struct Asked<A> {
    /// The values of this call.
    pub arguments: A,
    /// What it counts against `max_batch_cost`.
    pub cost: u64,
    /// Which calls it can be in one batch with; any, if there is none.
    pub group: Option<Group>,
}

/// A call that waits to be put into a batch, or is in one.
pub(super) struct Item<A, T> {
    pub(super) arguments: A,
    pub(super) cost: u64,
    pub(super) group: Option<Group>,
    pub(super) request: Request,
    /// What comes after the call, if its request has a deadline.
    ahead: Option<RemainingWork>,
    pub(super) span: Span,
    pub(super) since: Instant,
    pub(super) place: Arc<Place>,
    answer: oneshot::Sender<Result<T>>,
}

/// What a call's item and its ticket in the deployment's queue know of each other.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// The item is in a batch, or has been refused: its ticket stands for nothing any more.
    taken: AtomicBool,
    /// Whoever asked has gone.
    gone: AtomicBool,
}

/// Where the answer arrives; dropping it takes the call back.
pub(crate) struct Answer<T> {
    place: Arc<Place>,
    receiver: oneshot::Receiver<Result<T>>,
    _waiting: Waiting,
}

/// A call that is being made.
pub(super) struct Made<T> {
    pub(super) request: Request,
    ahead: Option<RemainingWork>,
    answer: oneshot::Sender<Result<T>>,
}

impl<T> Made<T> {
    /// What it came to, and how long its batch took.
    pub(super) fn answer(self, result: Result<T>, took: Duration) {
        if let (Some(ahead), Ok(_)) = (self.ahead, &result) {
            ahead.was_served_in(took);
        }
        // It comes back if whoever asked went away meanwhile.
        self.answer.send(result).unwrap_or_else(drop_quietly);
    }
}

/// The calls of a batch.
impl<T: Send> Callers for Vec<Made<T>> {
    fn refuse(self, error: impl Fn() -> Error) {
        for call in self {
            let _ = call.answer.send(Err(error())); // fails if whoever asked has gone
        }
    }
}

impl<A, T> Item<A, T> {
    pub(super) fn new(asked: Asked<A>) -> (Self, Answer<T>) {
        let (answer, receiver) = oneshot::channel();
        let place = Arc::<Place>::default();
        let request = Request::current().fork();
        let _waiting = Waiting(request.clone());
        let item = Item {
            arguments: asked.arguments,
            cost: asked.cost,
            group: asked.group,
            ahead: request.deadline().and_then(|_| RemainingWork::current()),
            request,
            span: Span::current(),
            since: Instant::now(),
            place: Arc::clone(&place),
            answer,
        };
        let answer = Answer {
            place,
            receiver,
            _waiting,
        };
        (item, answer)
    }

    /// Whether nobody waits for the answer any more.
    pub(super) fn is_gone(&self) -> bool {
        self.place.is_gone()
    }

    /// Why the call is not to be made now, if it would be too late.
    pub(super) fn late(&self) -> Option<Error> {
        RemainingWork::check(self.ahead.as_ref(), &self.request).err()
    }

    /// The arguments, and what is left.
    pub(super) fn split(self) -> (A, Made<T>) {
        let made = Made {
            request: self.request,
            ahead: self.ahead,
            answer: self.answer,
        };
        (self.arguments, made)
    }

    pub(super) fn refuse(self, error: Error) {
        let _ = self.answer.send(Err(error)); // fails if whoever asked has gone
        drop_quietly(self.arguments);
    }
}

impl Place {
    pub(super) fn take(&self) {
        self.taken.store(true, Ordering::Release);
    }

    pub(super) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    /// Whether a ticket for it is good for nothing.
    pub(super) fn is_idle(&self) -> bool {
        self.taken.load(Ordering::Acquire) || self.is_gone()
    }
}

impl<T> Answer<T> {
    #[cfg(test)]
    pub(super) fn place(&self) -> &Arc<Place> {
        &self.place
    }

    /// Waits for it; `None` if it will not come.
    pub(crate) async fn get(mut self) -> Option<Result<T>> {
        (&mut self.receiver).await.ok()
    }
}

impl<T> Drop for Answer<T> {
    fn drop(&mut self) {
        self.place.gone.store(true, Ordering::Release);
    }
}
