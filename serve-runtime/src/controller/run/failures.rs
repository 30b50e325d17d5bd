//! Replicas that could not be built or reconfigured, or were lost.

use tokio::time::Instant;

use super::{ConfigChange, FIRST_PAUSE, LONGEST_PAUSE, Phase, Run};
use crate::controller::record::{Record, State};
use crate::controller::status::GaveUp;
use crate::engine::ReplicaId;
use crate::{Error, ErrorKind};

impl Run {
    /// A replica could not be built: it is tried again, at most `max_attempts` times.
    pub(super) fn could_not_start(&mut self, id: ReplicaId, error: &Error, max_attempts: u32) {
        let Some(record) = self
            .records
            .get_mut(&id)
            .filter(|record| !record.is_draining())
        else {
            return;
        };
        let name = &self.settings.name;
        let attempt = record.attempt;
        let tries_again = attempt < max_attempts;
        let pause = FIRST_PAUSE
            .saturating_mul(1 << (attempt - 1).min(16))
            .min(LONGEST_PAUSE);
        record.state = State::Failed {
            cause: error.to_string(),
            again_at: tries_again.then(|| Instant::now() + pause),
        };
        if tries_again {
            tracing::warn!(deployment = %name, %error, attempt, "a replica could not be built; will try again");
            return;
        }
        tracing::error!(deployment = %name, %error, attempt, "gave up on a replica");
        self.gave_up = Some(GaveUp::new(error));
    }

    /// A `reconfigure` that returned an error has left its replica as it was. After a panic the replica is
    /// neither as it was nor as it should be, and is replaced.
    pub(super) fn could_not_reconfigure(&mut self, id: ReplicaId, error: &Error) {
        let name = &self.settings.name;
        // Unavailable: a call has broken it meanwhile.
        if matches!(error.kind(), ErrorKind::Panicked | ErrorKind::Unavailable) {
            tracing::error!(deployment = %name, replica = %id, %error, "a replica was lost while it was reconfigured, and is being replaced");
            return self.discard(id);
        }
        tracing::error!(deployment = %name, replica = %id, %error, "a replica refused its `user_config`");
        self.refuse_config(id, error);
        let ready = self.ready();
        if let Some(record) = self.records.get_mut(&id)
            && let State::Updating { before } = record.state
        {
            record.config = before;
            record.state = ready;
        }
    }

    /// A `reconfigure` did not return in time. Later replicas, the successor included, get the previous
    /// `user_config`.
    pub(super) fn hung_in_reconfigure(&mut self, id: ReplicaId) {
        let (name, limit) = (&self.settings.name, self.patience().as_secs_f64());
        tracing::error!(deployment = %name, replica = %id, "a `reconfigure` did not return in time, and its replica is being replaced");
        let error = Error::unavailable(format!(
            "`{name}` was not reconfigured: replica {id} did not answer within {limit} s, and was given up\n\
             help: if its `reconfigure` takes that long, give it a longer `health_check_timeout_s`: it has \
             three of them"
        ));
        self.refuse_config(id, &error);
        self.discard(id);
    }

    /// No other replica gets a `user_config` that one has refused, unless another one is wanted already.
    fn refuse_config(&mut self, id: ReplicaId, error: &Error) {
        let is_wanted = |record: &Record| {
            matches!(record.state, State::Updating { .. })
                && record.version == self.target.version
                && record.config == self.target.config
        };
        if !self.records.get(&id).is_some_and(is_wanted) {
            return;
        }
        self.target.halted = true;
        self.gave_up = Some(GaveUp::new(error));
        self.refused = self.gave_up.clone();
        if let Some(ConfigChange { previous }) = self.config_change.take() {
            self.replicas.revert_user_config(previous);
        }
    }

    /// A replica is lost, and is not waited for.
    pub(super) fn discard(&mut self, id: ReplicaId) {
        self.lost_replica = true;
        self.replicas.discard(id);
        if self
            .records
            .get(&id)
            .is_some_and(|record| !record.is_draining())
        {
            self.records.remove(&id);
        }
    }

    /// Calls that wait for a replica are refused if there will be none.
    pub(super) fn refuse_calls_without_replicas(&mut self) {
        if self.refuses_calls || !self.records.values().all(Record::is_given_up) {
            return;
        }
        let name = &self.settings.name;
        let why = match &self.gave_up {
            Some(gave_up) => {
                let cause = gave_up.causes.lines().next().unwrap_or_default();
                format!("`{name}` could not replace a replica: {cause}")
            }
            None if self.phase == Phase::Draining && self.will_have_none() => {
                format!("`{name}` has no replicas, and is being shut down")
            }
            None => return,
        };
        self.replicas.fail(Some(&why));
        self.refuses_calls = true;
    }

    /// Whether no replica is wanted, and none will be when there are calls.
    fn will_have_none(&self) -> bool {
        self.target.num_replicas == 0 && self.scaling.is_none()
    }
}
