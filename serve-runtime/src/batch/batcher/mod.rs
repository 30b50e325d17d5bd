//! Forms batches of the calls of one method.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serve_topology::Batch;

use super::asked::Asked;
use super::item::{Answer, Item, TicketState};
use super::stats::{Counters, Stats};
use crate::Error;
use crate::batch::arrival_stats::{ArrivalStats, Event};
use crate::batch::waiting_list::{BatchBuilder, Bounds, WaitingList};
use crate::panics::{catch_drop_panic, drop_quietly};
use crate::util::lock;

/// The calls of one method of one deployment that wait, and statistics of when they arrive.
///
/// Each call has a *ticket* in the deployment's queue, among the calls of other methods. The thread that
/// takes a ticket makes a batch of its call and of later ones, whose tickets become void. So there is
/// only one queue, and no free thread waits for a batch to fill up.
pub(crate) struct Batcher<A, T> {
    /// `Segmentation.forward`
    name: String,
    bounds: Bounds,
    longest_wait: Duration,
    state: Mutex<State<A, T>>,
    /// Notified when a call arrives.
    arrived: Condvar,
    counters: Counters,
    may_wait: MayWait,
}

/// Whether a thread may wait for further calls: not if another replica is free, or another call is
/// in the deployment's queue.
pub(crate) type MayWait = Arc<dyn Fn() -> bool + Send + Sync>;

struct State<A, T> {
    list: WaitingList<A, T>,
    /// Calls of batches that wait for more.
    in_batches: usize,
    stats: ArrivalStats,
}

impl<A, T> State<A, T> {
    fn waiting(&self) -> usize {
        self.list.len() + self.in_batches
    }
}

impl<A, T> Batcher<A, T> {
    pub(crate) fn new(name: String, batch: &Batch, may_wait: MayWait) -> Self {
        Batcher {
            name,
            bounds: Bounds {
                size: (batch.max_batch_size as usize).max(1),
                cost: batch.max_batch_cost.unwrap_or(u64::MAX),
            },
            longest_wait: batch.batch_wait_timeout,
            state: Mutex::new(State {
                list: WaitingList::default(),
                in_batches: 0,
                stats: ArrivalStats::default(),
            }),
            arrived: Condvar::new(),
            counters: Counters::default(),
            may_wait,
        }
    }

    /// Appends a call to the waiting list; returns its ticket's state.
    pub(crate) fn push(&self, asked: Asked<A>) -> (Arc<TicketState>, Answer<T>) {
        let (item, answer) = Item::new(asked);
        let ticket = Arc::clone(&item.ticket);
        let mut state = self.lock();
        let arrived = item.arrived;
        let gone = state.list.push(item);
        let waiting = state.waiting();
        state.stats.record_event(Event::Arrival, waiting, arrived);
        drop(state);
        self.arrived.notify_all();
        self.counters.gone(gone.len());
        gone.into_iter().for_each(drop_quietly);
        (ticket, answer)
    }

    /// A call is refused by the deployment's queue, or removed from it.
    pub(crate) fn refuse(&self, ticket: &Arc<TicketState>, error: Error) {
        let item = self.lock().list.remove(ticket);
        if let Some(item) = item {
            catch_drop_panic(|| item.refuse(error));
        }
    }

    /// The batch of a ticket; `None` if another batch has its call already, or if its caller has gone.
    pub(crate) fn form(&self, ticket: &Arc<TicketState>) -> Option<Vec<Item<A, T>>> {
        let mut batch = BatchBuilder::new(self.bounds);
        let mut state = self.lock();
        let begun = Instant::now();
        let first = state.list.remove(ticket)?;
        if first.is_gone() {
            drop(state);
            self.counters.gone(1);
            drop_quietly(first);
            return None;
        }
        state.stats.record_start(first.arrived);
        batch.add(first);
        let mut gone = state.list.fill(&mut batch);
        while let Some(until) = self.worth_waiting(&batch, &state, begun) {
            let in_batch = batch.items.len();
            state.in_batches += in_batch;
            drop(state);
            let may_wait = (self.may_wait)();
            state = match may_wait {
                true => self.wait_for_arrival(until),
                false => self.lock(),
            };
            state.in_batches -= in_batch;
            if !may_wait || state.list.is_empty() {
                break; // other calls wait for the thread, or no call has arrived
            }
            gone.extend(state.list.fill(&mut batch));
        }
        drop(state);
        // Callers may have gone while the batch waited for others.
        let mut kept = batch.items;
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
        batch: &BatchBuilder<A, T>,
        state: &State<A, T>,
        begun: Instant,
    ) -> Option<Instant> {
        // A call that does not fit in waits for the end of this batch.
        if batch.is_full() || !state.list.is_empty() {
            return None;
        }
        let now = Instant::now();
        let patience = state.stats.patience(batch.items.len(), now);
        let left = self.longest_wait.saturating_sub(now - begun);
        let wait = patience.min(left);
        if wait.is_zero() {
            return None;
        }
        now.checked_add(wait)
    }

    /// Waits for a call to arrive, until then.
    fn wait_for_arrival(&self, until: Instant) -> MutexGuard<'_, State<A, T>> {
        let state = self.lock();
        let wait = until.saturating_duration_since(Instant::now());
        let waited = self
            .arrived
            .wait_timeout_while(state, wait, |state| state.list.is_empty());
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// A batch has run, and is about to be answered.
    pub(crate) fn record_batch(&self, size: usize, took: Duration) {
        let mut state = self.lock();
        let waiting = state.waiting();
        state
            .stats
            .record_batch(size, took, waiting, Instant::now());
    }

    pub(super) fn stats(&self) -> Stats {
        self.counters.read(&self.name)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The only user's code under the lock is `==` of a group's key, whose panics are caught.
    fn lock(&self) -> MutexGuard<'_, State<A, T>> {
        lock(&self.state)
    }
}

#[cfg(test)]
mod tests;
