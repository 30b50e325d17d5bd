//! Replicas that are called on the caller's task.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::Notify;

use super::constructor::off_the_runtime;
use super::failure::Failure;
use super::lifecycle::{Cell, Hooks, UserConfig};
use super::plan::{Event, not_deployed};
use super::set::{Place, Replica, Set};
use super::visit::{ModelVisit, Stay, Visit};
use super::{Blueprint, Engine, FakeSlot, Fakeable, Load, Plan, ReplicaId, UNLIMITED_WIDTH};
use crate::gate::{Gate, Refused};
use crate::multiplex::Held as HeldModel;
use crate::request::model_id;
use crate::resources::Grant;
use crate::{Error, ErrorKind, Result};

/// Runs shared instances in place. `C` is what callers see of an instance of `D`: itself, or a lock
/// around it if a method takes `&mut self`.
pub struct InPlace<D, C> {
    shared: Arc<Shared<C>>,
    fake: FakeSlot,
    of: std::marker::PhantomData<fn() -> D>,
}

/// What calls and the controller share.
pub(super) struct Shared<C> {
    open: OnceLock<Plan>,
    set: Set<C>,
    gate: Gate,
    closed: AtomicBool,
    failure: Failure,
    /// How many wait for calls to leave.
    watched: AtomicU32,
    /// Told when a call has left while somebody waits for it.
    call_left: Notify,
    on_broken: OnceLock<OnBroken>,
}

/// Told of a replica that panicked, before anybody else is.
type OnBroken = Box<dyn Fn(ReplicaId) + Send + Sync>;

impl<D, C> InPlace<D, C> {
    /// Waits for a free replica and takes a place at it.
    #[inline]
    pub async fn enter(&self) -> Result<Visit<'_, C>> {
        self.shared.enter().await
    }

    /// The same at one that has the model that the call is for, if there is one with room.
    pub async fn enter_for_model(&self) -> Result<ModelVisit<'_, C>> {
        self.shared.enter_for_model().await
    }

    /// [`InPlace::enter`] for as long as a stream takes.
    pub async fn stay(&self) -> Result<Stay<C>> {
        self.shared.stay().await
    }

    /// [`InPlace::enter_for_model`] for as long as a stream takes.
    pub async fn stay_for_model(&self) -> Result<Stay<C>> {
        self.shared.stay_for_model().await
    }

    pub(super) fn shared(&self) -> &Arc<Shared<C>> {
        &self.shared
    }
}

impl<C> Shared<C> {
    #[inline]
    async fn enter(&self) -> Result<Visit<'_, C>> {
        Ok(Visit::new(self, self.place().await?))
    }

    async fn stay(self: &Arc<Self>) -> Result<Stay<C>> {
        Ok(Stay::new(Arc::clone(self), (self.place().await?, None)))
    }

    async fn enter_for_model(&self) -> Result<ModelVisit<'_, C>> {
        Ok(ModelVisit::new(self, self.place_for_model().await?))
    }

    async fn stay_for_model(self: &Arc<Self>) -> Result<Stay<C>> {
        Ok(Stay::new(Arc::clone(self), self.place_for_model().await?))
    }

    #[inline]
    async fn place(&self) -> Result<Place<C>> {
        let plan = self.plan()?;
        if self.closed.load(Ordering::Acquire) {
            return Err(self.refusal(plan));
        }
        let take = || self.take(plan);
        match self.gate.try_enter(take) {
            Some(place) => Ok(place),
            // Boxed, so that a call that finds a place, as most do, is not as large as one that waits.
            None => Box::pin(self.wait(plan, take)).await,
        }
    }

    async fn place_for_model(&self) -> Result<(Place<C>, Option<HeldModel>)> {
        let plan = self.plan()?;
        if self.closed.load(Ordering::Acquire) {
            return Err(self.refusal(plan));
        }
        let model_id = model_id();
        let take = || {
            let limit = plan.limits.max_ongoing_requests();
            let entered = match &model_id {
                None => self.set.enter(limit).map(|place| (place, None)),
                Some(model_id) => {
                    let entered = self.set.enter_for(model_id, limit);
                    entered.map(|(place, held)| (place, Some(held)))
                }
            };
            if entered.is_none() {
                self.let_go();
            }
            entered
        };
        match self.gate.try_enter(take) {
            Some(entered) => Ok(entered),
            None => Box::pin(self.wait(plan, take)).await,
        }
    }

    /// Takes a place, if one is free. Who looked and found none held a replica for a moment.
    #[inline]
    fn take(&self, plan: &Plan) -> Option<Place<C>> {
        let place = self.set.enter(plan.limits.max_ongoing_requests());
        if place.is_none() {
            self.let_go();
        }
        place
    }

    /// Stands in line.
    async fn wait<P>(&self, plan: &Plan, take: impl Fn() -> Option<P>) -> Result<P> {
        if self.set.len() == 0 {
            plan.tell(Event::Wanted);
        }
        let entered = self
            .gate
            .wait(plan.limits.max_queued_requests(), take)
            .await;
        entered.map_err(|refused| match refused {
            Refused::Full => plan.overloaded(),
            Refused::Closed => self.refusal(plan),
            Refused::Late => Error::deadline_passed(),
        })
    }

    fn plan(&self) -> Result<&Plan> {
        self.open.get().ok_or_else(not_deployed)
    }

    fn refusal(&self, plan: &Plan) -> Error {
        self.failure.get().unwrap_or_else(|| plan.stopped())
    }

    /// A call has left a replica.
    #[inline]
    pub(super) fn left(&self) {
        self.gate.left();
        self.let_go();
    }

    /// Somebody holds a replica no more: who waits until nobody does is told.
    #[inline]
    fn let_go(&self) {
        if self.watched.load(Ordering::SeqCst) > 0 {
            self.call_left.notify_waiters();
        }
    }

    /// Waits until something is so that changes when a call leaves.
    async fn until(&self, reached: impl Fn() -> bool) {
        let _watching = Watching::new(&self.watched);
        loop {
            let left = self.call_left.notified();
            if reached() {
                return;
            }
            left.await;
        }
    }

    /// A replica panicked: no further call goes to it.
    pub(super) fn broken(&self, id: ReplicaId) {
        if self.set.remove(id).is_some()
            && let Ok(plan) = self.plan()
        {
            if let Some(on_broken) = self.on_broken.get() {
                on_broken(id);
            }
            plan.tell(Event::Lost(id));
        }
    }

    /// What is told first of a replica that panicked.
    pub(super) fn on_broken(&self, told: impl Fn(ReplicaId) + Send + Sync + 'static) {
        let _ = self.on_broken.set(Box::new(told)); // whoever makes the engine sets it once
    }

    /// A replica takes calls from now on.
    pub(super) fn admit(&self, replica: Arc<Replica<C>>) {
        self.set.add(replica);
        self.gate.left();
    }

    pub(super) fn remove(&self, id: ReplicaId) -> Option<Arc<Replica<C>>> {
        self.set.remove(id)
    }

    /// Builds a replica, which takes no calls as yet.
    pub(super) async fn build<D>(
        &self,
        id: ReplicaId,
        blueprint: Blueprint<D>,
        grant: &Arc<Grant>,
    ) -> Result<Arc<Replica<C>>>
    where
        D: Send + 'static,
        C: Cell<D>,
    {
        let plan = self.plan()?;
        let runtime = plan.runtime.clone();
        let granted = Arc::clone(grant);
        let build = move || {
            let instance = granted
                .context()
                .on_its_cores(|| blueprint.build(&runtime))?;
            // Made here, so that the grant goes with the instance: both are there, or neither.
            Ok(Replica::new(id, C::from(instance), granted))
        };
        off_the_runtime(&plan.name, id, build).await
    }

    /// Runs something on an instance, on a thread of its own.
    async fn with(
        self: &Arc<Self>,
        replica: Arc<Replica<C>>,
        with: impl FnOnce(&C, &Handle) -> Result<()> + Send + 'static,
    ) -> Result<()>
    where
        C: Send + Sync + 'static,
    {
        let plan = self.plan()?;
        let runtime = plan.runtime.clone();
        let id = replica.id;
        // Goes with the thread, which may work on when nobody waits for it any more.
        let held = Held {
            replica: Some(replica),
            shared: Arc::clone(self),
        };
        let work = move || match &held.replica {
            Some(replica) => with(&replica.instance, &runtime),
            None => Ok(()),
        };
        off_the_runtime(&plan.name, id, work).await
    }

    pub(super) async fn check_health<D>(
        self: &Arc<Self>,
        id: ReplicaId,
        hooks: Hooks<D>,
    ) -> Result<()>
    where
        D: 'static,
        C: Cell<D>,
    {
        let replica = self.set.get(id).ok_or_else(|| gone(id))?;
        self.with(replica, move |cell, runtime| {
            cell.lend_to_read(|instance| hooks.check_health(instance, runtime))
        })
        .await
    }

    /// One that panics takes no calls any more.
    pub(super) async fn reconfigure<D>(
        self: &Arc<Self>,
        id: ReplicaId,
        hooks: Hooks<D>,
        config: UserConfig,
    ) -> Result<()>
    where
        D: 'static,
        C: Cell<D>,
    {
        let replica = self.set.remove(id).ok_or_else(|| gone(id))?;
        self.is_idle(&replica).await;
        let reconfigured = self.with(Arc::clone(&replica), move |cell, runtime| {
            cell.lend_to_change(|instance| hooks.reconfigure(instance, &config, runtime))
        });
        let reconfigured = reconfigured.await;
        let is_broken = |error: &Error| error.kind() == ErrorKind::Panicked;
        if !reconfigured.as_ref().is_err_and(is_broken) {
            replica.rest(false);
            self.admit(replica);
        }
        reconfigured
    }

    pub(super) fn retire(self: &Arc<Self>, id: ReplicaId) -> BoxFuture<'static, ()>
    where
        C: Send + Sync + 'static,
    {
        match self.set.remove(id) {
            None => async {}.boxed(),
            Some(replica) => {
                let shared = Arc::clone(self);
                async move { shared.is_idle(&replica).await }.boxed()
            }
        }
    }

    pub(super) fn load(&self) -> Load {
        Load {
            ongoing: self.set.ongoing(),
            queued: self.gate.waiting() as usize,
        }
    }

    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    pub(super) async fn idle(&self) {
        self.gate.emptied().await;
        self.until(|| self.set.ongoing() == 0).await;
    }

    /// Waits until a replica that takes no more calls has none.
    async fn is_idle(&self, replica: &Arc<Replica<C>>) {
        self.until(|| Arc::strong_count(replica) == 1).await;
    }

    pub(super) fn fail(&self, cause: Option<&str>) {
        self.failure.set(cause);
        match cause {
            None => {
                self.gate.open();
                self.closed.store(false, Ordering::Release);
            }
            Some(_) => self.stop(),
        }
    }

    pub(super) fn stop(&self) {
        self.close();
        self.set.clear();
        self.gate.close();
    }
}

/// A replica that somebody holds who is no call.
struct Held<C> {
    /// There until it is dropped.
    replica: Option<Arc<Replica<C>>>,
    shared: Arc<Shared<C>>,
}

impl<C> Drop for Held<C> {
    fn drop(&mut self) {
        self.replica = None;
        self.shared.let_go();
    }
}

/// Counts who waits for calls to leave.
struct Watching<'a>(&'a AtomicU32);

impl<'a> Watching<'a> {
    fn new(watched: &'a AtomicU32) -> Self {
        watched.fetch_add(1, Ordering::SeqCst);
        Watching(watched)
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn gone(id: ReplicaId) -> Error {
    Error::unavailable(format!("replica {id} is gone"))
}

impl<D, C> Fakeable for InPlace<D, C> {
    fn fake(&self) -> &FakeSlot {
        &self.fake
    }
}

#[allow(private_interfaces)]
impl<D, C> Engine<D> for InPlace<D, C>
where
    D: Send + Sync + 'static,
    C: Cell<D>,
{
    fn new() -> Self {
        InPlace {
            shared: Arc::new(Shared {
                open: OnceLock::new(),
                set: Set::new(),
                gate: Gate::new(),
                closed: AtomicBool::new(false),
                failure: Failure::default(),
                watched: AtomicU32::new(0),
                call_left: Notify::new(),
                on_broken: OnceLock::new(),
            }),
            fake: FakeSlot::default(),
            of: std::marker::PhantomData,
        }
    }

    fn open(&self, plan: Plan) {
        // Whoever deploys has the only engine there is.
        let _ = self.shared.open.set(plan);
    }

    fn plan(&self) -> Result<&Plan> {
        self.shared.plan()
    }

    fn width(&self, _batch: usize) -> usize {
        let plan = self.shared.open.get();
        let each = plan.and_then(|plan| plan.limits.max_ongoing_requests());
        let each = each.map_or(UNLIMITED_WIDTH, |limit| limit as usize);
        self.shared.set.len().max(1).saturating_mul(each)
    }

    fn load(&self) -> Load {
        self.shared.load()
    }

    fn capacity(&self) -> Option<usize> {
        let limits = &self.shared.open.get()?.limits;
        let each = limits.max_ongoing_requests()? as usize;
        let at_work = self.shared.set.len().max(1).saturating_mul(each);
        Some(at_work.saturating_add(limits.max_queued_requests() as usize))
    }

    fn add(
        &self,
        id: ReplicaId,
        blueprint: Blueprint<D>,
        grant: Arc<Grant>,
    ) -> BoxFuture<'static, Result<()>> {
        let shared = Arc::clone(&self.shared);
        async move {
            let replica = shared.build(id, blueprint, &grant).await?;
            shared.admit(replica);
            Ok(())
        }
        .boxed()
    }

    fn retire(&self, id: ReplicaId) -> BoxFuture<'static, ()> {
        self.shared.retire(id)
    }

    fn discard(&self, id: ReplicaId) {
        drop(self.shared.remove(id));
    }

    fn check_health(&self, id: ReplicaId, hooks: Hooks<D>) -> BoxFuture<'static, Result<()>> {
        let shared = Arc::clone(&self.shared);
        async move { shared.check_health(id, hooks).await }.boxed()
    }

    fn reconfigure(
        &self,
        id: ReplicaId,
        hooks: Hooks<D>,
        config: UserConfig,
    ) -> BoxFuture<'static, Result<()>> {
        let shared = Arc::clone(&self.shared);
        async move { shared.reconfigure(id, hooks, config).await }.boxed()
    }

    fn close(&self) {
        self.shared.close();
    }

    fn idle(&self) -> BoxFuture<'_, ()> {
        self.shared.idle().boxed()
    }

    fn fail(&self, cause: Option<&str>) {
        self.shared.fail(cause);
    }

    fn stop(&self) {
        self.shared.stop();
    }
}
