//! The replicas of a deployment that are called in place.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use arc_swap::ArcSwap;
use tokio::sync::Notify;

use super::ReplicaId;

/// Set in `ongoing` once a replica takes no more calls.
const RETIRED: u32 = 1 << 31;

/// A shared instance, and how many calls it works on.
pub(super) struct Replica<C> {
    pub(super) id: ReplicaId,
    pub(super) instance: C,
    /// Calls that were sent here and have not left, and whether it is [`RETIRED`].
    ongoing: AtomicU32,
    /// Told when a retired replica has become idle.
    idle: Notify,
}

impl<C> Replica<C> {
    pub(super) fn new(id: ReplicaId, instance: C) -> Arc<Self> {
        Arc::new(Replica {
            id,
            instance,
            ongoing: AtomicU32::new(0),
            idle: Notify::new(),
        })
    }

    /// How many calls it works on.
    pub(super) fn ongoing(&self) -> u32 {
        self.ongoing.load(Ordering::SeqCst) & !RETIRED
    }

    /// Counts a call in, unless `limit` are in or it is retired. Sequentially consistent, as the gate's
    /// line wants it.
    #[inline]
    pub(super) fn try_enter(&self, limit: Option<u32>) -> bool {
        let limit = limit.unwrap_or(RETIRED - 1);
        self.ongoing
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |ongoing| {
                (ongoing < limit).then_some(ongoing + 1) // a retired one has more than any limit
            })
            .is_ok()
    }

    /// Counts a call out.
    #[inline]
    pub(super) fn leave(&self) {
        if self.ongoing.fetch_sub(1, Ordering::SeqCst) == RETIRED + 1 {
            self.idle.notify_waiters();
        }
    }

    /// Takes no more calls, for as long as it is retired.
    pub(super) fn retire(&self) {
        self.ongoing.fetch_or(RETIRED, Ordering::SeqCst);
    }

    /// Takes calls again.
    pub(super) fn return_to_work(&self) {
        self.ongoing.fetch_and(!RETIRED, Ordering::SeqCst);
    }

    /// Waits until a retired replica works on no call.
    pub(super) async fn idle(&self) {
        loop {
            let idle = self.idle.notified();
            if self.ongoing() == 0 {
                return;
            }
            idle.await;
        }
    }
}

/// The replicas that can be called. Read with every call, written when a replica comes or goes.
pub(super) struct Set<C>(ArcSwap<Vec<Arc<Replica<C>>>>);

impl<C> Set<C> {
    pub(super) fn new() -> Self {
        Set(ArcSwap::from_pointee(Vec::new()))
    }

    pub(super) fn add(&self, replica: &Arc<Replica<C>>) {
        self.0.rcu(|set| {
            let mut set = Vec::clone(set);
            set.push(Arc::clone(replica));
            set
        });
    }

    /// Takes a replica out and retires it. `None` if it is not there.
    pub(super) fn remove(&self, id: ReplicaId) -> Option<Arc<Replica<C>>> {
        let is_it = |replica: &&Arc<Replica<C>>| replica.id == id;
        let before = self.0.rcu(|set| {
            let others = set.iter().filter(|replica| !is_it(replica));
            others.cloned().collect::<Vec<_>>()
        });
        let removed = before.iter().find(is_it)?;
        removed.retire();
        Some(Arc::clone(removed))
    }

    pub(super) fn get(&self, id: ReplicaId) -> Option<Arc<Replica<C>>> {
        let set = self.0.load();
        set.iter().find(|replica| replica.id == id).cloned()
    }

    /// Takes all of them out.
    pub(super) fn clear(&self) {
        for replica in self.0.swap(Arc::default()).iter() {
            replica.retire();
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.load().len()
    }

    /// How many calls they work on.
    pub(super) fn ongoing(&self) -> u32 {
        self.0.load().iter().map(|replica| replica.ongoing()).sum()
    }

    /// Counts a call in at the least loaded replica; `None` if each has as many calls as it may have.
    #[inline]
    pub(super) fn enter(&self, limit: Option<u32>) -> Option<Arc<Replica<C>>> {
        let set = self.0.load();
        match &set[..] {
            [] => None,
            [only] => only.try_enter(limit).then(|| Arc::clone(only)),
            several => least_loaded(several, limit),
        }
    }
}

fn least_loaded<C>(replicas: &[Arc<Replica<C>>], limit: Option<u32>) -> Option<Arc<Replica<C>>> {
    let load = |index: &usize| replicas[*index].ongoing();
    let best = (0..replicas.len()).min_by_key(load)?;
    // The best may have been filled up meanwhile: any other will do then.
    let (before, after) = replicas.split_at(best);
    let mut candidates = after.iter().chain(before);
    candidates.find(|replica| replica.try_enter(limit)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(replicas: u64) -> Set<()> {
        let set = Set::new();
        for id in 0..replicas {
            set.add(&Replica::new(ReplicaId(id), ()));
        }
        set
    }

    #[test]
    fn calls_go_to_the_least_loaded() {
        let set = set(2);
        let entered = [0, 1, 2].map(|_| set.enter(None).unwrap().id.0);
        assert_eq!(entered, [0, 1, 0]);
    }

    #[test]
    fn a_limit_is_strict() {
        let set = set(1);
        let replica = set.enter(Some(1)).unwrap();
        assert!(set.enter(Some(1)).is_none());
        replica.leave();
        assert!(set.enter(Some(1)).is_some());
    }

    #[test]
    fn a_removed_replica_is_not_called() {
        let set = set(2);
        let replica = set.remove(ReplicaId(0)).unwrap();
        assert!(!replica.try_enter(None) && !replica.try_enter(Some(7)));
        assert!(set.remove(ReplicaId(0)).is_none());
        assert_eq!(set.enter(None).unwrap().id, ReplicaId(1));
    }

    #[tokio::test]
    async fn a_retired_replica_is_idle_once_its_last_call_has_left() {
        use futures_util::FutureExt;
        let set = set(1);
        let replica = set.enter(None).unwrap();
        set.remove(ReplicaId(0)).unwrap();
        let mut idle = std::pin::pin!(replica.idle());
        assert!(idle.as_mut().now_or_never().is_none());
        replica.leave();
        assert!(idle.now_or_never().is_some());
    }
}
