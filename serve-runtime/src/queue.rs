//! The bounded queue between the callers of a compute deployment and its replicas.
//!
//! One queue serves all replicas of a deployment, so that none idles while a call waits for
//! another one. It is first in, first out. A full queue refuses at once: nobody waits for a place.
//!
//! Replicas come and go: a consumer joins, may be given orders of its own, and leaves when it has been
//! dismissed or when the queue is closed and empty.
//!
//! Where jobs are for models, a consumer that becomes free takes one of the first few whose model it has, and
//! a job goes to a free consumer that has its model. No consumer idles for it, and nobody is overtaken more
//! than [`MOST_OVERTAKEN`] times; a job for no model is not overtaken at all.

use std::collections::{BTreeMap, VecDeque};

use crate::multiplex::Known;
use crate::replica::ReplicaId;
use crate::sync::{Arc, Condvar, Mutex, MutexGuard, Notify, PoisonError};

/// Among how many of the oldest jobs a consumer looks for one whose model it has.
const LOOK_AHEAD: usize = 16;

/// How many jobs that came later may be begun before a job.
const MOST_OVERTAKEN: usize = 8;

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
    /// The oldest job, or one of the oldest whose model it has.
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
    /// Those further back have been overtaken no more often than those before them.
    jobs: VecDeque<Waiting<T>>,
    consumers: BTreeMap<ReplicaId, Consumer<O>>,
    /// How many consumers have nothing to do; each is good for one job more than may wait.
    free: usize,
    closed: bool,
}

#[derive(Debug)]
struct Waiting<T> {
    job: T,
    /// The model that it is for, where that matters.
    model_id: Option<std::sync::Arc<str>>,
    overtaken: usize,
}

#[derive(Debug)]
struct Consumer<O> {
    models: std::sync::Arc<Known>,
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

    /// Wakes the consumer that is to take a job, of those that have nothing to do.
    fn wake_for(&self, model_id: Option<&str>) {
        let consumer = match model_id {
            // Which one does not matter.
            None => self.consumers.values().find(|consumer| consumer.is_free),
            Some(model_id) => {
                let chosen = self.choose(model_id, None);
                chosen.and_then(|id| self.consumers.get(&id))
            }
        };
        if let Some(consumer) = consumer {
            consumer.wake.notify_one();
        }
    }

    /// The consumer that is to take a job for a model, of those that have nothing to do and the one that
    /// asks for a job: one that has it, else the one with the fewest.
    fn choose(&self, model_id: &str, asking: Option<ReplicaId>) -> Option<ReplicaId> {
        let consumers = self.consumers.iter();
        let free = consumers.filter(|(id, consumer)| consumer.is_free || asking == Some(**id));
        // The first of several is always the same one, whoever asks.
        let chosen = free.min_by_key(|(_, consumer)| match consumer.models.has(model_id) {
            true => 0,
            false => consumer.models.len() + 1,
        });
        chosen.map(|(id, _)| *id)
    }

    /// Has somebody look after the oldest job, if there is one.
    fn wake_one(&self) {
        if let Some(oldest) = self.jobs.front() {
            self.wake_for(oldest.model_id.as_deref());
        }
    }

    /// Takes out the job that a consumer is to do next.
    fn take(&mut self, id: ReplicaId) -> Option<T> {
        let at = self.pick(id)?;
        for overtaken in self.jobs.range_mut(..at) {
            overtaken.overtaken += 1;
        }
        self.jobs.remove(at).map(|waiting| waiting.job)
    }

    /// The oldest job, unless one of the next is for a model that the consumer has, or the oldest one is for
    /// another consumer that is free.
    fn pick(&self, id: ReplicaId) -> Option<usize> {
        let oldest = self.jobs.front()?;
        let Some(model_id) = &oldest.model_id else {
            return Some(0);
        };
        if oldest.overtaken >= MOST_OVERTAKEN {
            return Some(0);
        }
        let models = &self.consumers.get(&id)?.models;
        let is_for_one = |waiting: &&Waiting<T>| waiting.model_id.is_some();
        let mut first = self.jobs.iter().take(LOOK_AHEAD).take_while(is_for_one);
        let own = first.position(|waiting| {
            let model_id = waiting.model_id.as_deref();
            model_id.is_some_and(|model_id| models.has(model_id))
        });
        own.or_else(|| (self.choose(model_id, Some(id)) == Some(id)).then_some(0))
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
        model_id: Option<std::sync::Arc<str>>,
        capacity: usize,
        is_abandoned: impl Fn(&T) -> bool,
    ) -> Result<bool, Refused<T>> {
        let mut state = self.lock();
        if state.closed {
            return Err(Refused::Closed(job));
        }
        if state.is_full(capacity) {
            state.jobs.retain(|waiting| !is_abandoned(&waiting.job));
        }
        if state.is_full(capacity) {
            return Err(Refused::Full(job));
        }
        state.wake_for(model_id.as_deref());
        state.jobs.push_back(Waiting {
            job,
            model_id,
            overtaken: 0,
        });
        Ok(state.consumers.values().any(|consumer| !consumer.dismissed))
    }

    /// A consumer more, and which models it has. It has something to do until [`Queue::is_free`].
    pub(crate) fn join(&self, id: ReplicaId, models: std::sync::Arc<Known>) {
        let consumer = Consumer {
            models,
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
                state.wake_one(); // it may have been woken for a job
                return Next::Order(order);
            }
            if consumer.dismissed {
                return Next::Leave;
            }
            let wake = Arc::clone(&consumer.wake);
            if let Some(job) = state.take(id) {
                state.set_free(id, false);
                // Whoever was woken for this one may have been woken for the next one, too.
                state.wake_one();
                if state.closed && state.jobs.is_empty() {
                    state.wake_all(); // some have left it to this one, and can leave now
                }
                return Next::Job(job);
            }
            // What is for another one's model is left to that one.
            state.wake_one();
            if state.closed && state.jobs.is_empty() {
                return Next::Leave;
            }
            state = wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether nothing waits but jobs that `is_abandoned`, and no consumer is free: nobody is kept
    /// waiting by one that takes its time.
    pub(crate) fn is_quiet(&self, is_abandoned: impl Fn(&T) -> bool) -> bool {
        let state = self.lock();
        let mut jobs = state.jobs.iter();
        state.free == 0 && !state.closed && jobs.all(|waiting| is_abandoned(&waiting.job))
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
        state.wake_one(); // it may have been woken for a job
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
    pub(crate) fn close_and_take(&self) -> Vec<T> {
        let mut state = self.lock();
        state.closed = true;
        let jobs = std::mem::take(&mut state.jobs);
        state.wake_all();
        drop(state);
        self.changed.notify_waiters();
        jobs.into_iter().map(|waiting| waiting.job).collect()
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
    use std::sync::Arc;

    use super::*;

    const ONE: ReplicaId = ReplicaId(1);
    const TWO: ReplicaId = ReplicaId(2);

    type Plain<T> = Queue<T, ()>;

    fn keep<T>(_: &T) -> bool {
        false
    }

    fn of_one<T>() -> Plain<T> {
        let queue = Queue::new();
        queue.join(ONE, Arc::default());
        queue
    }

    #[test]
    fn first_in_is_first_out() {
        let queue = of_one();
        for job in [1, 2, 3] {
            queue.push(job, None, 3, keep).unwrap();
        }
        let next = || queue.next(ONE);
        assert_eq!([next(), next(), next()], [1, 2, 3].map(Next::Job));
    }

    #[test]
    fn a_full_queue_gives_the_job_back() {
        let queue = of_one();
        queue.push("first", None, 1, keep).unwrap();
        let second = queue.push("second", None, 1, keep);
        assert!(matches!(second, Err(Refused::Full("second"))));
    }

    #[test]
    fn whoever_has_gone_gives_up_the_place() {
        let queue = of_one();
        queue.push("stays", None, 2, keep).unwrap();
        queue.push("gone", None, 2, keep).unwrap();
        queue.push("third", None, 2, |job| *job == "gone").unwrap();
        let next = || queue.next(ONE);
        assert_eq!([next(), next()], ["stays", "third"].map(Next::Job));
    }

    #[test]
    fn a_queue_without_places_serves_a_free_consumer() {
        let queue = Arc::new(of_one());
        assert!(matches!(
            queue.push(1, None, 0, keep),
            Err(Refused::Full(1))
        ));
        queue.is_free(ONE);
        let consumer = std::thread::spawn({
            let queue = Arc::clone(&queue);
            move || queue.next(ONE)
        });
        queue.push(2, None, 0, keep).unwrap();
        assert_eq!(consumer.join().unwrap(), Next::Job(2));
    }

    #[test]
    fn a_closed_queue_hands_out_what_waits_and_then_ends() {
        let queue = of_one();
        queue.push(1, None, 2, keep).unwrap();
        queue.close();
        assert!(matches!(
            queue.push(2, None, 2, keep),
            Err(Refused::Closed(2))
        ));
        assert_eq!(queue.next(ONE), Next::Job(1));
        assert_eq!(queue.next(ONE), Next::Leave);
    }

    #[test]
    fn what_waits_can_be_taken_back() {
        let queue = of_one();
        queue.push(1, None, 2, keep).unwrap();
        queue.push(2, None, 2, keep).unwrap();
        assert_eq!(queue.close_and_take(), [1, 2]);
        assert_eq!(queue.next(ONE), Next::Leave);
    }

    #[test]
    fn a_dismissed_consumer_leaves_the_jobs_to_the_others() {
        let queue = of_one();
        queue.join(TWO, Arc::default());
        queue.is_free(ONE);
        queue.is_free(TWO);
        queue.push(1, None, 0, keep).unwrap();
        queue.dismiss(ONE);
        assert_eq!(queue.next(ONE), Next::Leave);
        assert_eq!(queue.next(TWO), Next::Job(1));
        assert!(matches!(
            queue.push(2, None, 0, keep),
            Err(Refused::Full(2))
        ));
    }

    #[test]
    fn an_order_goes_before_the_jobs_of_its_consumer() {
        let queue = Queue::<_, &str>::new();
        queue.join(ONE, Arc::default());
        queue.push(1, None, 1, keep).unwrap();
        assert!(queue.order(ONE, "rest"));
        assert!(!queue.order(TWO, "rest"));
        assert_eq!(queue.next(ONE), Next::Order("rest"));
        assert_eq!(queue.next(ONE), Next::Job(1));
    }

    #[test]
    fn jobs_wait_for_the_first_consumer() {
        let queue = Plain::new();
        assert!(!queue.push(1, None, 1, keep).unwrap());
        queue.join(ONE, Arc::default());
        assert_eq!(queue.next(ONE), Next::Job(1));
    }

    /// A queue with consumers that have models.
    struct Multiplexed {
        queue: Plain<u32>,
        models: [Arc<Known>; 2],
    }

    impl Multiplexed {
        fn new() -> Self {
            let (queue, models) = (Queue::new(), [Arc::default(), Arc::default()]);
            queue.join(ONE, Arc::clone(&models[0]));
            queue.join(TWO, Arc::clone(&models[1]));
            Multiplexed { queue, models }
        }

        fn push(&self, job: u32, model_id: &str) {
            let model_id = (!model_id.is_empty()).then(|| model_id.into());
            self.queue.push(job, model_id, 100, keep).unwrap();
        }

        fn next(&self, id: ReplicaId) -> u32 {
            match self.queue.next(id) {
                Next::Job(job) => job,
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn a_consumer_takes_what_it_has_the_model_for() {
        let there = Multiplexed::new();
        let _fr = there.models[0].hold(&"fr".into());
        for (job, model_id) in [(1, "de"), (2, "fr"), (3, "de"), (4, "fr")] {
            there.push(job, model_id);
        }
        let taken = [ONE, TWO, ONE, ONE].map(|id| there.next(id));
        assert_eq!(taken, [2, 1, 4, 3]);
    }

    #[test]
    fn nobody_is_overtaken_for_ever() {
        let there = Multiplexed::new();
        let _fr = there.models[0].hold(&"fr".into());
        there.push(0, "de");
        there.push(1, "de");
        (2..40).for_each(|job| there.push(job, "fr"));
        let most = MOST_OVERTAKEN as u32;
        let overtaking: Vec<u32> = (0..most).map(|_| there.next(ONE)).collect();
        assert_eq!(overtaking, (2..2 + most).collect::<Vec<_>>());
        // Both have waited as long as they may.
        assert_eq!([there.next(ONE), there.next(ONE)], [0, 1]);
        assert_eq!(there.next(ONE), 2 + most);
    }

    #[test]
    fn a_job_for_no_model_is_not_overtaken() {
        let there = Multiplexed::new();
        let _fr = there.models[0].hold(&"fr".into());
        for (job, model_id) in [(1, "de"), (2, ""), (3, "fr")] {
            there.push(job, model_id);
        }
        assert_eq!([ONE, ONE, ONE].map(|id| there.next(id)), [1, 2, 3]);
    }

    #[test]
    fn only_so_many_jobs_are_looked_at() {
        let there = Multiplexed::new();
        let _fr = there.models[0].hold(&"fr".into());
        let behind = LOOK_AHEAD as u32;
        (0..behind).for_each(|job| there.push(job, "de"));
        there.push(behind, "fr");
        assert_eq!(there.next(ONE), 0);
        assert_eq!(there.next(ONE), behind);
    }

    #[test]
    fn a_job_is_left_to_the_free_consumer_that_has_its_model() {
        let there = Multiplexed::new();
        let _fr = there.models[1].hold(&"fr".into());
        there.queue.is_free(ONE);
        there.queue.is_free(TWO);
        there.push(1, "fr");
        there.queue.close();
        std::thread::scope(|scope| {
            // ONE waits until TWO has taken it; then there is nothing left for it.
            let one = scope.spawn(|| there.queue.next(ONE));
            assert_eq!(there.next(TWO), 1);
            assert_eq!(one.join().unwrap(), Next::Leave);
        });
    }

    #[test]
    fn a_new_model_goes_to_the_free_consumer_with_the_fewest() {
        let there = Multiplexed::new();
        let _fr = there.models[0].hold(&"fr".into());
        there.queue.is_free(ONE);
        there.queue.is_free(TWO);
        there.push(1, "de");
        there.queue.close();
        std::thread::scope(|scope| {
            let one = scope.spawn(|| there.queue.next(ONE));
            assert_eq!(there.next(TWO), 1);
            assert_eq!(one.join().unwrap(), Next::Leave);
        });
    }

    #[test]
    fn a_busy_consumer_s_model_keeps_nobody_idle() {
        let there = Multiplexed::new();
        let _fr = there.models[1].hold(&"fr".into());
        there.queue.is_free(ONE);
        there.push(1, "fr");
        assert_eq!(there.next(ONE), 1);
    }
}
