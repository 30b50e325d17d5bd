//! One call on its way to a compute thread.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;
use tracing::Span;

use crate::request::{Request, request};
use crate::{Error, Result};

/// A call with its arguments inside; `V` is what a thread lends to its calls.
pub(crate) type Job<V> = Box<dyn Work<V>>;

/// Told what a call came to, before whoever asked is.
pub(crate) type BeforeAnswer<'a> = &'a dyn Fn(&Result<(), Panicked>);

/// What the thread sees of a call.
pub(crate) trait Work<V>: Send {
    /// Makes the call and answers it. `Err` says that it panicked, so that `value` may be broken;
    /// `before_answer` is told so before the caller is.
    fn run(self: Box<Self>, value: &mut V, before_answer: BeforeAnswer<'_>)
    -> Result<(), Panicked>;

    /// Whether whoever asked has gone.
    fn is_abandoned(&self) -> bool;

    /// Answers with an error in place of making the call.
    fn refuse(self: Box<Self>, error: Error);
}

/// The call panicked.
#[derive(Debug)]
pub(crate) struct Panicked;

struct Call<F, T> {
    function: F,
    answer: oneshot::Sender<Result<T>>,
    request: Request,
    span: Span,
}

/// A job that calls `function`, and where its answer will arrive.
pub(crate) fn job<V, F, T>(function: F) -> (Job<V>, oneshot::Receiver<Result<T>>)
where
    F: FnOnce(&mut V) -> Result<T> + Send + 'static,
    T: Send + 'static,
{
    let (answer, receiver) = oneshot::channel();
    let call = Call {
        function,
        answer,
        request: request(),
        span: Span::current(),
    };
    (Box::new(call), receiver)
}

impl<V, F, T> Work<V> for Call<F, T>
where
    F: FnOnce(&mut V) -> Result<T> + Send,
    T: Send,
{
    fn run(
        self: Box<Self>,
        value: &mut V,
        before_answer: BeforeAnswer<'_>,
    ) -> Result<(), Panicked> {
        let Call {
            function,
            answer,
            request,
            span,
        } = *self;
        if answer.is_closed() {
            before_answer(&Ok(())); // whoever asked has gone
            return Ok(());
        }
        let call = || span.in_scope(|| request.sync_scope(|| function(&mut *value)));
        let (result, outcome) = match catch_unwind(AssertUnwindSafe(call)) {
            Ok(result) => (result, Ok(())),
            Err(payload) => (Err(Error::panicked(payload)), Err(Panicked)),
        };
        before_answer(&outcome);
        let _ = answer.send(result); // fails if whoever asked went away meanwhile
        outcome
    }

    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }

    fn refuse(self: Box<Self>, error: Error) {
        let _ = self.answer.send(Err(error));
    }
}
