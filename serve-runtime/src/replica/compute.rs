//! Replicas that live on threads of their own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use tokio::runtime::Handle;

use super::plan::not_deployed;
use super::pool::{Pool, Residence};
use super::{Constructor, Engine, FakeSlot, Fakeable, Plan};
use crate::Result;

/// Runs instances of `D`, each on its own thread from construction to drop: they need be neither
/// `Send` nor `Sync`, and a call may block.
pub struct Compute<D: 'static> {
    pool: OnceLock<Arc<Pool<Alone<D>, D>>>,
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
}

impl<D: 'static> Fakeable for Compute<D> {
    fn fake(&self) -> &FakeSlot {
        &self.fake
    }
}

impl<D: 'static> Engine<D> for Compute<D> {
    const HAS_THREADS: bool = true;

    fn new() -> Self {
        Compute {
            pool: OnceLock::new(),
            fake: FakeSlot::default(),
        }
    }

    async fn start(self: &Arc<Self>, plan: Plan<D>) -> Result<()> {
        // Known before it has started, so that it can be stopped until then, too.
        let new = || Pool::new(Alone(plan.constructor.clone()), &plan);
        self.pool.get_or_init(new).start(plan.grants).await
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

    fn width(&self) -> usize {
        self.pool.get().map_or(1, |pool| pool.width())
    }
}
