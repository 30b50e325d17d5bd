//! Replicas that live on threads of their own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use tokio::runtime::Handle;

use serve_topology::Batch;

use super::plan::not_deployed;
use super::pool::{Pool, Residence};
use super::{Constructor, Engine, FakeSlot, Fakeable, Plan};
use crate::Result;
use crate::batch::{Asked, Batchers, Stats};

/// Runs instances of `D`, each on its own thread from construction to drop: they need be neither
/// `Send` nor `Sync`, and a call may block.
pub struct Compute<D: 'static> {
    pool: OnceLock<Arc<Pool<Alone<D>, D>>>,
    batchers: Batchers,
    fake: FakeSlot,
}

/// Every thread has an instance to itself.
struct Alone<D>(Constructor<D>);

impl<D: 'static> Residence for Alone<D> {
    type Value = D;

    fn first(&self, _replica: usize, runtime: &Handle) -> Result<D> {
        self.0.build(runtime)
    }

    fn next(
        &self,
        _replica: usize,
        broken: D,
        runtime: &Handle,
        wanted: &dyn Fn() -> bool,
    ) -> Result<D> {
        // A broken instance's drop may well panic, too; the hook has reported it then.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(broken)));
        self.0.rebuild(runtime, wanted)
    }
}

impl<D: 'static> Compute<D> {
    /// Makes a call on the next free replica.
    pub async fn call<T, F>(&self, function: F) -> Result<T>
    where
        F: FnOnce(&mut D) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let pool = self.pool.get().ok_or_else(not_deployed)?;
        pool.call(function).await
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
        F: Fn(&mut D, Vec<A>) -> Result<Vec<Result<T>>> + Send + 'static,
        A: Send + 'static,
        T: Send + 'static,
    {
        let pool = self.pool.get().ok_or_else(not_deployed)?;
        let batcher = pool.batcher(&self.batchers, method, &batch)?;
        pool.call_batched(&batcher, asked, function).await
    }
}

impl<D: 'static> Fakeable for Compute<D> {
    fn fake(&self) -> &FakeSlot {
        &self.fake
    }
}

impl<D: 'static> Engine<D> for Compute<D> {
    fn new() -> Self {
        Compute {
            pool: OnceLock::new(),
            batchers: Batchers::default(),
            fake: FakeSlot::default(),
        }
    }

    async fn start(self: &Arc<Self>, plan: Plan<D>) -> Result<()> {
        // Known before it has started, so that it can be stopped until then, too.
        let new = || Pool::new(Alone(plan.constructor.clone()), &plan);
        self.pool.get_or_init(new).start(plan.num_replicas).await
    }

    async fn drain(&self) {
        if let Some(pool) = self.pool.get() {
            pool.drain().await;
        }
    }

    fn stop(&self) {
        if let Some(pool) = self.pool.get() {
            pool.stop();
        }
    }

    fn health(&self) -> Result<()> {
        self.pool.get().ok_or_else(not_deployed)?.health()
    }

    fn width(&self, batch: usize) -> usize {
        self.pool.get().map_or(1, |pool| pool.width(batch))
    }

    fn batches(&self) -> Vec<Stats> {
        self.batchers.stats()
    }
}
