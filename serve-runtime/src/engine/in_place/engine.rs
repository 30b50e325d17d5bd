//! The engine of deployments whose methods are all `async fn`.

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::Result;
use crate::batch::AddBatchers;
use crate::engine::in_place::gate::Gate;
use crate::engine::in_place::polls::Polls;
use crate::engine::in_place::replicas::Replicas;
use crate::engine::in_place::usage::Usage;
use crate::engine::lifecycle::{Cell, Hooks, UserConfig};
use crate::engine::state::EngineState;
use crate::engine::{
    Blueprint, Engine, FakeSlot, Fakeable, Line, Load, Plan, ReplicaId, Replicated, UNLIMITED_WIDTH,
};
use crate::resources::Grant;

/// Runs shared instances in place. `C` is what callers see of an instance of `D`: itself, or a lock
/// around it if a method takes `&mut self`.
pub struct InPlace<D, C> {
    core: Arc<Core<C>>,
    fake: FakeSlot,
    of: PhantomData<fn() -> D>,
}

/// What calls (`permit.rs`) and the controller (`upkeep.rs`) share.
pub(crate) struct Core<C> {
    pub(super) state: EngineState,
    pub(super) replicas: Replicas<C>,
    pub(super) gate: Gate,
    /// Takes no further calls; those that wait still get their replica.
    closed: AtomicBool,
    /// How many of the calls in flight are streams.
    pub(super) streams: AtomicUsize,
    pub(super) polls: Arc<Polls>,
}

impl<C> Core<C> {
    fn new() -> Self {
        Core {
            state: EngineState::default(),
            replicas: Replicas::new(),
            gate: Gate::new(),
            closed: AtomicBool::new(false),
            streams: AtomicUsize::new(0),
            polls: Arc::default(),
        }
    }

    #[inline]
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Whether calls wait in line.
    pub(crate) fn line_waits(&self) -> bool {
        self.gate.waiting() > 0
    }

    /// A call that waits may find a replica now.
    pub(crate) fn notify_room(&self) {
        self.gate.notify_room();
    }

    /// Lets other calls go before those that wait and are not polled.
    pub(crate) fn skip_unpolled(&self) {
        if self.gate.skip_unpolled() {
            self.replicas.line_is_empty();
        }
    }

    /// What is to be done first when a call in place panics.
    pub(crate) fn set_on_broken(&self, on_broken: impl Fn(ReplicaId) + Send + Sync + 'static) {
        self.state.set_on_broken(on_broken);
    }
}

impl<D, C> InPlace<D, C> {
    #[inline]
    pub(crate) fn core(&self) -> &Arc<Core<C>> {
        &self.core
    }
}

impl<D, C> Fakeable for InPlace<D, C> {
    fn fake_slot(&self) -> &FakeSlot {
        &self.fake
    }
}

impl<D, C> Engine for InPlace<D, C>
where
    D: Send + Sync + 'static,
    C: Cell<D>,
{
    fn new() -> Self {
        InPlace {
            core: Arc::new(Core::new()),
            fake: FakeSlot::default(),
            of: PhantomData,
        }
    }

    fn width(&self, _batch: usize) -> usize {
        let plan = self.core.state.opened();
        let each = plan.and_then(Plan::max_ongoing_requests);
        let each = each.map_or(UNLIMITED_WIDTH, |limit| limit as usize);
        self.core.replicas.len().max(1).saturating_mul(each)
    }

    fn variable(&self) -> Option<&str> {
        self.core.state.opened().map(|plan| &*plan.variable)
    }

    fn has_place(&self) -> bool {
        let limits = self.core.state.opened().map(|plan| &plan.limits);
        let max = limits.and_then(|limits| limits.max_queued_requests());
        let waiting = self.core.gate.waiting();
        // With a line, no replica has room.
        max.is_none_or(|max| waiting == 0 || waiting < max)
    }
}

impl<D, C> Replicated<D> for InPlace<D, C>
where
    D: Send + Sync + 'static,
    C: Cell<D>,
{
    fn open(&self, plan: Plan, _add_batchers: AddBatchers) {
        if let Some(clocks) = &plan.clocks {
            clocks.add(&self.core.polls, &plan.name);
        }
        self.core.state.open(plan);
    }

    fn plan(&self) -> Result<&Plan> {
        self.core.state.plan()
    }

    fn load(&self) -> Load {
        Load {
            ongoing: self.core.replicas.ongoing(),
            queued: self.core.gate.waiting() as usize,
        }
    }

    fn lines(&self) -> Vec<Line> {
        vec![Line {
            waiting: self.core.gate.waiting() as usize,
            begun: self.core.gate.begun(),
            gone: 0,
            ongoing: self.core.replicas.ongoing(),
            streams: self.core.streams.load(Ordering::Relaxed),
        }]
    }

    fn skip_unpolled(&self) {
        self.core.skip_unpolled();
    }

    fn capacity(&self) -> Option<usize> {
        let plan = self.core.state.opened()?;
        let each = plan.max_ongoing_requests()? as usize;
        let ongoing = self.core.replicas.len().max(1).saturating_mul(each);
        Some(ongoing.saturating_add(plan.limits.max_queued_requests()? as usize))
    }

    #[cfg(feature = "config")]
    fn limits_changed(&self) {
        self.core.gate.notify_room();
    }

    fn add(
        &self,
        id: ReplicaId,
        blueprint: Blueprint<D>,
        grant: Arc<Grant>,
    ) -> BoxFuture<'static, Result<()>> {
        let core = Arc::clone(&self.core);
        async move {
            let replica = core.build(id, blueprint, Usage::new(None), &grant).await?;
            core.admit(replica);
            Ok(())
        }
        .boxed()
    }

    fn retire(&self, id: ReplicaId) -> BoxFuture<'static, ()> {
        self.core.retire(id)
    }

    fn discard(&self, id: ReplicaId) {
        self.core.remove(id);
    }

    fn check_health(&self, id: ReplicaId, hooks: Hooks<D>) -> BoxFuture<'static, Result<()>> {
        let core = Arc::clone(&self.core);
        async move { core.check_health(id, hooks).await }.boxed()
    }

    fn reconfigure(
        &self,
        id: ReplicaId,
        hooks: Hooks<D>,
        config: UserConfig,
    ) -> BoxFuture<'static, Result<()>> {
        let core = Arc::clone(&self.core);
        async move { core.reconfigure(id, hooks, config).await }.boxed()
    }

    fn close(&self) {
        self.core.closed.store(true, Ordering::Release);
        self.core.replicas.close();
    }

    fn wait_idle(&self) -> BoxFuture<'_, ()> {
        async {
            self.core.gate.wait_empty().await;
            self.core.replicas.wait_idle().await;
        }
        .boxed()
    }

    fn fail(&self, cause: Option<&str>) {
        self.core.state.set_failure(cause);
        match cause {
            None => {
                self.core.gate.open();
                self.core.closed.store(false, Ordering::Release);
            }
            // Replicas that are retired finish their calls.
            Some(_) => {
                self.core.closed.store(true, Ordering::Release);
                self.core.gate.close();
            }
        }
    }

    fn stop(&self) {
        self.close();
        self.core.replicas.clear();
        self.core.gate.close();
    }
}
