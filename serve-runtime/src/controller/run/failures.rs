//! What becomes of replicas that could not be built or reconfigured, or were lost.

use tokio::time::Instant;

use super::{FIRST_PAUSE, LONGEST_PAUSE, Run};
use crate::controller::record::{Record, State};
use crate::controller::status::GaveUp;
use crate::replica::ReplicaId;
use crate::{Error, ErrorKind};

impl Run {
    /// It is tried again, but no more than `most` times.
    pub(super) fn could_not_start(&mut self, id: ReplicaId, error: &Error, most: u32) {
        let Some(record) = self
            .records
            .get_mut(&id)
            .filter(|record| !record.is_draining())
        else {
            return;
        };
        let name = &self.settings.name;
        let attempt = record.attempt;
        let more = attempt < most;
        let pause = FIRST_PAUSE
            .saturating_mul(1 << (attempt - 1).min(16))
            .min(LONGEST_PAUSE);
        record.state = State::Failed {
            cause: error.to_string(),
            again_at: more.then(|| Instant::now() + pause),
        };
        if more {
            tracing::warn!(deployment = %name, %error, attempt, "a replica could not be built; will try again");
            return;
        }
        tracing::error!(deployment = %name, %error, attempt, "gave up on a replica");
        self.gave_up = Some(GaveUp::new(error));
    }

    /// One that returned an error has left all as it was. One that panicked is neither as it was nor as it
    /// should be, and is replaced.
    pub(super) fn could_not_reconfigure(&mut self, id: ReplicaId, error: &Error) {
        let name = &self.settings.name;
        // Or that a call has broken meanwhile.
        if matches!(error.kind(), ErrorKind::Panicked | ErrorKind::Unavailable) {
            tracing::error!(deployment = %name, replica = %id, %error, "a replica was lost as it was reconfigured, and is being replaced");
            return self.discard(id);
        }
        tracing::error!(deployment = %name, replica = %id, %error, "a replica refused its `user_config`");
        self.target.halted = true;
        self.gave_up = Some(GaveUp::new(error));
        let ready = self.ready();
        if let Some(record) = self.records.get_mut(&id)
            && let State::Updating { before } = record.state
        {
            record.config = before;
            record.state = ready;
        }
    }

    /// A replica is of no more use. Nobody waits for it.
    pub(super) fn discard(&mut self, id: ReplicaId) {
        self.has_lost_one = true;
        self.replicas.discard(id);
        if self
            .records
            .get(&id)
            .is_some_and(|record| !record.is_draining())
        {
            self.records.remove(&id);
        }
    }

    /// Those who wait for a replica are told that there will be none.
    pub(super) fn fail_if_nothing_is_left(&mut self) {
        let is_left = |record: &Record| record.is_up() || record.is_coming();
        let Some(gave_up) = &self.gave_up else {
            return;
        };
        if self.failed || self.records.values().any(is_left) {
            return;
        }
        let cause = gave_up.causes.lines().next().unwrap_or_default();
        let name = &self.settings.name;
        self.replicas.fail(Some(&format!(
            "`{name}` could not replace a replica: {cause}"
        )));
        self.failed = true;
    }
}
