//! The number of replicas that the load requires.

use serve_topology::AutoscalingConfig;
use tokio::time::Instant;

use crate::autoscale::{Autoscaler, Load, Replicas};

/// Samples the load of a deployment at its autoscaler's interval.
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

    /// When the next sample is due.
    pub(super) fn next(&self) -> Instant {
        self.next
    }

    /// Takes a sample; returns the new number of replicas, if it changes.
    pub(super) fn observe(&mut self, load: Load, replicas: Replicas) -> Option<u32> {
        let now = Instant::now();
        self.next = now + self.autoscaler.interval();
        self.autoscaler.observe(now - self.begun, load, replicas)
    }
}
