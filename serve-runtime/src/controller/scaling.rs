//! The number of replicas that the load asks for.

use serve_topology::AutoscalingConfig;
use tokio::time::Instant;

use crate::autoscale::{Autoscaler, Load, Replicas};

/// Looks at the load of a deployment in its autoscaler's interval.
pub(super) struct Scaling {
    autoscaler: Autoscaler,
    begun: Instant,
    next: Instant,
}

impl Scaling {
    pub(super) fn new(config: AutoscalingConfig) -> Self {
        let now = Instant::now();
        Scaling {
            autoscaler: Autoscaler::new(config),
            begun: now,
            next: now,
        }
    }

    /// When to look next.
    pub(super) fn next(&self) -> Instant {
        self.next
    }

    /// Looks: how many replicas there are to be, if it is another number than before.
    pub(super) fn observe(&mut self, load: Load, replicas: Replicas) -> Option<u32> {
        let now = Instant::now();
        self.next = now + self.autoscaler.interval();
        self.autoscaler.observe(now - self.begun, load, replicas)
    }
}
