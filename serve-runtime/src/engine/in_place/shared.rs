//! The calls of replicas that are called in place, and how they are refused.

use std::sync::atomic::{AtomicBool, Ordering, fence};
use std::sync::{Arc, OnceLock};

use crate::engine::failure::Failure;
use crate::engine::in_place::gate::{Gate, Refused};
use crate::engine::in_place::permit::{ModelVisit, Stay, Visit};
use crate::engine::in_place::replica::Place;
use crate::engine::in_place::replicas::Set;
use crate::engine::plan::{Event, not_deployed};
use crate::engine::{Load, Plan, ReplicaId};
use crate::multiplex::Held;
use crate::request::context::model_id;
use crate::{Error, Result};

/// What calls and the controller share.
pub(crate) struct Shared<C> {
    pub(crate) open: OnceLock<Plan>,
    pub(crate) set: Set<C>,
    pub(crate) gate: Gate,
    closed: AtomicBool,
    failure: Failure,
    on_broken: OnceLock<OnBroken>,
}

/// Told of a replica that panicked, before anybody else is.
type OnBroken = Box<dyn Fn(ReplicaId) + Send + Sync>;

impl<C> Shared<C> {
    pub(crate) fn new() -> Self {
        Shared {
            open: OnceLock::new(),
            set: Set::new(),
            gate: Gate::new(),
            closed: AtomicBool::new(false),
            failure: Failure::default(),
            on_broken: OnceLock::new(),
        }
    }

    #[inline]
    pub(crate) async fn enter(&self) -> Result<Visit<'_, C>> {
        Ok(Visit::new(
            self,
            self.place(|limit| self.set.enter(limit)).await?,
        ))
    }

    pub(crate) async fn stay(self: &Arc<Self>) -> Result<Stay<C>> {
        let place = self.place(|limit| self.set.enter(limit)).await?;
        Ok(Stay::new(Arc::clone(self), (place, None)))
    }

    pub(crate) async fn enter_for_model(&self) -> Result<ModelVisit<'_, C>> {
        Ok(ModelVisit::new(self, self.place_for_model().await?))
    }

    pub(crate) async fn stay_for_model(self: &Arc<Self>) -> Result<Stay<C>> {
        Ok(Stay::new(Arc::clone(self), self.place_for_model().await?))
    }

    async fn place_for_model(&self) -> Result<(Place<C>, Option<Held>)> {
        let model_id = model_id();
        let place = self.place(|limit| match &model_id {
            None => self.set.enter(limit).map(|place| (place, None)),
            Some(model_id) => {
                let entered = self.set.enter_for(model_id, limit);
                entered.map(|(place, held)| (place, Some(held)))
            }
        });
        place.await
    }

    /// Takes a place with `enter`, which is told of the limit that a replica has; waits until there is one.
    #[inline]
    async fn place<P>(&self, enter: impl Fn(Option<u32>) -> Option<P>) -> Result<P> {
        let plan = self.plan()?;
        if self.closed.load(Ordering::Acquire) {
            return Err(self.refusal(plan));
        }
        let take = || enter(plan.limits.max_ongoing_requests());
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
        // Whoever adds a replica looks for who waits: one of the two sees the other (`Set::changed`).
        let take = || {
            fence(Ordering::SeqCst);
            take()
        };
        let most = plan.limits.max_queued_requests();
        let entered = self.gate.wait(most, take).await;
        entered.map_err(|refused| match refused {
            Refused::Full => plan.overloaded(),
            Refused::Closed => self.refusal(plan),
            Refused::Late => Error::deadline_passed(),
        })
    }

    pub(crate) fn plan(&self) -> Result<&Plan> {
        self.open.get().ok_or_else(not_deployed)
    }

    fn refusal(&self, plan: &Plan) -> Error {
        self.failure.get().unwrap_or_else(|| plan.stopped())
    }

    /// A call has left a replica.
    #[inline]
    pub(crate) fn left(&self) {
        self.gate.left();
        self.set.let_go();
    }

    /// A replica panicked: no further call goes to it.
    pub(crate) fn broken(&self, id: ReplicaId) {
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
    pub(crate) fn on_broken(&self, told: impl Fn(ReplicaId) + Send + Sync + 'static) {
        let _ = self.on_broken.set(Box::new(told)); // whoever makes the engine sets it once
    }

    pub(crate) fn load(&self) -> Load {
        Load {
            ongoing: self.set.ongoing(),
            queued: self.gate.waiting() as usize,
        }
    }

    #[cfg(feature = "config")]
    pub(crate) fn limits_changed(&self) {
        self.gate.left();
    }

    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    pub(crate) async fn idle(&self) {
        self.gate.emptied().await;
        self.set.is_idle().await;
    }

    pub(crate) fn fail(&self, cause: Option<&str>) {
        self.failure.set(cause);
        match cause {
            None => {
                self.gate.open();
                self.closed.store(false, Ordering::Release);
            }
            Some(_) => self.stop(),
        }
    }

    pub(crate) fn stop(&self) {
        self.close();
        self.set.clear();
        self.gate.close();
    }
}
