//! Threads that serve one queue of calls, each with a value of its own to lend to them.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::try_join_all;
use serve_topology::Batch;
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};

use super::constructor::on_thread;
use super::job::{Job, Panicked, job};
use super::plan::{Plan, not_deployed};
use crate::batch::{Asked, Batcher, Batchers, ticket};
use crate::queue::{Queue, Refused};
use crate::{Error, Result};

/// Where a thread's value comes from. Called on that thread, so the value need not be `Send`.
pub(super) trait Residence: Send + Sync + 'static {
    type Value;

    /// The value to start with.
    fn first(&self, replica: usize, runtime: &Handle) -> Result<Self::Value>;

    /// A panic may have broken the value. Called before anybody is told of the panic.
    fn broken(&self, _replica: usize, _value: &Self::Value) {}

    /// A value in place of a broken one. `wanted` tells whether it still matters.
    fn next(
        &self,
        replica: usize,
        broken: Self::Value,
        runtime: &Handle,
        wanted: &dyn Fn() -> bool,
    ) -> Result<Self::Value>;
}

/// The compute threads of one deployment, one a replica; `V` is the value of `R`.
pub(super) struct Pool<R, V> {
    residence: R,
    queue: Queue<Job<V>>,
    overload: (Arc<str>, u32),
    runtime: Handle,
    /// Threads that have a value; the last one to give up closes the queue.
    living: AtomicUsize,
    /// Threads that have not ended.
    threads: watch::Sender<usize>,
    /// Why the last thread gave up.
    failure: Mutex<Option<String>>,
    /// Whether every thread has had its first value.
    started: AtomicBool,
}

impl<R: Residence> Pool<R, R::Value> {
    /// A batch for each thread, and one that waits, so that no thread has to: as far as it may wait.
    pub(super) fn width(&self, batch: usize) -> usize {
        let threads = *self.threads.borrow();
        threads * batch + batch.min(self.overload.1 as usize)
    }

    /// A pool without threads as yet.
    pub(super) fn new<D>(residence: R, plan: &Plan<D>) -> Arc<Self> {
        Arc::new(Pool {
            residence,
            queue: Queue::new(plan.max_queued_requests as usize),
            overload: (Arc::clone(&plan.name), plan.max_queued_requests),
            runtime: Handle::current(),
            living: AtomicUsize::new(plan.num_replicas),
            threads: watch::Sender::new(0),
            failure: Mutex::new(None),
            started: AtomicBool::new(false),
        })
    }

    /// Starts the threads; ready once each has its first value. Whoever gives up waiting for that
    /// has to stop the pool.
    pub(super) async fn start(self: &Arc<Self>, num_replicas: usize) -> Result<()> {
        try_join_all((0..num_replicas).map(|replica| self.spawn(replica))).await?;
        self.started.store(true, Ordering::Release);
        Ok(())
    }

    /// Makes a call on the next free thread.
    pub(super) async fn call<T, F>(&self, function: F) -> Result<T>
    where
        F: FnOnce(&mut R::Value) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        if !self.started.load(Ordering::Acquire) {
            return Err(not_deployed());
        }
        let (job, answer) = job(function);
        self.push(job).map_err(|(_job, error)| error)?;
        answer.await.unwrap_or_else(|_gone| Err(self.closed()))
    }

    /// Makes a call in a batch, on the next free thread.
    pub(super) async fn call_batched<A, T, F>(
        &self,
        batcher: &Arc<Batcher<A, T>>,
        asked: Asked<A>,
        function: F,
    ) -> Result<T>
    where
        F: Fn(&mut R::Value, Vec<A>) -> Result<Vec<Result<T>>> + Send + 'static,
        A: Send + 'static,
        T: Send + 'static,
    {
        if !self.started.load(Ordering::Acquire) {
            return Err(not_deployed());
        }
        let (ticket, answer) = ticket(batcher, asked, function);
        // Meanwhile a batch may have taken the call without its ticket: then it is answered.
        if let Err((ticket, error)) = self.push(ticket) {
            ticket.refuse(error);
        }
        let answer = answer.get().await;
        answer.unwrap_or_else(|| Err(self.closed()))
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
        let new = || {
            let pool = Arc::downgrade(self);
            // Whoever asks is busy, so that a free thread is another one.
            let nobody_else = move || {
                let pool = pool.upgrade();
                pool.is_some_and(|pool| pool.queue.is_idle(|job| job.is_abandoned()))
            };
            let name = format!("{}.{method}", self.overload.0);
            Batcher::new(name, batch, Box::new(nobody_else))
        };
        batchers.of(method, new).ok_or_else(not_deployed)
    }

    fn push(&self, job: Job<R::Value>) -> Result<(), (Job<R::Value>, Error)> {
        let pushed = self.queue.push(job, |job| job.is_abandoned());
        pushed.map_err(|refused| match refused {
            Refused::Full(job) => {
                let error = Error::overloaded(&self.overload.0, self.overload.1);
                (job, error)
            }
            Refused::Closed(job) => (job, self.closed()),
        })
    }

    /// Takes in no more calls and waits until the threads have answered the rest and ended.
    pub(super) async fn drain(&self) {
        self.queue.close();
        // The sender is `self`'s own, so it cannot go away.
        let _ = self
            .threads
            .subscribe()
            .wait_for(|threads| *threads == 0)
            .await;
    }

    /// Takes in no more calls and refuses those that wait.
    pub(super) fn stop(&self) {
        for job in self.queue.close_and_take() {
            job.refuse(self.closed());
        }
    }

    pub(super) fn health(&self) -> Result<()> {
        match self.living.load(Ordering::Acquire) {
            0 => Err(self.closed()),
            _ => Ok(()),
        }
    }

    fn closed(&self) -> Error {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        Error::unavailable(match &*failure {
            Some(failure) => failure.clone(),
            None => format!("`{}` has been shut down", self.overload.0),
        })
    }

    async fn spawn(self: &Arc<Self>, replica: usize) -> Result<()> {
        let (ready, started) = oneshot::channel();
        let pool = Arc::clone(self);
        self.threads.send_modify(|threads| *threads += 1);
        let run = move || {
            let _ending = Ending(&pool.threads); // also if an instance's drop panics
            let _inside = pool.runtime.enter();
            pool.run(replica, ready);
        };
        if let Err(error) = on_thread(&self.overload.0, replica, run) {
            self.threads.send_modify(|threads| *threads -= 1);
            return Err(error);
        }
        started.await.unwrap_or_else(|_gone| Err(self.closed()))
    }

    /// The life of a thread.
    fn run(&self, replica: usize, ready: oneshot::Sender<Result<()>>) {
        let mut value = match self.residence.first(replica, &self.runtime) {
            Ok(value) => value,
            Err(error) => {
                let _ = ready.send(Err(error));
                return;
            }
        };
        self.queue.consumer_is_free();
        let _ = ready.send(Ok(()));
        while let Some(job) = self.queue.pop() {
            // Whoever is answered may call again at once: by then the thread has to be free, or, after
            // a panic, its value out of use.
            let before_answer = |value: &R::Value, outcome: &Result<(), Panicked>| match outcome {
                Ok(()) => self.queue.consumer_is_free(),
                Err(Panicked) => self.residence.broken(replica, value),
            };
            let Err(Panicked) = job.run(&mut value, &before_answer) else {
                continue;
            };
            tracing::error!(deployment = %self.overload.0, replica, "a replica panicked and is being replaced");
            let wanted = || !self.queue.is_closed();
            match self.residence.next(replica, value, &self.runtime, &wanted) {
                Ok(next) => {
                    value = next;
                    self.queue.consumer_is_free();
                }
                Err(error) => return self.give_up(replica, &error),
            }
        }
    }

    /// The others go on; without any, every call is told why.
    fn give_up(&self, replica: usize, error: &Error) {
        let name = &self.overload.0;
        tracing::error!(deployment = %name, replica, %error, "gave up on a replica");
        let failure = format!("`{name}` could not replace a replica: {error}");
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
        if self.living.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.stop();
        }
    }
}

/// Counts a thread out.
struct Ending<'a>(&'a watch::Sender<usize>);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|threads| *threads -= 1);
    }
}
