//! The place of one shared replica: who is in it, and how many calls it works on.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Notify;

use crate::{Error, Result};

/// One replica's place; the replica in it changes when it is replaced.
pub(super) struct Slot<C> {
    tenant: RwLock<Tenant<C>>,
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

impl<C> Slot<C> {
    pub(super) fn new() -> Self {
        Slot {
            tenant: RwLock::new(Tenant::Starting),
            ongoing: AtomicU32::new(0),
            changed: Notify::new(),
        }
    }

    /// Puts somebody in. A stopped slot stays stopped.
    pub(super) fn set(&self, tenant: Tenant<C>) {
        let mut current = self.tenant.write().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*current, Tenant::Stopped) {
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
            *current = Tenant::Starting;
        }
        is_there
    }

    /// The replica, as soon as there is one.
    pub(super) async fn replica(&self) -> Result<Arc<C>> {
        loop {
            if let Some(result) = self.now() {
                return result;
            }
            let changed = self.changed.notified();
            if let Some(result) = self.now() {
                return result; // it came between the two
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

    pub(super) fn is_ready(&self) -> bool {
        matches!(
            *self.tenant.read().unwrap_or_else(PoisonError::into_inner),
            Tenant::Ready(_)
        )
    }

    pub(super) fn ongoing(&self) -> u32 {
        self.ongoing.load(Ordering::Acquire)
    }

    /// Counts a call in, unless `limit` are in.
    pub(super) fn try_enter(&self, limit: u32) -> bool {
        self.ongoing
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |ongoing| {
                (ongoing < limit).then_some(ongoing + 1)
            })
            .is_ok()
    }

    /// Counts a call out.
    pub(super) fn leave(&self) {
        self.ongoing.fetch_sub(1, Ordering::AcqRel);
    }
}
