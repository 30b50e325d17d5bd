//! The models of one loader at one replica.

use std::sync::{Arc, Mutex, MutexGuard, Weak, mpsc};

use tokio::sync::oneshot;

use super::in_use::{CacheOf, InUse, Uses};
use super::load_cycles::{Chain, Load, Waiting, Waits};
use super::room::{Line, Room};
use super::{Known, Loader, ModelHold};
use crate::panics::drop_quietly;
use crate::util::lock;
use crate::{Result, Shared};

/// The models that a replica keeps, and those that are being loaded.
///
/// The least recently used one that no call uses is dropped where a further one is to be loaded and there is no
/// [room](super::room) for it.
pub(super) struct Cache<M> {
    this: Weak<Self>,
    loader: Loader,
    pub(super) max: usize,
    known: Arc<Known>,
    waits: Arc<Waits>,
    state: Mutex<State<M>>,
}

pub(super) struct State<M> {
    /// In the order of use: the last one is the most recently used.
    entries: Vec<Entry<M>>,
    /// How many models are loaded or being loaded.
    pub(super) begun: usize,
    /// The loads that wait for room.
    pub(super) line: Line<M>,
}

pub(super) struct Entry<M> {
    id: Arc<str>,
    slot: Slot<M>,
    _hold: ModelHold,
}

enum Slot<M> {
    /// The model is being loaded; has the calls that wait for it.
    Loading(Vec<(Waiter<M>, Uses)>),
    Loaded(Loaded<M>),
}

struct Loaded<M> {
    // Dropped in this order: there is room once the model is gone.
    model: Shared<M>,
    _room: Room<M>,
    /// The calls that have it, each as often as it has got it.
    users: Vec<Uses>,
}

/// Receives the result of a load; dropped if the load was given up.
pub(super) enum Waiter<M> {
    Async(oneshot::Sender<Result<Shared<M>>>),
    Blocking(mpsc::Sender<Result<Shared<M>>>),
}

impl<M> Waiter<M> {
    /// Sending fails if the waiting call has gone.
    fn send(self, result: Result<Shared<M>>) {
        match self {
            Waiter::Async(waiter) => drop_quietly(waiter.send(result)),
            Waiter::Blocking(waiter) => drop_quietly(waiter.send(result)),
        }
    }

    fn is_gone(&self) -> bool {
        match self {
            Waiter::Async(waiter) => waiter.is_closed(),
            Waiter::Blocking(_) => false, // its call cannot be dropped while it waits
        }
    }
}

/// The state of a model in the cache.
pub(super) enum Found<M, W> {
    Loaded(Shared<M>),
    /// It is being loaded; this is where the result arrives.
    Waiting(W),
    /// The calling code has to have it loaded.
    Missing(Loading<M>),
}

impl<M> Cache<M> {
    pub(super) fn lock(&self) -> MutexGuard<'_, State<M>> {
        lock(&self.state)
    }

    pub(super) fn this(&self) -> Weak<Self> {
        Weak::clone(&self.this)
    }

    /// Registers that the calling code waits for a model that another call has loaded.
    ///
    /// # Errors
    ///
    /// If that load waits for the calling code.
    pub(super) fn waits_for(&self, id: &str) -> Result<Waiting<'_>> {
        self.waits.begin(self.load(id.into()))
    }

    fn load(&self, id: Arc<str>) -> Load {
        let loader = self.loader;
        Load { loader, id }
    }
}

impl<M: Send + Sync + 'static> Cache<M> {
    pub(super) fn new(
        loader: Loader,
        max: usize,
        known: Arc<Known>,
        waits: Arc<Waits>,
    ) -> Arc<Self> {
        Arc::new_cyclic(|this| Cache {
            this: Weak::clone(this),
            loader,
            max,
            known,
            waits,
            state: Mutex::new(State {
                entries: Vec::new(),
                begun: 0,
                line: Line::default(),
            }),
        })
    }

    /// Looks up a model for a call, whose uses are counted in `uses`; the model becomes the most recently used one.
    /// `channel` makes the channel for its result if it is being loaded.
    pub(super) fn find<W>(
        self: &Arc<Self>,
        id: &str,
        uses: &Uses,
        channel: impl FnOnce() -> (Waiter<M>, W),
    ) -> Found<M, W> {
        let mut state = self.lock();
        let at = state.entries.iter().position(|entry| *entry.id == *id);
        if let Some(at) = at {
            state.entries[at..].rotate_left(1);
        }
        match (at, state.entries.last_mut()) {
            (Some(_), Some(Entry { id, slot, .. })) => match slot {
                Slot::Loaded(loaded) => Found::Loaded(self.lend(id, loaded, uses)),
                Slot::Loading(waiters) => {
                    let (waiter, waiting) = channel();
                    waiters.push((waiter, uses.clone()));
                    Found::Waiting(waiting)
                }
            },
            _ => Found::Missing(self.begin(&mut state, id.into())),
        }
    }

    fn begin(self: &Arc<Self>, state: &mut State<M>, id: Arc<str>) -> Loading<M> {
        state.entries.push(Entry {
            slot: Slot::Loading(Vec::new()),
            _hold: self.known.hold(&id),
            id: Arc::clone(&id),
        });
        Loading {
            cache: Arc::clone(self),
            id,
            is_over: false,
        }
    }

    /// The model for one call, in use until the call has dropped the last copy of it.
    fn lend(self: &Arc<Self>, id: &Arc<str>, loaded: &mut Loaded<M>, uses: &Uses) -> Shared<M> {
        loaded.users.push(uses.clone());
        let cache: Arc<dyn CacheOf> = Arc::<Self>::clone(self);
        let in_use = InUse::new(Arc::downgrade(&cache), Arc::clone(id), uses);
        loaded.model.in_use_by(in_use)
    }

    /// Whether every call that has waited for a model that is being loaded has gone.
    pub(super) fn is_unwanted(&self, id: &str) -> bool {
        let state = self.lock();
        let entry = state.entries.iter().find(|entry| *entry.id == *id);
        match entry.map(|entry| &entry.slot) {
            Some(Slot::Loading(waiters)) => waiters.iter().all(|(waiter, _)| waiter.is_gone()),
            _ => true,
        }
    }
}

impl<M: Send + Sync + 'static> CacheOf for Cache<M> {
    fn released(&self, id: &str, uses: &Uses) {
        let mut state = self.lock();
        let mut entries = state.entries.iter_mut();
        if let Some(entry) = entries.find(|entry| *entry.id == *id)
            && let Slot::Loaded(loaded) = &mut entry.slot
            && let Some(at) = loaded.users.iter().position(|user| user.is(uses))
        {
            loaded.users.swap_remove(at);
        }
        drop(state);
        self.settle();
    }

    fn call_ended(&self) {
        self.settle();
    }
}

impl<M> State<M> {
    /// Removes the least recently used one of the models that no call uses.
    pub(super) fn evict(&mut self) -> Option<Entry<M>> {
        let is_idle = |entry: &Entry<M>| match &entry.slot {
            Slot::Loaded(loaded) => loaded.users.is_empty(),
            Slot::Loading(_) => false,
        };
        let at = self.entries.iter().position(is_idle)?;
        Some(self.entries.remove(at))
    }
}

impl<M> State<M> {
    /// Whether a load ends, or a call that uses a model: then there will be room.
    pub(super) fn will_have_room(&self) -> bool {
        let slots = self.entries.iter().map(|entry| &entry.slot);
        let loaded = slots.filter_map(|slot| match slot {
            Slot::Loaded(loaded) => Some(loaded),
            Slot::Loading(_) => None,
        });
        let is_in_flight = |uses: &Uses| !uses.have_ended();
        self.begun > loaded.clone().count()
            || loaded
                .clone()
                .any(|loaded| loaded.users.iter().any(is_in_flight))
    }
}

/// Drops the models one after the other: two panics at a time would abort the process.
impl<M> Drop for Cache<M> {
    fn drop(&mut self) {
        let entries = std::mem::take(&mut self.lock().entries);
        entries.into_iter().for_each(drop_quietly);
    }
}

/// The task of loading a model. Dropping it gives the load up.
pub(super) struct Loading<M> {
    pub(super) cache: Arc<Cache<M>>,
    pub(super) id: Arc<str>,
    is_over: bool,
}

impl<M: Send + Sync + 'static> Loading<M> {
    /// The load, for the search for cycles.
    pub(super) fn chain(&self) -> Chain {
        self.cache.load(Arc::clone(&self.id)).chain()
    }

    /// Where the result will arrive for one more call.
    pub(super) fn waiter<W>(&self, uses: &Uses, channel: impl FnOnce() -> (Waiter<M>, W)) -> W {
        let (waiter, waiting) = channel();
        let mut state = self.cache.lock();
        let mut entries = state.entries.iter_mut();
        if let Some(entry) = entries.find(|entry| entry.id == self.id)
            && let Slot::Loading(waiters) = &mut entry.slot
        {
            waiters.push((waiter, uses.clone()));
        }
        waiting
    }

    /// Sends the result to every call that waits for it. An error is not kept.
    pub(super) fn finish(mut self, room: Room<M>, result: Result<M>) {
        self.is_over = true;
        match result {
            Ok(model) => self.loaded(room, Shared::new(model)),
            Err(error) => {
                let waiters = self.forget();
                drop(room);
                let errors = error.copies(waiters.len());
                for ((waiter, _), error) in waiters.into_iter().zip(errors) {
                    waiter.send(Err(error));
                }
            }
        }
    }

    fn loaded(&self, room: Room<M>, model: Shared<M>) {
        let mut loaded = Loaded {
            model,
            _room: room,
            users: Vec::new(),
        };
        let mut state = self.cache.lock();
        let mut entries = state.entries.iter_mut();
        let Some(entry) = entries.find(|entry| entry.id == self.id) else {
            drop(state);
            return drop_quietly(loaded);
        };
        let waiters = match &mut entry.slot {
            Slot::Loading(waiters) => std::mem::take(waiters),
            Slot::Loaded(_) => Vec::new(),
        };
        let lend = |(waiter, uses): (Waiter<M>, Uses)| {
            let model = self.cache.lend(&self.id, &mut loaded, &uses);
            (waiter, model)
        };
        let lent: Vec<_> = waiters.into_iter().map(lend).collect();
        entry.slot = Slot::Loaded(loaded);
        drop(state);
        for (waiter, model) in lent {
            waiter.send(Ok(model));
        }
        self.cache.settle(); // there may be more than the maximum
    }
}

impl<M> Loading<M> {
    /// Removes the entry of a model that is being loaded.
    fn forget(&self) -> Vec<(Waiter<M>, Uses)> {
        let mut state = self.cache.lock();
        let at = state.entries.iter().position(|entry| entry.id == self.id);
        match at.map(|at| state.entries.remove(at).slot) {
            Some(Slot::Loading(waiters)) => waiters,
            _ => Vec::new(),
        }
    }
}

impl<M> Drop for Loading<M> {
    fn drop(&mut self) {
        if !self.is_over {
            drop(self.forget());
        }
    }
}
