//! One call of a batch, from its start to its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tracing::Span;

use super::asked::Asked;
use super::group::Group;
use crate::panics::drop_quietly;
use crate::request::context::{Request, Waiting};
use crate::request::deadline::RemainingWork;
use crate::{Error, Result};

/// A call that waits to be put into a batch, or is in one.
pub(crate) struct Item<A, T> {
    pub(super) arguments: A,
    pub(super) cost: u64,
    pub(super) group: Option<Group>,
    request: Request,
    /// The work that follows the call, if its request has a deadline.
    ahead: Option<RemainingWork>,
    span: Span,
    pub(super) arrived: Instant,
    pub(super) ticket: Arc<TicketState>,
    answer: oneshot::Sender<Result<T>>,
}

/// What a call's item and its ticket in the deployment's queue share.
#[derive(Debug, Default)]
pub(crate) struct TicketState {
    /// The item is in a batch, or has been refused: its ticket is void.
    taken: AtomicBool,
    /// The caller has gone.
    gone: AtomicBool,
}

/// Where the answer arrives; dropping it cancels the call.
pub(crate) struct Answer<T> {
    ticket: Arc<TicketState>,
    receiver: oneshot::Receiver<Result<T>>,
    _waiting: Waiting,
}

/// A call that is being made.
pub(crate) struct CallMade<T> {
    request: Request,
    ahead: Option<RemainingWork>,
    answer: oneshot::Sender<Result<T>>,
}

impl<T> CallMade<T> {
    pub(crate) fn request(&self) -> &Request {
        &self.request
    }

    /// Whether the caller has gone.
    pub(crate) fn is_gone(&self) -> bool {
        self.answer.is_closed()
    }

    /// Answers with the result; `took` is the time of the whole batch.
    ///
    /// # Errors
    ///
    /// The result, if the caller has gone meanwhile.
    pub(crate) fn answer(self, result: Result<T>, took: Duration) -> Result<(), Result<T>> {
        if let (Some(ahead), Ok(_)) = (self.ahead, &result) {
            ahead.was_served_in(took);
        }
        self.answer.send(result)
    }

    pub(crate) fn refuse(self, error: Error) {
        let _ = self.answer.send(Err(error)); // fails if the caller has gone
    }
}

impl<A, T> Item<A, T> {
    pub(super) fn new(asked: Asked<A>) -> (Self, Answer<T>) {
        let (answer, receiver) = oneshot::channel();
        let ticket = Arc::<TicketState>::default();
        let request = Request::current().fork();
        let _waiting = Waiting(request.clone());
        let item = Item {
            arguments: asked.arguments,
            cost: asked.cost,
            group: asked.group,
            ahead: request.deadline().and_then(|_| RemainingWork::current()),
            request,
            span: Span::current(),
            arrived: Instant::now(),
            ticket: Arc::clone(&ticket),
            answer,
        };
        let answer = Answer {
            ticket,
            receiver,
            _waiting,
        };
        (item, answer)
    }

    /// Whether the caller has gone.
    pub(super) fn is_gone(&self) -> bool {
        self.ticket.is_gone()
    }

    /// The error for a call that would be too late now.
    pub(super) fn late(&self) -> Option<Error> {
        RemainingWork::check(self.ahead.as_ref(), &self.request).err()
    }

    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    /// The arguments, and the rest of the call.
    pub(crate) fn split(self) -> (A, CallMade<T>) {
        let made = CallMade {
            request: self.request,
            ahead: self.ahead,
            answer: self.answer,
        };
        drop_quietly(self.group); // its key is the user's
        (self.arguments, made)
    }

    pub(super) fn refuse(self, error: Error) {
        let _ = self.answer.send(Err(error)); // fails if the caller has gone
        drop_quietly(self.arguments);
        drop_quietly(self.group);
    }
}

impl TicketState {
    pub(super) fn void(&self) {
        self.taken.store(true, Ordering::Release);
    }

    pub(super) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    /// Whether there is nothing to do for the ticket.
    pub(crate) fn is_void(&self) -> bool {
        self.taken.load(Ordering::Acquire) || self.is_gone()
    }
}

impl<T> Answer<T> {
    #[cfg(test)]
    pub(super) fn ticket(&self) -> &Arc<TicketState> {
        &self.ticket
    }

    /// Waits for it; `None` if it will not come.
    pub(crate) async fn get(mut self) -> Option<Result<T>> {
        (&mut self.receiver).await.ok()
    }
}

/// A result that has arrived and is not taken any more is dropped here, in the caller.
impl<T> Drop for Answer<T> {
    fn drop(&mut self) {
        self.ticket.gone.store(true, Ordering::Release);
        self.receiver.close();
        drop_quietly(self.receiver.try_recv());
    }
}
