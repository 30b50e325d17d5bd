//! A batched call in the deployment's queue.

use std::sync::Arc;
use std::time::Instant;

use crate::batch::{Answer, Asked, Batcher, CallMade, Item, TicketState, in_scope};
use crate::engine::Access;
use crate::engine::threads::current_call::{Callers, CurrentCall, Unanswered};
use crate::engine::threads::job::{CallingThread, Job, Panicked, Work};
use crate::panics::{drop_quietly, unwound};
use crate::{Error, ErrorKind, Result};

/// Stands in the queue for one call; the thread that takes it makes that call and others with it.
struct Ticket<A, T, F> {
    batcher: Arc<Batcher<A, T>>,
    state: Arc<TicketState>,
    function: F,
    access: Access,
}

/// A call that waits for a batch: its ticket, and where its answer will arrive. `function` makes the
/// calls of a batch, and returns a result for each or an error for all.
pub(crate) fn ticket<V, A, T, F>(
    access: Access,
    batcher: &Arc<Batcher<A, T>>,
    asked: Asked<A>,
    function: F,
) -> (Job<V>, Answer<T>)
where
    F: Fn(&mut V, Vec<A>) -> Result<Vec<Result<T>>> + Send + 'static,
    A: Send + 'static,
    T: Send + 'static,
{
    let (state, answer) = batcher.push(asked);
    let ticket = Ticket {
        batcher: Arc::clone(batcher),
        state,
        function,
        access,
    };
    (Box::new(ticket), answer)
}

impl<V, A, T, F> Work<V> for Ticket<A, T, F>
where
    F: Fn(&mut V, Vec<A>) -> Result<Vec<Result<T>>> + Send,
    A: Send,
    T: Send + 'static,
{
    fn run(
        self: Box<Self>,
        value: &mut V,
        current_call: &CurrentCall,
        thread: &dyn CallingThread,
    ) -> Result<(), Panicked> {
        let Some(batch) = self.batcher.form(&self.state) else {
            thread.before_answer(&Ok(())); // another ticket's batch has it, or the caller has gone
            return Ok(());
        };
        let (size, span) = (batch.len(), span(&batch, self.batcher.name()));
        let (arguments, calls): (Vec<A>, Vec<_>) = batch.into_iter().map(Item::split).unzip();
        let deadlines = calls.iter().map(|call| call.request().deadline());
        let deadlines = deadlines.collect::<Option<Vec<_>>>();
        let deadline = deadlines.and_then(|deadlines| deadlines.into_iter().max());
        let requests = calls.iter().map(|call| call.request().clone()).collect();
        let calls = Unanswered::new(calls);
        if !current_call.begin(&calls, deadline) {
            arguments.into_iter().for_each(drop_quietly);
            thread.before_answer(&Ok(()));
            return Ok(());
        }
        let began = Instant::now();
        let call = || (self.function)(&mut *value, arguments);
        let call = || span.in_scope(|| in_scope(requests, call));
        let results = unwound(call);
        let took = began.elapsed();
        let (results, outcome) = match results {
            Ok(results) => {
                self.batcher.record_batch(size, took);
                (results, Ok(()))
            }
            Err(payload) => (Err(Error::panicked(payload)), Err(Panicked)),
        };
        let results = one_each(results, size, self.batcher.name());
        current_call.end();
        let calls = calls.take().unwrap_or_default();
        let mut answers: Vec<_> = calls.into_iter().zip(results).collect();
        let gone = answers.extract_if(.., |(call, _)| call.is_gone());
        gone.for_each(|(_, result)| drop_quietly(result));
        thread.before_answer(&outcome);
        let answer = |(call, result): (CallMade<T>, _)| call.answer(result, took).err();
        let mut rest: Vec<_> = answers.into_iter().filter_map(answer).collect();
        if !rest.is_empty() {
            thread.drop_rest(&mut || rest.drain(..).for_each(drop_quietly));
        }
        outcome
    }

    fn access(&self) -> Access {
        self.access
    }

    fn is_abandoned(&self) -> bool {
        self.state.is_void()
    }

    fn refuse(self: Box<Self>, error: Error) {
        self.batcher.refuse(&self.state, error);
    }
}

/// The calls of a batch.
impl<T: Send> Callers for Vec<CallMade<T>> {
    fn refuse(self, error: impl Fn() -> Error) {
        self.into_iter().for_each(|call| call.refuse(error()));
    }
}

/// The span of a batch, which follows from those of its calls; a single call's own.
fn span<A, T>(batch: &[Item<A, T>], method: &str) -> tracing::Span {
    if let [item] = batch {
        return item.span().clone();
    }
    let span = tracing::info_span!(parent: None, "batch", method, size = batch.len());
    for item in batch {
        span.follows_from(item.span());
    }
    span
}

/// A result for each call: an error of all of them goes to each.
fn one_each<T>(results: Result<Vec<Result<T>>>, size: usize, method: &str) -> Vec<Result<T>> {
    let failed = |error: Error| error.copies(size).into_iter().map(Err).collect();
    match results {
        Ok(results) if results.len() == size => results,
        Ok(results) => {
            let got = results.len();
            results.into_iter().for_each(drop_quietly);
            let plural =
                |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
            let (results, calls) = (plural(got, "result"), plural(size, "call"));
            let message = format!("`{method}` returned {results} for a batch of {calls}");
            failed(Error::new(ErrorKind::Failed, message))
        }
        Err(error) => failed(error),
    }
}
