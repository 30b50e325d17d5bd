//! One call on its way to a compute thread.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;
use tokio::sync::oneshot::error::RecvError;
use tokio::time::Instant;
use tracing::Span;

use crate::engine::threads::current_call::{CurrentCall, Unanswered};
use crate::panics::{drop_quietly, unwound};
use crate::request::context::{Request, Waiting};
use crate::request::deadline::RemainingWork;
use crate::{Error, Result};

/// A call with its arguments; `V` is what a thread lends to its calls.
pub(crate) type Job<V> = Box<dyn Work<V>>;

/// Called with the outcome of a call before its caller is answered.
pub(crate) type BeforeAnswer<'a> = &'a dyn Fn(&Result<(), Panicked>);

/// What the thread sees of a call.
pub(crate) trait Work<V>: Send {
    /// Makes the call, which is the thread's `current_call` meanwhile, and answers it. `Err` says that it
    /// panicked, so that `value` may be broken; `before_answer` hears of that before the caller does.
    fn run(
        self: Box<Self>,
        value: &mut V,
        current_call: &CurrentCall,
        before_answer: BeforeAnswer<'_>,
    ) -> Result<(), Panicked>;

    /// Whether the caller has gone.
    fn is_abandoned(&self) -> bool;

    /// Answers with an error instead of making the call.
    fn refuse(self: Box<Self>, error: Error);
}

/// The call panicked.
#[derive(Debug)]
pub(crate) struct Panicked;

struct Call<F, T> {
    function: F,
    answer: oneshot::Sender<Result<T>>,
    request: Request,
    /// The work that follows the call, if its request has a deadline.
    ahead: Option<RemainingWork>,
    span: Span,
}

/// Where the answer of a job arrives. Once it is dropped, the job is abandoned.
pub(crate) struct Answer<T> {
    answer: oneshot::Receiver<Result<T>>,
    _waiting: Waiting,
}

impl<T> Future for Answer<T> {
    type Output = Result<Result<T>, RecvError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.answer).poll(cx)
    }
}

/// A job that calls `function`, and where its answer will arrive.
pub(crate) fn job<V, F, T>(function: F) -> (Job<V>, Answer<T>)
where
    F: FnOnce(&mut V) -> Result<T> + Send + 'static,
    T: Send + 'static,
{
    let (answer, receiver) = oneshot::channel();
    let request = Request::current().fork();
    let answered = Answer {
        answer: receiver,
        _waiting: Waiting(request.clone()),
    };
    let call = Call {
        function,
        answer,
        ahead: request.deadline().and_then(|_| RemainingWork::current()),
        request,
        span: Span::current(),
    };
    (Box::new(call), answered)
}

impl<V, F, T> Work<V> for Call<F, T>
where
    F: FnOnce(&mut V) -> Result<T> + Send,
    T: Send + 'static,
{
    fn run(
        self: Box<Self>,
        value: &mut V,
        current_call: &CurrentCall,
        before_answer: BeforeAnswer<'_>,
    ) -> Result<(), Panicked> {
        let Call {
            function,
            answer,
            request,
            ahead,
            span,
        } = *self;
        if answer.is_closed() {
            before_answer(&Ok(())); // the caller has gone
            drop_quietly(function);
            return Ok(());
        }
        if let Err(late) = RemainingWork::check(ahead.as_ref(), &request) {
            before_answer(&Ok(()));
            let _ = answer.send(Err(late));
            drop_quietly(function);
            return Ok(());
        }
        let caller = Unanswered::new(answer);
        if !current_call.begin(&caller, request.deadline()) {
            before_answer(&Ok(()));
            drop_quietly(function);
            return Ok(());
        }
        let served = ahead.map(|ahead| (ahead, Instant::now()));
        let call = || span.in_scope(|| request.sync_scope(|| function(&mut *value)));
        let (result, outcome) = match unwound(call) {
            Ok(result) => (result, Ok(())),
            Err(payload) => (Err(Error::panicked(payload)), Err(Panicked)),
        };
        if let (Some((ahead, begun)), Ok(_)) = (served, &result) {
            ahead.was_served_in(begun.elapsed());
        }
        current_call.end();
        before_answer(&outcome);
        if let Some(answer) = caller.take() {
            drop_quietly(answer.send(result)); // fails if the caller has gone meanwhile
        }
        outcome
    }

    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }

    fn refuse(self: Box<Self>, error: Error) {
        let _ = self.answer.send(Err(error));
    }
}
