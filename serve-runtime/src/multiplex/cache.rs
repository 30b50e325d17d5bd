//! The models of one loader at one replica.

use std::sync::{Arc, Mutex, MutexGuard, mpsc};

use tokio::sync::oneshot;

use super::load_cycles::{Load, Waiting, Waits};
use super::{Known, Loader, ModelHold};
use crate::panics::drop_quietly;
use crate::util::lock;
use crate::{Result, Shared};

/// The cached models, of which the least recently used one is dropped when the maximum is reached, and the models
/// that are being loaded.
pub struct Cache<M> {
    loader: Loader,
    max: usize,
    known: Arc<Known>,
    waits: Arc<Waits>,
    /// In the order of use: the last one is the most recently used.
    models: Mutex<Vec<Entry<M>>>,
}

struct Entry<M> {
    id: Arc<str>,
    slot: Slot<M>,
    _hold: ModelHold,
}

enum Slot<M> {
    /// The model is being loaded; holds the channels of the other calls that wait for it.
    Loading(Vec<Waiter<M>>),
    Loaded(Shared<M>),
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
            Waiter::Async(waiter) => drop(waiter.send(result)),
            Waiter::Blocking(waiter) => drop(waiter.send(result)),
        }
    }
}

/// The state of a model in the cache.
pub(super) enum Found<M, W> {
    Loaded(Shared<M>),
    /// Another call loads it; this is where the result arrives.
    Waiting(W),
    /// The calling code has to load it.
    Missing(Loading<M>),
}

impl<M> Cache<M> {
    pub(super) fn new(
        loader: Loader,
        max: usize,
        known: Arc<Known>,
        waits: Arc<Waits>,
    ) -> Arc<Self> {
        Arc::new(Cache {
            loader,
            max,
            known,
            waits,
            models: Mutex::default(),
        })
    }

    /// Looks up a model, which becomes the most recently used one; `channel` makes the channel for its
    /// result if another call loads it.
    pub(super) fn find<W>(
        self: &Arc<Self>,
        id: &str,
        channel: impl FnOnce() -> (Waiter<M>, W),
    ) -> Found<M, W> {
        let mut models = self.lock();
        if let Some(at) = models.iter().position(|entry| *entry.id == *id) {
            let entry = &mut models[at..];
            entry.rotate_left(1);
            let last = entry.len() - 1;
            return match &mut entry[last].slot {
                Slot::Loaded(model) => Found::Loaded(model.clone()),
                Slot::Loading(waiters) => {
                    let (waiter, waiting) = channel();
                    waiters.push(waiter);
                    Found::Waiting(waiting)
                }
            };
        }
        // Before the load, to make room for it: the cache never exceeds its maximum.
        let evicted = (models.len() >= self.max).then(|| evict(&mut models));
        let id: Arc<str> = id.into();
        models.push(Entry {
            slot: Slot::Loading(Vec::new()),
            _hold: self.known.hold(&id),
            id: Arc::clone(&id),
        });
        drop(models);
        drop_quietly(evicted);
        Found::Missing(Loading {
            cache: Arc::clone(self),
            id,
            is_over: false,
        })
    }

    /// Registers that the calling code waits for a model that another call loads.
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

    fn lock(&self) -> MutexGuard<'_, Vec<Entry<M>>> {
        lock(&self.models)
    }
}

/// Drops the models one after the other: two panics at a time would abort the process.
impl<M> Drop for Cache<M> {
    fn drop(&mut self) {
        let models = std::mem::take(&mut *self.lock());
        models.into_iter().for_each(drop_quietly);
    }
}

/// Removes the least recently used one of the loaded models.
fn evict<M>(models: &mut Vec<Entry<M>>) -> Option<Entry<M>> {
    let is_loaded = |entry: &Entry<M>| matches!(entry.slot, Slot::Loaded(_));
    models
        .iter()
        .position(is_loaded)
        .map(|at| models.remove(at))
}

/// The task of loading a model. Dropping it gives the load up: one of the waiting calls loads it then.
pub(super) struct Loading<M> {
    cache: Arc<Cache<M>>,
    id: Arc<str>,
    is_over: bool,
}

impl<M> Loading<M> {
    /// The load, for the search for cycles.
    pub(super) fn load(&self) -> Load {
        self.cache.load(Arc::clone(&self.id))
    }

    /// Sends the result to every call that waits for it. An error is not kept.
    pub(super) fn finish(mut self, result: Result<M>) -> Result<Shared<M>> {
        self.is_over = true;
        match result {
            Ok(model) => Ok(self.loaded(Shared::new(model))),
            Err(error) => {
                let waiters = self.forget();
                // The first one is this call's own.
                let mut errors = error.copies(waiters.len() + 1);
                for (waiter, error) in waiters.into_iter().zip(errors.drain(1..)) {
                    waiter.send(Err(error));
                }
                Err(errors.remove(0))
            }
        }
    }

    fn loaded(&self, model: Shared<M>) -> Shared<M> {
        let mut models = self.cache.lock();
        // More models than the maximum were loaded at the same time.
        let evicted = (models.len() > self.cache.max).then(|| evict(&mut models));
        let entry = models.iter_mut().find(|entry| entry.id == self.id);
        let slot = entry.map(|entry| &mut entry.slot);
        let before = slot.map(|slot| std::mem::replace(slot, Slot::Loaded(model.clone())));
        drop(models);
        drop_quietly(evicted);
        if let Some(Slot::Loading(waiters)) = before {
            for waiter in waiters {
                waiter.send(Ok(model.clone()));
            }
        }
        model
    }

    /// Removes the entry of a model that is being loaded.
    fn forget(&self) -> Vec<Waiter<M>> {
        let mut models = self.cache.lock();
        let at = models.iter().position(|entry| entry.id == self.id);
        match at.map(|at| models.remove(at).slot) {
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
