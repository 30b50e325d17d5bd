//! Replicas that are called in place by their `async fn`, and on a thread by their `fn` methods.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::Instant;

use crate::Result;
use crate::batch::{AddBatchers, Asked, Stats};
use crate::engine::in_place::{Core, InPlace, Usage};
use crate::engine::lifecycle::{Cell, Hooks, Lent, UserConfig, panicked};
use crate::engine::threads::{Pool, Sharing};
use crate::engine::{
    Access, Blueprint, Engine, FakeSlot, Fakeable, Line, Load, ModelPermit, OwnedPermit, Permit,
    Plan, ReplicaId, Replicated,
};
use crate::request::caller::Caller;
use crate::resources::Grant;

/// Runs shared instances, each with a thread for its compute methods. `C` is as for [`InPlace`].
pub struct InPlaceAndThreads<D, C: 'static> {
    in_place: InPlace<D, C>,
    /// A thread lends its replica's instance to its calls.
    threads: Arc<Pool<Arc<C>>>,
}

impl<D, C: Send + Sync + 'static> InPlaceAndThreads<D, C> {
    /// [`InPlace::try_permit`].
    #[inline]
    pub fn try_permit(&self, access: Access) -> Result<Option<Permit<'_, C>>> {
        self.in_place.try_permit(access)
    }

    /// [`InPlace::permit`].
    pub async fn permit(&self, caller: Caller, access: Access) -> Result<Permit<'_, C>> {
        self.in_place.permit(caller, access).await
    }

    /// [`InPlace::model_permit`].
    pub async fn model_permit(&self, caller: Caller, access: Access) -> Result<ModelPermit<'_, C>> {
        self.in_place.model_permit(caller, access).await
    }

    /// [`InPlace::owned_permit`].
    pub async fn owned_permit(&self, caller: Caller, access: Access) -> Result<OwnedPermit<C>> {
        self.in_place.owned_permit(caller, access).await
    }

    /// [`InPlace::owned_model_permit`].
    pub async fn owned_model_permit(
        &self,
        caller: Caller,
        access: Access,
    ) -> Result<OwnedPermit<C>> {
        self.in_place.owned_model_permit(caller, access).await
    }

    /// Makes a call on the next free thread.
    pub async fn call<T, F>(&self, caller: Caller, access: Access, function: F) -> Result<T>
    where
        F: FnOnce(&C) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let call = move |instance: &mut Arc<C>| function(instance);
        self.threads.call(caller, access, call).await
    }

    /// Makes a call in a batch, on the next free replica.
    pub async fn call_batched<A, T, F>(
        &self,
        caller: Caller,
        access: Access,
        method: &'static str,
        asked: Asked<A>,
        function: F,
    ) -> Result<T>
    where
        F: Fn(&C, Vec<A>) -> Result<Vec<Result<T>>> + Send + 'static,
        A: Send + 'static,
        T: Send + 'static,
    {
        let function = move |instance: &mut Arc<C>, items| function(instance, items);
        let batched = self
            .threads
            .call_batched(caller, access, method, asked, function);
        batched.await
    }
}

impl<D, C> Fakeable for InPlaceAndThreads<D, C>
where
    D: Send + Sync + 'static,
    C: Cell<D>,
{
    fn fake_slot(&self) -> &FakeSlot {
        self.in_place.fake_slot()
    }
}

impl<D, C> Engine for InPlaceAndThreads<D, C>
where
    D: Send + Sync + 'static,
    C: Cell<D>,
{
    const HAS_THREADS: bool = true;

    fn new() -> Self {
        let in_place = InPlace::<D, C>::new();
        let threads = Arc::new(Pool::new());
        // A call that breaks the instance breaks it for both.
        let core = Arc::downgrade(in_place.core());
        threads.set_on_broken(move |id| {
            if let Some(core) = core.upgrade() {
                core.remove(id);
            }
        });
        let pool = Arc::downgrade(&threads);
        in_place.core().set_on_broken(move |id| {
            if let Some(pool) = pool.upgrade() {
                pool.dismiss(id);
            }
        });
        InPlaceAndThreads { in_place, threads }
    }

    fn width(&self, batch: usize) -> usize {
        let in_place = self.in_place.width(batch);
        self.threads.width(batch).max(in_place)
    }

    fn variable(&self) -> Option<&str> {
        self.in_place.variable()
    }

    fn has_place(&self) -> bool {
        self.threads.has_place() && self.in_place.has_place()
    }

    fn batches(&self) -> Vec<Stats> {
        self.threads.batches()
    }
}

impl<D, C> Replicated<D> for InPlaceAndThreads<D, C>
where
    D: Send + Sync + 'static,
    C: Cell<D>,
{
    fn open(&self, plan: Plan, add_batchers: AddBatchers) {
        self.threads.open(plan.clone(), add_batchers);
        self.in_place.open(plan, add_batchers);
    }

    fn plan(&self) -> Result<&Plan> {
        self.threads.plan()
    }

    fn load(&self) -> Load {
        let (threads, in_place) = (self.threads.load(), self.in_place.load());
        Load {
            ongoing: threads.ongoing + in_place.ongoing,
            queued: threads.queued + in_place.queued,
        }
    }

    fn lines(&self) -> Vec<Line> {
        [self.in_place.lines(), vec![self.threads.line()]].concat()
    }

    fn skip_unpolled(&self) {
        self.in_place.skip_unpolled();
    }

    fn capacity(&self) -> Option<usize> {
        let threads = self.threads.capacity()?;
        let in_place = self.in_place.capacity();
        Some(in_place.map_or(threads, |in_place| in_place.min(threads)))
    }

    #[cfg(feature = "config")]
    fn limits_changed(&self) {
        self.in_place.limits_changed();
    }

    fn add(
        &self,
        id: ReplicaId,
        blueprint: Blueprint<D>,
        grant: Arc<Grant>,
    ) -> BoxFuture<'static, Result<()>> {
        let core = Arc::clone(self.in_place.core());
        let threads = Arc::clone(&self.threads);
        async move {
            let waking = Arc::downgrade(&threads);
            let wake_thread = move || {
                if let Some(threads) = waking.upgrade() {
                    threads.wake(id);
                }
            };
            let usage = Usage::new(Some(Box::new(wake_thread)));
            let replica = core.build(id, blueprint, usage, &grant).await?;
            let sharing = Arc::new(SharedReplica {
                usage: Arc::clone(&replica.usage),
                core: Arc::clone(&core),
            });
            let lent = Arc::clone(replica.instance());
            let models = Arc::clone(&replica.models);
            threads
                .add(id, grant, models, sharing, move |_plan| Ok(lent))
                .await?;
            core.admit(replica);
            Ok(())
        }
        .boxed()
    }

    fn retire(&self, id: ReplicaId) -> BoxFuture<'static, ()> {
        self.threads.dismiss(id);
        let (in_place, threads) = (self.in_place.retire(id), Arc::clone(&self.threads));
        async move {
            in_place.await;
            threads.wait_until_ended(id).await;
        }
        .boxed()
    }

    fn discard(&self, id: ReplicaId) {
        self.threads.discard(id);
        self.in_place.discard(id);
    }

    fn busy_until(&self, id: ReplicaId) -> Option<Instant> {
        self.threads.busy_until(id)
    }

    fn check_health(&self, id: ReplicaId, hooks: Hooks<D>) -> BoxFuture<'static, Result<()>> {
        self.in_place.check_health(id, hooks)
    }

    fn reconfigure(
        &self,
        id: ReplicaId,
        hooks: Hooks<D>,
        config: UserConfig,
    ) -> BoxFuture<'static, Result<()>> {
        let core = Arc::clone(self.in_place.core());
        let threads = Arc::clone(&self.threads);
        async move {
            let runtime = threads.plan()?.runtime.clone();
            // Between two calls of its thread, while it takes none in place.
            let change = async |held| {
                let order = move |instance: &mut Arc<C>| {
                    let _held = held;
                    let change = |lent: Lent<'_, D>| hooks.reconfigure(lent, &config, &runtime);
                    C::lend_to_change(instance, change)
                };
                threads.order(id, order, panicked).await
            };
            core.change(id, change).await
        }
        .boxed()
    }

    fn close(&self) {
        self.threads.close();
        self.in_place.close();
    }

    fn wait_idle(&self) -> BoxFuture<'_, ()> {
        async {
            self.threads.wait_idle().await;
            self.in_place.wait_idle().await;
        }
        .boxed()
    }

    fn fail(&self, cause: Option<&str>) {
        self.threads.fail(cause);
        self.in_place.fail(cause);
    }

    fn stop(&self) {
        self.threads.stop();
        self.in_place.stop();
    }
}

/// A replica that is called in place as well as by its thread.
struct SharedReplica<C> {
    usage: Arc<Usage>,
    core: Arc<Core<C>>,
}

impl<C: Send + Sync> Sharing for SharedReplica<C> {
    fn try_begin(&self, access: Access) -> bool {
        self.usage
            .try_begin_on_thread(access, self.core.line_waits())
    }

    fn withdraw(&self) -> bool {
        self.usage.withdraw_thread()
    }

    fn notify(&self) {
        self.core.notify_room();
    }

    fn end(&self, access: Access) {
        self.usage.end_on_thread(access);
        self.notify();
    }
}
