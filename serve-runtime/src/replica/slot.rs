//! The place of one shared replica: who is in it, and how many calls it works on.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, Weak};

use tokio::sync::Notify;

use crate::{Error, Result};

/// One replica's place; the replica in it changes when it is replaced.
pub(super) struct Slot<C> {
    tenant: RwLock<Tenant<C>>,
    /// The first tenant, for reading it without a lock; weak, so that it goes when it is evicted.
    first: OnceLock<Weak<C>>,
    /// Whether `tenant` is no longer the first one.
    first_is_out: AtomicBool,
    /// Calls that were sent here and have not left.
    ongoing: AtomicU32,
    changed: Notify,
}

/// Who is in a slot.
pub(super) enum Tenant<C> {
    /// Nobody yet: a replica is being built.
    Starting,
    Ready(Arc<C>),
    /// A replica could not be built, for this reason.
    Failed(Arc<str>),
    Stopped,
}

/// What can be expected of a slot, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    Ready,
    Starting,
    Gone,
}

impl<C> Slot<C> {
    pub(super) fn new() -> Self {
        Slot {
            tenant: RwLock::new(Tenant::Starting),
            first: OnceLock::new(),
            first_is_out: AtomicBool::new(false),
            ongoing: AtomicU32::new(0),
            changed: Notify::new(),
        }
    }

    /// Puts somebody in. A stopped slot stays stopped.
    pub(super) fn set(&self, tenant: Tenant<C>) {
        let mut current = self.tenant.write().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*current, Tenant::Stopped) {
            match &tenant {
                Tenant::Ready(replica) => drop(self.first.set(Arc::downgrade(replica))),
                _ => self.first_is_out.store(true, Ordering::Release),
            }
            *current = tenant;
        }
        drop(current);
        self.changed.notify_waiters();
    }

    /// Clears the slot of a broken replica. `false` if another call has seen to that already.
    pub(super) fn evict(&self, broken: &Arc<C>) -> bool {
        let mut current = self.tenant.write().unwrap_or_else(PoisonError::into_inner);
        let is_there = matches!(&*current, Tenant::Ready(replica) if Arc::ptr_eq(replica, broken));
        if is_there {
            self.first_is_out.store(true, Ordering::Release);
            *current = Tenant::Starting;
        }
        is_there
    }

    /// The replica, if it is there and has never been replaced: the common case, without a lock.
    #[inline]
    pub(super) fn first(&self) -> Option<Arc<C>> {
        if self.first_is_out.load(Ordering::Acquire) {
            return None;
        }
        self.first.get()?.upgrade()
    }

    /// The replica, as soon as there is one.
    pub(super) async fn replica(&self) -> Result<Arc<C>> {
        loop {
            let changed = self.changed.notified();
            if let Some(result) = self.now() {
                return result;
            }
            changed.await;
        }
    }

    /// The replica, or why there will be none; `None` while it is being built.
    pub(super) fn now(&self) -> Option<Result<Arc<C>>> {
        match &*self.tenant.read().unwrap_or_else(PoisonError::into_inner) {
            Tenant::Starting => None,
            Tenant::Ready(replica) => Some(Ok(Arc::clone(replica))),
            Tenant::Failed(cause) => Some(Err(Error::unavailable(cause.to_string()))),
            Tenant::Stopped => Some(Err(Error::unavailable("the deployment has been shut down"))),
        }
    }

    pub(super) fn standing(&self) -> Standing {
        match *self.tenant.read().unwrap_or_else(PoisonError::into_inner) {
            Tenant::Ready(_) => Standing::Ready,
            Tenant::Starting => Standing::Starting,
            Tenant::Failed(_) | Tenant::Stopped => Standing::Gone,
        }
    }

    pub(super) fn ongoing(&self) -> u32 {
        self.ongoing.load(Ordering::Acquire)
    }

    /// Counts a call in, unless `limit` are in. Sequentially consistent, as the gate's line wants it.
    #[inline]
    pub(super) fn try_enter(&self, limit: Option<u32>) -> bool {
        let Some(limit) = limit else {
            self.ongoing.fetch_add(1, Ordering::SeqCst);
            return true;
        };
        self.ongoing
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |ongoing| {
                (ongoing < limit).then_some(ongoing + 1)
            })
            .is_ok()
    }

    /// Counts a call out.
    #[inline]
    pub(super) fn leave(&self) {
        self.ongoing.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_evicted_replica_is_dropped_and_no_longer_found() {
        let slot = Slot::new();
        let replica = Arc::new(());
        slot.set(Tenant::Ready(Arc::clone(&replica)));
        assert!(slot.first().is_some());
        assert!(slot.evict(&replica));
        assert!(!slot.evict(&replica));
        assert!(slot.first().is_none() && slot.now().is_none());
        assert_eq!(Arc::strong_count(&replica), 1);
    }

    #[test]
    fn its_successor_is_found() {
        let slot = Slot::new();
        let (first, second) = (Arc::new(1), Arc::new(2));
        slot.set(Tenant::Ready(Arc::clone(&first)));
        slot.evict(&first);
        slot.set(Tenant::Ready(second));
        assert!(slot.first().is_none());
        assert_eq!(*slot.now().unwrap().unwrap(), 2);
    }

    #[test]
    fn a_stopped_slot_stays_stopped() {
        let slot = Slot::new();
        slot.set(Tenant::Stopped);
        slot.set(Tenant::Ready(Arc::new(())));
        assert!(slot.first().is_none());
        assert!(matches!(slot.now(), Some(Err(_))));
    }

    #[test]
    fn a_limit_is_strict() {
        let slot = Slot::<()>::new();
        assert!(slot.try_enter(Some(1)));
        assert!(!slot.try_enter(Some(1)));
        slot.leave();
        assert!(slot.try_enter(Some(1)));
    }
}
