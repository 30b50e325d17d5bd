//! What a replica that is called in place consists of.

use std::sync::Arc;

use crate::engine::ReplicaId;
use crate::engine::in_place::gate::LimitedCalls;
use crate::engine::in_place::usage::Usage;
use crate::multiplex::Models;
use crate::panics::drop_quietly;
use crate::resources::Grant;

/// A shared instance. It is kept in a [`RefCount`](super::ref_count::RefCount).
pub(crate) struct Replica<C> {
    pub(crate) id: ReplicaId,
    /// A thread may have it as well. `None` only while this is dropped.
    instance: Option<Arc<C>>,
    /// Those that its loaders have loaded.
    pub(crate) models: Arc<Models>,
    /// How many calls that have a limit to keep are in flight.
    pub(crate) limited: LimitedCalls,
    /// Who uses it, if some of its methods take `&mut self`.
    pub(crate) usage: Arc<Usage>,
    /// Its share of the machine.
    _grant: Arc<Grant>,
}

impl<C> Replica<C> {
    pub(crate) fn new(id: ReplicaId, instance: C, usage: Usage, grant: Arc<Grant>) -> Self {
        Replica {
            id,
            instance: Some(Arc::new(instance)),
            models: Arc::default(),
            limited: LimitedCalls::new(),
            usage: Arc::new(usage),
            _grant: grant,
        }
    }

    #[inline]
    pub(crate) fn instance(&self) -> &Arc<C> {
        match &self.instance {
            Some(instance) => instance,
            None => unreachable!("it is only taken out when this is dropped"),
        }
    }
}

/// The last holder may be a call, which must not panic because of a user's `Drop`.
impl<C> Drop for Replica<C> {
    fn drop(&mut self) {
        drop_quietly(self.instance.take());
        drop_quietly(std::mem::take(&mut self.models));
    }
}
