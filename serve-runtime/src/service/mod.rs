//! One deployment of an application, from bound to stopped, whatever its type.

mod bare;
mod control;
mod replicated;

use std::any::Any;

use futures_util::future::BoxFuture;

use self::bare::BareService;
pub use self::control::DeploymentControl;
use self::replicated::ReplicatedService;

use crate::application::bound_options::BoundOptions;
#[cfg(feature = "config")]
use crate::controller::Changed;
use crate::controller::{DeploymentStatus, Status};
use crate::deployment::{Bound, Callable};
use crate::engine::{Bare, Engine, InPlace, InPlaceAndThreads, Replicated, Threads};
use crate::resources::{Grant, Resources, Wanted};
use crate::{Error, Result};

pub(crate) use crate::controller::{Capacity, Role};

/// Makes the next options from the current ones, and says what of them has changed.
#[cfg(feature = "config")]
pub(crate) type Next<'a> = &'a dyn Fn(BoundOptions) -> Result<(BoundOptions, Changed)>;

/// The service of each deployment of type `D` that this engine runs.
#[allow(private_interfaces)] // public only because `Callable` names it
pub trait Serves<D>: Engine {
    /// A service that is not started yet.
    fn service(bound: Bound<D>) -> Box<dyn AnyService>
    where
        D: Callable<Engine = Self>;
}

/// Not for every `E: Replicated<D>`: rustc has to expect one of them to be [`Bare`].
macro_rules! serves_replicas {
    ($($Engine:ident<D $(, $C:ident)?>)*) => { $(
        #[allow(private_interfaces)]
        impl<D $(, $C)?> Serves<D> for $Engine<D $(, $C)?>
        where
            Self: Replicated<D>,
        {
            fn service(bound: Bound<D>) -> Box<dyn AnyService>
            where
                D: Callable<Engine = Self>,
            {
                Box::new(ReplicatedService::Bound(bound))
            }
        }
    )* };
}

serves_replicas! { InPlace<D, C> Threads<D> InPlaceAndThreads<D, C> }

#[allow(private_interfaces)]
impl<D> Serves<D> for Bare {
    fn service(bound: Bound<D>) -> Box<dyn AnyService>
    where
        D: Callable<Engine = Self>,
    {
        Box::new(BareService::new(bound))
    }
}

pub(crate) trait AnyService: Send + Sync {
    /// The options that it is bound with; `None` once it is started, and if a fake answers in its place.
    fn options(&self) -> Option<&BoundOptions>;
    /// The same, to be changed.
    fn options_mut(&mut self) -> Option<&mut BoundOptions>;
    /// Begins to start it. The grants are for its first replicas.
    fn start(&mut self, grants: Vec<Grant>, resources: Resources, role: Role) -> Result<()>;
    /// Waits until all replicas accept calls.
    fn started(&self) -> BoxFuture<'_, Result<()>>;
    /// It will be drained, and is not changed any more.
    fn begin_shutdown(&self);
    fn drain(&self) -> BoxFuture<'_, ()>;
    fn stop(&self);
    /// `None` if there are no replicas.
    fn status(&self) -> Option<DeploymentStatus>;
    /// Whether the user wants no replica, so that calls are refused.
    fn is_scaled_to_none(&self) -> bool {
        false
    }
    /// Sets the number of replicas, as [`DeploymentControl::scale`].
    fn scale(&self, num_replicas: u32) -> BoxFuture<'static, Result<()>>;
    /// A [`DeploymentControl`], if there are replicas.
    fn control(&self) -> &dyn Any;

    /// The current options, once it is started.
    #[cfg(feature = "config")]
    fn running(&self) -> Option<BoundOptions>;

    /// Changes its options to what `next` returns, if it has replicas.
    #[cfg(feature = "config")]
    fn change(&self, next: Next<'_>) -> Result<BoxFuture<'static, Result<()>>>;

    /// Whether it is a deployment of that type.
    #[cfg(feature = "testing")]
    fn is(&self, deployment: std::any::TypeId) -> bool;

    /// Puts a fake in its place. Before it is started.
    #[cfg(feature = "testing")]
    fn fake(&mut self, faked: crate::testing::Faked) -> Result<()>;
}

/// The methods that do not need the type.
impl dyn AnyService + '_ {
    /// The resources that its replicas need; an error if its options are wrong. Before it is started.
    pub(crate) fn wants(&self) -> Result<Wanted> {
        self.options()
            .map_or_else(|| Ok(Wanted::nothing()), BoundOptions::wants)
    }

    /// Whether it can answer. Every client may ask for the server's health, so the cause is left to the log and the
    /// status.
    pub(crate) fn health(&self) -> Health {
        let Some(status) = self.status() else {
            return Health::Well;
        };
        match status.status {
            Status::Unhealthy | Status::DeployFailed if !status.has_replicas() => Health::Down(
                format!("`{}` has no replica, and could not build one", status.name),
            ),
            _ if self.is_scaled_to_none() => {
                Health::Down(format!("`{}` is scaled to 0 replicas", status.name))
            }
            Status::Unhealthy => Health::Degraded(status.name),
            _ => Health::Well,
        }
    }
}

fn has_no_replicas(deployment: &str) -> BoxFuture<'static, Result<()>> {
    let message = format!("deployment `{deployment}` has no replicas");
    Box::pin(async { Err(Error::invalid_input(message)) })
}

/// Whether a deployment can answer.
pub(crate) enum Health {
    Well,
    /// It answers, but replicas are missing, or are not as they should be.
    Degraded(String),
    /// It has no replica, for this reason: it is scaled to none, or the last attempts to build one have failed.
    Down(String),
}

/// An error if a fake is of another type, or if there is one already.
#[cfg(feature = "testing")]
fn check_fake(service: &dyn AnyService, ty: &str, faked: &crate::testing::Faked) -> Result<()> {
    let name = faked.name();
    if !service.is(faked.type_id) {
        let given = faked.type_name;
        return Err(crate::Error::invalid_input(format!(
            "`{name}` is a `{ty}`, but was given a fake of `{given}`"
        )));
    }
    match service.options() {
        Some(_) => Ok(()),
        None => Err(crate::Error::invalid_input(format!(
            "`{name}` was given a fake already"
        ))),
    }
}
