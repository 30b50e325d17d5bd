//! Threads that serve one queue of calls, each with a value of its own to lend to them.

mod thread;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serve_topology::Batch;

use crate::batch::{Asked, Batcher, Batchers, Group, ticket};
use crate::engine::failure::Failure;
use crate::engine::plan::{Event, Plan, not_deployed};
use crate::engine::threads::current_call::AtWork;
use crate::engine::threads::job::{BeforeAnswer, Job, Panicked, job};
use crate::engine::threads::queue::{Queue, Refused};
use crate::engine::{Load, ReplicaId};
use crate::panics::catch_drop_panic;
use crate::request::context::model_id;
use crate::{Error, Result};

/// Something that one thread alone is to do, with its value. `Err` says that this has broken the value, as it
/// does of a [job](crate::engine::threads::job::Work::run).
type Order<V> = Box<dyn FnOnce(&mut V, BeforeAnswer<'_>) -> Result<(), Panicked> + Send>;

/// The compute threads of one deployment, one a replica, and the queue that they serve; `V` is what a
/// thread lends to a call.
pub(crate) struct Pool<V: 'static> {
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
    pub(crate) fn new(on_broken: impl Fn(ReplicaId) + Send + Sync + 'static) -> Self {
        Pool {
            queue: Queue::new(),
            at_work: Mutex::default(),
            open: OnceLock::new(),
            failure: Failure::default(),
            on_broken: Box::new(on_broken),
        }
    }

    /// Calls wait for a thread from now on.
    pub(crate) fn open(&self, plan: Plan) {
        // Whoever deploys has the only engine there is.
        let _ = self.open.set(plan);
    }

    pub(crate) fn plan(&self) -> Result<&Plan> {
        self.open.get().ok_or_else(not_deployed)
    }

    /// A batch for each thread, and one that waits, so that no thread has to: as far as it may wait.
    pub(crate) fn width(&self, batch: usize) -> usize {
        let plan = self.open.get();
        let may_wait = plan.map_or(0, |plan| plan.limits.max_queued_requests() as usize);
        self.queue.consumers().max(1) * batch + batch.min(may_wait)
    }

    /// Makes a call on the next free thread.
    pub(crate) async fn call<T, F>(&self, function: F) -> Result<T>
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
    pub(crate) async fn call_batched<A, T, F>(
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
    pub(crate) fn batcher<A, T>(
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

    pub(crate) fn load(&self) -> Load {
        let (queued, ongoing) = self.queue.load();
        Load { queued, ongoing }
    }

    /// How many calls can be under way and wait.
    pub(crate) fn capacity(&self) -> usize {
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
    pub(crate) fn close(&self) {
        self.queue.close();
    }

    /// Waits until the calls taken in are answered.
    pub(crate) async fn idle(&self) {
        self.queue.idle().await;
    }

    /// Refuses every call, also those that wait, for a reason; or not any more.
    pub(crate) fn fail(&self, cause: Option<&str>) {
        self.failure.set(cause);
        match cause {
            None => self.queue.open(),
            Some(_) => self.stop(),
        }
    }

    /// Takes in no more calls and refuses those that wait.
    pub(crate) fn stop(&self) {
        let jobs = self.queue.close_and_take();
        if let Some(plan) = self.open.get() {
            for job in jobs {
                catch_drop_panic(|| job.refuse(self.closed(plan)));
            }
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
