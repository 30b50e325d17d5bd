//! A deployment with replicas.

use std::any::Any;

use futures_util::future::{BoxFuture, FutureExt};

#[cfg(feature = "config")]
use super::Next;
use super::{AnyService, DeploymentControl, OnCapacity};
use crate::Result;
use crate::application::bound_options::BoundOptions;
use crate::controller::{DeploymentStatus, Supply};
use crate::deployment::{Bound, Callable};
use crate::resources::{Grant, Resources};

pub(crate) enum Replicated<D: Callable> {
    Bound(Bound<D>),
    Started(DeploymentControl<D>),
    /// A fake answers in its place.
    Gone,
}

/// Compiled once for each deployment of a program: what does not need the type is elsewhere.
impl<D: Callable> AnyService for Replicated<D> {
    fn options(&self) -> Option<&BoundOptions> {
        match self {
            Replicated::Bound(bound) => Some(bound.options()),
            _ => None,
        }
    }

    fn options_mut(&mut self) -> Option<&mut BoundOptions> {
        match self {
            Replicated::Bound(bound) => Some(bound.options_mut()),
            _ => None,
        }
    }

    fn start(
        &mut self,
        grants: Vec<Grant>,
        resources: Resources,
        on_capacity: OnCapacity,
    ) -> Result<()> {
        if let Replicated::Bound(bound) = std::mem::replace(self, Replicated::Gone) {
            let (parts, supply) = (bound.into_parts()?, Supply::new(grants, resources));
            *self = Replicated::Started(DeploymentControl::start(parts, supply, on_capacity));
        }
        Ok(())
    }

    fn started(&self) -> BoxFuture<'_, Result<()>> {
        let Replicated::Started(control) = self else {
            return async { Ok(()) }.boxed();
        };
        control.started().boxed()
    }

    fn stops_soon(&self) {
        if let Replicated::Started(control) = self {
            control.stops_soon();
        }
    }

    fn drain(&self) -> BoxFuture<'_, ()> {
        match self {
            Replicated::Started(control) => control.drain().boxed(),
            _ => async {}.boxed(),
        }
    }

    fn stop(&self) {
        if let Replicated::Started(control) = self {
            control.stop();
        }
    }

    fn status(&self) -> Option<DeploymentStatus> {
        match self {
            Replicated::Started(control) => Some(control.status()),
            _ => None,
        }
    }

    fn control(&self) -> &dyn Any {
        match self {
            Replicated::Started(control) => control,
            _ => &(),
        }
    }

    #[cfg(feature = "config")]
    fn running(&self) -> Option<BoundOptions> {
        match self {
            Replicated::Started(control) => Some(control.running()),
            _ => None,
        }
    }

    #[cfg(feature = "config")]
    fn change(&self, next: Next<'_>) -> Result<BoxFuture<'static, Result<()>>> {
        match self {
            Replicated::Started(control) => Ok(control.change(next)?.boxed()),
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
        if let Replicated::Bound(bound) = std::mem::replace(self, Replicated::Gone) {
            bound.engine().fake().set(faked.replies);
        }
        Ok(())
    }
}
