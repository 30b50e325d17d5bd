//! What the replicas of a deployment are given of the machine.

use std::sync::Arc;

use crate::Result;
use crate::engine::ReplicaId;
use crate::resources::{Demand, Grant, Resources};

/// Where a replica's part of the machine comes from.
pub(crate) struct Supply {
    /// What was taken for the first replicas before any was built, the first one's last: as many as are
    /// started before anything else is done.
    first: Vec<Grant>,
    resources: Resources,
}

impl Supply {
    pub(crate) fn new(mut grants: Vec<Grant>, resources: Resources) -> Self {
        grants.reverse();
        Supply {
            first: grants,
            resources,
        }
    }

    /// What a replica needs, until it is dropped.
    ///
    /// # Errors
    ///
    /// If there is not enough left, with the arithmetic.
    pub(super) fn take(
        &mut self,
        deployment: &Arc<str>,
        id: ReplicaId,
        demand: &Demand,
    ) -> Result<Grant> {
        match self.first.pop() {
            Some(grant) => Ok(grant),
            None => self.resources.take(deployment, id.0 as usize, demand),
        }
    }
}
