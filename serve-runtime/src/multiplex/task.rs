//! A load as a task of its own.
//!
//! Once it has begun it ends, whichever of the calls that wait for it go away: a model that takes longer to load than any
//! caller waits would never be there. It sees the ids of the request that asked first, but neither its deadline nor
//! that it is cancelled. It keeps its replica, as a call with `&self` does. When that is retired, loads that no call
//! waits for [are given up](super::wanted).
//!
//! Only a call that has its replica for itself, with `&mut self`, loads a model by itself: nothing else can have the
//! replica then, nor can another call wait for the model.

use std::any::Any;
use std::ops::Deref;
use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{Either, select};
use tokio::sync::{OwnedRwLockReadGuard, RwLock};
use tracing::{Instrument, Span};

use super::cache::Loading;
use super::load::{Answer, Load, channel, isolated, room};
use super::models::{InCall, Kept};
use crate::ReplicaContext;
use crate::request::context::Request;

/// Has a task load a model; returns the load if that is not possible.
pub(super) fn spawn<D, M>(
    call: &InCall,
    replica: &D,
    loading: Loading<M>,
    load: Load<D, M>,
) -> Result<Answer<M>, Loading<M>>
where
    D: Send + Sync + 'static,
    M: Send + Sync + 'static,
{
    let home = call.models.home();
    let runtime = home.and_then(|home| home.runtime());
    let kept = home.and_then(|home| Replica::of(home.keep()?, replica));
    let (Some(runtime), Some(kept)) = (runtime, kept) else {
        return Err(loading);
    };
    let answer = loading.waiter(&call.uses, channel);
    let (uses_others, models) = (call.uses.any(), Arc::clone(&call.models));
    let (chain, in_load) = (loading.chain(), call.for_a_load());
    let task = async move {
        let (cache, id) = (Arc::clone(&loading.cache), Arc::clone(&loading.id));
        let loaded = async {
            let room = room(&loading, uses_others).await;
            let result = isolated(load(&kept, &loading.id)).await;
            (room, result)
        };
        let given_up = models.wanted.given_up(|| cache.is_unwanted(&id));
        let loaded = match select(pin!(loaded), pin!(given_up)).await {
            Either::Left((loaded, _)) => Some(loaded),
            Either::Right(_) => None,
        };
        // Before its callers are answered: they may want the replica.
        drop(kept);
        if let Some((room, result)) = loaded {
            loading.finish(room, result);
        }
    };
    let task = in_load.scope(chain.scope(task));
    let task = Request::current().for_a_load().scope(task);
    let task = ReplicaContext::current().scope(task);
    runtime.spawn(task.instrument(Span::current()));
    Ok(answer)
}

/// A replica that a load keeps.
struct Replica<D> {
    // Dropped in this order.
    instance: Instance<D>,
    _kept: Box<dyn Any + Send + Sync>,
}

enum Instance<D> {
    Plain(Arc<D>),
    Locked(OwnedRwLockReadGuard<D>),
}

impl<D: Send + Sync + 'static> Replica<D> {
    /// `None` if it is another replica than that of the call, or if it is locked.
    fn of(kept: Kept, replica: &D) -> Option<Self> {
        let Kept { instance, kept } = kept;
        let instance = match instance.downcast::<D>() {
            Ok(plain) => Instance::Plain(plain),
            Err(other) => {
                let locked = other.downcast::<RwLock<D>>().ok()?;
                Instance::Locked(locked.try_read_owned().ok()?)
            }
        };
        let kept = Replica {
            instance,
            _kept: kept,
        };
        std::ptr::eq(&*kept, replica).then_some(kept)
    }
}

impl<D> Deref for Replica<D> {
    type Target = D;

    fn deref(&self) -> &D {
        match &self.instance {
            Instance::Plain(instance) => instance,
            Instance::Locked(instance) => instance,
        }
    }
}
