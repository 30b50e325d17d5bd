//! The bounded queue between the callers of a compute deployment and its replicas.
//!
//! One queue serves all replicas of a deployment, so that none idles while a call waits for
//! another one. It is first in, first out. A full queue refuses at once: nobody waits for a place.
//!
//! Replicas come and go: a consumer joins, may be given orders of its own, and leaves when it has been
//! dismissed or when the queue is closed and empty.

use std::collections::{BTreeMap, VecDeque};

use crate::replica::ReplicaId;
use crate::sync::{Arc, Condvar, Mutex, MutexGuard, Notify, PoisonError};

/// Why a job was not taken in; the job comes back with it.
#[derive(Debug)]
pub(crate) enum Refused<T> {
    /// As many jobs as may wait are waiting, and no replica is free.
    Full(T),
    /// The queue takes in no more.
    Closed(T),
}

/// What a consumer is to do next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next<T, O> {
    /// The oldest job.
    Job(T),
    /// Something that only this consumer is to do.
    Order(O),
    /// It is no consumer any more.
    Leave,
}

/// A bounded first-in-first-out queue of jobs `T` for blocking consumers, which take orders `O`.
#[derive(Debug)]
pub(crate) struct Queue<T, O> {
    state: Mutex<State<T, O>>,
    /// Told when something has changed that somebody may wait for: see [`Queue::until`].
    changed: Notify,
}

#[derive(Debug)]
struct State<T, O> {
    jobs: VecDeque<T>,
    consumers: BTreeMap<ReplicaId, Consumer<O>>,
    /// How many consumers have nothing to do; each is good for one job more than may wait.
    free: usize,
    closed: bool,
}

#[derive(Debug)]
struct Consumer<O> {
    orders: VecDeque<O>,
    /// Counted in `free`.
    is_free: bool,
    /// Takes no more jobs.
    dismissed: bool,
    wake: Arc<Condvar>,
}

impl<T, O> State<T, O> {
    fn is_full(&self, capacity: usize) -> bool {
        self.jobs.len() >= capacity + self.free
    }

    fn set_free(&mut self, id: ReplicaId, free: bool) {
        let Some(consumer) = self.consumers.get_mut(&id) else {
            return;
        };
        let free = free && !consumer.dismissed;
        match (consumer.is_free, free) {
            (false, true) => self.free += 1,
            (true, false) => self.free -= 1,
            _ => {}
        }
        consumer.is_free = free;
    }

    /// Wakes a consumer that has nothing to do; which one does not matter.
    fn wake_one(&self) {
        let mut free = self.consumers.values().filter(|consumer| consumer.is_free);
        if let Some(consumer) = free.next() {
            consumer.wake.notify_one();
        }
    }

    fn wake_all(&self) {
        for consumer in self.consumers.values() {
            consumer.wake.notify_one();
        }
    }

    fn is_idle(&self) -> bool {
        let mut working = self
            .consumers
            .values()
            .filter(|consumer| !consumer.is_free && !consumer.dismissed);
        self.jobs.is_empty() && working.next().is_none()
    }
}

impl<T, O> Queue<T, O> {
    pub(crate) fn new() -> Self {
        Queue {
            state: Mutex::new(State {
                jobs: VecDeque::new(),
                consumers: BTreeMap::new(),
                free: 0,
                closed: false,
            }),
            changed: Notify::new(),
        }
    }

    /// Takes a job in, or gives it back if `capacity` jobs wait beside those that a free consumer is
    /// about to take. Where there is no place left, the jobs that `is_abandoned` give up theirs.
    ///
    /// `false` says that there is no consumer as yet.
    pub(crate) fn push(
        &self,
        job: T,
        capacity: usize,
        is_abandoned: impl Fn(&T) -> bool,
    ) -> Result<bool, Refused<T>> {
        let mut state = self.lock();
        if state.closed {
            return Err(Refused::Closed(job));
        }
        if state.is_full(capacity) {
            state.jobs.retain(|job| !is_abandoned(job));
        }
        if state.is_full(capacity) {
            return Err(Refused::Full(job));
        }
        state.jobs.push_back(job);
        state.wake_one();
        Ok(state.consumers.values().any(|consumer| !consumer.dismissed))
    }

    /// A consumer more. It has something to do until [`Queue::is_free`].
    pub(crate) fn join(&self, id: ReplicaId) {
        let consumer = Consumer {
            orders: VecDeque::new(),
            is_free: false,
            dismissed: false,
            wake: Arc::new(Condvar::new()),
        };
        self.lock().consumers.insert(id, consumer);
        self.changed.notify_waiters();
    }

    /// What a consumer is to do next; waits for it.
    pub(crate) fn next(&self, id: ReplicaId) -> Next<T, O> {
        let mut state = self.lock();
        loop {
            let Some(consumer) = state.consumers.get_mut(&id) else {
                return Next::Leave;
            };
            if let Some(order) = consumer.orders.pop_front() {
                state.set_free(id, false);
                return Next::Order(order);
            }
            if consumer.dismissed {
                return Next::Leave;
            }
            let wake = Arc::clone(&consumer.wake);
            if let Some(job) = state.jobs.pop_front() {
                state.set_free(id, false);
                // Whoever was woken for this one may have been woken for the next one, too.
                if !state.jobs.is_empty() {
                    state.wake_one();
                }
                return Next::Job(job);
            }
            if state.closed {
                return Next::Leave;
            }
            state = wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether nothing waits but jobs that `is_abandoned`, and no consumer is free: nobody is kept
    /// waiting by one that takes its time.
    pub(crate) fn is_quiet(&self, is_abandoned: impl Fn(&T) -> bool) -> bool {
        let state = self.lock();
        state.free == 0 && !state.closed && state.jobs.iter().all(is_abandoned)
    }

    /// A consumer is about to ask for a job; to be told before anybody can rely on it.
    pub(crate) fn is_free(&self, id: ReplicaId) {
        self.lock().set_free(id, true);
        self.changed.notify_waiters();
    }

    /// Gives a consumer something to do before its next job. `false` if there is no such consumer.
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

    /// A consumer takes no more jobs. It is known until it [leaves](Queue::leave).
    pub(crate) fn dismiss(&self, id: ReplicaId) {
        let mut state = self.lock();
        state.set_free(id, false);
        if let Some(consumer) = state.consumers.get_mut(&id) {
            consumer.dismissed = true;
            consumer.wake.notify_one();
        }
        // It may have been woken for a job.
        if !state.jobs.is_empty() {
            state.wake_one();
        }
        drop(state);
        self.changed.notify_waiters();
    }

    /// A consumer is gone.
    pub(crate) fn leave(&self, id: ReplicaId) {
        let mut state = self.lock();
        state.set_free(id, false);
        if let Some(consumer) = state.consumers.remove(&id) {
            consumer.wake.notify_one();
        }
        // It may have been woken for a job.
        if !state.jobs.is_empty() {
            state.wake_one();
        }
        drop(state);
        self.changed.notify_waiters();
    }

    /// Takes in no more; what waits is still handed out.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.wake_all();
        drop(state);
        self.changed.notify_waiters();
    }

    /// Takes jobs in again.
    pub(crate) fn open(&self) {
        self.lock().closed = false;
    }

    /// Takes in no more, and gives back what waits.
    pub(crate) fn close_and_take(&self) -> VecDeque<T> {
        let mut state = self.lock();
        state.closed = true;
        let jobs = std::mem::take(&mut state.jobs);
        state.wake_all();
        drop(state);
        self.changed.notify_waiters();
        jobs
    }

    /// How many jobs wait, and how many consumers work.
    pub(crate) fn load(&self) -> (usize, usize) {
        let state = self.lock();
        let consumers = state.consumers.values();
        let working = consumers.filter(|consumer| !consumer.is_free).count();
        (state.jobs.len(), working)
    }

    /// How many consumers take jobs.
    pub(crate) fn consumers(&self) -> usize {
        let state = self.lock();
        let consumers = state.consumers.values();
        consumers.filter(|consumer| !consumer.dismissed).count()
    }

    /// Waits until a consumer is gone.
    pub(crate) async fn left(&self, id: ReplicaId) {
        self.until(|state| !state.consumers.contains_key(&id)).await;
    }

    /// Waits until no job waits or is worked on.
    pub(crate) async fn idle(&self) {
        self.until(State::is_idle).await;
    }

    async fn until(&self, reached: impl Fn(&State<T, O>) -> bool) {
        loop {
            let changed = self.changed.notified();
            if reached(&self.lock()) {
                return;
            }
            changed.await;
        }
    }

    /// No user code runs under the lock, so a poisoned one is as good as any.
    fn lock(&self) -> MutexGuard<'_, State<T, O>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: ReplicaId = ReplicaId(1);
    const TWO: ReplicaId = ReplicaId(2);

    type Plain<T> = Queue<T, ()>;

    fn keep<T>(_: &T) -> bool {
        false
    }

    fn of_one<T>() -> Plain<T> {
        let queue = Queue::new();
        queue.join(ONE);
        queue
    }

    #[test]
    fn first_in_is_first_out() {
        let queue = of_one();
        for job in [1, 2, 3] {
            queue.push(job, 3, keep).unwrap();
        }
        let next = || queue.next(ONE);
        assert_eq!([next(), next(), next()], [1, 2, 3].map(Next::Job));
    }

    #[test]
    fn a_full_queue_gives_the_job_back() {
        let queue = of_one();
        queue.push("first", 1, keep).unwrap();
        let second = queue.push("second", 1, keep);
        assert!(matches!(second, Err(Refused::Full("second"))));
    }

    #[test]
    fn whoever_has_gone_gives_up_the_place() {
        let queue = of_one();
        queue.push("stays", 2, keep).unwrap();
        queue.push("gone", 2, keep).unwrap();
        queue.push("third", 2, |job| *job == "gone").unwrap();
        let next = || queue.next(ONE);
        assert_eq!([next(), next()], ["stays", "third"].map(Next::Job));
    }

    #[test]
    fn a_queue_without_places_serves_a_free_consumer() {
        let queue = Arc::new(of_one());
        assert!(matches!(queue.push(1, 0, keep), Err(Refused::Full(1))));
        queue.is_free(ONE);
        let consumer = std::thread::spawn({
            let queue = Arc::clone(&queue);
            move || queue.next(ONE)
        });
        queue.push(2, 0, keep).unwrap();
        assert_eq!(consumer.join().unwrap(), Next::Job(2));
    }

    #[test]
    fn a_closed_queue_hands_out_what_waits_and_then_ends() {
        let queue = of_one();
        queue.push(1, 2, keep).unwrap();
        queue.close();
        assert!(matches!(queue.push(2, 2, keep), Err(Refused::Closed(2))));
        assert_eq!(queue.next(ONE), Next::Job(1));
        assert_eq!(queue.next(ONE), Next::Leave);
    }

    #[test]
    fn what_waits_can_be_taken_back() {
        let queue = of_one();
        queue.push(1, 2, keep).unwrap();
        queue.push(2, 2, keep).unwrap();
        assert_eq!(queue.close_and_take(), [1, 2]);
        assert_eq!(queue.next(ONE), Next::Leave);
    }

    #[test]
    fn a_dismissed_consumer_leaves_the_jobs_to_the_others() {
        let queue = of_one();
        queue.join(TWO);
        queue.is_free(ONE);
        queue.is_free(TWO);
        queue.push(1, 0, keep).unwrap();
        queue.dismiss(ONE);
        assert_eq!(queue.next(ONE), Next::Leave);
        assert_eq!(queue.next(TWO), Next::Job(1));
        assert!(matches!(queue.push(2, 0, keep), Err(Refused::Full(2))));
    }

    #[test]
    fn an_order_goes_before_the_jobs_of_its_consumer() {
        let queue = Queue::<_, &str>::new();
        queue.join(ONE);
        queue.push(1, 1, keep).unwrap();
        assert!(queue.order(ONE, "rest"));
        assert!(!queue.order(TWO, "rest"));
        assert_eq!(queue.next(ONE), Next::Order("rest"));
        assert_eq!(queue.next(ONE), Next::Job(1));
    }

    #[test]
    fn jobs_wait_for_the_first_consumer() {
        let queue = Plain::new();
        assert!(!queue.push(1, 1, keep).unwrap());
        queue.join(ONE);
        assert_eq!(queue.next(ONE), Next::Job(1));
    }
}
