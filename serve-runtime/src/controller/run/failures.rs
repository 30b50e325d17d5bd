//! What becomes of replicas that could not be built or reconfigured, or were lost.

use tokio::time::Instant;

use super::{FIRST_PAUSE, LONGEST_PAUSE, Run};
use crate::controller::record::{Record, State};
use crate::controller::status::GaveUp;
use crate::engine::ReplicaId;
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
        self.refuse_config(id, error);
        let ready = self.ready();
        if let Some(record) = self.records.get_mut(&id)
            && let State::Updating { before } = record.state
        {
            record.config = before;
            record.state = ready;
        }
    }

    /// Its successor, and those that come later, get the `user_config` that it had before.
    pub(super) fn hung_in_reconfigure(&mut self, id: ReplicaId) {
        let (name, limit) = (&self.settings.name, self.patience().as_secs_f64());
        tracing::error!(deployment = %name, replica = %id, "a `reconfigure` did not end, and its replica is being replaced");
        let error = Error::unavailable(format!(
            "`{name}` was not reconfigured: replica {id} did not answer within {limit} s, and was given up\n\
             help: if its `reconfigure` takes that long, give it a longer `health_check_timeout_s`: it has \
             three of them"
        ));
        self.refuse_config(id, &error);
        self.discard(id);
    }

    /// Nobody else is given what a replica has refused, unless something else is wanted already.
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
        if let Some(before) = self.config_before.take() {
            self.replicas.take_back_user_config(before);
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
        if self.failed || !self.records.values().all(Record::is_given_up) {
            return;
        }
        let name = &self.settings.name;
        let why = match &self.gave_up {
            Some(gave_up) => {
                let cause = gave_up.causes.lines().next().unwrap_or_default();
                format!("`{name}` could not replace a replica: {cause}")
            }
            None if self.stops_soon && self.is_to_have_none() => {
                format!("`{name}` has no replicas, and is being shut down")
            }
            None => return,
        };
        self.replicas.fail(Some(&why));
        self.failed = true;
    }

    /// Whether no replica is wanted, nor will be when there are calls.
    fn is_to_have_none(&self) -> bool {
        self.target.num_replicas == 0 && self.scaling.is_none()
    }
}
