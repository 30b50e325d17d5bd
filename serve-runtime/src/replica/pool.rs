//! Threads that serve one queue of calls, each with a value of its own to lend to them.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serve_topology::Batch;
use tokio::sync::oneshot;

use super::at_work::AtWork;
use super::constructor::on_thread;
use super::failure::Failure;
use super::job::{Job, Panicked, job};
use super::plan::{Event, Plan, not_deployed};
use super::{Load, ReplicaId};
use crate::batch::{Asked, Batcher, Batchers, Group, ticket};
use crate::multiplex::Models;
use crate::queue::{Next, Queue, Refused};
use crate::request::model_id;
use crate::resources::Grant;
use crate::{Error, Result};

/// Something that one thread alone is to do, with its value.
type Order<V> = Box<dyn FnOnce(&mut V) + Send>;

/// The compute threads of one deployment, one a replica, and the queue that they serve; `V` is what a
/// thread lends to a call.
pub(super) struct Pool<V: 'static> {
    queue: Queue<Job<V>, Order<V>>,
    /// What each thread is doing.
    at_work: Mutex<BTreeMap<ReplicaId, Arc<AtWork>>>,
    open: OnceLock<Plan>,
    failure: Failure,
    /// Told of a replica that panicked, before anybody else is.
    on_broken: Box<dyn Fn(ReplicaId) + Send + Sync>,
}

impl<V: 'static> Pool<V> {
    /// A pool that refuses every call until it is opened.
    pub(super) fn new(on_broken: impl Fn(ReplicaId) + Send + Sync + 'static) -> Self {
        Pool {
            queue: Queue::new(),
            at_work: Mutex::default(),
            open: OnceLock::new(),
            failure: Failure::default(),
            on_broken: Box::new(on_broken),
        }
    }

    /// Calls wait for a thread from now on.
    pub(super) fn open(&self, plan: Plan) {
        // Whoever deploys has the only engine there is.
        let _ = self.open.set(plan);
    }

    pub(super) fn plan(&self) -> Result<&Plan> {
        self.open.get().ok_or_else(not_deployed)
    }

    /// A batch for each thread, and one that waits, so that no thread has to: as far as it may wait.
    pub(super) fn width(&self, batch: usize) -> usize {
        let plan = self.open.get();
        let may_wait = plan.map_or(0, |plan| plan.limits.max_queued_requests() as usize);
        self.queue.consumers().max(1) * batch + batch.min(may_wait)
    }

    /// Makes a call on the next free thread.
    pub(super) async fn call<T, F>(&self, function: F) -> Result<T>
    where
        F: FnOnce(&mut V) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let plan = self.plan()?;
        let (job, answer) = job(function);
        self.push(plan, job).map_err(|(_job, error)| error)?;
        answer.await.unwrap_or_else(|_gone| Err(self.closed(plan)))
    }

    /// Makes a call in a batch, on the next free thread.
    pub(super) async fn call_batched<A, T, F>(
        &self,
        batcher: &Arc<Batcher<A, T>>,
        mut asked: Asked<A>,
        function: F,
    ) -> Result<T>
    where
        F: Fn(&mut V, Vec<A>) -> Result<Vec<Result<T>>> + Send + 'static,
        A: Send + 'static,
        T: Send + 'static,
    {
        let plan = self.plan()?;
        if plan.multiplexed {
            // A batch is for one model.
            let group = Group::for_model(model_id(), asked.group.take());
            asked.group = Some(group);
        }
        let (ticket, answer) = ticket(batcher, asked, function);
        // Meanwhile a batch may have taken the call without its ticket: then it is answered.
        if let Err((ticket, error)) = self.push(plan, ticket) {
            ticket.refuse(error);
        }
        let answer = answer.get().await;
        answer.unwrap_or_else(|| Err(self.closed(plan)))
    }

    /// The batcher of a method.
    pub(super) fn batcher<A, T>(
        self: &Arc<Self>,
        batchers: &Batchers,
        method: &'static str,
        batch: &Batch,
    ) -> Result<Arc<Batcher<A, T>>>
    where
        A: Send + 'static,
        T: Send + 'static,
    {
        let plan = self.plan()?;
        let new = || {
            let pool = Arc::downgrade(self);
            // Whoever asks is busy, so that a free thread is another one.
            let nobody_else = move || {
                let pool = pool.upgrade();
                pool.is_some_and(|pool| pool.queue.is_quiet(|job| job.is_abandoned()))
            };
            let name = format!("{}.{method}", plan.name);
            Batcher::new(name, batch, Box::new(nobody_else))
        };
        batchers.of(method, new).ok_or_else(not_deployed)
    }

    /// Puts a job into the queue.
    fn push(&self, plan: &Plan, job: Job<V>) -> Result<(), (Job<V>, Error)> {
        let capacity = plan.limits.max_queued_requests() as usize;
        let model_id = plan.multiplexed.then(model_id).flatten();
        let pushed = self
            .queue
            .push(job, model_id, capacity, |job| job.is_abandoned());
        let somebody_is_there = pushed.map_err(|refused| match refused {
            Refused::Full(job) => (job, plan.overloaded()),
            Refused::Closed(job) => (job, self.closed(plan)),
        })?;
        if !somebody_is_there {
            plan.tell(Event::Wanted);
        }
        Ok(())
    }

    /// A thread more, which makes its value itself: it need not be `Send`. Over once it takes calls.
    pub(super) async fn add(
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
        // The drop of what a call has broken may well panic, too; the hook has reported it then.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(value)));
        // Now that what it had is free again for its successor.
        if let Err(Panicked) = ended {
            plan.tell(Event::Lost(id));
        }
    }

    /// Until it is to leave, or a call has broken the value.
    fn serve(&self, at_work: &AtWork, id: ReplicaId, value: &mut V) -> Result<(), Panicked> {
        loop {
            let job = match self.queue.next(id) {
                Next::Job(job) => job,
                Next::Order(order) => {
                    order(value);
                    self.queue.is_free(id);
                    continue;
                }
                Next::Leave => return Ok(()),
            };
            // Whoever is answered may call again at once: by then the thread has to be free, or, after
            // a panic, no thread any more.
            let before_answer = |outcome: &Result<(), Panicked>| match outcome {
                Ok(()) => self.queue.is_free(id),
                Err(Panicked) => {
                    self.queue.dismiss(id);
                    (self.on_broken)(id);
                }
            };
            job.run(value, at_work, &before_answer)?;
        }
    }

    /// Has one thread do something with its value between two calls.
    pub(super) async fn order<T: Send + 'static>(
        &self,
        id: ReplicaId,
        order: impl FnOnce(&mut V) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, result) = oneshot::channel();
        let order = Box::new(move |value: &mut V| drop(answer.send(order(value))));
        let gone = || Error::unavailable(format!("replica {id} is gone"));
        if !self.queue.order(id, order) {
            return Err(gone());
        }
        result.await.unwrap_or_else(|_| Err(gone()))
    }

    /// A thread takes no more calls.
    pub(super) fn dismiss(&self, id: ReplicaId) {
        self.queue.dismiss(id);
    }

    /// Waits until a thread has ended.
    pub(super) async fn left(&self, id: ReplicaId) {
        self.queue.left(id).await;
    }

    /// A thread is not waited for any more, nor is the call that it makes.
    pub(super) fn discard(&self, id: ReplicaId) {
        self.queue.leave(id);
        let at_work = self.at_work().remove(&id);
        if let Some(at_work) = at_work {
            at_work.give_up();
        }
    }

    pub(super) fn load(&self) -> Load {
        let (queued, ongoing) = self.queue.load();
        Load { queued, ongoing }
    }

    /// How many calls can be under way and wait.
    pub(super) fn capacity(&self) -> usize {
        let may_wait = self
            .open
            .get()
            .map_or(0, |plan| plan.limits.max_queued_requests());
        self.queue
            .consumers()
            .max(1)
            .saturating_add(may_wait as usize)
    }

    /// Takes in no more calls.
    pub(super) fn close(&self) {
        self.queue.close();
    }

    /// Waits until the calls taken in are answered.
    pub(super) async fn idle(&self) {
        self.queue.idle().await;
    }

    /// Refuses every call, also those that wait, for a reason; or not any more.
    pub(super) fn fail(&self, cause: Option<&str>) {
        self.failure.set(cause);
        match cause {
            None => self.queue.open(),
            Some(_) => self.stop(),
        }
    }

    /// Takes in no more calls and refuses those that wait.
    pub(super) fn stop(&self) {
        let jobs = self.queue.close_and_take();
        if let Some(plan) = self.open.get() {
            jobs.into_iter()
                .for_each(|job| job.refuse(self.closed(plan)));
        }
    }

    /// No user code runs under the lock, so a poisoned one is as good as any.
    fn at_work(&self) -> MutexGuard<'_, BTreeMap<ReplicaId, Arc<AtWork>>> {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn closed(&self, plan: &Plan) -> Error {
        self.failure.get().unwrap_or_else(|| plan.stopped())
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
