//! A replica as the home of models, whose loads keep it as calls do.

use std::any::Any;
use std::sync::{Arc, Weak};

use tokio::runtime::Handle;

use crate::engine::Access;
use crate::engine::in_place::engine::Core;
use crate::engine::in_place::ref_count::WeakRefCount;
use crate::engine::in_place::replica::Replica;
use crate::engine::in_place::usage::Usage;
use crate::multiplex::{Home, Kept};

/// Where the loaders of a replica find it.
pub(super) struct ReplicaHome<C> {
    pub(super) replica: WeakRefCount<Replica<C>>,
    pub(super) core: Weak<Core<C>>,
    /// Whether some calls exclude others.
    pub(super) is_locked: bool,
}

impl<C: Send + Sync + 'static> Home for ReplicaHome<C> {
    fn keep(&self) -> Option<Kept> {
        let (core, replica) = (self.core.upgrade()?, self.replica.hold_as_well()?);
        let held = core.hold(replica);
        let usage = Arc::clone(&held.replica.usage);
        if self.is_locked && !usage.join() {
            return None;
        }
        let reads = self.is_locked.then(|| Reads {
            core: Arc::clone(&core),
            usage,
        });
        let instance: Arc<dyn Any + Send + Sync> = Arc::<C>::clone(held.replica.instance());
        // Dropped in this order: what waits finds the replica free.
        let kept = Box::new((held, reads));
        Some(Kept { instance, kept })
    }

    fn runtime(&self) -> Option<Handle> {
        let core = self.core.upgrade()?;
        core.state.opened().map(|plan| plan.runtime.clone())
    }
}

/// Reads a replica that some calls change.
struct Reads<C> {
    core: Arc<Core<C>>,
    usage: Arc<Usage>,
}

impl<C> Drop for Reads<C> {
    fn drop(&mut self) {
        self.usage.end(Access::Shared);
        self.core.gate.notify_room();
    }
}
