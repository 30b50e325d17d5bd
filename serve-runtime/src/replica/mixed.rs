//! Replicas that are called in place by their `async fn`, and on a thread by their `fn` methods.

use std::sync::{Arc, OnceLock};

use tokio::runtime::Handle;

use serve_topology::Batch;

use super::in_place::InPlace;
use super::plan::not_deployed;
use super::pool::{Pool, Residence};
use super::{Engine, FakeSlot, Fakeable, Plan, Visit};
use crate::Result;
use crate::batch::{Asked, Batchers, Stats};

/// Runs shared instances, each with a thread for its compute methods. `C` is as for [`InPlace`].
pub struct Mixed<D, C> {
    instances: Arc<InPlace<D, C>>,
    pool: OnceLock<Arc<Lodging<D, C>>>,
    batchers: Batchers,
}

type Lodging<D, C> = Pool<Lodgers<D, C>, Lodger<D, C>>;

/// Every thread works with the instance that its replica has in place.
struct Lodgers<D, C>(Arc<InPlace<D, C>>);

/// What a thread knows of its instance, which in-place calls may have had replaced meanwhile.
struct Lodger<D, C> {
    instances: Arc<InPlace<D, C>>,
    replica: usize,
    instance: Arc<C>,
    runtime: Handle,
}

impl<D, C> Lodger<D, C>
where
    D: Send + Sync + 'static,
    C: From<D> + Send + Sync + 'static,
{
    /// The replica's instance as of now.
    fn instance(&mut self) -> Result<&C> {
        let current = self.instances.replica(self.replica);
        self.instance = self.runtime.block_on(current)?;
        Ok(&self.instance)
    }
}

impl<D, C> Residence for Lodgers<D, C>
where
    D: Send + Sync + 'static,
    C: From<D> + Send + Sync + 'static,
{
    type Value = Lodger<D, C>;

    fn first(&self, replica: usize, runtime: &Handle) -> Result<Lodger<D, C>> {
        Ok(Lodger {
            instances: Arc::clone(&self.0),
            replica,
            instance: runtime.block_on(self.0.replica(replica))?,
            runtime: runtime.clone(),
        })
    }

    fn broken(&self, replica: usize, lodger: &Lodger<D, C>) {
        self.0.replace(replica, &lodger.instance);
    }

    fn next(
        &self,
        replica: usize,
        broken: Lodger<D, C>,
        runtime: &Handle,
        _wanted: &dyn Fn() -> bool,
    ) -> Result<Lodger<D, C>> {
        drop(broken);
        self.first(replica, runtime)
    }
}

impl<D, C> Mixed<D, C>
where
    D: Send + Sync + 'static,
    C: From<D> + Send + Sync + 'static,
{
    /// Waits for a free replica and takes a place at it.
    pub async fn enter(&self) -> Result<Visit<'_, D, C>> {
        self.instances.enter().await
    }

    /// Makes a call on the next free thread.
    pub async fn call<T, F>(&self, function: F) -> Result<T>
    where
        F: FnOnce(&C) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let pool = self.pool.get().ok_or_else(not_deployed)?;
        pool.call(|lodger| function(lodger.instance()?)).await
    }

    /// Makes a call in a batch, on the next free thread.
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
        let pool = self.pool.get().ok_or_else(not_deployed)?;
        let batcher = pool.batcher(&self.batchers, method, &batch)?;
        let function = move |lodger: &mut Lodger<D, C>, items| function(lodger.instance()?, items);
        pool.call_batched(&batcher, asked, function).await
    }
}

impl<D, C> Fakeable for Mixed<D, C>
where
    D: Send + Sync + 'static,
    C: From<D> + Send + Sync + 'static,
{
    fn fake(&self) -> &FakeSlot {
        self.instances.fake()
    }
}

impl<D, C> Engine<D> for Mixed<D, C>
where
    D: Send + Sync + 'static,
    C: From<D> + Send + Sync + 'static,
{
    fn new() -> Self {
        Mixed {
            instances: Arc::new(InPlace::new()),
            pool: OnceLock::new(),
            batchers: Batchers::default(),
        }
    }

    async fn start(self: &Arc<Self>, plan: Plan<D>) -> Result<()> {
        // Known before it has started, so that it can be stopped until then, too.
        let new = || Pool::new(Lodgers(Arc::clone(&self.instances)), &plan);
        let pool = self.pool.get_or_init(new);
        let num_replicas = plan.num_replicas;
        self.instances.start(plan).await?;
        pool.start(num_replicas).await
    }

    async fn drain(&self) {
        if let Some(pool) = self.pool.get() {
            pool.drain().await;
        }
        self.instances.drain().await;
    }

    fn stop(&self) {
        if let Some(pool) = self.pool.get() {
            pool.stop();
        }
        self.instances.stop();
    }

    fn health(&self) -> Result<()> {
        self.instances.health()
    }

    fn width(&self, batch: usize) -> usize {
        let threads = self.pool.get().map_or(1, |pool| pool.width(batch));
        threads.max(self.instances.width(batch))
    }

    fn batches(&self) -> Vec<Stats> {
        self.batchers.stats()
    }
}
