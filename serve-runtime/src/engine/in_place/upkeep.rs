//! What is done with one replica beside calling it: built, checked, reconfigured and let go.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;

use crate::engine::constructor::off_the_runtime;
use crate::engine::in_place::replica::Replica;
use crate::engine::in_place::shared::Shared;
use crate::engine::lifecycle::{Cell, Hooks, UserConfig, panicked};
use crate::engine::{Blueprint, ReplicaId};
use crate::resources::Grant;
use crate::{Error, Result};

impl<C> Shared<C> {
    /// A replica takes calls from now on.
    pub(crate) fn admit(&self, replica: Arc<Replica<C>>) {
        self.set.add(replica);
        self.gate.left();
    }

    pub(crate) fn remove(&self, id: ReplicaId) -> Option<Arc<Replica<C>>> {
        self.set.remove(id)
    }

    /// Builds a replica, which takes no calls as yet.
    pub(crate) async fn build<D>(
        &self,
        id: ReplicaId,
        blueprint: Blueprint<D>,
        grant: &Arc<Grant>,
    ) -> Result<Arc<Replica<C>>>
    where
        D: Send + 'static,
        C: Cell<D>,
    {
        let plan = self.plan()?;
        let runtime = plan.runtime.clone();
        let granted = Arc::clone(grant);
        let build = move || {
            let instance = granted
                .context()
                .on_its_cores(|| blueprint.build(&runtime))?;
            // Made here, so that the grant goes with the instance: both are there, or neither.
            Ok(Replica::new(id, C::from(instance), granted))
        };
        off_the_runtime(&plan.name, id, build).await
    }

    /// Runs something on an instance, on a thread of its own, which may work on when nobody waits for it
    /// any more.
    async fn with(
        &self,
        held: Held<C>,
        with: impl FnOnce(&C, &Handle) -> Result<()> + Send + 'static,
    ) -> Result<()>
    where
        C: Send + Sync + 'static,
    {
        let plan = self.plan()?;
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
        let replica = self.set.get(id).ok_or_else(|| gone(id))?;
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

    /// Has a replica changed that takes no calls in place meanwhile. One that panics takes none any more, nor
    /// does one that has been let go meanwhile.
    pub(crate) async fn change(
        self: &Arc<Self>,
        id: ReplicaId,
        change: impl AsyncFnOnce(Held<C>) -> Result<()>,
    ) -> Result<()> {
        let held = self.hold(self.set.rest(id).ok_or_else(|| gone(id))?);
        self.set.is_held_by(&held.replica, 2).await; // the set, and this
        let reconfigured = change(held).await;
        if panicked(&reconfigured) {
            self.broken(id);
            return reconfigured;
        }
        if !self.set.wake(id) {
            return Err(gone(id));
        }
        self.gate.left();
        reconfigured
    }

    pub(crate) fn retire(self: &Arc<Self>, id: ReplicaId) -> BoxFuture<'static, ()>
    where
        C: Send + Sync + 'static,
    {
        match self.set.remove(id) {
            None => async {}.boxed(),
            Some(replica) => {
                let shared = Arc::clone(self);
                async move {
                    shared.set.is_held_by(&replica, 1).await;
                    shared.let_go(replica).await;
                }
                .boxed()
            }
        }
    }

    /// Drops a replica, which runs the user's code and may take its time.
    async fn let_go(&self, replica: Arc<Replica<C>>)
    where
        C: Send + Sync + 'static,
    {
        if let Ok(plan) = self.plan() {
            // As calls do, it finds itself inside the runtime. Once that is gone, so is the replica.
            let _ = plan.runtime.spawn_blocking(|| drop(replica)).await;
        }
    }

    /// Keeps a replica for something else than a call.
    fn hold(self: &Arc<Self>, replica: Arc<Replica<C>>) -> Held<C> {
        Held {
            replica,
            _letting_go: LettingGo(Arc::clone(self)),
        }
    }
}

/// A replica that somebody holds who is no call.
pub(crate) struct Held<C> {
    // Dropped in this order: who is told is to find it gone.
    replica: Arc<Replica<C>>,
    _letting_go: LettingGo<C>,
}

/// Tells that somebody holds a replica no more.
struct LettingGo<C>(Arc<Shared<C>>);

impl<C> Drop for LettingGo<C> {
    fn drop(&mut self) {
        self.0.set.let_go();
    }
}

fn gone(id: ReplicaId) -> Error {
    Error::unavailable(format!("replica {id} is gone"))
}
