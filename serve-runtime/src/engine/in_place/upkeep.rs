//! What is done with one replica beside calling it: it is built, checked, reconfigured and retired.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;

use crate::engine::constructor::off_the_runtime;
use crate::engine::in_place::engine::Core;
use crate::engine::in_place::home::ReplicaHome;
use crate::engine::in_place::ref_count::RefCount;
use crate::engine::in_place::replica::Replica;
use crate::engine::in_place::usage::Usage;
use crate::engine::lifecycle::{Cell, Hooks, UserConfig, panicked};
use crate::engine::{Blueprint, ReplicaId};
use crate::resources::Grant;
use crate::{Error, Result};

impl<C> Core<C> {
    /// Makes a replica accept calls.
    pub(crate) fn admit(&self, replica: RefCount<Replica<C>>) {
        self.replicas.add(replica);
        self.gate.notify_room();
    }

    /// Makes a replica accept no further calls.
    pub(crate) fn remove(&self, id: ReplicaId) {
        drop(self.replicas.remove(id));
    }

    /// Builds a replica, which takes no calls yet.
    pub(crate) async fn build<D>(
        self: &Arc<Self>,
        id: ReplicaId,
        blueprint: Blueprint<D>,
        usage: Usage,
        grant: &Arc<Grant>,
    ) -> Result<RefCount<Replica<C>>>
    where
        D: Send + 'static,
        C: Cell<D>,
    {
        let plan = self.state.plan()?;
        let runtime = plan.runtime.clone();
        let granted = Arc::clone(grant);
        let build = move || {
            let instance = granted
                .context()
                .on_its_cores(|| blueprint.build(&runtime))?;
            // Made here, so that the grant goes with the instance: both exist, or neither.
            let replica = Replica::new(id, C::from(instance), usage, granted);
            Ok(RefCount::new(replica))
        };
        let replica = off_the_runtime(&plan.name, id, build).await?;
        if plan.multiplexed {
            replica.models.set_home(ReplicaHome {
                replica: replica.downgrade(),
                core: Arc::downgrade(self),
                is_locked: C::IS_LOCKED,
            });
        }
        Ok(replica)
    }

    /// Runs something with an instance, on a thread of its own, which may continue when this future is dropped.
    async fn with(
        &self,
        held: HeldReplica<C>,
        with: impl FnOnce(&C, &Handle) -> Result<()> + Send + 'static,
    ) -> Result<()>
    where
        C: Send + Sync + 'static,
    {
        let plan = self.state.plan()?;
        let (runtime, id) = (plan.runtime.clone(), held.replica.id);
        let work = move || {
            let (held, _inside) = (held, runtime.enter());
            with(held.replica.instance(), &runtime)
        };
        off_the_runtime(&plan.name, id, work).await
    }

    pub(crate) async fn check_health<D>(
        self: &Arc<Self>,
        id: ReplicaId,
        hooks: Hooks<D>,
    ) -> Result<()>
    where
        D: 'static,
        C: Cell<D>,
    {
        let replica = self.replicas.get(id).ok_or_else(|| gone(id))?;
        let check = move |cell: &C, runtime: &Handle| {
            cell.lend_to_read(|instance| hooks.check_health(instance, runtime))
        };
        self.with(self.hold(replica), check).await
    }

    pub(crate) async fn reconfigure<D>(
        self: &Arc<Self>,
        id: ReplicaId,
        hooks: Hooks<D>,
        config: UserConfig,
    ) -> Result<()>
    where
        D: 'static,
        C: Cell<D>,
    {
        let change = move |cell: &C, runtime: &Handle| {
            cell.lend_to_change(|instance| hooks.reconfigure(instance, &config, runtime))
        };
        self.change(id, |held| self.with(held, change)).await
    }

    /// Changes a replica while it takes no calls in place. If the change panics, the replica takes none
    /// afterwards, and neither does one that has been retired meanwhile.
    pub(crate) async fn change(
        self: &Arc<Self>,
        id: ReplicaId,
        change: impl AsyncFnOnce(HeldReplica<C>) -> Result<()>,
    ) -> Result<()> {
        let held = self.hold(self.replicas.pause(id).ok_or_else(|| gone(id))?);
        // By the list of replicas, and here.
        self.replicas.wait_until_held_by(&held.replica, 2).await;
        let reconfigured = change(held).await;
        if panicked(&reconfigured) {
            self.broken(id);
            return reconfigured;
        }
        if !self.replicas.resume(id) {
            return Err(gone(id));
        }
        self.gate.notify_room();
        reconfigured
    }

    pub(crate) fn retire(self: &Arc<Self>, id: ReplicaId) -> BoxFuture<'static, ()>
    where
        C: Send + Sync + 'static,
    {
        match self.replicas.remove(id) {
            None => async {}.boxed(),
            Some(replica) => {
                let core = Arc::clone(self);
                async move {
                    core.replicas.wait_until_held_by(&replica, 1).await;
                    core.drop_in_background(replica).await;
                }
                .boxed()
            }
        }
    }

    /// Drops a replica, which runs the user's code and may take long.
    async fn drop_in_background(&self, replica: RefCount<Replica<C>>)
    where
        C: Send + Sync + 'static,
    {
        if let Ok(plan) = self.state.plan() {
            // As in a call, the user's code is inside the runtime. Once that has ended, so has the replica.
            let _ = plan.runtime.spawn_blocking(|| drop(replica)).await;
        }
    }

    /// Keeps a replica for something other than a call.
    pub(super) fn hold(self: &Arc<Self>, replica: RefCount<Replica<C>>) -> HeldReplica<C> {
        HeldReplica {
            replica,
            _release: NotifyReleased(Arc::clone(self)),
        }
    }
}

/// A replica that is held by something other than a call.
pub(crate) struct HeldReplica<C> {
    // Dropped in this order: the one that is notified has to see the count without it.
    pub(super) replica: RefCount<Replica<C>>,
    _release: NotifyReleased<C>,
}

/// Reports that a replica is no longer held.
struct NotifyReleased<C>(Arc<Core<C>>);

impl<C> Drop for NotifyReleased<C> {
    fn drop(&mut self) {
        self.0.replicas.notify_released();
    }
}

fn gone(id: ReplicaId) -> Error {
    Error::unavailable(format!("replica {id} is gone"))
}
