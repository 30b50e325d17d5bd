//! Replicas that are called in place by their `async fn`, and on a thread by their `fn` methods.

use std::sync::{Arc, OnceLock};

use tokio::runtime::Handle;

use super::in_place::InPlace;
use super::plan::not_deployed;
use super::pool::{Pool, Residence};
use super::{Engine, FakeSlot, Fakeable, Plan, Visit};
use crate::Result;

/// Runs shared instances, each with a thread for its compute methods. `C` is as for [`InPlace`].
pub struct Mixed<D, C> {
    instances: Arc<InPlace<D, C>>,
    pool: OnceLock<Arc<Lodging<D, C>>>,
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
    const HAS_THREADS: bool = true;

    fn new() -> Self {
        Mixed {
            instances: Arc::new(InPlace::new()),
            pool: OnceLock::new(),
        }
    }

    async fn start(self: &Arc<Self>, plan: Plan<D>) -> Result<()> {
        // Known before it has started, so that it can be stopped until then, too.
        let new = || Pool::new(Lodgers(Arc::clone(&self.instances)), &plan);
        let pool = self.pool.get_or_init(new);
        let grants = plan.grants.clone();
        self.instances.start(plan).await?;
        pool.start(grants).await
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

    fn width(&self) -> usize {
        let threads = self.pool.get().map_or(1, |pool| pool.width());
        threads.max(self.instances.width())
    }
}
