//! The replicas of a deployment that are called in place.
//!
//! Finding a replica and holding it is most of what a call in place costs, so both are done with as few
//! atomic writes as can be: a call that has no limit to keep holds its replica and is counted by one and
//! the same `Arc`, and the only replica of a deployment is found without reading what may change.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use arc_swap::ArcSwap;

use crate::engine::ReplicaId;
use crate::engine::in_place::replica::{Departures, Place, Replica, holders};
use crate::multiplex::{Held, Models};

/// The replicas that can be called. Read with every call, written when a replica comes or goes.
pub(crate) struct Set<C> {
    /// All there are, those that rest among them.
    replicas: Mutex<BTreeMap<ReplicaId, Arc<Replica<C>>>>,
    /// The first one there was.
    first: OnceLock<Weak<Replica<C>>>,
    /// Whether it can be called, and is the only one.
    first_is_all: AtomicBool,
    /// Those that can be called. Weak, so that whoever reads this keeps nobody: how many hold a replica is how many
    /// calls it works on.
    current: ArcSwap<Vec<Listed<C>>>,
    /// Held while a replica is chosen by its models, so that two calls for one model choose the same.
    choosing: Mutex<()>,
    departures: Departures,
}

/// A replica, as whoever chooses one sees it.
struct Listed<C> {
    replica: Weak<Replica<C>>,
    models: Arc<Models>,
}

impl<C> Set<C> {
    pub(crate) fn new() -> Self {
        Set {
            replicas: Mutex::new(BTreeMap::new()),
            first: OnceLock::new(),
            first_is_all: AtomicBool::new(false),
            current: ArcSwap::from_pointee(Vec::new()),
            choosing: Mutex::new(()),
            departures: Departures::default(),
        }
    }

    pub(crate) fn add(&self, replica: Arc<Replica<C>>) {
        let mut replicas = self.replicas();
        let _ = self.first.set(Arc::downgrade(&replica)); // or there has been one before
        replicas.insert(replica.id, replica);
        self.changed(&replicas);
    }

    /// Takes a replica out, which takes no more calls from then on. `None` if it is not there.
    pub(crate) fn remove(&self, id: ReplicaId) -> Option<Arc<Replica<C>>> {
        let mut replicas = self.replicas();
        let removed = replicas.remove(&id)?;
        removed.rest(true);
        self.changed(&replicas);
        drop(replicas);
        self.departures.tell(); // who waits until none works waits for one fewer
        Some(removed)
    }

    /// Takes all of them out.
    pub(crate) fn clear(&self) {
        let removed = std::mem::take(&mut *self.replicas());
        removed.values().for_each(|replica| replica.rest(true));
        self.changed(&BTreeMap::new());
        self.departures.tell();
        drop(removed); // runs the user's code
    }

    /// Has a replica take no calls until it is to [wake](Set::wake). `None` if it is not there.
    pub(crate) fn rest(&self, id: ReplicaId) -> Option<Arc<Replica<C>>> {
        let replicas = self.replicas();
        let replica = replicas.get(&id)?;
        replica.rest(true);
        self.changed(&replicas);
        Some(Arc::clone(replica))
    }

    /// Has a replica take calls again. `false` if it has been taken out meanwhile.
    pub(crate) fn wake(&self, id: ReplicaId) -> bool {
        let replicas = self.replicas();
        let Some(replica) = replicas.get(&id) else {
            return false;
        };
        replica.rest(false);
        self.changed(&replicas);
        true
    }

    fn changed(&self, replicas: &BTreeMap<ReplicaId, Arc<Replica<C>>>) {
        self.first_is_all.store(false, Ordering::Release);
        let listed = |replica: &Arc<Replica<C>>| Listed {
            replica: Arc::downgrade(replica),
            models: Arc::clone(&replica.models),
        };
        let awake = replicas.values().filter(|replica| !replica.rests());
        let current: Vec<Listed<C>> = awake.map(listed).collect();
        let is_first = |only: &Listed<C>| {
            self.first
                .get()
                .is_some_and(|first| first.ptr_eq(&only.replica))
        };
        let first_is_all = matches!(&current[..], [only] if is_first(only));
        self.current.store(Arc::new(current));
        self.first_is_all.store(first_is_all, Ordering::Release);
        // Who stands in line for a place counts before it looks, and is looked for after this.
        fence(Ordering::SeqCst);
    }

    pub(crate) fn get(&self, id: ReplicaId) -> Option<Arc<Replica<C>>> {
        self.replicas().get(&id).cloned()
    }

    /// How many can be called.
    pub(crate) fn len(&self) -> usize {
        self.current.load().len()
    }

    /// How many calls work those that can be called.
    pub(crate) fn ongoing(&self) -> usize {
        let replicas = self.replicas();
        let awake = replicas.values().filter(|replica| !replica.rests());
        awake.map(|replica| holders(replica) - 1).sum() // the one that is not a call is held here
    }

    /// Waits until none works on a call.
    pub(crate) async fn is_idle(&self) {
        self.departures.until(|| self.ongoing() == 0).await;
    }

    /// Waits until no more than so many hold a replica that takes no calls.
    pub(crate) async fn is_held_by(&self, replica: &Arc<Replica<C>>, most: usize) {
        let reached = || {
            let _one_at_a_time = self.replicas();
            holders(replica) <= most
        };
        self.departures.until(reached).await;
    }

    /// Somebody holds a replica no more.
    #[inline]
    pub(crate) fn let_go(&self) {
        self.departures.tell();
    }

    /// Takes a place at the least loaded replica; `None` if each has as many calls as it may have.
    #[inline]
    pub(crate) fn enter(&self, limit: Option<u32>) -> Option<Place<C>> {
        if self.first_is_all.load(Ordering::Acquire)
            && let Some(place) = self.enter_at(self.first.get()?, limit)
        {
            return Some(place);
        }
        self.enter_any(limit)
    }

    fn enter_any(&self, limit: Option<u32>) -> Option<Place<C>> {
        let replicas = self.current.load();
        let at = |listed: &Listed<C>| self.enter_at(&listed.replica, limit);
        let best = replicas
            .iter()
            .enumerate()
            .min_by_key(|(_, listed)| Weak::strong_count(&listed.replica));
        // The best may have been filled up meanwhile: any other will do then.
        let (before, after) = replicas.split_at(best?.0);
        after.iter().chain(before).find_map(at)
    }

    #[inline]
    fn enter_at(&self, replica: &Weak<Replica<C>>, limit: Option<u32>) -> Option<Place<C>> {
        let place = Place::at(replica.upgrade()?, limit);
        if place.is_none() {
            self.let_go(); // it was held for a moment
        }
        place
    }

    /// Takes a place at a replica that has the model, else at one with few models; of several at the least
    /// loaded one. `None` if each has as many calls as it may have.
    pub(crate) fn enter_for(
        &self,
        model_id: &Arc<str>,
        limit: Option<u32>,
    ) -> Option<(Place<C>, Held)> {
        let _choosing = self.choosing.lock().unwrap_or_else(PoisonError::into_inner);
        let replicas = self.current.load();
        let mut by_preference: Vec<&Listed<C>> = replicas.iter().collect();
        by_preference.sort_by_cached_key(|listed| {
            let known = listed.models.known();
            let models = match known.has(model_id) {
                true => 0, // those with it are one as good as the other
                false => known.len() + 1,
            };
            (models, Weak::strong_count(&listed.replica))
        });
        by_preference.into_iter().find_map(|listed| {
            let place = self.enter_at(&listed.replica, limit)?;
            let held = listed.models.known().hold(model_id);
            Some((place, held))
        })
    }

    /// No user code runs under the lock, so a poisoned one is as good as any.
    fn replicas(&self) -> MutexGuard<'_, BTreeMap<ReplicaId, Arc<Replica<C>>>> {
        self.replicas.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
