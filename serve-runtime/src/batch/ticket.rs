//! A batched call in the deployment's queue.

use std::sync::Arc;
use std::time::Instant;

use super::batcher::Batcher;
use super::context;
use super::item::{Answer, Asked, Item, Place};
use crate::engine::threads::current_call::{AtWork, Unanswered};
use crate::engine::threads::job::{BeforeAnswer, Job, Panicked, Work};
use crate::panics::{catch_drop_panic, drop_quietly, unwound};
use crate::{Error, ErrorKind, Result};

/// Stands in the queue for one call; whoever takes it makes that call and others with it.
struct Ticket<A, T, F> {
    batcher: Arc<Batcher<A, T>>,
    place: Arc<Place>,
    function: F,
}

/// A call that waits for a batch: its ticket, and where its answer will arrive. `function` makes the
/// calls of a batch, and gives a result for each or an error for all.
pub(crate) fn ticket<V, A, T, F>(
    batcher: &Arc<Batcher<A, T>>,
    asked: Asked<A>,
    function: F,
) -> (Job<V>, Answer<T>)
where
    F: Fn(&mut V, Vec<A>) -> Result<Vec<Result<T>>> + Send + 'static,
    A: Send + 'static,
    T: Send + 'static,
{
    let (place, answer) = batcher.push(asked);
    let ticket = Ticket {
        batcher: Arc::clone(batcher),
        place,
        function,
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
        at_work: &AtWork,
        before_answer: BeforeAnswer<'_>,
    ) -> Result<(), Panicked> {
        let Some(batch) = self.batcher.form(&self.place) else {
            before_answer(&Ok(())); // another ticket's batch has it, or whoever asked has gone
            return Ok(());
        };
        let (size, span) = (batch.len(), span(&batch, self.batcher.name()));
        let (arguments, calls): (Vec<A>, Vec<_>) = batch.into_iter().map(Item::split).unzip();
        let deadlines = calls.iter().map(|call| call.request.deadline());
        let until = deadlines.collect::<Option<Vec<_>>>();
        let until = until.and_then(|deadlines| deadlines.into_iter().max());
        let requests = calls.iter().map(|call| call.request.clone()).collect();
        let calls = Unanswered::new(calls);
        if !at_work.begins(&calls, until) {
            before_answer(&Ok(()));
            arguments.into_iter().for_each(drop_quietly);
            return Ok(());
        }
        let begun = Instant::now();
        let call = || (self.function)(&mut *value, arguments);
        let call = || span.in_scope(|| context::scope(requests, call));
        let results = unwound(call);
        let took = begun.elapsed();
        let (results, outcome) = match results {
            Ok(results) => {
                self.batcher.ran(size, took);
                (results, Ok(()))
            }
            Err(payload) => (Err(Error::panicked(payload)), Err(Panicked)),
        };
        let results = one_each(results, size, self.batcher.name());
        at_work.ends();
        before_answer(&outcome);
        for (call, result) in calls.take().into_iter().flatten().zip(results) {
            catch_drop_panic(|| call.answer(result, took));
        }
        outcome
    }

    fn is_abandoned(&self) -> bool {
        self.place.is_idle()
    }

    fn refuse(self: Box<Self>, error: Error) {
        self.batcher.refuse(&self.place, error);
    }
}

/// The span of a batch, which follows from those of its calls; a single call's own.
fn span<A, T>(batch: &[Item<A, T>], method: &str) -> tracing::Span {
    if let [item] = batch {
        return item.span.clone();
    }
    let span = tracing::info_span!(parent: None, "batch", method, size = batch.len());
    for item in batch {
        span.follows_from(&item.span);
    }
    span
}

/// A result for each call: what went wrong for all of them goes to each.
fn one_each<T>(results: Result<Vec<Result<T>>>, size: usize, method: &str) -> Vec<Result<T>> {
    let failed = |error: Error| error.copies(size).into_iter().map(Err).collect();
    match results {
        Ok(results) if results.len() == size => results,
        Ok(results) => {
            let plural =
                |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
            let (results, calls) = (plural(results.len(), "result"), plural(size, "call"));
            let message = format!("`{method}` returned {results} for a batch of {calls}");
            failed(Error::new(ErrorKind::Failed, message))
        }
        Err(error) => failed(error),
    }
}
