//! The replicas of a deployment that are called in place.
//!
//! Finding a replica and holding it is most of what a call in place costs, so both are done with as few
//! atomic writes as possible: a call that has no limit to keep holds its replica and is counted by one and
//! the same `Arc`, and the only replica of a deployment is found without reading what may change.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use arc_swap::ArcSwap;

use crate::engine::in_place::permit::Claim;
use crate::engine::in_place::ref_count::{RefCount, Releases, WeakRefCount};
use crate::engine::in_place::replica::Replica;
use crate::engine::{Access, ReplicaId};
use crate::multiplex::{ModelHold, Models};
use crate::util::lock;

/// Read with every call, written when a replica comes, goes, is paused or resumed.
pub(crate) struct Replicas<C> {
    /// All there are, the paused ones included.
    all: Mutex<ById<C>>,
    /// The first one there ever was.
    first: OnceLock<WeakRefCount<Replica<C>>>,
    /// Whether the first one can be called, and is the only one.
    first_is_all: AtomicBool,
    /// Those that can be called. They are not held here: a replica's count is the number of its calls.
    callable: ArcSwap<Vec<Candidate<C>>>,
    /// Held while a replica is chosen by its models, so that two calls for one model choose the same.
    choosing: Mutex<()>,
    releases: Releases,
}

type ById<C> = BTreeMap<ReplicaId, RefCount<Replica<C>>>;

/// A replica that may be chosen for a call.
struct Candidate<C> {
    replica: WeakRefCount<Replica<C>>,
    models: Arc<Models>,
}

impl<C> Replicas<C> {
    pub(crate) fn new() -> Self {
        Replicas {
            all: Mutex::new(BTreeMap::new()),
            first: OnceLock::new(),
            first_is_all: AtomicBool::new(false),
            callable: ArcSwap::from_pointee(Vec::new()),
            choosing: Mutex::new(()),
            releases: Releases::default(),
        }
    }

    /// Claims the least loaded replica for a call; `None` if each has as many calls as it may have, or is used in
    /// a way that excludes this one.
    #[inline(always)] // once for each call in place
    pub(crate) fn claim(&self, limit: Option<u32>, access: Access) -> Option<Claim<C>> {
        if self.first_is_all.load(Ordering::Acquire)
            && let Some(claim) = self.claim_one(self.first.get()?, limit, access)
        {
            return Some(claim);
        }
        self.claim_any(limit, access)
    }

    fn claim_any(&self, limit: Option<u32>, access: Access) -> Option<Claim<C>> {
        let candidates = self.callable.load();
        let best = candidates
            .iter()
            .enumerate()
            .min_by_key(|(_, candidate)| candidate.replica.approximate_count());
        // The best may have been filled meanwhile: any other will do then.
        let (before, after) = candidates.split_at(best?.0);
        let claim = |candidate: &Candidate<C>| self.claim_one(&candidate.replica, limit, access);
        after.iter().chain(before).find_map(claim)
    }

    #[inline(always)]
    fn claim_one(
        &self,
        replica: &WeakRefCount<Replica<C>>,
        limit: Option<u32>,
        access: Access,
    ) -> Option<Claim<C>> {
        let replica = replica.try_hold();
        let claim = replica.and_then(|replica| Claim::new(replica, limit, access));
        if claim.is_none() {
            self.notify_released(); // it was held for a moment
        }
        claim
    }

    /// Claims a replica that has the model, else one with few models; of several the least loaded one. `None`
    /// if each has as many calls as it may have.
    pub(crate) fn claim_for_model(
        &self,
        model_id: &Arc<str>,
        limit: Option<u32>,
        access: Access,
    ) -> Option<(Claim<C>, ModelHold)> {
        let _choosing = lock(&self.choosing);
        let candidates = self.callable.load();
        let mut by_preference: Vec<&Candidate<C>> = candidates.iter().collect();
        by_preference.sort_by_cached_key(|candidate| {
            let known = candidate.models.known();
            let models = match known.has(model_id) {
                true => 0, // those that have it are equally good
                false => known.len() + 1,
            };
            (models, candidate.replica.approximate_count())
        });
        by_preference.into_iter().find_map(|candidate| {
            let claim = self.claim_one(&candidate.replica, limit, access)?;
            let model = candidate.models.known().hold(model_id);
            Some((claim, model))
        })
    }

    /// There will be no more calls: loads of models that no call waits for are given up.
    pub(crate) fn close(&self) {
        let all = self.all();
        let models: Vec<_> = all.values().map(|it| Arc::clone(&it.models)).collect();
        drop(all);
        models.iter().for_each(|models| models.retire());
    }

    /// No call waits in line any more.
    #[cold]
    pub(crate) fn line_is_empty(&self) {
        let all = self.all();
        let usages: Vec<_> = all.values().map(|it| Arc::clone(&it.usage)).collect();
        drop(all);
        usages.iter().for_each(|usage| usage.line_is_empty());
    }

    /// A holder of a replica has dropped it.
    #[inline]
    pub(crate) fn notify_released(&self) {
        self.releases.notify();
    }

    pub(crate) fn add(&self, replica: RefCount<Replica<C>>) {
        let mut all = self.all();
        let _ = self.first.set(replica.downgrade()); // fails if there has been one before
        all.insert(replica.id, replica);
        self.changed(&all);
    }

    /// Takes a replica out, which takes no more calls from then on. `None` if it is not there.
    pub(crate) fn remove(&self, id: ReplicaId) -> Option<RefCount<Replica<C>>> {
        let mut all = self.all();
        let removed = all.remove(&id)?;
        removed.set_paused(true);
        self.changed(&all);
        drop(all);
        removed.models.retire();
        self.releases.notify(); // those that wait until all are idle wait for one fewer
        Some(removed)
    }

    /// Takes all of them out.
    pub(crate) fn clear(&self) {
        let removed = std::mem::take(&mut *self.all());
        removed
            .values()
            .for_each(|replica| replica.set_paused(true));
        self.changed(&BTreeMap::new());
        removed.values().for_each(|replica| replica.models.retire());
        self.releases.notify();
        drop(removed); // runs the user's code
    }

    /// A replica takes no calls until it is [resumed](Replicas::resume). `None` if it is not there.
    pub(crate) fn pause(&self, id: ReplicaId) -> Option<RefCount<Replica<C>>> {
        let all = self.all();
        let replica = all.get(&id)?;
        replica.set_paused(true);
        self.changed(&all);
        Some(replica.clone())
    }

    /// A replica takes calls again. `false` if it has been taken out meanwhile.
    pub(crate) fn resume(&self, id: ReplicaId) -> bool {
        let all = self.all();
        let Some(replica) = all.get(&id) else {
            return false;
        };
        replica.set_paused(false);
        self.changed(&all);
        true
    }

    fn changed(&self, all: &ById<C>) {
        self.first_is_all.store(false, Ordering::Release);
        let candidate = |replica: &RefCount<Replica<C>>| Candidate {
            replica: replica.downgrade(),
            models: Arc::clone(&replica.models),
        };
        let callable = all.values().filter(|replica| !replica.is_paused());
        let callable: Vec<Candidate<C>> = callable.map(candidate).collect();
        let is_first = |only: &Candidate<C>| {
            let first = self.first.get();
            first.is_some_and(|first| first.is_same(&only.replica))
        };
        let first_is_all = matches!(&callable[..], [only] if is_first(only));
        self.callable.store(Arc::new(callable));
        self.first_is_all.store(first_is_all, Ordering::Release);
        // A call that waits in line counts as waiting before it looks, and is looked for after this.
        fence(Ordering::SeqCst);
    }

    pub(crate) fn get(&self, id: ReplicaId) -> Option<RefCount<Replica<C>>> {
        self.all().get(&id).cloned()
    }

    /// How many can be called.
    pub(crate) fn len(&self) -> usize {
        self.callable.load().len()
    }

    /// How many calls are in flight at those that can be called.
    pub(crate) fn ongoing(&self) -> usize {
        let all = self.all();
        let callable = all.values().filter(|replica| !replica.is_paused());
        callable.map(|replica| replica.count() - 1).sum() // one is the reference in this list
    }

    /// Waits until no call is in flight.
    pub(crate) async fn wait_idle(&self) {
        self.releases.wait_until(|| self.ongoing() == 0).await;
    }

    /// Waits until a replica that takes no calls is held at most so often.
    pub(crate) async fn wait_until_held_by(&self, replica: &RefCount<Replica<C>>, max: usize) {
        let reached = || {
            let _one_at_a_time = self.all();
            replica.count() <= max
        };
        self.releases.wait_until(reached).await;
    }

    fn all(&self) -> MutexGuard<'_, ById<C>> {
        lock(&self.all)
    }
}

#[cfg(test)]
mod tests;
