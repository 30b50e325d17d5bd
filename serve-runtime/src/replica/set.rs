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
use crate::resources::Grant;

/// A shared instance.
pub(super) struct Replica<C> {
    pub(super) id: ReplicaId,
    /// A thread may have it, too.
    pub(super) instance: Arc<C>,
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
    current: ArcSwap<Vec<Weak<Replica<C>>>>,
}

impl<C> Set<C> {
    pub(super) fn new() -> Self {
        Set {
            replicas: Mutex::new(BTreeMap::new()),
            first: OnceLock::new(),
            first_is_all: AtomicBool::new(false),
            current: ArcSwap::from_pointee(Vec::new()),
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
        let current = replicas.values().map(Arc::downgrade).collect();
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
        let at = |replica: &Weak<Replica<C>>| Place::at(replica.upgrade()?, limit);
        let best = replicas
            .iter()
            .enumerate()
            .min_by_key(|(_, replica)| Weak::strong_count(replica));
        // The best may have been filled up meanwhile: any other will do then.
        let (before, after) = replicas.split_at(best?.0);
        after.iter().chain(before).find_map(at)
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
