//! Threads that serve one queue of calls, each with a value of its own to lend to them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use crate::batch::{AddBatchers, Asked, Batchers, Group, Stats};
use crate::engine::plan::{Event, Plan, not_deployed};
use crate::engine::state::EngineState;
use crate::engine::threads::current_call::CurrentCall;
use crate::engine::threads::job::{CallingThread, Job, Panicked, job};
use crate::engine::threads::queue::{Accepted, Queue, Refused};
use crate::engine::threads::ticket::ticket;
use crate::engine::{Access, Line, Load, ReplicaId};
use crate::panics::{catch_drop_panic, drop_quietly};
use crate::request::caller::Caller;
use crate::request::context::model_id;
use crate::util::lock;
use crate::{Error, Result};

/// Work for one certain thread, with its value. `Err` says that it has broken the value, as it does of a
/// [job](crate::engine::threads::job::Work::run).
type Order<V> = Box<dyn FnOnce(&mut V, &dyn CallingThread) -> Result<(), Panicked> + Send>;

/// The compute threads of one deployment, one for each replica, and the queue that they serve; `V` is what a
/// thread lends to a call. `thread.rs` has the threads, one by one.
pub(crate) struct Pool<V: 'static> {
    pub(super) queue: Queue<Job<V>, Order<V>>,
    pub(super) state: EngineState,
    /// Set once the pool is opened.
    batchers: OnceLock<Batchers>,
    /// What each thread is doing.
    current_calls: Mutex<BTreeMap<ReplicaId, Arc<CurrentCall>>>,
}

impl<V: 'static> Pool<V> {
    /// A pool that refuses every call until it is opened.
    pub(crate) fn new() -> Self {
        Pool {
            queue: Queue::new(),
            state: EngineState::default(),
            batchers: OnceLock::new(),
            current_calls: Mutex::default(),
        }
    }

    /// What is to be done first when a call on a thread panics.
    pub(crate) fn set_on_broken(&self, on_broken: impl Fn(ReplicaId) + Send + Sync + 'static) {
        self.state.set_on_broken(on_broken);
    }

    /// From now on calls wait for a thread.
    pub(crate) fn open(self: &Arc<Self>, plan: Plan, add_batchers: AddBatchers) {
        let pool = Arc::downgrade(self);
        // The thread that asks is busy, so that a free one is another one.
        let may_wait = move || {
            let pool = pool.upgrade();
            pool.is_some_and(|pool| pool.queue.is_quiet(|job| job.is_abandoned()))
        };
        let name = Arc::clone(&plan.name);
        // First, so that a call that finds the plan finds its batcher. An engine is deployed at most once.
        let batchers = || Batchers::new(name, Arc::new(may_wait), add_batchers);
        self.batchers.get_or_init(batchers);
        self.state.open(plan);
    }

    /// Statistics of the batches of each method.
    pub(crate) fn batches(&self) -> Vec<Stats> {
        self.batchers.get().map(Batchers::stats).unwrap_or_default()
    }

    pub(crate) fn plan(&self) -> Result<&Plan> {
        self.state.plan()
    }

    /// How many calls of one request keep the threads busy: a batch for each thread, and one that waits, so
    /// that no thread has to; at most as many as may wait.
    pub(crate) fn width(&self, batch: usize) -> usize {
        let may_wait = self.max_queued().map_or(batch, |max| batch.min(max));
        self.queue.consumers().max(1) * batch + may_wait
    }

    /// How many calls can be in flight and wait; `None` if any number may wait.
    pub(crate) fn capacity(&self) -> Option<usize> {
        let in_flight = self.queue.consumers().max(1);
        Some(in_flight.saturating_add(self.max_queued()?))
    }

    /// Whether one more call would find a thread or room to wait.
    pub(crate) fn has_place(&self) -> bool {
        let max = self.max_queued();
        max.is_none_or(|max| self.queue.has_place(max))
    }

    fn max_queued(&self) -> Option<usize> {
        let plan = self.state.opened()?;
        plan.limits.max_queued_requests().map(|max| max as usize)
    }

    /// Makes a call on the next free thread.
    pub(crate) async fn call<T, F>(&self, caller: Caller, access: Access, function: F) -> Result<T>
    where
        F: FnOnce(&mut V) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let plan = self.plan()?;
        let (job, answer) = job(access, function);
        if let Err((job, error)) = self.push(plan, caller, job) {
            drop_quietly(job); // with the arguments
            return Err(error);
        }
        let answer = answer.await;
        answer.unwrap_or_else(|_gone| Err(self.state.refusal(plan)))
    }

    /// Makes a call in a batch, on the next free thread.
    pub(crate) async fn call_batched<A, T, F>(
        &self,
        caller: Caller,
        access: Access,
        method: &str,
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
        let batcher = self.batchers.get().and_then(|all| all.of(method));
        let batcher = batcher.ok_or_else(not_deployed)?;
        let (ticket, answer) = ticket(access, &batcher, asked, function);
        // A batch may have taken the call meanwhile, without its ticket: then it is answered.
        if let Err((ticket, error)) = self.push(plan, caller, ticket) {
            ticket.refuse(error);
        }
        let answer = answer.get().await;
        answer.unwrap_or_else(|| Err(self.state.refusal(plan)))
    }

    /// Puts a job into the queue.
    fn push(&self, plan: &Plan, caller: Caller, job: Job<V>) -> Result<(), (Job<V>, Error)> {
        let may_wait = plan.may_wait(caller);
        let model_id = plan.multiplexed.then(model_id).flatten();
        let pushed = self
            .queue
            .push(job, model_id, may_wait as usize, |job| job.is_abandoned());
        let accepted = pushed.map_err(|refused| match refused {
            Refused::Full(job) => (job, plan.overloaded()),
            Refused::Closed(job) => (job, self.state.refusal(plan)),
        })?;
        if accepted == Accepted::HasNone {
            plan.tell(Event::Wanted);
        }
        if accepted != Accepted::Taken {
            plan.call_waits();
        }
        Ok(())
    }

    pub(crate) fn load(&self) -> Load {
        let (queued, ongoing) = self.queue.load();
        Load { queued, ongoing }
    }

    /// The calls that wait, and those in flight.
    pub(crate) fn line(&self) -> Line {
        let (begun, gone) = self.queue.left();
        let (waiting, ongoing) = self.queue.load();
        let current_calls = self.current_calls();
        let unread = current_calls.values().filter(|call| call.is_unread());
        Line {
            waiting,
            begun,
            gone,
            ongoing,
            streams: unread.count(),
        }
    }

    /// Accepts no more calls.
    pub(crate) fn close(&self) {
        self.queue.close();
    }

    /// Waits until the accepted calls are answered.
    pub(crate) async fn wait_idle(&self) {
        self.queue.wait_idle().await;
    }

    /// Refuses every call, the waiting ones included, for a reason; or accepts calls again.
    pub(crate) fn fail(&self, cause: Option<&str>) {
        self.state.set_failure(cause);
        match cause {
            None => self.queue.open(),
            Some(_) => self.stop(),
        }
    }

    /// Accepts no more calls and refuses those that wait.
    pub(crate) fn stop(&self) {
        let jobs = self.queue.close_and_take();
        if let Some(plan) = self.state.opened() {
            for job in jobs {
                catch_drop_panic(|| job.refuse(self.state.refusal(plan)));
            }
        }
    }

    pub(super) fn current_calls(&self) -> MutexGuard<'_, BTreeMap<ReplicaId, Arc<CurrentCall>>> {
        lock(&self.current_calls)
    }
}
