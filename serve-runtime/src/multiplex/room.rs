//! Room for models: `max_num_models_per_replica` is how many there are at a replica, those in use included.
//!
//! A load that finds no room drops the least recently used model that no call uses. If calls use all of them,
//! it waits, first come, first served, until one of them is not in use any more.
//!
//! Some loads do not wait, and may exceed the maximum, as they might wait for ever:
//!
//! - that of a call which uses a model of the replica already, or which is itself the load of another model: it would keep
//!   that one in use while it waits, and two such calls would wait for each other
//! - one that would wait for models which only ended calls have got: they have stored them, or handed them on
//! - that of a `fn`: it has the thread that might have to end the use
//!
//! What exceeds the maximum is dropped as soon as it is not in use.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};

use tokio::sync::oneshot;

use super::Cache;
use crate::panics::drop_quietly;

/// Room for one model, given back when this is dropped.
pub(super) struct Room<M>(Weak<Cache<M>>);

/// The loads that wait for room, each with its model.
pub(super) struct Line<M>(VecDeque<(Arc<str>, oneshot::Sender<Room<M>>)>);

impl<M> Default for Line<M> {
    fn default() -> Self {
        Line(VecDeque::new())
    }
}

impl<M> Drop for Room<M> {
    fn drop(&mut self) {
        if let Some(cache) = self.0.upgrade() {
            cache.lock().begun -= 1;
            cache.settle();
        }
    }
}

impl<M> Cache<M> {
    /// Waits for room for a model.
    pub(super) async fn room(&self, id: &Arc<str>) -> Room<M> {
        loop {
            let (sender, room) = oneshot::channel();
            self.lock().line.0.push_back((Arc::clone(id), sender));
            self.settle();
            // An error says that the model has lost its place, which does not happen.
            if let Ok(room) = room.await {
                return room;
            }
        }
    }

    /// Room for a model at once.
    pub(super) fn room_now(&self) -> Room<M> {
        loop {
            let mut state = self.lock();
            let evicted = match state.begun < self.max {
                true => None,
                false => state.evict(),
            };
            if evicted.is_none() {
                state.begun += 1;
                return Room(self.this());
            }
            drop(state);
            drop_quietly(evicted); // a load that waits may take its room
        }
    }

    /// The load of a model waits no longer: a call that uses another model wants it.
    pub(super) fn hurry(&self, id: &str) {
        let mut state = self.lock();
        let at = state.line.0.iter().position(|(other, _)| **other == *id);
        let waiting = at.and_then(|at| state.line.0.remove(at));
        drop(state);
        if let Some((_, waiting)) = waiting {
            drop(waiting.send(self.room_now()));
        }
    }

    /// Gives room to the loads that wait, and drops models that are not in use for them, or beyond the maximum.
    pub(super) fn settle(&self) {
        loop {
            let mut state = self.lock();
            state.line.0.retain(|(_, waiting)| !waiting.is_closed());
            let is_full = state.begun >= self.max;
            let is_needed = state.begun > self.max || !state.line.0.is_empty();
            if is_full
                && is_needed
                && let Some(evicted) = state.evict()
            {
                drop(state);
                drop_quietly(evicted); // and with it its room
                continue;
            }
            if is_full && state.will_have_room() {
                return;
            }
            let Some((_, next)) = state.line.0.pop_front() else {
                return;
            };
            state.begun += 1;
            drop(state);
            drop(next.send(Room(self.this()))); // gives the room back if the load has gone
        }
    }
}
