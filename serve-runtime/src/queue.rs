//! The bounded queue between the callers of a compute deployment and its replicas.
//!
//! One queue serves all replicas of a deployment, so that none idles while a call waits for
//! another one. It is first in, first out. A full queue refuses at once: nobody waits for a place.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Why a job was not taken in; the job comes back with it.
#[derive(Debug)]
pub(crate) enum Refused<T> {
    /// `capacity` jobs are waiting, and no replica is free.
    Full(T),
    /// The queue takes in no more.
    Closed(T),
}

/// A bounded first-in-first-out queue of jobs for blocking consumers.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    not_empty: Condvar,
}

#[derive(Debug)]
struct State<T> {
    jobs: VecDeque<T>,
    /// How many jobs may wait beside those that a free consumer is about to take.
    capacity: usize,
    /// How many consumers have nothing to do; each is good for one job more than `capacity`.
    free: usize,
    closed: bool,
}

impl<T> State<T> {
    fn is_full(&self) -> bool {
        self.jobs.len() >= self.capacity + self.free
    }
}

impl<T> Queue<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        Queue {
            state: Mutex::new(State {
                jobs: VecDeque::new(),
                capacity,
                free: 0,
                closed: false,
            }),
            not_empty: Condvar::new(),
        }
    }

    /// Takes a job in, or gives it back. Where there is no place left, the jobs that `is_abandoned`
    /// give up theirs.
    pub(crate) fn push(&self, job: T, is_abandoned: impl Fn(&T) -> bool) -> Result<(), Refused<T>> {
        let mut state = self.lock();
        if state.closed {
            return Err(Refused::Closed(job));
        }
        if state.is_full() {
            state.jobs.retain(|job| !is_abandoned(job));
        }
        if state.is_full() {
            return Err(Refused::Full(job));
        }
        state.jobs.push_back(job);
        drop(state);
        self.not_empty.notify_one();
        Ok(())
    }

    /// The oldest job; waits for one. `None` once the queue is closed and empty.
    pub(crate) fn pop(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                state.free = state.free.saturating_sub(1);
                return Some(job);
            }
            if state.closed {
                return None;
            }
            state = self
                .not_empty
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether nothing waits but jobs that `is_abandoned`, and no consumer is free: nobody is kept
    /// waiting by one that takes its time.
    pub(crate) fn is_idle(&self, is_abandoned: impl Fn(&T) -> bool) -> bool {
        let state = self.lock();
        state.free == 0 && !state.closed && state.jobs.iter().all(is_abandoned)
    }

    /// A consumer is about to ask for a job; to be told before anybody can rely on it.
    pub(crate) fn consumer_is_free(&self) {
        self.lock().free += 1;
    }

    /// Takes in no more; what waits is still handed out.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.not_empty.notify_all();
    }

    /// Takes in no more, and gives back what waits.
    pub(crate) fn close_and_take(&self) -> VecDeque<T> {
        let mut state = self.lock();
        state.closed = true;
        let jobs = std::mem::take(&mut state.jobs);
        drop(state);
        self.not_empty.notify_all();
        jobs
    }

    /// Whether the queue takes in no more.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// No user code runs under the lock, so a poisoned one is as good as any.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn keep<T>(_: &T) -> bool {
        false
    }

    #[test]
    fn first_in_is_first_out() {
        let queue = Queue::new(3);
        for job in [1, 2, 3] {
            queue.push(job, keep).unwrap();
        }
        assert_eq!([queue.pop(), queue.pop(), queue.pop()], [1, 2, 3].map(Some));
    }

    #[test]
    fn a_full_queue_gives_the_job_back() {
        let queue = Queue::new(1);
        queue.push("first", keep).unwrap();
        assert!(matches!(
            queue.push("second", keep),
            Err(Refused::Full("second"))
        ));
    }

    #[test]
    fn whoever_has_gone_gives_up_the_place() {
        let queue = Queue::new(2);
        queue.push("stays", keep).unwrap();
        queue.push("gone", keep).unwrap();
        queue.push("third", |job| *job == "gone").unwrap();
        assert_eq!([queue.pop(), queue.pop()], ["stays", "third"].map(Some));
    }

    #[test]
    fn a_queue_without_places_serves_a_free_consumer() {
        let queue = Arc::new(Queue::new(0));
        assert!(matches!(queue.push(1, keep), Err(Refused::Full(1))));
        queue.consumer_is_free();
        let consumer = std::thread::spawn({
            let queue = Arc::clone(&queue);
            move || queue.pop()
        });
        queue.push(2, keep).unwrap();
        assert_eq!(consumer.join().unwrap(), Some(2));
    }

    #[test]
    fn a_closed_queue_hands_out_what_waits_and_then_ends() {
        let queue = Queue::new(2);
        queue.push(1, keep).unwrap();
        queue.close();
        assert!(matches!(queue.push(2, keep), Err(Refused::Closed(2))));
        assert_eq!(queue.pop(), Some(1));
        assert_eq!(queue.pop(), None);
    }

    #[test]
    fn what_waits_can_be_taken_back() {
        let queue = Queue::new(2);
        queue.push(1, keep).unwrap();
        queue.push(2, keep).unwrap();
        assert_eq!(queue.close_and_take(), [1, 2]);
        assert_eq!(queue.pop(), None);
    }
}
