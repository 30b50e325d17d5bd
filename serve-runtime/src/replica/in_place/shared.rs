//! The calls of replicas that are called in place, and how they are refused.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use tokio::sync::Notify;

use crate::gate::{Gate, Refused};
use crate::replica::failure::Failure;
use crate::replica::plan::{Event, not_deployed};
use crate::replica::set::Set;
use crate::replica::visit::{ModelVisit, Stay, Visit};
use crate::replica::{Load, Plan, ReplicaId};
use crate::request::model_id;
use crate::{Error, Result};

/// What calls and the controller share.
pub(in crate::replica) struct Shared<C> {
    pub(super) open: OnceLock<Plan>,
    pub(super) set: Set<C>,
    pub(super) gate: Gate,
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

impl<C> Shared<C> {
    pub(super) fn new() -> Self {
        Shared {
            open: OnceLock::new(),
            set: Set::new(),
            gate: Gate::new(),
            closed: AtomicBool::new(false),
            failure: Failure::default(),
            watched: AtomicU32::new(0),
            call_left: Notify::new(),
            on_broken: OnceLock::new(),
        }
    }

    #[inline]
    pub(super) async fn enter(&self) -> Result<Visit<'_, C>> {
        Ok(Visit::new(
            self,
            self.place(|limit| self.set.enter(limit)).await?,
        ))
    }

    pub(super) async fn enter_for_model(&self) -> Result<ModelVisit<'_, C>> {
        let model_id = model_id();
        let entered = self.place(|limit| match &model_id {
            None => self.set.enter(limit).map(|place| (place, None)),
            Some(model_id) => {
                let entered = self.set.enter_for(model_id, limit);
                entered.map(|(place, held)| (place, Some(held)))
            }
        });
        Ok(ModelVisit::new(self, entered.await?))
    }

    pub(super) async fn stay(self: &Arc<Self>) -> Result<Stay<C>> {
        let place = self.place(|limit| self.set.enter(limit)).await?;
        Ok(Stay::new(Arc::clone(self), place))
    }

    /// Takes a place with `enter`, which is told of the limit that a replica has; waits until there is one.
    #[inline]
    async fn place<P>(&self, enter: impl Fn(Option<u32>) -> Option<P>) -> Result<P> {
        let plan = self.plan()?;
        if self.closed.load(Ordering::Acquire) {
            return Err(self.refusal(plan));
        }
        let take = || {
            let place = enter(plan.limits.max_ongoing_requests());
            if place.is_none() {
                self.let_go(); // who looked and found none held a replica for a moment
            }
            place
        };
        match self.gate.try_enter(take) {
            Some(place) => Ok(place),
            // Boxed, so that a call that finds a place, as most do, is not as large as one that waits.
            None => Box::pin(self.wait(plan, take)).await,
        }
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

    pub(super) fn plan(&self) -> Result<&Plan> {
        self.open.get().ok_or_else(not_deployed)
    }

    fn refusal(&self, plan: &Plan) -> Error {
        self.failure.get().unwrap_or_else(|| plan.stopped())
    }

    /// A call has left a replica.
    #[inline]
    pub(in crate::replica) fn left(&self) {
        self.gate.left();
        self.let_go();
    }

    /// Somebody holds a replica no more: who waits until nobody does is told.
    #[inline]
    pub(super) fn let_go(&self) {
        if self.watched.load(Ordering::SeqCst) > 0 {
            self.call_left.notify_waiters();
        }
    }

    /// Waits until something is so that changes when a call leaves.
    pub(super) async fn until(&self, reached: impl Fn() -> bool) {
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
    pub(in crate::replica) fn broken(&self, id: ReplicaId) {
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
    pub(in crate::replica) fn on_broken(&self, told: impl Fn(ReplicaId) + Send + Sync + 'static) {
        let _ = self.on_broken.set(Box::new(told)); // whoever makes the engine sets it once
    }

    pub(in crate::replica) fn load(&self) -> Load {
        Load {
            ongoing: self.set.ongoing(),
            queued: self.gate.waiting() as usize,
        }
    }

    #[cfg(feature = "config")]
    pub(super) fn limits_changed(&self) {
        self.gate.left();
    }

    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    pub(super) async fn idle(&self) {
        self.gate.emptied().await;
        self.until(|| self.set.ongoing() == 0).await;
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
