//! Puts the calls of one method together.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serve_topology::Batch;

use super::item::{Answer, Asked, Item, Place};
use super::stats::{Counters, Stats};
use crate::Error;
use crate::batch::arrival_stats::{Event, Rhythm};
use crate::batch::waiting_list::{Bounds, Hand, Line};
use crate::panics::{catch_drop_panic, drop_quietly};

/// The calls of one method of one deployment that wait to be made, and what is known of their ways.
///
/// Each call has a *ticket* in the deployment's queue, beside the calls of other methods. Whoever
/// takes a ticket makes a batch of its call and of those that came after it: their tickets are good
/// for nothing then. So the queue stays the one line, and nobody who is free waits for a batch to
/// fill up.
pub(crate) struct Batcher<A, T> {
    /// `Segmentation.forward`
    name: String,
    bounds: Bounds,
    longest_wait: Duration,
    state: Mutex<State<A, T>>,
    /// A call has come into the line.
    arrived: Condvar,
    counters: Counters,
    nobody_else: NobodyElse,
}

/// Whether a thread that waits keeps nobody waiting: no other replica is free, and no other call is
/// in the deployment's queue.
pub(crate) type NobodyElse = Box<dyn Fn() -> bool + Send + Sync>;

struct State<A, T> {
    line: Line<A, T>,
    /// Calls that were taken out of the line and whose batch waits for more.
    in_hand: usize,
    rhythm: Rhythm,
}

impl<A, T> State<A, T> {
    fn waiting(&self) -> usize {
        self.line.len() + self.in_hand
    }
}

impl<A, T> Batcher<A, T> {
    pub(crate) fn new(name: String, batch: &Batch, nobody_else: NobodyElse) -> Self {
        Batcher {
            name,
            bounds: Bounds {
                size: (batch.max_batch_size as usize).max(1),
                cost: batch.max_batch_cost.unwrap_or(u64::MAX),
            },
            longest_wait: batch.batch_wait_timeout,
            state: Mutex::new(State {
                line: Line::default(),
                in_hand: 0,
                rhythm: Rhythm::default(),
            }),
            arrived: Condvar::new(),
            counters: Counters::default(),
            nobody_else,
        }
    }

    /// A call waits from now on; its place is for its ticket.
    pub(super) fn push(&self, asked: Asked<A>) -> (Arc<Place>, Answer<T>) {
        let (item, answer) = Item::new(asked);
        let place = Arc::clone(&item.place);
        let mut state = self.lock();
        let since = item.since;
        let gone = state.line.push(item);
        let waiting = state.waiting();
        state.rhythm.happened(Event::Arrival, waiting, since);
        drop(state);
        self.arrived.notify_all();
        self.counters.gone(gone.len());
        gone.into_iter().for_each(drop_quietly);
        (place, answer)
    }

    /// A call does not get into the deployment's queue, or is thrown out of it.
    pub(super) fn refuse(&self, place: &Arc<Place>, error: Error) {
        let item = self.lock().line.remove(place);
        if let Some(item) = item {
            catch_drop_panic(|| item.refuse(error));
        }
    }

    /// The batch that a ticket stands for; `None` if another one had its call already, or if nobody
    /// waits for it any more.
    pub(super) fn form(&self, place: &Arc<Place>) -> Option<Vec<Item<A, T>>> {
        let mut hand = Hand::new(self.bounds);
        let mut state = self.lock();
        let begun = Instant::now();
        let first = state.line.remove(place)?;
        if first.is_gone() {
            drop(state);
            self.counters.gone(1);
            drop_quietly(first);
            return None;
        }
        state.rhythm.begins(first.since);
        hand.take(first);
        let mut gone = state.line.fill(&mut hand);
        while let Some(until) = self.worth_waiting(&hand, &state, begun) {
            let in_hand = hand.items.len();
            state.in_hand += in_hand;
            drop(state);
            let may_wait = (self.nobody_else)();
            state = match may_wait {
                true => self.arrival(until),
                false => self.lock(),
            };
            state.in_hand -= in_hand;
            if !may_wait || state.line.is_empty() {
                break; // somebody else has to be seen to, or nobody came
            }
            gone.extend(state.line.fill(&mut hand));
        }
        drop(state);
        // Some may have gone while it was waited for others.
        let mut kept = hand.items;
        gone.extend(kept.extract_if(.., |item| item.is_gone()));
        self.counters.gone(gone.len());
        gone.into_iter().for_each(drop_quietly);
        for item in kept.extract_if(.., |item| item.late().is_some()) {
            if let Some(late) = item.late() {
                catch_drop_panic(|| item.refuse(late));
            }
        }
        if kept.is_empty() {
            return None;
        }
        self.counters.formed(&kept, begun);
        Some(kept)
    }

    /// Until when to wait for another call, if that pays.
    fn worth_waiting(
        &self,
        hand: &Hand<A, T>,
        state: &State<A, T>,
        begun: Instant,
    ) -> Option<Instant> {
        // Who does not fit in waits for this batch to be over.
        if hand.is_full() || !state.line.is_empty() {
            return None;
        }
        let now = Instant::now();
        let patience = state.rhythm.patience(hand.items.len(), now);
        let left = self.longest_wait.saturating_sub(now - begun);
        let wait = patience.min(left);
        if wait.is_zero() {
            return None;
        }
        now.checked_add(wait)
    }

    /// Waits for a call to come into the line, until then.
    fn arrival(&self, until: Instant) -> MutexGuard<'_, State<A, T>> {
        let state = self.lock();
        let wait = until.saturating_duration_since(Instant::now());
        let waited = self
            .arrived
            .wait_timeout_while(state, wait, |state| state.line.is_empty());
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// A batch has run, and is about to be answered.
    pub(super) fn ran(&self, size: usize, took: Duration) {
        let mut state = self.lock();
        let waiting = state.waiting();
        state.rhythm.ran(size, took, waiting, Instant::now());
    }

    pub(super) fn stats(&self) -> Stats {
        self.counters.read(&self.name)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Only `==` of a group's key is the user's under the lock, and its panics are kept in.
    fn lock(&self) -> MutexGuard<'_, State<A, T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
