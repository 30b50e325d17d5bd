//! What changes a deployment while it runs.

use std::fmt;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

#[cfg(feature = "config")]
use super::Next;
use super::OnCapacity;
use crate::application::bound_options::BoundOptions;
#[cfg(feature = "config")]
use crate::controller::Settings;
use crate::controller::{Controller, DeploymentStatus, Engaged, Supply};
use crate::deployment::{Bound, Callable, Parts, Reconfigurable};
use crate::engine::{Engine, Limits, Load, Plan, UserConfig};
use crate::{Error, Result};
use crate::{batch, private};

/// A deployment that runs: scales it, reconfigures it and updates it, with its calls kept.
///
/// [`ApplicationControl::deployment`](crate::ApplicationControl::deployment) returns it. Cheap to clone. Once the application
/// is shut down, it can change nothing more.
///
/// Changes are made in the order in which they are asked for. One is made even if its future is dropped before
/// it is over, once it has been polled.
pub struct DeploymentControl<D: Callable> {
    engaged: Arc<Engaged<D>>,
    controller: Arc<Controller>,
    limits: Arc<Limits>,
}

impl<D: Callable> Clone for DeploymentControl<D> {
    fn clone(&self) -> Self {
        DeploymentControl {
            engaged: Arc::clone(&self.engaged),
            controller: Arc::clone(&self.controller),
            limits: Arc::clone(&self.limits),
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
        let engaged = Arc::new(Engaged::new(Arc::clone(&engine), blueprint, *set));
        let width = move || private::width::<D, _>(&engine);
        let on_capacity = Box::new(move |capacity| on_capacity(capacity, width()));
        let controller = Controller::spawn(engaged.clone(), settings, supply, heard, on_capacity);
        DeploymentControl {
            engaged,
            controller: Arc::new(controller),
            limits,
        }
    }

    /// How it is.
    pub fn status(&self) -> DeploymentStatus {
        let Load { ongoing, queued } = self.engaged.engine.load();
        DeploymentStatus {
            ongoing,
            queued,
            ..self.controller.status()
        }
    }

    /// How large its batches have been and how long calls waited for them: one entry for each batched method
    /// that has been called.
    ///
    /// ```
    /// use serve_runtime::prelude::*;
    ///
    /// #[deployment]
    /// #[batch(max_batch_size = 8)]
    /// fn shout(texts: Vec<String>) -> Vec<String> {
    ///     texts.iter().map(|text| text.to_uppercase()).collect()
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let app = deploy(shout::bind()).await?;
    /// assert_eq!(app.call("tea".into()).await?, "TEA");
    /// let control = Deployed::control(&app).deployment::<shout>("shout")?;
    /// assert_eq!(control.batches()[0].calls, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn batches(&self) -> Vec<batch::Stats> {
        self.engaged.engine.batches()
    }

    /// Has that many replicas. Over once there are that many.
    ///
    /// Replicas that are too many finish their calls first; there may be none, and calls wait then.
    ///
    /// With an `autoscaling_config` the number goes on to follow the load, from there: soon it is within the
    /// bounds of the configuration again. Ray Serve has either of the two, never both; to have a number that stays,
    /// [`update`](Self::update) the deployment to one without an `autoscaling_config`.
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
        let next = |mut options: BoundOptions| {
            options.user_config = Some(Arc::clone(&user_config));
            Ok((options, ()))
        };
        let command = |_: &_, ()| self.controller.reconfigure(Arc::clone(&user_config));
        self.engaged.set.change(next, command)?.await
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
        let engaged = Arc::clone(&self.engaged);
        let command = |set: &BoundOptions, ()| {
            self.limits.set(&set.options);
            let install = move || engaged.set_blueprint(blueprint);
            self.controller.update(settings, Box::new(install))
        };
        let next = |_| Ok((BoundOptions::clone(&set), ()));
        self.engaged.set.change(next, command)?.await
    }

    /// Is from now on as `next` says, which also says what of it is not as before. Over once all is so.
    #[cfg(feature = "config")]
    pub(crate) fn change(
        &self,
        next: Next<'_>,
    ) -> Result<impl Future<Output = Result<()>> + Send + use<D>> {
        let next = |before| {
            let (next, changed) = next(before)?;
            let demand = next.wants()?.demand;
            let settings = Settings::new(next.name.as_ref().into(), &next.options, demand);
            Ok((next, (settings, changed)))
        };
        let command = |next: &BoundOptions, (settings, changed)| {
            self.limits.set(&next.options);
            let user_config = next.user_config.clone();
            self.controller.change(settings, changed, user_config)
        };
        self.engaged.set.change(next, command)
    }

    /// What is set by now.
    #[cfg(feature = "config")]
    pub(super) fn running(&self) -> BoundOptions {
        self.engaged.set.get()
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

    /// Those that wait for a replica are told if there will be none.
    pub(super) fn stops_soon(&self) {
        self.controller.stops_soon();
    }

    /// Takes in no more calls, and waits until those taken in are answered and the replicas are gone; for
    /// both no longer than a replica that is let go may take.
    pub(super) async fn drain(&self) {
        self.engaged.engine.close();
        let begun = Instant::now();
        let limit = self.engaged.set.get().options.graceful_shutdown_timeout;
        let _ = timeout(limit, self.engaged.engine.idle()).await; // the controller says so of each replica
        let left = limit.saturating_sub(begun.elapsed());
        self.controller.stop(left).await;
    }
}

fn could_not_start(deployment: &str, error: Error) -> Error {
    let kind = error.kind();
    let message = format!("deployment `{deployment}` could not be started: {error:?}");
    Error::new(kind, message)
}
