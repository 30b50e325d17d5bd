//! What is done with one replica beside calling it: built, checked, reconfigured and let go.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;

use super::shared::Shared;
use crate::replica::constructor::off_the_runtime;
use crate::replica::lifecycle::{Cell, Hooks, UserConfig};
use crate::replica::set::Replica;
use crate::replica::{Blueprint, ReplicaId};
use crate::resources::Grant;
use crate::{Error, ErrorKind, Result};

impl<C> Shared<C> {
    /// A replica takes calls from now on.
    pub(in crate::replica) fn admit(&self, replica: Arc<Replica<C>>) {
        self.set.add(replica);
        self.gate.left();
    }

    pub(in crate::replica) fn remove(&self, id: ReplicaId) -> Option<Arc<Replica<C>>> {
        self.set.remove(id)
    }

    /// Builds a replica, which takes no calls as yet.
    pub(in crate::replica) async fn build<D>(
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

    /// Runs something on an instance, on a thread of its own.
    async fn with(
        self: &Arc<Self>,
        replica: Arc<Replica<C>>,
        with: impl FnOnce(&C, &Handle) -> Result<()> + Send + 'static,
    ) -> Result<()>
    where
        C: Send + Sync + 'static,
    {
        let plan = self.plan()?;
        let runtime = plan.runtime.clone();
        let id = replica.id;
        // Goes with the thread, which may work on when nobody waits for it any more.
        let held = Held {
            replica: Some(replica),
            shared: Arc::clone(self),
        };
        let work = move || match &held.replica {
            Some(replica) => with(&replica.instance, &runtime),
            None => Ok(()),
        };
        off_the_runtime(&plan.name, id, work).await
    }

    pub(super) async fn check_health<D>(
        self: &Arc<Self>,
        id: ReplicaId,
        hooks: Hooks<D>,
    ) -> Result<()>
    where
        D: 'static,
        C: Cell<D>,
    {
        let replica = self.set.get(id).ok_or_else(|| gone(id))?;
        self.with(replica, move |cell, runtime| {
            cell.lend_to_read(|instance| hooks.check_health(instance, runtime))
        })
        .await
    }

    /// One that panics takes no calls any more.
    pub(super) async fn reconfigure<D>(
        self: &Arc<Self>,
        id: ReplicaId,
        hooks: Hooks<D>,
        config: UserConfig,
    ) -> Result<()>
    where
        D: 'static,
        C: Cell<D>,
    {
        let replica = self.set.remove(id).ok_or_else(|| gone(id))?;
        self.is_idle(&replica).await;
        let reconfigured = self.with(Arc::clone(&replica), move |cell, runtime| {
            cell.lend_to_change(|instance| hooks.reconfigure(instance, &config, runtime))
        });
        let reconfigured = reconfigured.await;
        let is_broken = |error: &Error| error.kind() == ErrorKind::Panicked;
        if !reconfigured.as_ref().is_err_and(is_broken) {
            replica.rest(false);
            self.admit(replica);
        }
        reconfigured
    }

    pub(super) fn retire(self: &Arc<Self>, id: ReplicaId) -> BoxFuture<'static, ()>
    where
        C: Send + Sync + 'static,
    {
        match self.set.remove(id) {
            None => async {}.boxed(),
            Some(replica) => {
                let shared = Arc::clone(self);
                async move { shared.is_idle(&replica).await }.boxed()
            }
        }
    }

    /// Waits until a replica that takes no more calls has none.
    async fn is_idle(&self, replica: &Arc<Replica<C>>) {
        self.until(|| Arc::strong_count(replica) == 1).await;
    }
}

/// A replica that somebody holds who is no call.
struct Held<C> {
    /// There until it is dropped.
    replica: Option<Arc<Replica<C>>>,
    shared: Arc<Shared<C>>,
}

impl<C> Drop for Held<C> {
    fn drop(&mut self) {
        self.replica = None;
        self.shared.let_go();
    }
}

fn gone(id: ReplicaId) -> Error {
    Error::unavailable(format!("replica {id} is gone"))
}
