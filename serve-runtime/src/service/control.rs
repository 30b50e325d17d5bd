//! What changes a deployment while it runs.

use std::fmt;
use std::sync::Arc;

use serve_topology::options::Kind;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

#[cfg(feature = "config")]
use super::Next;
use super::Role;
use crate::application::bound_options::BoundOptions;
use crate::batch;
#[cfg(feature = "config")]
use crate::controller::Settings;
use crate::controller::{
    Controller, DeploymentStatus, DesiredOptions, EngineAdapter, Grants, ReplicasOf,
};
use crate::deployment::{Bound, Callable, Parts, Reconfigurable};
use crate::engine::{LiveLimits, Load, Plan, Replicated, UserConfig, Watched};
use crate::resources::Resources;
use crate::{Error, Result};

/// A running deployment: scales, reconfigures and updates it without losing calls.
///
/// [`ApplicationControl::deployment`](crate::ApplicationControl::deployment) returns it. Cheap to clone. Once the application
/// is shut down, it can change nothing more.
///
/// Changes are made in the order in which they are requested. A change is made even if its future is dropped
/// before it resolves, once the future has been polled.
pub struct DeploymentControl<D: Callable> {
    replicas: Arc<dyn ReplicasOf<D>>,
    options: Arc<DesiredOptions>,
    controller: Arc<Controller>,
    limits: Arc<LiveLimits>,
    resources: Resources,
}

impl<D: Callable> Clone for DeploymentControl<D> {
    fn clone(&self) -> Self {
        DeploymentControl {
            replicas: Arc::clone(&self.replicas),
            options: Arc::clone(&self.options),
            controller: Arc::clone(&self.controller),
            limits: Arc::clone(&self.limits),
            resources: self.resources.clone(),
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
    pub(super) fn start(parts: Parts<D>, grants: Grants, role: Role) -> Self
    where
        D::Engine: Replicated<D>,
    {
        let Parts {
            name,
            variable,
            settings,
            limits,
            blueprint,
            engine,
            set,
        } = parts;
        let (events, received) = mpsc::unbounded_channel();
        let clocks = settings.watches.then(|| Arc::clone(&role.clocks));
        let limits = Arc::new(limits);
        let plan = Plan {
            name,
            variable,
            limits: Arc::clone(&limits),
            events,
            runtime: Handle::current(),
            exclusive: D::EXCLUSIVE,
            multiplexed: D::MULTIPLEXED,
            watched: Watched::default(),
            expected_wait: Arc::clone(&role.expected_wait),
            clocks,
        };
        engine.open(plan, D::add_batchers);
        let options = Arc::new(DesiredOptions::new(*set));
        let replicas = EngineAdapter::new(Arc::clone(&engine), blueprint, Arc::clone(&options));
        let replicas = Arc::new(replicas);
        let resources = grants.resources().clone();
        let controller = Controller::spawn(replicas.clone(), settings, grants, received, role);
        DeploymentControl {
            replicas,
            options,
            controller: Arc::new(controller),
            limits,
            resources,
        }
    }

    /// Whether the machine has room for that many replicas with these options, once the present ones are gone.
    pub(crate) fn check_room(&self, options: &BoundOptions, num_replicas: u32) -> Result<()> {
        let mut wanted = options.wants()?;
        wanted.num_replicas = num_replicas as usize;
        self.resources.check_one(&wanted)
    }

    /// A snapshot of its state.
    pub fn status(&self) -> DeploymentStatus {
        let Load { ongoing, queued } = self.replicas.load();
        DeploymentStatus {
            ongoing,
            queued,
            ..self.controller.status()
        }
    }

    /// How large its batches have been and how long calls waited for them: one entry for each batched method.
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
        self.replicas.batches()
    }

    /// Sets the number of replicas. Resolves when there are that many.
    ///
    /// Surplus replicas finish their calls first. With none at all, calls are refused as
    /// [`Unavailable`](crate::ErrorKind::Unavailable), those that wait included, and the application
    /// [cannot answer](crate::ApplicationControl::health) - unless there is an `autoscaling_config`: then the next call
    /// starts a replica.
    ///
    /// With an `autoscaling_config` the number continues to follow the load from there: soon it is within the
    /// bounds of the configuration again. Ray Serve has either of the two, never both; for a number that stays,
    /// [`update`](Self::update) the deployment to one without an `autoscaling_config`.
    ///
    /// # Errors
    ///
    /// If the number is out of range. If a replica could not be built, or the machine has no room for it: then there are
    /// as many as before.
    pub async fn scale(&self, num_replicas: u32) -> Result<()> {
        if !Kind::ReplicasFromZero.admits(f64::from(num_replicas)) {
            let must = Kind::ReplicasFromZero.must();
            let message = format!("the number of replicas must be {must}, but is {num_replicas}");
            return Err(Error::invalid_input(message));
        }
        if num_replicas > self.status().target_num_replicas {
            self.check_room(&self.options.get(), num_replicas)?;
        }
        self.controller.scale(num_replicas).await
    }

    /// Gives every replica another `user_config`, one after the other: as many at a time as
    /// `rolling_update_percentage` says. Resolves when all have it; later replicas get it as well.
    ///
    /// A replica takes no calls while it is reconfigured. One whose `reconfigure` panics is replaced.
    ///
    /// # Errors
    ///
    /// The error that a `reconfigure` returned, which has to leave its replica as it was. No further replica
    /// is reconfigured then, and later replicas get the previous `user_config`. The same holds if
    /// one does not answer within three `health_check_timeout_s`, which include the time to finish its calls -
    /// on a thread they count from the deadline of its call, if that has one. That replica is given up and
    /// replaced, and the error is an [`Unavailable`](crate::ErrorKind::Unavailable).
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
        self.options.change(next, command)?.await
    }

    /// Replaces every replica by one that is bound like this, which also sets new options. Resolves when all
    /// are replaced.
    ///
    /// A replica is retired when its successor is ready, and finishes its calls first. Existing handles stay
    /// valid.
    ///
    /// # Errors
    ///
    /// If an option is out of range or the machine has no room - nothing is changed then - or if a replica could not be
    /// built: the old ones that are left continue to serve.
    pub async fn update(&self, bound: Bound<D>) -> Result<()> {
        let bound = bound.name(self.status().name);
        let Parts {
            mut set,
            settings,
            blueprint,
            ..
        } = bound.into_parts()?;
        let replicas = Arc::clone(&self.replicas);
        self.check_room(&set, set.options.initial_replicas())?;
        set.remember_as_bound();
        let command = |set: &BoundOptions, ()| {
            self.limits.set(&set.options);
            let install = move || replicas.set_blueprint(blueprint);
            self.controller.update(settings, Box::new(install))
        };
        let next = |_| Ok((BoundOptions::clone(&set), ()));
        self.options.change(next, command)?.await
    }

    /// Changes the options to what `next` returns, with what of it differs from before. Resolves when they are
    /// in effect.
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
        self.options.change(next, command)
    }

    /// The current options.
    #[cfg(feature = "config")]
    pub(crate) fn running(&self) -> BoundOptions {
        self.options.get()
    }

    /// Waits until all replicas accept calls.
    pub(super) async fn started(&self) -> Result<()> {
        let started = self.controller.started().await;
        started.map_err(|error| could_not_start(&self.status().name, error))
    }

    /// Stops at once.
    pub(super) fn stop(&self) {
        self.controller.abort();
        self.replicas.stop();
    }

    /// Whether the user wants no replica, so that calls are refused.
    pub(super) fn is_scaled_to_none(&self) -> bool {
        self.controller.is_scaled_to_none()
    }

    /// It is not changed any more.
    pub(super) fn begin_shutdown(&self) {
        self.controller.begin_shutdown();
    }

    /// Accepts no more calls, and waits until the accepted ones are answered and the replicas are gone; for
    /// both together at most as long as a retired replica may take.
    pub(super) async fn drain(&self) {
        self.replicas.close();
        let begun = Instant::now();
        let limit = self.options.get().options.graceful_shutdown_timeout;
        let _ = timeout(limit, self.replicas.wait_idle()).await; // the controller logs it for each replica
        let left = limit.saturating_sub(begun.elapsed());
        self.controller.stop(left).await;
    }
}

fn could_not_start(deployment: &str, error: Error) -> Error {
    let kind = error.kind();
    let message = format!("deployment `{deployment}` could not be started: {error:?}");
    Error::new(kind, message)
}
