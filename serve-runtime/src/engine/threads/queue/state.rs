//! The jobs that wait, the consumers, and which consumer takes which job.
//!
//! Where jobs are for models, a consumer that becomes free takes one of the first few whose model it has, and
//! a job goes to a free consumer that has its model. No consumer idles for it, and no job is overtaken more
//! than [`MAX_OVERTAKEN`] times; a job for no model is not overtaken at all.

use std::collections::{BTreeMap, VecDeque};

use crate::engine::ReplicaId;
use crate::multiplex::Known;
use crate::sync::{Arc, Condvar};

/// Among how many of the oldest jobs a consumer looks for one whose model it has.
pub(crate) const LOOK_AHEAD: usize = 16;

/// The shortest queue in which abandoned jobs are looked for before it is full; and at how many jobs a push looks that
/// finds the queue full.
const LONG: usize = 128;

/// How many later jobs may be begun before a job.
pub(crate) const MAX_OVERTAKEN: usize = 8;

#[derive(Debug)]
pub(crate) struct State<T, O> {
    /// Those further back have been overtaken no more often than those before them.
    pub(crate) jobs: VecDeque<Waiting<T>>,
    pub(crate) consumers: BTreeMap<ReplicaId, Consumer<O>>,
    /// How many consumers have nothing to do; for each, one job more than may wait is accepted.
    pub(crate) free: usize,
    pub(crate) closed: bool,
    /// How many jobs have been taken.
    pub(crate) begun: u64,
    /// How many were taken out because they were abandoned.
    pub(crate) gone: u64,
    /// From how many jobs on the abandoned ones among them are looked for: twice as many as were left the last
    /// time, so that the search costs a push little.
    long: usize,
    /// Where the search for an abandoned job in a full queue goes on.
    looked: usize,
}

#[derive(Debug)]
pub(crate) struct Waiting<T> {
    pub(crate) job: T,
    /// The model that it is for, if any.
    model_id: Option<std::sync::Arc<str>>,
    overtaken: usize,
}

#[derive(Debug)]
pub(crate) struct Consumer<O> {
    models: std::sync::Arc<Known>,
    pub(crate) orders: VecDeque<O>,
    /// Has never been free: it is being built, and no caller waits for that.
    starting: bool,
    /// Has nothing to do, but cannot begin a job: something else uses its replica.
    blocked: bool,
    /// Counted in `free`.
    pub(crate) is_free: bool,
    /// Takes no more jobs.
    pub(crate) dismissed: bool,
    pub(crate) wake: Arc<Condvar>,
}

impl<T, O> State<T, O> {
    pub(crate) fn new() -> Self {
        State {
            jobs: VecDeque::new(),
            consumers: BTreeMap::new(),
            free: 0,
            closed: false,
            begun: 0,
            gone: 0,
            long: LONG,
            looked: 0,
        }
    }

    pub(crate) fn is_full(&self, capacity: usize) -> bool {
        self.jobs.len() >= capacity.saturating_add(self.free)
    }

    /// Whether there are so many jobs that it is time to look for abandoned ones.
    pub(crate) fn is_long(&self) -> bool {
        self.jobs.len() >= self.long
    }

    /// Takes out the jobs that `is_abandoned`. Dropping them runs the user's code: not under the lock.
    pub(crate) fn take_abandoned(&mut self, is_abandoned: impl Fn(&T) -> bool) -> Vec<T> {
        let mut gone = Vec::new();
        for _ in 0..self.jobs.len() {
            match self.jobs.pop_front() {
                None => break,
                Some(waiting) if is_abandoned(&waiting.job) => gone.push(waiting.job),
                Some(waiting) => self.jobs.push_back(waiting),
            }
        }
        self.long = LONG.max(2 * self.jobs.len());
        self.gone += gone.len() as u64;
        gone
    }

    /// Takes out an abandoned job of a full queue, besides those at its front. Each call looks at the next few jobs: in
    /// an overload most pushes are refused, and one must not cost as much as the queue is long. An abandoned job
    /// behind many others is found by a later push.
    pub(crate) fn take_one_abandoned(&mut self, is_abandoned: impl Fn(&T) -> bool) -> Vec<T> {
        let mut gone = Vec::new();
        while let Some(waiting) = self.jobs.pop_front_if(|waiting| is_abandoned(&waiting.job)) {
            gone.push(waiting.job);
        }
        let looks = if gone.is_empty() { LONG } else { 0 };
        for _ in 0..looks.min(self.jobs.len()) {
            if self.looked >= self.jobs.len() {
                self.looked = 0;
            }
            if self.job(self.looked).is_some_and(&is_abandoned) {
                gone.extend(self.jobs.remove(self.looked).map(|waiting| waiting.job));
                break;
            }
            self.looked += 1;
        }
        self.gone += gone.len() as u64;
        gone
    }

    pub(crate) fn set_free(&mut self, id: ReplicaId, free: bool) {
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
        consumer.blocked = false;
        consumer.starting &= !free;
    }

    /// What wakes the free consumer that is to take a job.
    pub(crate) fn wake_for(&self, model_id: Option<&str>) -> Option<&Arc<Condvar>> {
        let consumer = match model_id {
            // Which one does not matter.
            None => self.consumers.values().find(|consumer| consumer.is_free),
            Some(model_id) => {
                let chosen = self.choose(model_id, None);
                chosen.and_then(|id| self.consumers.get(&id))
            }
        };
        consumer.map(|consumer| &consumer.wake)
    }

    /// The consumer that is to take a job for a model, of the free ones and the one that asks for a job: one that
    /// has the model, else the one with the fewest.
    fn choose(&self, model_id: &str, asking: Option<ReplicaId>) -> Option<ReplicaId> {
        let consumers = self.consumers.iter();
        let free = consumers.filter(|(id, consumer)| consumer.is_free || asking == Some(**id));
        // The first of several is always the same one, whichever consumer asks.
        let chosen = free.min_by_key(|(_, consumer)| match consumer.models.has(model_id) {
            true => 0,
            false => consumer.models.len() + 1,
        });
        chosen.map(|(id, _)| *id)
    }

    /// Wakes a consumer for the oldest job, if there is one.
    pub(crate) fn wake_one(&self) {
        if let Some(oldest) = self.jobs.front() {
            let wake = self.wake_for(oldest.model_id.as_deref());
            wake.inspect(|wake| wake.notify_one());
        }
    }

    pub(crate) fn job(&self, at: usize) -> Option<&T> {
        self.jobs.get(at).map(|waiting| &waiting.job)
    }

    /// Takes a job out, which overtakes those before it.
    pub(crate) fn take(&mut self, at: usize) -> Option<T> {
        for overtaken in self.jobs.range_mut(..at) {
            overtaken.overtaken += 1;
        }
        self.begun += 1;
        self.jobs.remove(at).map(|waiting| waiting.job)
    }

    /// A consumer cannot begin the job that it is to do: it is not free until it is woken.
    pub(crate) fn block(&mut self, id: ReplicaId) {
        self.set_free(id, false);
        if let Some(consumer) = self.consumers.get_mut(&id) {
            consumer.blocked = true;
        }
    }

    pub(crate) fn is_blocked(&self, id: ReplicaId) -> bool {
        self.consumers.get(&id).is_some_and(|it| it.blocked)
    }

    /// Has a consumer that is blocked look again.
    pub(crate) fn unblock(&mut self, id: ReplicaId) {
        if self.consumers.get(&id).is_some_and(|it| it.blocked) {
            self.set_free(id, true);
            self.consumers
                .get(&id)
                .inspect(|consumer| consumer.wake.notify_one());
        }
    }

    pub(crate) fn unblock_all(&mut self) {
        let consumers = self.consumers.iter();
        let blocked = consumers.filter(|(_, consumer)| consumer.blocked);
        let blocked: Vec<ReplicaId> = blocked.map(|(id, _)| *id).collect();
        blocked.into_iter().for_each(|id| self.unblock(id));
    }

    /// The place of the job that a consumer is to do next.
    ///
    /// The oldest job, unless one of the next is for a model that the consumer has, or the oldest one is for
    /// another consumer that is free.
    pub(crate) fn pick(&self, id: ReplicaId) -> Option<usize> {
        let oldest = self.jobs.front()?;
        let Some(model_id) = &oldest.model_id else {
            return Some(0);
        };
        if oldest.overtaken >= MAX_OVERTAKEN {
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

    pub(crate) fn wake_all(&self) {
        for consumer in self.consumers.values() {
            consumer.wake.notify_one();
        }
    }

    pub(crate) fn is_idle(&self) -> bool {
        let mut consumers = self.consumers.values();
        let is_working = consumers.any(|consumer| consumer.is_working() && !consumer.dismissed);
        self.jobs.is_empty() && !is_working
    }

    /// How many consumers take jobs.
    pub(crate) fn num_consumers(&self) -> usize {
        let consumers = self.consumers.values();
        consumers.filter(|consumer| !consumer.dismissed).count()
    }
}

impl<T> Waiting<T> {
    pub(crate) fn new(job: T, model_id: Option<std::sync::Arc<str>>) -> Self {
        Waiting {
            job,
            model_id,
            overtaken: 0,
        }
    }
}

impl<O> Consumer<O> {
    /// One that is being built.
    pub(crate) fn new(models: std::sync::Arc<Known>) -> Self {
        Consumer {
            models,
            orders: VecDeque::new(),
            starting: true,
            blocked: false,
            is_free: false,
            dismissed: false,
            wake: Arc::new(Condvar::new()),
        }
    }

    /// Whether it does something that counts as load.
    pub(crate) fn is_working(&self) -> bool {
        !self.is_free && !self.starting && !self.blocked
    }
}
