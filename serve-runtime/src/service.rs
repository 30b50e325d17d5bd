//! One deployment of an application, from bound to stopped, whatever type it is of.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::controller::{Controller, DeploymentStatus, Engaged, Status, Supply};
use crate::deployment::{Bound, Callable, Parts, Reconfigurable};
use crate::private;
use crate::replica::{Engine, Limits, Plan};
use crate::resources::{Grant, Resources, Wanted};
use crate::{Error, Result};

/// Told how many calls a deployment takes, and how many of them fan-outs of one request make.
pub(crate) type OnCapacity = Box<dyn Fn(Option<usize>, usize) + Send + Sync>;

pub(crate) trait AnyService: Send + Sync {
    /// Before it is started.
    fn rename(&mut self, rename: &dyn Fn(&str) -> String);
    /// What its replicas need; an error if its options are wrong. Before it is started.
    fn wants(&self) -> Result<Wanted>;
    /// Begins to start it, its first replicas with what they have of the machine.
    fn start(
        &mut self,
        grants: Vec<Grant>,
        resources: Resources,
        on_capacity: OnCapacity,
    ) -> Result<()>;
    /// Waits until all replicas are there.
    fn started(&self) -> BoxFuture<'_, Result<()>>;
    fn drain(&self) -> BoxFuture<'_, ()>;
    fn stop(&self);
    fn health(&self) -> Result<()>;
    /// `None` if there are no replicas.
    fn status(&self) -> Option<DeploymentStatus>;
    /// A [`DeploymentControl`], if there are replicas.
    fn control(&self) -> &dyn Any;

    /// Whether it is a deployment of that type.
    #[cfg(feature = "testing")]
    fn is(&self, deployment: std::any::TypeId) -> bool;

    /// Has a fake answer in its place. Before it is started.
    #[cfg(feature = "testing")]
    fn fake(&mut self, faked: crate::testing::Faked) -> Result<()>;
}

pub(crate) enum Service<D: Callable> {
    Bound(Bound<D>),
    Started(DeploymentControl<D>),
    /// It needs no replicas, but has what it said that they would need.
    Bare(#[expect(dead_code, reason = "held until it is stopped")] Vec<Grant>),
    /// A fake answers in its place.
    Gone,
}

/// A deployment that runs: scales it, reconfigures it and updates it, with its calls kept.
///
/// [`Deployed::deployment`](crate::Deployed::deployment) returns it. Cheap to clone. Once the application
/// is shut down, it can change nothing more.
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
    fn start(parts: Parts<D>, supply: Supply, on_capacity: OnCapacity) -> Self {
        let Parts {
            name,
            variable,
            settings,
            limits,
            blueprint,
            engine,
            ..
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
    /// is reconfigured then, and replicas that come later have the `user_config` of before.
    pub async fn reconfigure(&self, user_config: D::UserConfig) -> Result<()>
    where
        D: Reconfigurable,
    {
        let before = self.engaged.set_user_config(Some(Arc::new(user_config)));
        let reconfigured = self.controller.reconfigure().await;
        reconfigured.inspect_err(|_| drop(self.engaged.set_user_config(before)))
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
            options,
            settings,
            blueprint,
            ..
        } = bound.into_parts()?;
        self.limits
            .set(options.max_ongoing_requests, options.max_queued_requests);
        self.engaged.set_blueprint(blueprint);
        self.controller.update(settings).await
    }

    /// Takes in no more calls, and waits until those taken in are answered and the replicas are gone.
    async fn drain(&self) {
        self.engaged.engine.close();
        self.engaged.engine.idle().await;
        self.controller.stop().await;
    }
}

/// A deployment that has not been started.
pub(crate) fn service<D: Callable>(bound: Bound<D>) -> Box<dyn AnyService> {
    Box::new(Service::Bound(bound))
}

/// Compiled once for each deployment of a program: what does not need the type is elsewhere.
impl<D: Callable> AnyService for Service<D> {
    fn rename(&mut self, rename: &dyn Fn(&str) -> String) {
        if let Service::Bound(bound) = self {
            bound.rename(rename(bound.deployment_name()).into());
        }
    }

    fn wants(&self) -> Result<Wanted> {
        match self {
            Service::Bound(bound) => bound.wants(),
            _ => Ok(Wanted::nothing()),
        }
    }

    fn start(
        &mut self,
        grants: Vec<Grant>,
        resources: Resources,
        on_capacity: OnCapacity,
    ) -> Result<()> {
        if let Service::Bound(bound) = std::mem::replace(self, Service::Gone) {
            *self = match D::Engine::REPLICATED {
                false => Service::Bare(grants),
                true => {
                    let (parts, supply) = (bound.into_parts()?, Supply::new(grants, resources));
                    Service::Started(DeploymentControl::start(parts, supply, on_capacity))
                }
            };
        }
        Ok(())
    }

    fn started(&self) -> BoxFuture<'_, Result<()>> {
        let Service::Started(control) = self else {
            return async { Ok(()) }.boxed();
        };
        async {
            let started = control.controller.started().await;
            started.map_err(|error| could_not_start(&control.status().name, error))
        }
        .boxed()
    }

    fn drain(&self) -> BoxFuture<'_, ()> {
        match self {
            Service::Started(control) => control.drain().boxed(),
            _ => async {}.boxed(),
        }
    }

    fn stop(&self) {
        if let Service::Started(control) = self {
            control.controller.abort();
            control.engaged.engine.stop();
        }
    }

    fn health(&self) -> Result<()> {
        let Some(status) = self.status() else {
            return Ok(());
        };
        match status.status {
            Status::DeployFailed => {
                let cause = status.message.lines().next().unwrap_or_default();
                let message = format!("`{}` could not replace a replica: {cause}", status.name);
                Err(Error::unavailable(message))
            }
            _ => Ok(()),
        }
    }

    fn status(&self) -> Option<DeploymentStatus> {
        match self {
            Service::Started(control) => Some(control.status()),
            _ => None,
        }
    }

    fn control(&self) -> &dyn Any {
        match self {
            Service::Started(control) => control,
            _ => &(),
        }
    }

    #[cfg(feature = "testing")]
    fn is(&self, deployment: std::any::TypeId) -> bool {
        std::any::TypeId::of::<D>() == deployment
    }

    #[cfg(feature = "testing")]
    fn fake(&mut self, faked: crate::testing::Faked) -> Result<()> {
        if !self.is(faked.type_id) {
            let (name, given) = (faked.name(), faked.type_name);
            return Err(Error::invalid_input(format!(
                "`{name}` is a `{}`, but was given a fake of `{given}`",
                D::NAME
            )));
        }
        let Service::Bound(bound) = std::mem::replace(self, Service::Gone) else {
            let name = faked.name();
            return Err(Error::invalid_input(format!(
                "`{name}` was given a fake already"
            )));
        };
        bound.fake(faked.replies);
        Ok(())
    }
}

fn could_not_start(deployment: &str, error: Error) -> Error {
    let kind = error.kind();
    let message = format!("deployment `{deployment}` could not be started: {error:?}");
    Error::new(kind, message)
}
