//! The engine of deployments whose methods are all `async fn`.

use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::Result;
use crate::engine::in_place::permit::{ModelVisit, Stay, Visit};
use crate::engine::in_place::shared::Shared;
use crate::engine::lifecycle::{Cell, Hooks, UserConfig};
use crate::engine::{
    Blueprint, Engine, FakeSlot, Fakeable, Load, Plan, ReplicaId, UNLIMITED_WIDTH,
};
use crate::resources::Grant;

/// Runs shared instances in place. `C` is what callers see of an instance of `D`: itself, or a lock
/// around it if a method takes `&mut self`.
pub struct InPlace<D, C> {
    shared: Arc<Shared<C>>,
    fake: FakeSlot,
    of: PhantomData<fn() -> D>,
}

impl<D, C> InPlace<D, C> {
    /// Waits for a free replica and takes a place at it.
    #[inline]
    pub async fn enter(&self) -> Result<Visit<'_, C>> {
        self.shared.enter().await
    }

    /// The same at one that has the model that the call is for, if there is one with room.
    pub async fn enter_for_model(&self) -> Result<ModelVisit<'_, C>> {
        self.shared.enter_for_model().await
    }

    /// [`InPlace::enter`] for as long as a stream takes.
    pub async fn stay(&self) -> Result<Stay<C>> {
        self.shared.stay().await
    }

    /// [`InPlace::enter_for_model`] for as long as a stream takes.
    pub async fn stay_for_model(&self) -> Result<Stay<C>> {
        self.shared.stay_for_model().await
    }

    pub(crate) fn shared(&self) -> &Arc<Shared<C>> {
        &self.shared
    }
}

impl<D, C> Fakeable for InPlace<D, C> {
    fn fake(&self) -> &FakeSlot {
        &self.fake
    }
}

#[allow(private_interfaces)]
impl<D, C> Engine<D> for InPlace<D, C>
where
    D: Send + Sync + 'static,
    C: Cell<D>,
{
    fn new() -> Self {
        InPlace {
            shared: Arc::new(Shared::new()),
            fake: FakeSlot::default(),
            of: PhantomData,
        }
    }

    fn open(&self, plan: Plan) {
        // Whoever deploys has the only engine there is.
        let _ = self.shared.open.set(plan);
    }

    fn plan(&self) -> Result<&Plan> {
        self.shared.plan()
    }

    fn width(&self, _batch: usize) -> usize {
        let plan = self.shared.open.get();
        let each = plan.and_then(|plan| plan.limits.max_ongoing_requests());
        let each = each.map_or(UNLIMITED_WIDTH, |limit| limit as usize);
        self.shared.set.len().max(1).saturating_mul(each)
    }

    fn load(&self) -> Load {
        self.shared.load()
    }

    fn capacity(&self) -> Option<usize> {
        let limits = &self.shared.open.get()?.limits;
        let each = limits.max_ongoing_requests()? as usize;
        let at_work = self.shared.set.len().max(1).saturating_mul(each);
        Some(at_work.saturating_add(limits.max_queued_requests() as usize))
    }

    #[cfg(feature = "config")]
    fn limits_changed(&self) {
        self.shared.limits_changed();
    }

    fn add(
        &self,
        id: ReplicaId,
        blueprint: Blueprint<D>,
        grant: Arc<Grant>,
    ) -> BoxFuture<'static, Result<()>> {
        let shared = Arc::clone(&self.shared);
        async move {
            let replica = shared.build(id, blueprint, &grant).await?;
            shared.admit(replica);
            Ok(())
        }
        .boxed()
    }

    fn retire(&self, id: ReplicaId) -> BoxFuture<'static, ()> {
        self.shared.retire(id)
    }

    fn discard(&self, id: ReplicaId) {
        drop(self.shared.remove(id));
    }

    fn check_health(&self, id: ReplicaId, hooks: Hooks<D>) -> BoxFuture<'static, Result<()>> {
        let shared = Arc::clone(&self.shared);
        async move { shared.check_health(id, hooks).await }.boxed()
    }

    fn reconfigure(
        &self,
        id: ReplicaId,
        hooks: Hooks<D>,
        config: UserConfig,
    ) -> BoxFuture<'static, Result<()>> {
        let shared = Arc::clone(&self.shared);
        async move { shared.reconfigure(id, hooks, config).await }.boxed()
    }

    fn close(&self) {
        self.shared.close();
    }

    fn idle(&self) -> BoxFuture<'_, ()> {
        self.shared.idle().boxed()
    }

    fn fail(&self, cause: Option<&str>) {
        self.shared.fail(cause);
    }

    fn stop(&self) {
        self.shared.stop();
    }
}
