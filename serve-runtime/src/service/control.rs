//! What changes a deployment while it runs.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::OnCapacity;
#[cfg(feature = "config")]
use crate::controller::{Changed, Settings};
use crate::controller::{Controller, DeploymentStatus, Engaged, Supply};
use crate::deployment::{Bound, Callable, Parts, Reconfigurable};
use crate::options::BoundOptions;
use crate::private;
use crate::replica::{Engine, Limits, Plan, UserConfig};
use crate::{Error, Result};

/// A deployment that runs: scales it, reconfigures it and updates it, with its calls kept.
///
/// [`Deployed::deployment`](crate::Deployed::deployment) returns it. Cheap to clone. Once the application
/// is shut down, it can change nothing more.
pub struct DeploymentControl<D: Callable> {
    engaged: Arc<Engaged<D>>,
    controller: Arc<Controller>,
    limits: Arc<Limits>,
    /// What is set by now. How many replicas there are, `scale` and autoscaling may say since.
    set: Arc<Mutex<BoundOptions>>,
}

impl<D: Callable> Clone for DeploymentControl<D> {
    fn clone(&self) -> Self {
        DeploymentControl {
            engaged: Arc::clone(&self.engaged),
            controller: Arc::clone(&self.controller),
            limits: Arc::clone(&self.limits),
            set: Arc::clone(&self.set),
        }
    }
}

impl<D: Callable> fmt::Debug for DeploymentControl<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DeploymentControl")
            .field(&self.status())
            .finish()
    }
}

impl<D: Callable> DeploymentControl<D> {
    pub(super) fn start(parts: Parts<D>, supply: Supply, on_capacity: OnCapacity) -> Self {
        let Parts {
            name,
            variable,
            settings,
            limits,
            blueprint,
            engine,
            set,
        } = parts;
        let (events, heard) = mpsc::unbounded_channel();
        let limits = Arc::new(limits);
        engine.open(Plan {
            name,
            variable,
            limits: Arc::clone(&limits),
            events,
            runtime: Handle::current(),
            multiplexed: D::MULTIPLEXED,
        });
        let engaged = Arc::new(Engaged::new(Arc::clone(&engine), blueprint));
        let width = move || private::width::<D, _>(&engine);
        let on_capacity = Box::new(move |capacity| on_capacity(capacity, width()));
        let controller = Controller::spawn(engaged.clone(), settings, supply, heard, on_capacity);
        DeploymentControl {
            engaged,
            controller: Arc::new(controller),
            limits,
            set: Arc::new(Mutex::new(*set)),
        }
    }

    /// How it is.
    pub fn status(&self) -> DeploymentStatus {
        self.controller.status()
    }

    /// Has that many replicas from now on. Over once there are that many.
    ///
    /// Replicas that are too many finish their calls first; there may be none, and calls wait then.
    ///
    /// # Errors
    ///
    /// If a replica could not be built.
    pub async fn scale(&self, num_replicas: u32) -> Result<()> {
        self.controller.scale(num_replicas).await
    }

    /// Gives every replica another `user_config`, one after the other: as many at a time as
    /// `rolling_update_percentage` says. Over once all have it, and so have replicas that come later.
    ///
    /// A replica takes no calls while it is reconfigured. One whose `reconfigure` panics is replaced.
    ///
    /// # Errors
    ///
    /// What a `reconfigure` returned as its error, which has to leave its replica as it was. No further one
    /// is reconfigured then, and replicas that come later have the `user_config` of before. The same holds if
    /// one does not answer within three `health_check_timeout_s`, which it has to finish its calls and for
    /// its `reconfigure` - on a thread they count from the deadline of its call, if that has one. That replica
    /// is given up and replaced, and the error is an [`Unavailable`](crate::ErrorKind::Unavailable).
    pub async fn reconfigure(&self, user_config: D::UserConfig) -> Result<()>
    where
        D: Reconfigurable,
    {
        let user_config: UserConfig = Arc::new(user_config);
        self.controller
            .reconfigure(Arc::clone(&user_config))
            .await?;
        self.set().user_config = Some(user_config);
        Ok(())
    }

    /// Replaces every replica by one that is bound like this, which also gives new options. Over once all
    /// are replaced.
    ///
    /// A replica goes when its successor is ready, and has finished its calls then. What holds a handle
    /// keeps it.
    ///
    /// # Errors
    ///
    /// If an option is out of range - nothing is changed then - or if a replica could not be built: those
    /// of the old kind that are left go on.
    pub async fn update(&self, bound: Bound<D>) -> Result<()> {
        let bound = bound.name(self.status().name);
        let Parts {
            set,
            settings,
            blueprint,
            ..
        } = bound.into_parts()?;
        self.limits.set(&set.options);
        self.engaged.set_blueprint(blueprint);
        *self.set() = *set;
        self.controller.update(settings).await
    }

    /// Is like this from now on; `changed` says what of it is not as before.
    #[cfg(feature = "config")]
    pub(crate) async fn change(&self, next: BoundOptions, changed: Changed) -> Result<()> {
        let settings = Settings::new(
            next.name.as_ref().into(),
            &next.options,
            next.wants()?.demand,
        );
        self.limits.set(&next.options);
        let before = std::mem::replace(&mut *self.set(), next.clone());
        let change = self.controller.change(settings, changed, next.user_config);
        let changed_it = change.await;
        if changed_it.is_err() && changed.user_config {
            self.set().user_config = before.user_config;
        }
        changed_it
    }

    /// No user code runs under the lock, so a poisoned one is as good as any.
    pub(crate) fn set(&self) -> MutexGuard<'_, BoundOptions> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until all replicas are there.
    pub(super) async fn started(&self) -> Result<()> {
        let started = self.controller.started().await;
        started.map_err(|error| could_not_start(&self.status().name, error))
    }

    /// Stops at once.
    pub(super) fn stop(&self) {
        self.controller.abort();
        self.engaged.engine.stop();
    }

    /// Can be changed no more.
    pub(super) fn settle(&self) {
        self.controller.drain();
    }

    /// Takes in no more calls, and waits until those taken in are answered and the replicas are gone.
    pub(super) async fn drain(&self) {
        self.engaged.engine.close();
        self.engaged.engine.idle().await;
        self.controller.stop().await;
    }
}

fn could_not_start(deployment: &str, error: Error) -> Error {
    let kind = error.kind();
    let message = format!("deployment `{deployment}` could not be started: {error:?}");
    Error::new(kind, message)
}
