//! The threads of a pool, one by one: from being built to being let go.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::engine::ReplicaId;
use crate::engine::constructor::on_thread;
use crate::engine::plan::{Event, Plan};
use crate::engine::threads::current_call::AtWork;
use crate::engine::threads::job::{BeforeAnswer, Panicked};
use crate::engine::threads::pool::Pool;
use crate::engine::threads::queue::Next;
use crate::multiplex::Models;
use crate::panics::{drop_quietly, unwound};
use crate::resources::Grant;
use crate::{Error, Result};

impl<V: 'static> Pool<V> {
    /// A thread more, which makes its value itself: it need not be `Send`. Over once it takes calls.
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
        let at_work = Arc::new(AtWork::new(id));
        self.at_work().insert(id, Arc::clone(&at_work));
        // It is known from here on, so that it can be told to go.
        self.queue.join(id, Arc::clone(models.known()));
        let thread = on_thread(&plan.name, id, move || {
            let _leaving = Leaving(&pool, id); // also if the value's drop panics
            if let Ok(plan) = pool.plan() {
                let _inside = plan.runtime.enter();
                // Moved in here, so that it is given back before the thread is counted out.
                let grant = grant;
                grant.context().on_its_cores(|| {
                    models.sync_scope(|| pool.run(&at_work, id, plan, make, ready))
                });
            }
        });
        thread.inspect_err(|_| drop(Leaving(self, id)))?;
        started.await.unwrap_or_else(|_gone| Err(self.closed(plan)))
    }

    /// The life of a thread.
    fn run(
        &self,
        at_work: &AtWork,
        id: ReplicaId,
        plan: &Plan,
        make: impl FnOnce(&Plan) -> Result<V>,
        ready: oneshot::Sender<Result<()>>,
    ) {
        let mut value = match make(plan) {
            Ok(value) => value,
            Err(error) => {
                let _ = ready.send(Err(error)); // whoever asked may have gone
                return;
            }
        };
        self.queue.is_free(id);
        if ready.send(Ok(())).is_err() {
            self.queue.dismiss(id);
        }
        let ended = self.serve(at_work, id, &mut value);
        drop_quietly(value); // which may well panic, too, if a call has broken it
        // Not before: its successor is not to be built beside it. The grant follows in a moment.
        if let Err(Panicked) = ended {
            plan.tell(Event::Lost(id));
        }
    }

    /// Until it is to leave, or a call has broken the value.
    fn serve(&self, at_work: &AtWork, id: ReplicaId, value: &mut V) -> Result<(), Panicked> {
        loop {
            // Whoever is answered may call again at once: by then the thread has to be free, or, after
            // a panic, no thread any more.
            let before_answer = |outcome: &Result<(), Panicked>| match outcome {
                Ok(()) => self.queue.is_free(id),
                Err(Panicked) => {
                    self.queue.dismiss(id);
                    (self.on_broken)(id);
                }
            };
            let work = || match self.queue.next(id) {
                Next::Job(job) => job.run(value, at_work, &before_answer).map(|()| true),
                Next::Order(order) => order(value, &before_answer).map(|()| true),
                Next::Leave => Ok(false),
            };
            // None of it lets a panic out that it knows of. Whatever it was, a thread does not end without a word.
            let goes_on = unwound(work).unwrap_or_else(|_reported| {
                before_answer(&Err(Panicked));
                Err(Panicked)
            })?;
            if !goes_on {
                return Ok(());
            }
        }
    }

    /// Has one thread do something with its value between two calls. `is_broken` says whether what it came to
    /// leaves the value broken.
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
            let _ = answer.send(result); // whoever asked may have gone
            outcome
        };
        let gone = || Error::unavailable(format!("replica {id} is gone"));
        if !self.queue.order(id, Box::new(order)) {
            return Err(gone());
        }
        result.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Until when a thread's call has to be answered, if it makes one that has a deadline.
    pub(crate) fn busy_until(&self, id: ReplicaId) -> Option<Instant> {
        self.at_work().get(&id)?.until()
    }

    /// A thread takes no more calls.
    pub(crate) fn dismiss(&self, id: ReplicaId) {
        self.queue.dismiss(id);
    }

    /// Waits until a thread has ended.
    pub(crate) async fn left(&self, id: ReplicaId) {
        self.queue.left(id).await;
    }

    /// A thread is not waited for any more, nor is the call that it makes.
    pub(crate) fn discard(&self, id: ReplicaId) {
        self.queue.leave(id);
        let at_work = self.at_work().remove(&id);
        if let Some(at_work) = at_work {
            at_work.give_up();
        }
    }
}

/// Counts a thread out.
struct Leaving<'a, V: 'static>(&'a Pool<V>, ReplicaId);

impl<V> Drop for Leaving<'_, V> {
    fn drop(&mut self) {
        self.0.queue.leave(self.1);
        self.0.at_work().remove(&self.1);
    }
}
