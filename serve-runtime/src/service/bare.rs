//! A deployment without replicas. Nothing here depends on its type: a graph may have a thousand of them.

use std::any::Any;
#[cfg(feature = "testing")]
use std::{any::TypeId, sync::Arc};

use futures_util::future::{BoxFuture, FutureExt};

#[cfg(feature = "config")]
use super::Next;
use super::{AnyService, Role};
use crate::Result;
use crate::application::bound_options::BoundOptions;
use crate::controller::DeploymentStatus;
use crate::deployment::{Bound, Callable};
use crate::engine::Bare;
use crate::resources::{Grant, Resources};

pub(crate) struct BareService {
    state: State,
    options: Box<BoundOptions>,
    #[cfg(feature = "testing")]
    real: Real,
}

enum State {
    Bound,
    /// It has no replicas, but holds the resources that its options ask for.
    Started(#[expect(dead_code, reason = "held until it is stopped")] Vec<Grant>),
    /// A fake answers in its place.
    #[cfg(feature = "testing")]
    Faked,
}

/// What a fake replaces.
#[cfg(feature = "testing")]
struct Real {
    type_id: TypeId,
    ty: &'static str,
    engine: Arc<Bare>,
}

impl BareService {
    pub(crate) fn new<D: Callable<Engine = Bare>>(bound: Bound<D>) -> Self {
        BareService {
            state: State::Bound,
            #[cfg(feature = "testing")]
            real: Real {
                type_id: TypeId::of::<D>(),
                ty: D::NAME,
                engine: Arc::clone(bound.engine()),
            },
            options: bound.into_options(),
        }
    }
}

impl AnyService for BareService {
    fn options(&self) -> Option<&BoundOptions> {
        matches!(self.state, State::Bound).then_some(&*self.options)
    }

    fn options_mut(&mut self) -> Option<&mut BoundOptions> {
        matches!(self.state, State::Bound).then_some(&mut *self.options)
    }

    fn start(&mut self, grants: Vec<Grant>, _: Resources, _: Role) -> Result<()> {
        if let State::Bound = self.state {
            self.state = State::Started(grants);
        }
        Ok(())
    }

    fn started(&self) -> BoxFuture<'_, Result<()>> {
        async { Ok(()) }.boxed()
    }

    fn begin_shutdown(&self) {}

    fn drain(&self) -> BoxFuture<'_, ()> {
        async {}.boxed()
    }

    fn stop(&self) {}

    fn status(&self) -> Option<DeploymentStatus> {
        None
    }

    fn scale(&self, _num_replicas: u32) -> BoxFuture<'static, Result<()>> {
        super::has_no_replicas(self.options.name.as_ref())
    }

    fn control(&self) -> &dyn Any {
        &()
    }

    #[cfg(feature = "config")]
    fn running(&self) -> Option<BoundOptions> {
        matches!(self.state, State::Started(_)).then(|| (*self.options).clone())
    }

    #[cfg(feature = "config")]
    fn change(&self, _: Next<'_>) -> Result<BoxFuture<'static, Result<()>>> {
        Ok(async { Ok(()) }.boxed())
    }

    #[cfg(feature = "testing")]
    fn is(&self, deployment: TypeId) -> bool {
        self.real.type_id == deployment
    }

    #[cfg(feature = "testing")]
    fn fake(&mut self, faked: crate::testing::Faked) -> Result<()> {
        use crate::engine::Fakeable;
        super::check_fake(self, self.real.ty, &faked)?;
        self.state = State::Faked;
        self.real.engine.fake_slot().set(faked.replies);
        Ok(())
    }
}
