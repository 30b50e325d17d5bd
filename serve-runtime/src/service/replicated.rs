//! A deployment with replicas.

use std::any::Any;

use futures_util::future::{BoxFuture, FutureExt};

#[cfg(feature = "config")]
use super::Next;
use super::{AnyService, DeploymentControl, Role};
use crate::Result;
use crate::application::bound_options::BoundOptions;
use crate::controller::{DeploymentStatus, Grants};
use crate::deployment::{Bound, Callable};
use crate::engine::Replicated;
use crate::resources::{Grant, Resources};

pub(crate) enum ReplicatedService<D: Callable> {
    Bound(Bound<D>),
    Started(DeploymentControl<D>),
    /// A fake answers in its place.
    Faked,
}

/// Compiled once for each deployment of a program: what does not need the type is elsewhere.
impl<D: Callable> AnyService for ReplicatedService<D>
where
    D::Engine: Replicated<D>,
{
    fn options(&self) -> Option<&BoundOptions> {
        match self {
            ReplicatedService::Bound(bound) => Some(bound.options()),
            _ => None,
        }
    }

    fn options_mut(&mut self) -> Option<&mut BoundOptions> {
        match self {
            ReplicatedService::Bound(bound) => Some(bound.options_mut()),
            _ => None,
        }
    }

    fn start(&mut self, grants: Vec<Grant>, resources: Resources, role: Role) -> Result<()> {
        if let ReplicatedService::Bound(bound) = std::mem::replace(self, ReplicatedService::Faked) {
            let (parts, grants) = (bound.into_parts()?, Grants::new(grants, resources));
            let control = DeploymentControl::start(parts, grants, role);
            *self = ReplicatedService::Started(control);
        }
        Ok(())
    }

    fn started(&self) -> BoxFuture<'_, Result<()>> {
        let ReplicatedService::Started(control) = self else {
            return async { Ok(()) }.boxed();
        };
        control.started().boxed()
    }

    fn begin_shutdown(&self) {
        if let ReplicatedService::Started(control) = self {
            control.begin_shutdown();
        }
    }

    fn drain(&self) -> BoxFuture<'_, ()> {
        match self {
            ReplicatedService::Started(control) => control.drain().boxed(),
            _ => async {}.boxed(),
        }
    }

    fn stop(&self) {
        if let ReplicatedService::Started(control) = self {
            control.stop();
        }
    }

    fn status(&self) -> Option<DeploymentStatus> {
        match self {
            ReplicatedService::Started(control) => Some(control.status()),
            _ => None,
        }
    }

    fn is_scaled_to_none(&self) -> bool {
        matches!(self, ReplicatedService::Started(control) if control.is_scaled_to_none())
    }

    fn scale(&self, num_replicas: u32) -> BoxFuture<'static, Result<()>> {
        match self {
            ReplicatedService::Started(control) => {
                let control = control.clone();
                async move { control.scale(num_replicas).await }.boxed()
            }
            _ => super::has_no_replicas(D::NAME),
        }
    }

    fn control(&self) -> &dyn Any {
        match self {
            ReplicatedService::Started(control) => control,
            _ => &(),
        }
    }

    #[cfg(feature = "config")]
    fn running(&self) -> Option<BoundOptions> {
        match self {
            ReplicatedService::Started(control) => Some(control.running()),
            _ => None,
        }
    }

    #[cfg(feature = "config")]
    fn change(&self, next: Next<'_>) -> Result<BoxFuture<'static, Result<()>>> {
        match self {
            ReplicatedService::Started(control) => Ok(control.change(next)?.boxed()),
            _ => Ok(async { Ok(()) }.boxed()),
        }
    }

    #[cfg(feature = "testing")]
    fn is(&self, deployment: std::any::TypeId) -> bool {
        std::any::TypeId::of::<D>() == deployment
    }

    #[cfg(feature = "testing")]
    fn fake(&mut self, faked: crate::testing::Faked) -> Result<()> {
        use crate::engine::Fakeable;
        super::check_fake(self, D::NAME, &faked)?;
        if let ReplicatedService::Bound(bound) = std::mem::replace(self, ReplicatedService::Faked) {
            bound.engine().fake_slot().set(faked.replies);
        }
        Ok(())
    }
}
