//! What every engine with replicas is: not deployed yet, open, or failed.

use std::sync::{Mutex, OnceLock};

use crate::engine::ReplicaId;
use crate::engine::plan::{Event, Plan, not_deployed};
use crate::util::lock;
use crate::{Error, Result};

/// Decides which error a refused call gets, and reports replicas that panicked.
#[derive(Default)]
pub(crate) struct EngineState {
    /// Set once the engine is opened.
    plan: OnceLock<Plan>,
    /// Why every call is refused, while that is so.
    failure: Mutex<Option<String>>,
    on_broken: OnceLock<OnBroken>,
}

/// Called with a replica that panicked, before its caller is answered.
type OnBroken = Box<dyn Fn(ReplicaId) + Send + Sync>;

impl EngineState {
    pub(crate) fn open(&self, plan: Plan) {
        let _ = self.plan.set(plan); // an engine is deployed at most once
    }

    /// What the engine was opened with.
    #[inline]
    pub(crate) fn plan(&self) -> Result<&Plan> {
        self.plan.get().ok_or_else(not_deployed)
    }

    /// The same, or `None` if it has not been opened.
    pub(crate) fn opened(&self) -> Option<&Plan> {
        self.plan.get()
    }

    pub(crate) fn set_failure(&self, cause: Option<&str>) {
        *lock(&self.failure) = cause.map(str::to_owned);
    }

    /// The error for a call that a closed engine refuses.
    pub(crate) fn refusal(&self, plan: &Plan) -> Error {
        let cause = lock(&self.failure).clone();
        cause.map_or_else(|| plan.stopped(), Error::unavailable)
    }

    /// What is to be done first when a replica panics.
    pub(crate) fn set_on_broken(&self, on_broken: impl Fn(ReplicaId) + Send + Sync + 'static) {
        let _ = self.on_broken.set(Box::new(on_broken)); // set once, where the engine is made
    }

    /// To be called when a replica has panicked and no call can find it; [`EngineState::report_lost`] reports it to
    /// the controller.
    pub(crate) fn broken(&self, id: ReplicaId) {
        if let Some(on_broken) = self.on_broken.get() {
            on_broken(id);
        }
    }

    /// Tells the controller of a replica that panicked.
    pub(crate) fn report_lost(&self, id: ReplicaId) {
        if let Some(plan) = self.opened() {
            plan.tell(Event::Lost(id));
        }
    }
}
