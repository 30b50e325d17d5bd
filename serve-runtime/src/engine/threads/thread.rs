//! The threads of a pool, one by one: each builds its value, makes calls, and ends.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::engine::ReplicaId;
use crate::engine::constructor::on_thread;
use crate::engine::plan::Plan;
use crate::engine::threads::current_call::CurrentCall;
use crate::engine::threads::job::{BeforeAnswer, Panicked};
use crate::engine::threads::pool::Pool;
use crate::engine::threads::queue::Next;
use crate::multiplex::Models;
use crate::panics::{drop_quietly, unwound};
use crate::resources::Grant;
use crate::{Error, Result};

impl<V: 'static> Pool<V> {
    /// Adds a thread, which makes its value itself: it need not be `Send`. Resolves once it accepts calls.
    pub(crate) async fn add(
        self: &Arc<Self>,
        id: ReplicaId,
        grant: Arc<Grant>,
        models: Arc<Models>,
        make: impl FnOnce(&Plan) -> Result<V> + Send + 'static,
    ) -> Result<()> {
        let plan = self.plan()?;
        let (ready, started) = oneshot::channel();
        let pool = Arc::clone(self);
        let current_call = Arc::new(CurrentCall::new(id));
        self.current_calls().insert(id, Arc::clone(&current_call));
        // The queue knows it from here on, so that it can be dismissed.
        self.queue.join(id, Arc::clone(models.known()));
        let thread = on_thread(&plan.name, id, move || {
            let _deregister = Deregister(&pool, id); // also if the value's drop panics
            if let Ok(plan) = pool.plan() {
                let _inside = plan.runtime.enter();
                // Moved in here, so that it is given back before the thread is deregistered.
                let grant = grant;
                grant.context().on_its_cores(|| {
                    models.sync_scope(|| pool.run(&current_call, id, plan, make, ready))
                });
            }
        });
        thread.inspect_err(|_| drop(Deregister(self, id)))?;
        let started = started.await;
        started.unwrap_or_else(|_gone| Err(self.state.refusal(plan)))
    }

    /// What a thread does from its start to its end.
    fn run(
        &self,
        current_call: &CurrentCall,
        id: ReplicaId,
        plan: &Plan,
        make: impl FnOnce(&Plan) -> Result<V>,
        ready: oneshot::Sender<Result<()>>,
    ) {
        let mut value = match make(plan) {
            Ok(value) => value,
            Err(error) => {
                let _ = ready.send(Err(error)); // fails if it is not waited for any more
                return;
            }
        };
        self.queue.mark_free(id);
        if ready.send(Ok(())).is_err() {
            self.queue.dismiss(id);
        }
        let ended = self.serve(current_call, id, &mut value);
        drop_quietly(value); // which may panic, if a call has broken it
        // Not before: its successor is not to be built beside it. The grant follows in a moment.
        if let Err(Panicked) = ended {
            self.state.report_lost(id);
        }
    }

    /// Takes jobs until the thread is dismissed, or a call has broken the value.
    fn serve(
        &self,
        current_call: &CurrentCall,
        id: ReplicaId,
        value: &mut V,
    ) -> Result<(), Panicked> {
        loop {
            // A caller that has its answer may call again at once: by then the thread has to be free or, after
            // a panic, be no consumer any more.
            let before_answer = |outcome: &Result<(), Panicked>| match outcome {
                Ok(()) => self.queue.mark_free(id),
                Err(Panicked) => {
                    self.queue.dismiss(id);
                    self.state.broken(id);
                }
            };
            let work = || match self.queue.next(id) {
                Next::Job(job) => job.run(value, current_call, &before_answer).map(|()| true),
                Next::Order(order) => order(value, &before_answer).map(|()| true),
                Next::Leave => Ok(false),
            };
            // None of this should panic. If it does, the thread still reports its end.
            let continues = unwound(work).unwrap_or_else(|_reported| {
                before_answer(&Err(Panicked));
                Err(Panicked)
            })?;
            if !continues {
                return Ok(());
            }
        }
    }

    /// Runs something on one thread, with its value, between two calls. `is_broken` says whether the result
    /// means that the value is broken.
    pub(crate) async fn order<T: Send + 'static>(
        &self,
        id: ReplicaId,
        order: impl FnOnce(&mut V) -> Result<T> + Send + 'static,
        is_broken: fn(&Result<T>) -> bool,
    ) -> Result<T> {
        let (answer, result) = oneshot::channel();
        let order = move |value: &mut V, before_answer: BeforeAnswer<'_>| {
            let result = order(value);
            let outcome = match is_broken(&result) {
                true => Err(Panicked),
                false => Ok(()),
            };
            before_answer(&outcome);
            let _ = answer.send(result); // fails if it is not waited for any more
            outcome
        };
        let gone = || Error::unavailable(format!("replica {id} is gone"));
        if !self.queue.order(id, Box::new(order)) {
            return Err(gone());
        }
        result.await.unwrap_or_else(|_| Err(gone()))
    }

    /// The deadline of the call that a thread is making, if it makes one and that has one.
    pub(crate) fn busy_until(&self, id: ReplicaId) -> Option<Instant> {
        self.current_calls().get(&id)?.deadline()
    }

    /// A thread takes no more calls.
    pub(crate) fn dismiss(&self, id: ReplicaId) {
        self.queue.dismiss(id);
    }

    pub(crate) async fn wait_until_ended(&self, id: ReplicaId) {
        self.queue.wait_until_removed(id).await;
    }

    /// A thread is not waited for any more, nor is the call that it makes.
    pub(crate) fn discard(&self, id: ReplicaId) {
        self.queue.remove(id);
        let current_call = self.current_calls().remove(&id);
        if let Some(current_call) = current_call {
            current_call.give_up();
        }
    }
}

/// Removes a thread from its pool.
struct Deregister<'a, V: 'static>(&'a Pool<V>, ReplicaId);

impl<V> Drop for Deregister<'_, V> {
    fn drop(&mut self) {
        self.0.queue.remove(self.1);
        self.0.current_calls().remove(&self.1);
    }
}
