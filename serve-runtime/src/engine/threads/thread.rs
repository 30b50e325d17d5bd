//! The threads of a pool, one by one: each builds its value, makes calls, and ends.

use std::cell::Cell;
use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::engine::constructor::on_thread;
use crate::engine::plan::Plan;
use crate::engine::threads::current_call::CurrentCall;
use crate::engine::threads::job::{CallingThread, Panicked};
use crate::engine::threads::pool::Pool;
use crate::engine::threads::queue::Next;
use crate::engine::threads::sharing::{CanBegin, Sharing};
use crate::engine::{Access, ReplicaId};
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
        sharing: Arc<dyn Sharing>,
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
            current_call.enter();
            if let Ok(plan) = pool.plan() {
                let _inside = plan.runtime.enter();
                // Moved in here, so that it is given back before the thread is deregistered.
                let grant = grant;
                grant.context().on_its_cores(|| {
                    let can_begin = CanBegin(sharing);
                    let run = || pool.run(&current_call, plan, &models, &can_begin, make, ready);
                    Arc::clone(&models).sync_scope(run)
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
        plan: &Plan,
        models: &Arc<Models>,
        can_begin: &CanBegin,
        make: impl FnOnce(&Plan) -> Result<V>,
        ready: oneshot::Sender<Result<()>>,
    ) {
        let id = current_call.id();
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
        let ended = self.serve(
            current_call,
            id,
            plan.multiplexed.then_some(models),
            can_begin,
            &mut value,
        );
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
        models: Option<&Arc<Models>>,
        can_begin: &CanBegin,
        value: &mut V,
    ) -> Result<(), Panicked> {
        loop {
            let thread = Working {
                pool: self,
                id,
                can_begin,
                access: Cell::new(Access::Any),
            };
            let work = || match self.queue.next_that(id, can_begin) {
                Next::Job((job, access)) => {
                    thread.access.set(access);
                    let run = || job.run(value, current_call, &thread).map(|()| true);
                    // Each call counts the models that it uses itself.
                    match models {
                        Some(models) => Arc::clone(models).sync_scope(run),
                        None => run(),
                    }
                }
                Next::Order(order) => order(value, &thread).map(|()| true),
                Next::Leave => Ok(false),
            };
            // None of this should panic. If it does, the thread still reports its end.
            let continues = unwound(work).unwrap_or_else(|payload| {
                drop_quietly(payload);
                thread.before_answer(&Err(Panicked));
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
        let order = move |value: &mut V, thread: &dyn CallingThread| {
            let result = order(value);
            let outcome = match is_broken(&result) {
                true => Err(Panicked),
                false => Ok(()),
            };
            thread.before_answer(&outcome);
            let _ = answer.send(result); // fails if it is not waited for any more
            outcome
        };
        let gone = || Error::unavailable(format!("replica {id} is gone"));
        if !self.queue.order(id, Box::new(order)) {
            return Err(gone());
        }
        result.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Has a thread look again whether it can begin a call.
    pub(crate) fn wake(&self, id: ReplicaId) {
        self.queue.wake(id);
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

/// A thread while it makes a call.
struct Working<'a, V: 'static> {
    pool: &'a Pool<V>,
    id: ReplicaId,
    can_begin: &'a CanBegin,
    /// How the call uses the replica, until it has ended.
    access: Cell<Access>,
}

impl<V> CallingThread for Working<'_, V> {
    fn before_answer(&self, outcome: &Result<(), Panicked>) {
        let (pool, access) = (self.pool, self.access.replace(Access::Any));
        if let Err(Panicked) = outcome {
            // Before the replica is free for others: none of them finds one that is broken.
            pool.queue.dismiss(self.id);
            pool.state.broken(self.id);
        }
        self.can_begin.end(access);
        if let Ok(()) = outcome {
            pool.queue.mark_free(self.id);
        }
    }

    fn drop_rest(&self, rest: &mut dyn FnMut()) {
        self.pool.queue.mark_busy(self.id);
        rest();
        self.pool.queue.mark_free(self.id);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::threads::sharing::Alone;

    #[test]
    fn a_thread_is_not_free_while_it_drops_what_no_caller_has_taken() {
        let (pool, id) = (Pool::<()>::new(), ReplicaId(0));
        pool.queue.join(id, Arc::default());
        let thread = Working {
            pool: &pool,
            id,
            can_begin: &CanBegin(Arc::new(Alone)),
            access: Cell::new(Access::Any),
        };
        let is_free = || !pool.queue.is_quiet(|_| true);
        thread.before_answer(&Ok(()));
        assert!(is_free());
        thread.drop_rest(&mut || assert!(!is_free()));
        assert!(is_free());
    }
}
