//! One deployment of an application, from bound to stopped, whatever type it is of.

mod bare;
mod control;
mod replicated;

use std::any::Any;

use futures_util::future::BoxFuture;

pub(crate) use self::bare::BareService;
pub use self::control::DeploymentControl;
pub(crate) use self::replicated::Replicated;

use crate::application::bound_options::BoundOptions;
#[cfg(feature = "config")]
use crate::controller::Changed;
use crate::controller::{DeploymentStatus, Status};
use crate::resources::{Grant, Resources, Wanted};
use crate::{Error, Result};

/// Told how many calls a deployment takes, and how many of them fan-outs of one request make.
pub(crate) type OnCapacity = Box<dyn Fn(Option<usize>, usize) + Send + Sync>;

/// Makes what is to be set of what is set, and says what of it is not as before.
#[cfg(feature = "config")]
pub(crate) type Next<'a> = &'a dyn Fn(BoundOptions) -> Result<(BoundOptions, Changed)>;

pub(crate) trait AnyService: Send + Sync {
    /// What is set where it is bound; `None` once it is started, and if a fake answers in its place.
    fn options(&self) -> Option<&BoundOptions>;
    /// The same, to be changed.
    fn options_mut(&mut self) -> Option<&mut BoundOptions>;
    /// Begins to start it, its first replicas with what they have of the machine.
    fn start(
        &mut self,
        grants: Vec<Grant>,
        resources: Resources,
        on_capacity: OnCapacity,
    ) -> Result<()>;
    /// Waits until all replicas are there.
    fn started(&self) -> BoxFuture<'_, Result<()>>;
    /// It will be drained: what waits for a replica is told if there will be none.
    fn stops_soon(&self);
    fn drain(&self) -> BoxFuture<'_, ()>;
    fn stop(&self);
    /// `None` if there are no replicas.
    fn status(&self) -> Option<DeploymentStatus>;
    /// A [`DeploymentControl`], if there are replicas.
    fn control(&self) -> &dyn Any;

    /// What is set by now, once it is started.
    #[cfg(feature = "config")]
    fn running(&self) -> Option<BoundOptions>;

    /// Is from now on as `next` says, if it has replicas.
    #[cfg(feature = "config")]
    fn change(&self, next: Next<'_>) -> Result<BoxFuture<'static, Result<()>>>;

    /// Whether it is a deployment of that type.
    #[cfg(feature = "testing")]
    fn is(&self, deployment: std::any::TypeId) -> bool;

    /// Has a fake answer in its place. Before it is started.
    #[cfg(feature = "testing")]
    fn fake(&mut self, faked: crate::testing::Faked) -> Result<()>;
}

/// What does not need the type.
impl dyn AnyService + '_ {
    /// What its replicas need; an error if its options are wrong. Before it is started.
    pub(crate) fn wants(&self) -> Result<Wanted> {
        self.options()
            .map_or_else(|| Ok(Wanted::nothing()), BoundOptions::wants)
    }

    /// An error if it has given up on replicas and has none. Whoever may ask the server whether it is well is
    /// told this, so that the cause is left to the log and the status.
    pub(crate) fn health(&self) -> Result<()> {
        let Some(status) = self.status() else {
            return Ok(());
        };
        match status.status {
            Status::DeployFailed => {
                let message = format!("`{}` could not replace a replica", status.name);
                Err(Error::unavailable(message))
            }
            _ => Ok(()),
        }
    }
}

/// An error if a fake is of another type, or if there is one already.
#[cfg(feature = "testing")]
fn check_fake(service: &dyn AnyService, ty: &str, faked: &crate::testing::Faked) -> Result<()> {
    let name = faked.name();
    if !service.is(faked.type_id) {
        let given = faked.type_name;
        return Err(Error::invalid_input(format!(
            "`{name}` is a `{ty}`, but was given a fake of `{given}`"
        )));
    }
    match service.options() {
        Some(_) => Ok(()),
        None => Err(Error::invalid_input(format!(
            "`{name}` was given a fake already"
        ))),
    }
}
