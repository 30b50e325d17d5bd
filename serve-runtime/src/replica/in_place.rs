//! Replicas that are called on the caller's task.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use futures_util::future::try_join_all;
use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot};

use super::constructor::on_thread;
use super::plan::not_deployed;
use super::slot::{Slot, Tenant};
use super::visit::{Place, Visit};
use super::{Engine, FakeSlot, Fakeable, Plan, UNLIMITED_WIDTH};
use crate::gate::Gate;
use crate::{Error, Result};

/// Runs shared instances in place. `C` is what callers see of an instance of `D`: itself, or a lock
/// around it if a method takes `&mut self`.
pub struct InPlace<D, C> {
    started: OnceLock<Started<D, C>>,
    fake: FakeSlot,
}

pub(super) struct Started<D, C> {
    plan: Plan<D>,
    slots: Box<[Slot<C>]>,
    gate: Option<Gate>,
    closed: AtomicBool,
    /// Told when a call leaves after `closed`.
    left: Notify,
    runtime: Handle,
}

impl<D, C> InPlace<D, C>
where
    D: Send + Sync + 'static,
    C: From<D> + Send + Sync + 'static,
{
    /// Waits for a free replica and takes a place at it.
    #[inline]
    pub async fn enter(self: &Arc<Self>) -> Result<Visit<'_, D, C>> {
        let started = self.started.get().ok_or_else(not_deployed)?;
        if started.closed.load(Ordering::Acquire) {
            return Err(started.plan.stopped());
        }
        let place = match &started.gate {
            None => started.place().ok_or_else(|| started.plan.stopped())?,
            Some(gate) => {
                let place = gate.enter(|| started.place()).await;
                place.map_err(|reason| started.plan.refused(reason))?
            }
        };
        let slot = &started.slots[place.slot];
        let replica = match slot.first() {
            Some(replica) => replica,
            None => slot.replica().await?,
        };
        Ok(Visit::new(self, replica, place))
    }

    /// The replica in a slot, as soon as there is one.
    pub(super) async fn replica(&self, slot: usize) -> Result<Arc<C>> {
        let started = self.started.get().ok_or_else(not_deployed)?;
        started.slots[slot].replica().await
    }

    /// Replaces a replica that panicked, in the background; once, however many of its calls did.
    pub(super) fn replace(self: &Arc<Self>, slot: usize, broken: &Arc<C>) {
        let Some(started) = self.started.get() else {
            return;
        };
        if !started.slots[slot].evict(broken) {
            return;
        }
        tracing::error!(deployment = %started.plan.name, replica = slot, "a replica panicked and is being replaced");
        let engine = Arc::clone(self);
        let replace = move || {
            let Some(started) = engine.started.get() else {
                return;
            };
            let wanted = || !started.closed.load(Ordering::Acquire);
            let built = started.plan.constructor.rebuild(&started.runtime, wanted);
            let tenant = match built {
                Ok(instance) => Tenant::Ready(Arc::new(C::from(instance))),
                Err(error) => started.gave_up(slot, &error),
            };
            started.set(slot, tenant);
        };
        if let Err(error) = on_thread(&started.plan.name, slot, replace) {
            started.set(slot, started.gave_up(slot, &error));
        }
    }
}

impl<D, C> Started<D, C> {
    /// Takes a place at the least loaded replica; `None` if each has as many calls as it may have.
    ///
    /// While one is ready, only ready ones count: a call at another might have to fail with it.
    fn place(&self) -> Option<Place<'_, D, C>> {
        let limit = self.plan.max_ongoing_requests;
        let len = self.slots.len();
        if len == 1 {
            return self.slots[0].try_enter(limit).then(|| self.place_at(0));
        }
        let load = |slot: &usize| (self.slots[*slot].standing(), self.slots[*slot].ongoing());
        let best = (0..len).min_by_key(load)?;
        let standing = self.slots[best].standing();
        // The best may have been filled up meanwhile: any other that is as good will do then.
        let mut slots = (best..len).chain(0..best);
        let slot = slots.find(|slot| {
            let slot = &self.slots[*slot];
            slot.standing() <= standing && slot.try_enter(limit)
        })?;
        Some(self.place_at(slot))
    }

    fn place_at(&self, slot: usize) -> Place<'_, D, C> {
        Place {
            started: self,
            slot,
        }
    }

    /// A slot's replica is there, or will not come: its places count from now on, or no more.
    fn set(&self, slot: usize, tenant: Tenant<C>) {
        self.slots[slot].set(tenant);
        if let Some(gate) = &self.gate {
            gate.left();
        }
    }

    #[inline]
    pub(super) fn leave(&self, slot: usize) {
        self.slots[slot].leave();
        if let Some(gate) = &self.gate {
            gate.left();
        }
        if self.closed.load(Ordering::Acquire) {
            self.left.notify_waiters();
        }
    }

    fn ongoing(&self) -> u32 {
        self.slots.iter().map(Slot::ongoing).sum()
    }

    fn gave_up(&self, slot: usize, error: &Error) -> Tenant<C> {
        let name = &self.plan.name;
        tracing::error!(deployment = %name, replica = slot, %error, "gave up on a replica");
        Tenant::Failed(format!("`{name}` could not replace a replica: {error}").into())
    }

    async fn build(&self, slot: usize) -> Result<()>
    where
        D: Send + 'static,
        C: From<D>,
    {
        let constructor = self.plan.constructor.clone();
        let runtime = self.runtime.clone();
        let (built, instance) = oneshot::channel();
        let build = move || {
            // Nobody waits for it if another replica could not be built.
            let _ = built.send(constructor.build(&runtime));
        };
        on_thread(&self.plan.name, slot, build)?;
        let instance = instance
            .await
            .unwrap_or_else(|_| Err(self.plan.stopped()))?;
        self.slots[slot].set(Tenant::Ready(Arc::new(C::from(instance))));
        Ok(())
    }
}

impl<D, C> Fakeable for InPlace<D, C> {
    fn fake(&self) -> &FakeSlot {
        &self.fake
    }
}

impl<D, C> Engine<D> for InPlace<D, C>
where
    D: Send + Sync + 'static,
    C: From<D> + Send + Sync + 'static,
{
    fn new() -> Self {
        InPlace {
            started: OnceLock::new(),
            fake: FakeSlot::default(),
        }
    }

    async fn start(self: &Arc<Self>, plan: Plan<D>) -> Result<()> {
        let started = self.started.get_or_init(|| Started {
            slots: (0..plan.num_replicas).map(|_| Slot::new()).collect(),
            gate: plan.gate(),
            closed: AtomicBool::new(false),
            left: Notify::new(),
            runtime: Handle::current(),
            plan,
        });
        try_join_all((0..started.slots.len()).map(|slot| started.build(slot))).await?;
        Ok(())
    }

    async fn drain(&self) {
        let Some(started) = self.started.get() else {
            return;
        };
        started.closed.store(true, Ordering::Release);
        if let Some(gate) = &started.gate {
            gate.emptied().await;
        }
        loop {
            let left = started.left.notified();
            if started.ongoing() == 0 {
                return;
            }
            left.await;
        }
    }

    fn stop(&self) {
        if let Some(started) = self.started.get() {
            started.closed.store(true, Ordering::Release);
            if let Some(gate) = &started.gate {
                gate.close();
            }
            for slot in &started.slots {
                slot.set(Tenant::Stopped);
            }
        }
    }

    fn health(&self) -> Result<()> {
        let started = self.started.get().ok_or_else(not_deployed)?;
        let mut cause = Ok(());
        for slot in &started.slots {
            match slot.now() {
                Some(Err(error)) => cause = Err(error),
                Some(Ok(_)) | None => return Ok(()),
            }
        }
        cause
    }

    fn width(&self, _batch: usize) -> usize {
        let Some(started) = self.started.get() else {
            return 1;
        };
        let each = started.plan.max_ongoing_requests;
        let each = each.map_or(UNLIMITED_WIDTH, |limit| limit as usize);
        started.slots.len().saturating_mul(each)
    }
}
