//! The replicas of a deployment that are called in place.
//!
//! Finding a replica and holding it is most of what a call in place costs, so both are done with as few
//! atomic writes as can be: a call that has no limit to keep holds its replica and is counted by one and
//! the same `Arc`, and the only replica of a deployment is found without reading what may change.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use arc_swap::ArcSwap;

use super::ReplicaId;
use super::places::Places;
use crate::multiplex::{Held, Models};
use crate::resources::Grant;

/// A shared instance.
pub(super) struct Replica<C> {
    pub(super) id: ReplicaId,
    /// A thread may have it, too.
    pub(super) instance: Arc<C>,
    /// Those that its loaders have loaded.
    pub(super) models: Arc<Models>,
    /// Calls that had a limit to keep and have not left.
    limited: Places,
    /// It is to take no calls.
    resting: AtomicBool,
    /// What it has of the machine.
    _grant: Arc<Grant>,
}

impl<C> Replica<C> {
    pub(super) fn new(id: ReplicaId, instance: C, grant: Arc<Grant>) -> Arc<Self> {
        Arc::new(Replica {
            id,
            instance: Arc::new(instance),
            models: Arc::default(),
            limited: Places::new(),
            resting: AtomicBool::new(false),
            _grant: grant,
        })
    }

    /// Takes no calls from now on, or takes calls again.
    pub(super) fn rest(&self, resting: bool) {
        self.resting.store(resting, Ordering::SeqCst);
    }
}

/// A place at a replica.
pub(super) struct Place<C> {
    pub(super) replica: Arc<Replica<C>>,
    limited: bool,
}

impl<C> Place<C> {
    /// Takes a place, unless it has `limit` calls or rests. Sequentially consistent, as the gate's line
    /// wants it.
    #[inline]
    fn at(replica: Arc<Replica<C>>, limit: Option<u32>) -> Option<Self> {
        // A replica that goes sets this and then looks who holds it, so that one sees the other.
        if replica.resting.load(Ordering::SeqCst) {
            return None;
        }
        let limited = match limit {
            None => false,
            Some(limit) if replica.limited.take(limit) => true,
            Some(_) => return None,
        };
        Some(Place { replica, limited })
    }
}

impl<C> Drop for Place<C> {
    #[inline]
    fn drop(&mut self) {
        if self.limited {
            self.replica.limited.give_back();
        }
    }
}

/// The replicas that can be called. Read with every call, written when a replica comes or goes.
pub(super) struct Set<C> {
    replicas: Mutex<BTreeMap<ReplicaId, Arc<Replica<C>>>>,
    /// The first one there was, for as long as it is the only one.
    first: OnceLock<Weak<Replica<C>>>,
    first_is_all: AtomicBool,
    /// All of them. Weak, so that whoever reads this keeps nobody: how many hold a replica is how many
    /// calls it works on.
    current: ArcSwap<Vec<Listed<C>>>,
    /// Held while a replica is chosen by its models, so that two calls for one model choose the same.
    choosing: Mutex<()>,
}

/// A replica, as whoever chooses one sees it.
struct Listed<C> {
    replica: Weak<Replica<C>>,
    models: Arc<Models>,
}

impl<C> Set<C> {
    pub(super) fn new() -> Self {
        Set {
            replicas: Mutex::new(BTreeMap::new()),
            first: OnceLock::new(),
            first_is_all: AtomicBool::new(false),
            current: ArcSwap::from_pointee(Vec::new()),
            choosing: Mutex::new(()),
        }
    }

    pub(super) fn add(&self, replica: Arc<Replica<C>>) {
        let mut replicas = self.replicas();
        let is_first = self.first.set(Arc::downgrade(&replica)).is_ok();
        replicas.insert(replica.id, replica);
        self.changed(&replicas);
        self.first_is_all.store(is_first, Ordering::SeqCst);
    }

    /// Takes a replica out, which takes no more calls from then on. `None` if it is not there.
    pub(super) fn remove(&self, id: ReplicaId) -> Option<Arc<Replica<C>>> {
        let mut replicas = self.replicas();
        let removed = replicas.remove(&id)?;
        removed.rest(true);
        self.changed(&replicas);
        Some(removed)
    }

    /// Takes all of them out.
    pub(super) fn clear(&self) {
        let removed = std::mem::take(&mut *self.replicas());
        removed.values().for_each(|replica| replica.rest(true));
        self.changed(&BTreeMap::new());
        drop(removed); // runs the user's code
    }

    fn changed(&self, replicas: &BTreeMap<ReplicaId, Arc<Replica<C>>>) {
        self.first_is_all.store(false, Ordering::SeqCst);
        let listed = |replica: &Arc<Replica<C>>| Listed {
            replica: Arc::downgrade(replica),
            models: Arc::clone(&replica.models),
        };
        let current = replicas.values().map(listed).collect();
        self.current.store(Arc::new(current));
    }

    pub(super) fn get(&self, id: ReplicaId) -> Option<Arc<Replica<C>>> {
        self.replicas().get(&id).cloned()
    }

    pub(super) fn len(&self) -> usize {
        self.replicas().len()
    }

    /// How many calls they work on.
    pub(super) fn ongoing(&self) -> usize {
        let replicas = self.replicas();
        let held = replicas.values().map(Arc::strong_count);
        held.map(|held| held - 1).sum() // the one that is not a call is held here
    }

    /// Takes a place at the least loaded replica; `None` if each has as many calls as it may have.
    #[inline]
    pub(super) fn enter(&self, limit: Option<u32>) -> Option<Place<C>> {
        if self.first_is_all.load(Ordering::Acquire) {
            return Place::at(self.first.get()?.upgrade()?, limit);
        }
        self.enter_any(limit)
    }

    fn enter_any(&self, limit: Option<u32>) -> Option<Place<C>> {
        let replicas = self.current.load();
        let at = |listed: &Listed<C>| Place::at(listed.replica.upgrade()?, limit);
        let best = replicas
            .iter()
            .enumerate()
            .min_by_key(|(_, listed)| Weak::strong_count(&listed.replica));
        // The best may have been filled up meanwhile: any other will do then.
        let (before, after) = replicas.split_at(best?.0);
        after.iter().chain(before).find_map(at)
    }

    /// Takes a place at a replica that has the model, else at one with few models; of several at the least
    /// loaded one. `None` if each has as many calls as it may have.
    pub(super) fn enter_for(
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
            let place = Place::at(listed.replica.upgrade()?, limit)?;
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
mod tests {
    use super::*;

    fn replica(id: u64) -> Arc<Replica<()>> {
        let grant = Grant::nothing(&"Model".into(), 0);
        Replica::new(ReplicaId(id), (), Arc::new(grant))
    }

    fn set(replicas: u64) -> Set<()> {
        let set = Set::new();
        for id in 0..replicas {
            set.add(replica(id));
        }
        set
    }

    #[test]
    fn calls_go_to_the_least_loaded() {
        let set = set(2);
        let places = [0, 1, 2, 3].map(|_| set.enter(None).unwrap());
        let at = |id| {
            places
                .iter()
                .filter(move |place| place.replica.id == ReplicaId(id))
        };
        assert_eq!((at(0).count(), at(1).count()), (2, 2));
        assert_eq!(set.ongoing(), 4);
        drop(places);
        assert_eq!(set.ongoing(), 0);
    }

    #[test]
    fn a_call_goes_where_its_model_is() {
        let (set, [fr, de]) = (set(2), ["fr", "de"].map(Arc::<str>::from));
        let enter = |model| set.enter_for(model, Some(2));
        let at = |entered: &Option<(Place<()>, Held)>| {
            let (place, _) = entered.as_ref().expect("a place");
            place.replica.id
        };
        let (first, again, other) = (enter(&fr), enter(&fr), enter(&de));
        assert_eq!(at(&first), at(&again));
        assert_ne!(at(&first), at(&other));
        // There is no room left where it is.
        assert_eq!(at(&enter(&fr)), at(&other));
        assert!(set.enter_for(&fr, Some(0)).is_none());
    }

    #[test]
    fn a_limit_is_strict() {
        for replicas in [1, 2] {
            let set = set(replicas);
            let places: Vec<_> = (0..replicas).map(|_| set.enter(Some(1)).unwrap()).collect();
            assert!(set.enter(Some(1)).is_none());
            drop(places);
            assert!(set.enter(Some(1)).is_some());
        }
    }

    #[test]
    fn a_removed_replica_is_not_called_and_goes_with_its_last_call() {
        for replicas in [1, 2] {
            let set = set(replicas);
            let place = set.enter(None).unwrap();
            let id = place.replica.id;
            drop(set.remove(id).unwrap());
            assert!(set.remove(id).is_none());
            assert!(set.enter(None).is_none_or(|place| place.replica.id != id));
            let replica = Arc::downgrade(&place.replica);
            drop(place);
            assert_eq!(replica.strong_count(), 0);
        }
    }

    #[test]
    fn who_comes_after_the_first_is_found() {
        let set = set(1);
        drop(set.remove(ReplicaId(0)));
        set.add(replica(1));
        assert_eq!(set.enter(None).unwrap().replica.id, ReplicaId(1));
        set.clear();
        assert!(set.enter(None).is_none());
    }
}
