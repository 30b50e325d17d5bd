//! The replicas that were lost or could not be built.

use std::collections::VecDeque;
use std::time::SystemTime;

use super::record::Record;
use super::status::DeadReplica;

/// How many are remembered: as many as Ray Serve does (`RAY_SERVE_RETAINED_DEAD_REPLICAS`).
const KEPT: usize = 10;

/// The last of them, the newest at the end.
#[derive(Default)]
pub(super) struct Dead(VecDeque<DeadReplica>);

impl Dead {
    pub(super) fn add(&mut self, record: &Record, cause: impl Into<String>) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(DeadReplica {
            id: record.id.0,
            cause: cause.into(),
            started: record.started,
            ended: SystemTime::now(),
        });
    }

    pub(super) fn all(&self) -> Vec<DeadReplica> {
        self.0.iter().cloned().collect()
    }
}
