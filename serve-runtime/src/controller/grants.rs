//! The resources that the replicas of a deployment are granted.

use std::sync::Arc;

use crate::Result;
use crate::engine::ReplicaId;
use crate::resources::{Demand, Grant, Resources};

/// Where the grants of new replicas come from.
pub(crate) struct Grants {
    /// Taken for the first replicas before any was built, in reverse order: as many as are started before
    /// anything else happens.
    first: Vec<Grant>,
    resources: Resources,
}

impl Grants {
    pub(crate) fn new(mut grants: Vec<Grant>, resources: Resources) -> Self {
        grants.reverse();
        Grants {
            first: grants,
            resources,
        }
    }

    /// Where they come from.
    pub(crate) fn resources(&self) -> &Resources {
        &self.resources
    }

    /// The resources of a replica, until the grant is dropped.
    ///
    /// # Errors
    ///
    /// If there is not enough left; it shows the arithmetic.
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
