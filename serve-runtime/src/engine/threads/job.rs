//! One call on its way to a compute thread.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;
use tokio::sync::oneshot::error::RecvError;
use tokio::time::Instant;
use tracing::Span;

use crate::engine::Access;
use crate::engine::threads::current_call::{CurrentCall, Unanswered};
use crate::panics::{drop_quietly, unwound};
use crate::request::context::{Request, Waiting};
use crate::request::deadline::RemainingWork;
use crate::{Error, Result};

/// A call with its arguments; `V` is what a thread lends to its calls.
pub(crate) type Job<V> = Box<dyn Work<V>>;

/// The thread that makes a call. A caller that has its answer may call again at once: by then the thread has
/// to be free - or, after a panic, be no consumer any more. It is not free while it drops what no caller waits for, for that
/// may take long, and another thread may be free.
pub(crate) trait CallingThread {
    /// To be called with the outcome of a call before its caller is answered.
    fn before_answer(&self, outcome: &Result<(), Panicked>);

    /// Drops what no caller has taken, after its call has been answered.
    fn drop_rest(&self, rest: &mut dyn FnMut());
}

/// What the thread sees of a call.
pub(crate) trait Work<V>: Send {
    /// Makes the call, which is the thread's `current_call` meanwhile, and answers it. `Err` says that it
    /// panicked, so that `value` may be broken; `thread` hears of that before the caller does.
    fn run(
        self: Box<Self>,
        value: &mut V,
        current_call: &CurrentCall,
        thread: &dyn CallingThread,
    ) -> Result<(), Panicked>;

    /// How it uses the replica.
    fn access(&self) -> Access;

    /// Whether the caller has gone.
    fn is_abandoned(&self) -> bool;

    /// Answers with an error instead of making the call.
    fn refuse(self: Box<Self>, error: Error);
}

/// The call panicked.
#[derive(Debug)]
pub(crate) struct Panicked;

struct Call<F, T> {
    access: Access,
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

/// A result that has arrived and is not taken any more is dropped here, in the caller.
impl<T> Drop for Answer<T> {
    fn drop(&mut self) {
        self.answer.close();
        drop_quietly(self.answer.try_recv());
    }
}

/// A job that calls `function`, and where its answer will arrive.
pub(crate) fn job<V, F, T>(access: Access, function: F) -> (Job<V>, Answer<T>)
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
        access,
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
        thread: &dyn CallingThread,
    ) -> Result<(), Panicked> {
        let Call {
            access: _,
            function,
            answer,
            request,
            ahead,
            span,
        } = *self;
        if answer.is_closed() {
            drop_quietly(function); // the caller has gone
            thread.before_answer(&Ok(()));
            return Ok(());
        }
        if let Err(late) = RemainingWork::check(ahead.as_ref(), &request) {
            drop_quietly(function);
            thread.before_answer(&Ok(()));
            let _ = answer.send(Err(late));
            return Ok(());
        }
        let caller = Unanswered::new(answer);
        if !current_call.begin(&caller, request.deadline()) {
            drop_quietly(function);
            thread.before_answer(&Ok(()));
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
        let caller = caller.take().filter(|caller| !caller.is_closed());
        let Some(caller) = caller else {
            drop_quietly(result);
            thread.before_answer(&outcome);
            return outcome;
        };
        thread.before_answer(&outcome);
        if let Err(mut rest) = caller.send(result).map_err(Some) {
            thread.drop_rest(&mut || drop_quietly(rest.take())); // the caller has gone meanwhile
        }
        outcome
    }

    fn access(&self) -> Access {
        self.access
    }

    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }

    fn refuse(self: Box<Self>, error: Error) {
        let _ = self.answer.send(Err(error));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;
    use crate::engine::ReplicaId;

    /// A thread whose caller goes away when it has been told that the call has ended.
    struct Thread<T> {
        answer: RefCell<Option<Answer<T>>>,
        dropped: Cell<usize>,
    }

    impl<T> CallingThread for Thread<T> {
        fn before_answer(&self, _outcome: &Result<(), Panicked>) {
            self.answer.take();
        }

        fn drop_rest(&self, rest: &mut dyn FnMut()) {
            rest();
            self.dropped.set(self.dropped.get() + 1);
        }
    }

    #[test]
    fn a_result_whose_caller_goes_away_at_the_last_moment_is_dropped_as_the_rest() {
        let (job, answer) = job::<(), _, _>(Access::Any, |()| Ok(()));
        let thread = Thread {
            answer: RefCell::new(Some(answer)),
            dropped: Cell::new(0),
        };
        let ran = job.run(&mut (), &CurrentCall::new(ReplicaId(0)), &thread);
        assert!(ran.is_ok());
        assert_eq!(thread.dropped.get(), 1);
    }
}
