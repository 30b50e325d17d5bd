//! The engine of deployments whose methods are all `fn`.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::Instant;

use crate::Result;
use crate::batch::{AddBatchers, Asked, Stats};
use crate::engine::lifecycle::{Hooks, Lent, UserConfig, panicked};
use crate::engine::threads::pool::Pool;
use crate::engine::threads::sharing::Alone;
use crate::engine::{
    Access, Blueprint, Engine, FakeSlot, Fakeable, Line, Load, Plan, ReplicaId, Replicated,
};
use crate::request::caller::Caller;
use crate::resources::Grant;

/// Runs instances of `D`, each on its own thread from construction to drop: they need be neither
/// `Send` nor `Sync`, and a call may block.
pub struct Threads<D: 'static> {
    pool: Arc<Pool<D>>,
    fake: FakeSlot,
}

impl<D: 'static> Threads<D> {
    /// Makes a call on the next free replica.
    pub async fn call<T, F>(&self, caller: Caller, _access: Access, function: F) -> Result<T>
    where
        F: FnOnce(&mut D) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.pool.call(caller, Access::Any, function).await
    }

    /// Makes a call in a batch, on the next free replica.
    pub async fn call_batched<A, T, F>(
        &self,
        caller: Caller,
        _access: Access,
        method: &'static str,
        asked: Asked<A>,
        function: F,
    ) -> Result<T>
    where
        F: Fn(&mut D, Vec<A>) -> Result<Vec<Result<T>>> + Send + 'static,
        A: Send + 'static,
        T: Send + 'static,
    {
        self.pool
            .call_batched(caller, Access::Any, method, asked, function)
            .await
    }
}

impl<D: 'static> Fakeable for Threads<D> {
    fn fake_slot(&self) -> &FakeSlot {
        &self.fake
    }
}

impl<D: 'static> Engine for Threads<D> {
    const HAS_THREADS: bool = true;

    fn new() -> Self {
        Threads {
            pool: Arc::new(Pool::new()),
            fake: FakeSlot::default(),
        }
    }

    fn width(&self, batch: usize) -> usize {
        self.pool.width(batch)
    }

    fn variable(&self) -> Option<&str> {
        self.pool.state.opened().map(|plan| &*plan.variable)
    }

    fn has_place(&self) -> bool {
        self.pool.has_place()
    }

    fn batches(&self) -> Vec<Stats> {
        self.pool.batches()
    }
}

impl<D: 'static> Replicated<D> for Threads<D> {
    fn open(&self, plan: Plan, add_batchers: AddBatchers) {
        self.pool.open(plan, add_batchers);
    }

    fn plan(&self) -> Result<&Plan> {
        self.pool.plan()
    }

    fn load(&self) -> Load {
        self.pool.load()
    }

    fn lines(&self) -> Vec<Line> {
        vec![self.pool.line()]
    }

    fn capacity(&self) -> Option<usize> {
        self.pool.capacity()
    }

    fn add(
        &self,
        id: ReplicaId,
        blueprint: Blueprint<D>,
        grant: Arc<Grant>,
    ) -> BoxFuture<'static, Result<()>> {
        let pool = Arc::clone(&self.pool);
        let make = move |plan: &Plan| blueprint.build(&plan.runtime);
        async move {
            pool.add(id, grant, Arc::default(), Arc::new(Alone), make)
                .await
        }
        .boxed()
    }

    fn retire(&self, id: ReplicaId) -> BoxFuture<'static, ()> {
        self.pool.dismiss(id);
        let pool = Arc::clone(&self.pool);
        async move { pool.wait_until_ended(id).await }.boxed()
    }

    fn discard(&self, id: ReplicaId) {
        self.pool.discard(id);
    }

    fn busy_until(&self, id: ReplicaId) -> Option<Instant> {
        self.pool.busy_until(id)
    }

    fn check_health(&self, id: ReplicaId, hooks: Hooks<D>) -> BoxFuture<'static, Result<()>> {
        let pool = Arc::clone(&self.pool);
        async move {
            let runtime = pool.plan()?.runtime.clone();
            let order = move |instance: &mut D| hooks.check_health(instance, &runtime);
            pool.order(id, order, |_| false).await
        }
        .boxed()
    }

    fn reconfigure(
        &self,
        id: ReplicaId,
        hooks: Hooks<D>,
        config: UserConfig,
    ) -> BoxFuture<'static, Result<()>> {
        let pool = Arc::clone(&self.pool);
        async move {
            let runtime = pool.plan()?.runtime.clone();
            let order = move |instance: &mut D| {
                hooks.reconfigure(Lent::Exclusive(instance), &config, &runtime)
            };
            pool.order(id, order, panicked).await
        }
        .boxed()
    }

    fn close(&self) {
        self.pool.close();
    }

    fn wait_idle(&self) -> BoxFuture<'_, ()> {
        self.pool.wait_idle().boxed()
    }

    fn fail(&self, cause: Option<&str>) {
        self.pool.fail(cause);
    }

    fn stop(&self) {
        self.pool.stop();
    }
}
