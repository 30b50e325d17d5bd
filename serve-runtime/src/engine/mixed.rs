//! Replicas that are called in place by their `async fn`, and on a thread by their `fn` methods.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serve_topology::Batch;
use tokio::time::Instant;

use crate::Result;
use crate::batch::{Asked, Batchers, Stats};
use crate::engine::in_place::InPlace;
use crate::engine::lifecycle::{Cell, Hooks, Lent, UserConfig, panicked};
use crate::engine::threads::Pool;
use crate::engine::{
    Blueprint, Engine, FakeSlot, Fakeable, Load, ModelVisit, Plan, ReplicaId, Stay, Visit,
};
use crate::resources::Grant;

/// Runs shared instances, each with a thread for its compute methods. `C` is as for [`InPlace`].
pub struct Mixed<D, C: 'static> {
    instances: InPlace<D, C>,
    threads: Arc<Threads<C>>,
    batchers: Batchers,
}

/// A thread lends its replica's instance to its calls.
type Threads<C> = Pool<Arc<C>>;

impl<D, C: Send + Sync + 'static> Mixed<D, C> {
    /// Waits for a free replica and takes a place at it.
    pub async fn enter(&self) -> Result<Visit<'_, C>> {
        self.instances.enter().await
    }

    /// The same at one that has the model that the call is for, if there is one with room.
    pub async fn enter_for_model(&self) -> Result<ModelVisit<'_, C>> {
        self.instances.enter_for_model().await
    }

    /// [`Mixed::enter`] for as long as a stream takes.
    pub async fn stay(&self) -> Result<Stay<C>> {
        self.instances.stay().await
    }

    /// [`Mixed::enter_for_model`] for as long as a stream takes.
    pub async fn stay_for_model(&self) -> Result<Stay<C>> {
        self.instances.stay_for_model().await
    }

    /// Makes a call on the next free thread.
    pub async fn call<T, F>(&self, function: F) -> Result<T>
    where
        F: FnOnce(&C) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let call = move |instance: &mut Arc<C>| function(instance);
        self.threads.call(call).await
    }

    /// Makes a call in a batch, on the next free replica.
    pub async fn call_batched<A, T, F>(
        &self,
        method: &'static str,
        batch: Batch,
        asked: Asked<A>,
        function: F,
    ) -> Result<T>
    where
        F: Fn(&C, Vec<A>) -> Result<Vec<Result<T>>> + Send + 'static,
        A: Send + 'static,
        T: Send + 'static,
    {
        let batcher = self.threads.batcher(&self.batchers, method, &batch)?;
        let function = move |instance: &mut Arc<C>, items| function(instance, items);
        self.threads.call_batched(&batcher, asked, function).await
    }
}

impl<D, C> Fakeable for Mixed<D, C>
where
    D: Send + Sync + 'static,
    C: Cell<D>,
{
    fn fake(&self) -> &FakeSlot {
        self.instances.fake()
    }
}

#[allow(private_interfaces)]
impl<D, C> Engine<D> for Mixed<D, C>
where
    D: Send + Sync + 'static,
    C: Cell<D>,
{
    const HAS_THREADS: bool = true;

    fn new() -> Self {
        // A call that breaks the instance breaks it for the others, too.
        let instances = InPlace::new();
        let shared = Arc::downgrade(instances.shared());
        let on_thread = move |id| drop(shared.upgrade().and_then(|shared| shared.remove(id)));
        let threads: Arc<Threads<C>> = Arc::new(Pool::new(on_thread));
        let weak = Arc::downgrade(&threads);
        let in_place = move |id| {
            if let Some(threads) = weak.upgrade() {
                threads.dismiss(id);
            }
        };
        instances.shared().on_broken(in_place);
        Mixed {
            instances,
            threads,
            batchers: Batchers::default(),
        }
    }

    fn open(&self, plan: Plan) {
        self.threads.open(plan.clone());
        self.instances.open(plan);
    }

    fn capacity(&self) -> Option<usize> {
        let threads = self.threads.capacity();
        let instances = self.instances.capacity();
        Some(instances.map_or(threads, |instances| instances.min(threads)))
    }

    fn plan(&self) -> Result<&Plan> {
        self.threads.plan()
    }

    fn width(&self, batch: usize) -> usize {
        let instances = Engine::<D>::width(&self.instances, batch);
        self.threads.width(batch).max(instances)
    }

    fn batches(&self) -> Vec<Stats> {
        self.batchers.stats()
    }

    fn load(&self) -> Load {
        let (threads, instances) = (self.threads.load(), self.instances.load());
        Load {
            ongoing: threads.ongoing + instances.ongoing,
            queued: threads.queued + instances.queued,
        }
    }

    #[cfg(feature = "config")]
    fn limits_changed(&self) {
        Engine::<D>::limits_changed(&self.instances);
    }

    fn add(
        &self,
        id: ReplicaId,
        blueprint: Blueprint<D>,
        grant: Arc<Grant>,
    ) -> BoxFuture<'static, Result<()>> {
        let instances = Arc::clone(self.instances.shared());
        let threads = Arc::clone(&self.threads);
        async move {
            let replica = instances.build(id, blueprint, &grant).await?;
            let lent = Arc::clone(replica.instance());
            let models = Arc::clone(&replica.models);
            threads
                .add(id, grant, models, move |_plan| Ok(lent))
                .await?;
            instances.admit(replica);
            Ok(())
        }
        .boxed()
    }

    fn retire(&self, id: ReplicaId) -> BoxFuture<'static, ()> {
        self.threads.dismiss(id);
        let (instances, threads) = (self.instances.retire(id), Arc::clone(&self.threads));
        async move {
            instances.await;
            threads.left(id).await;
        }
        .boxed()
    }

    fn discard(&self, id: ReplicaId) {
        self.threads.discard(id);
        self.instances.discard(id);
    }

    fn busy_until(&self, id: ReplicaId) -> Option<Instant> {
        self.threads.busy_until(id)
    }

    fn check_health(&self, id: ReplicaId, hooks: Hooks<D>) -> BoxFuture<'static, Result<()>> {
        self.instances.check_health(id, hooks)
    }

    fn reconfigure(
        &self,
        id: ReplicaId,
        hooks: Hooks<D>,
        config: UserConfig,
    ) -> BoxFuture<'static, Result<()>> {
        let instances = Arc::clone(self.instances.shared());
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
            instances.change(id, change).await
        }
        .boxed()
    }

    fn close(&self) {
        self.threads.close();
        self.instances.close();
    }

    fn idle(&self) -> BoxFuture<'_, ()> {
        async {
            self.threads.idle().await;
            self.instances.idle().await;
        }
        .boxed()
    }

    fn fail(&self, cause: Option<&str>) {
        self.threads.fail(cause);
        self.instances.fail(cause);
    }

    fn stop(&self) {
        self.threads.stop();
        self.instances.stop();
    }
}
