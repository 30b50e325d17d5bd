//! What generated handles are tied to.

use crate::Deployment;

/// A deployment whose `impl` block is one, too.
pub trait Marked {
    /// What runs its replicas.
    type Engine;
}

/// A handle to replicas of a deployment.
pub trait HandleTo {
    /// The deployment.
    type Deployment: Deployment;
}
