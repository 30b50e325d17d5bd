//! No replicas at all.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::Result;
use crate::deployment::{Bound, Callable};
use crate::engine::lifecycle::{Hooks, UserConfig};
use crate::engine::plan::not_deployed;
use crate::engine::{
    Blueprint, Engine, FakeSlot, Fakeable, Load, Plan, ReplicaId, UNLIMITED_WIDTH,
};
use crate::resources::Grant;
use crate::service::{AnyService, BareService};

/// The engine of a stateless `async fn` without a limit: a call of it is a plain call.
pub struct Bare {
    fake: FakeSlot,
}

impl Fakeable for Bare {
    fn fake(&self) -> &FakeSlot {
        &self.fake
    }
}

#[allow(private_interfaces)]
impl<D: 'static> Engine<D> for Bare {
    const REPLICATED: bool = false;

    fn new() -> Self {
        Bare {
            fake: FakeSlot::default(),
        }
    }

    fn service(bound: Bound<D>) -> Box<dyn AnyService>
    where
        D: Callable<Engine = Self>,
    {
        Box::new(BareService::new(bound))
    }

    fn open(&self, _plan: Plan) {}

    fn width(&self, _batch: usize) -> usize {
        UNLIMITED_WIDTH
    }

    fn load(&self) -> Load {
        Load::default()
    }

    fn capacity(&self) -> Option<usize> {
        None
    }

    fn plan(&self) -> Result<&Plan> {
        Err(not_deployed())
    }

    fn add(
        &self,
        _id: ReplicaId,
        _blueprint: Blueprint<D>,
        _grant: Arc<Grant>,
    ) -> BoxFuture<'static, Result<()>> {
        async { Ok(()) }.boxed()
    }

    fn retire(&self, _id: ReplicaId) -> BoxFuture<'static, ()> {
        async {}.boxed()
    }

    fn discard(&self, _id: ReplicaId) {}

    fn check_health(&self, _id: ReplicaId, _hooks: Hooks<D>) -> BoxFuture<'static, Result<()>> {
        async { Ok(()) }.boxed()
    }

    fn reconfigure(
        &self,
        _id: ReplicaId,
        _hooks: Hooks<D>,
        _config: UserConfig,
    ) -> BoxFuture<'static, Result<()>> {
        async { Ok(()) }.boxed()
    }

    fn close(&self) {}

    fn idle(&self) -> BoxFuture<'_, ()> {
        async {}.boxed()
    }

    fn fail(&self, _cause: Option<&str>) {}

    fn stop(&self) {}
}
