//! The bounded queue between the callers of a compute deployment and its replicas.
//!
//! One queue serves all replicas of a deployment, so no replica idles while a call waits for
//! another one. It is first in, first out. A full queue refuses at once: no caller waits for room.
//!
//! Replicas come and go: a consumer joins, may be given orders of its own, and is removed when it has been
//! dismissed or when the queue is closed and empty.
//!
//! `state.rs` decides which consumer takes which job. This file has what is around it: the lock, and which
//! consumer is woken.

mod state;
#[cfg(test)]
mod tests;

use self::state::{Consumer, State, Waiting};
use crate::engine::ReplicaId;
use crate::multiplex::Known;
use crate::panics::drop_quietly;
use crate::sync::{Arc, Mutex, MutexGuard, Notify, PoisonError, lock};

/// Why a job was not accepted; with the job.
#[derive(Debug)]
pub(crate) enum Refused<T> {
    /// As many jobs as may wait are waiting, and no replica is free.
    Full(T),
    /// The queue accepts no more.
    Closed(T),
}

/// What becomes of a job that was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// A free consumer takes it.
    Taken,
    /// It waits for a consumer.
    Waits,
    /// There is no consumer yet.
    HasNone,
}

/// What a consumer is to do next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next<T, O> {
    /// The oldest job, or one of the oldest whose model it has.
    Job(T),
    /// Work for this consumer alone.
    Order(O),
    /// It is no longer a consumer.
    Leave,
}

/// Whether a consumer can begin a job. Asked under the queue's lock.
pub(crate) trait Begins<T> {
    /// What it has for the job from then on.
    type Begun;

    /// Begins a job, or waits for what that takes.
    fn try_begin(&self, job: &T) -> Option<Self::Begun>;

    /// There is no job that it could begin: it waits for nothing. Whether it did.
    fn withdraw(&self) -> bool {
        false
    }

    /// Called without the lock after it has withdrawn.
    fn withdrawn(&self) {}
}

/// A consumer that can begin any job at any time.
#[allow(dead_code, reason = "for tests, also those of `tests/loom`")]
struct Always;

impl<T> Begins<T> for Always {
    type Begun = ();

    fn try_begin(&self, _job: &T) -> Option<()> {
        Some(())
    }
}

/// A bounded first-in-first-out queue of jobs `T` for blocking consumers, which take orders `O`.
#[derive(Debug)]
pub(crate) struct Queue<T, O> {
    state: Mutex<State<T, O>>,
    /// Notified when something changes that [`Queue::wait_until`] may wait for.
    changed: Notify,
}

impl<T, O> Queue<T, O> {
    pub(crate) fn new() -> Self {
        Queue {
            state: Mutex::new(State::new()),
            changed: Notify::new(),
        }
    }

    /// Accepts a job, or returns it if `capacity` jobs wait beside those that a free consumer is about to
    /// take. Where the queue has grown long, the jobs that `is_abandoned` are dropped first; where it is full, one of them
    /// is looked for.
    pub(crate) fn push(
        &self,
        job: T,
        model_id: Option<std::sync::Arc<str>>,
        capacity: usize,
        is_abandoned: impl Fn(&T) -> bool,
    ) -> Result<Accepted, Refused<T>> {
        let mut state = self.lock();
        if state.closed {
            return Err(Refused::Closed(job));
        }
        let mut gone = Vec::new();
        if state.is_long() {
            gone = state.take_abandoned(&is_abandoned);
        }
        if state.is_full(capacity) {
            gone.extend(state.take_one_abandoned(is_abandoned));
        }
        let pushed = match state.is_full(capacity) {
            true => Err(Refused::Full(job)),
            false => {
                let wake = state.wake_for(model_id.as_deref()).cloned();
                state.jobs.push_back(Waiting::new(job, model_id));
                let accepted = match &wake {
                    Some(_) => Accepted::Taken,
                    None if state.num_consumers() > 0 => Accepted::Waits,
                    None => Accepted::HasNone,
                };
                Ok((wake, accepted))
            }
        };
        drop(state);
        // Not under the lock: the woken one needs it, and dropping a job runs the user's code.
        if let Ok((Some(wake), _)) = &pushed {
            wake.notify_one();
        }
        gone.into_iter().for_each(drop_quietly);
        pushed.map(|(_, accepted)| accepted)
    }

    /// Whether a job would be accepted if `capacity` may wait.
    pub(crate) fn has_place(&self, capacity: usize) -> bool {
        !self.lock().is_full(capacity)
    }

    /// Adds a consumer, and which models it has. It counts from its first [`Queue::mark_free`] on, and is no
    /// load until then: autoscaling would start further ones because of those that start.
    pub(crate) fn join(&self, id: ReplicaId, models: std::sync::Arc<Known>) {
        self.lock().consumers.insert(id, Consumer::new(models));
        self.changed.notify_waiters();
    }

    /// What a consumer is to do next; waits for it.
    #[allow(dead_code, reason = "for tests, also those of `tests/loom`")]
    pub(crate) fn next(&self, id: ReplicaId) -> Next<T, O> {
        match self.next_that(id, &Always) {
            Next::Job((job, ())) => Next::Job(job),
            Next::Order(order) => Next::Order(order),
            Next::Leave => Next::Leave,
        }
    }

    /// The same for a consumer that cannot always begin: a job that it cannot begin now stays, for any consumer that
    /// can. It asks again once it is [woken](Queue::wake).
    pub(crate) fn next_that<B: Begins<T>>(
        &self,
        id: ReplicaId,
        begins: &B,
    ) -> Next<(T, B::Begun), O> {
        let mut state = self.lock();
        loop {
            let next = self.try_next(&mut state, id, begins);
            let waits_to_begin = state.is_blocked(id) || matches!(next, Some(Next::Job(_)));
            if !waits_to_begin && begins.withdraw() {
                drop(state);
                begins.withdrawn();
                if let Some(next) = next {
                    return next;
                }
                state = self.lock(); // a job may have come meanwhile
                continue;
            }
            if let Some(next) = next {
                return next;
            }
            let Some(consumer) = state.consumers.get(&id) else {
                continue;
            };
            let wake = Arc::clone(&consumer.wake);
            state = wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// What there is to do for a consumer; `None` if it has to wait.
    fn try_next<B: Begins<T>>(
        &self,
        state: &mut State<T, O>,
        id: ReplicaId,
        begins: &B,
    ) -> Option<Next<(T, B::Begun), O>> {
        let Some(consumer) = state.consumers.get_mut(&id) else {
            return Some(Next::Leave);
        };
        if let Some(order) = consumer.orders.pop_front() {
            state.set_free(id, false);
            state.wake_one(); // it may have been woken for a job
            return Some(Next::Order(order));
        }
        if consumer.dismissed {
            return Some(Next::Leave);
        }
        if let Some(at) = state.pick(id) {
            if let Some(begun) = begins.try_begin(state.job(at)?) {
                let job = state.take(at)?;
                state.set_free(id, false);
                state.unblock_all(); // they may wait to begin the job that is taken
                // The one that was woken for this job may have been woken for the next one as well.
                state.wake_one();
                if state.closed && state.jobs.is_empty() {
                    state.wake_all(); // some have left it to this one, and can end now
                }
                return Some(Next::Job((job, begun)));
            }
            state.block(id);
        } else {
            state.unblock(id);
        }
        // A job for a model of another consumer, or that this one cannot begin, is left to another one.
        state.wake_one();
        (state.closed && state.jobs.is_empty()).then_some(Next::Leave)
    }

    /// Has a consumer look again whether it can begin a job.
    pub(crate) fn wake(&self, id: ReplicaId) {
        self.lock().unblock(id);
    }

    /// A consumer that is free, and has been marked as such, has something else to do.
    pub(crate) fn mark_busy(&self, id: ReplicaId) {
        let mut state = self.lock();
        state.set_free(id, false);
        state.wake_one(); // it may have been woken for a job
    }

    /// Whether nothing waits but jobs that `is_abandoned`, and no consumer is free: a consumer that waits keeps
    /// no call waiting.
    pub(crate) fn is_quiet(&self, is_abandoned: impl Fn(&T) -> bool) -> bool {
        let state = self.lock();
        let mut jobs = state.jobs.iter();
        state.free == 0 && !state.closed && jobs.all(|waiting| is_abandoned(&waiting.job))
    }

    /// A consumer is about to ask for a job. To be called before its last caller is answered.
    pub(crate) fn mark_free(&self, id: ReplicaId) {
        self.lock().set_free(id, true);
        self.changed.notify_waiters();
    }

    /// Gives a consumer work to do before its next job. `false` if there is no such consumer.
    pub(crate) fn order(&self, id: ReplicaId, order: O) -> bool {
        let mut state = self.lock();
        match state.consumers.get_mut(&id) {
            Some(consumer) if !consumer.dismissed => {
                consumer.orders.push_back(order);
                consumer.wake.notify_one();
                true
            }
            _ => false,
        }
    }

    /// A consumer takes no more jobs. It is known until it is [removed](Queue::remove).
    pub(crate) fn dismiss(&self, id: ReplicaId) {
        let mut state = self.lock();
        state.set_free(id, false);
        if let Some(consumer) = state.consumers.get_mut(&id) {
            consumer.dismissed = true;
            consumer.wake.notify_one();
        }
        state.wake_one(); // it may have been woken for a job
        drop(state);
        self.changed.notify_waiters();
    }

    /// A consumer has ended, or is not waited for.
    pub(crate) fn remove(&self, id: ReplicaId) {
        let mut state = self.lock();
        state.set_free(id, false);
        let gone = state.consumers.remove(&id);
        if let Some(consumer) = &gone {
            consumer.wake.notify_one();
        }
        state.wake_one(); // it may have been woken for a job
        drop(state);
        self.changed.notify_waiters();
        drop_quietly(gone); // with its orders, which are the user's
    }

    /// Accepts no more; what waits is still handed out.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.wake_all();
        drop(state);
        self.changed.notify_waiters();
    }

    /// Accepts jobs again.
    pub(crate) fn open(&self) {
        self.lock().closed = false;
    }

    /// Accepts no more, and returns what waits.
    pub(crate) fn close_and_take(&self) -> Vec<T> {
        let mut state = self.lock();
        state.closed = true;
        let jobs = std::mem::take(&mut state.jobs);
        state.wake_all();
        drop(state);
        self.changed.notify_waiters();
        jobs.into_iter().map(|waiting| waiting.job).collect()
    }

    /// How many jobs wait, and how many consumers are working.
    pub(crate) fn load(&self) -> (usize, usize) {
        let state = self.lock();
        let consumers = state.consumers.values();
        let working = consumers.filter(|consumer| consumer.is_working()).count();
        (state.jobs.len(), working)
    }

    /// How many jobs have been taken, and how many were abandoned.
    pub(crate) fn left(&self) -> (u64, u64) {
        let state = self.lock();
        (state.begun, state.gone)
    }

    /// How many consumers take jobs.
    pub(crate) fn consumers(&self) -> usize {
        self.lock().num_consumers()
    }

    /// Waits until a consumer has been removed.
    pub(crate) async fn wait_until_removed(&self, id: ReplicaId) {
        self.wait_until(|state| !state.consumers.contains_key(&id))
            .await;
    }

    /// Waits until no job waits or is worked on.
    pub(crate) async fn wait_idle(&self) {
        self.wait_until(State::is_idle).await;
    }

    async fn wait_until(&self, reached: impl Fn(&State<T, O>) -> bool) {
        loop {
            let changed = self.changed.notified();
            if reached(&self.lock()) {
                return;
            }
            changed.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T, O>> {
        lock(&self.state)
    }
}
