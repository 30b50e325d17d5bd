//! Replicas that could not be built or reconfigured, or were lost.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    ConfigChange, FIRST_PAUSE, LASTING, LASTING_ATTEMPTS, LONGEST_PAUSE, OUTDATED, Phase, Run,
};
use crate::controller::record::{Record, State};
use crate::controller::status::{GaveUp, StatusTrigger};
use crate::engine::ReplicaId;
use crate::util::jitter::jittered;
use crate::{Error, ErrorKind};

impl Run {
    /// A replica could not be built: it is tried again, at most `max_attempts` times - or for ever, if it is in the place
    /// of one that there was.
    pub(super) fn could_not_start(&mut self, id: ReplicaId, error: &Error, max_attempts: u32) {
        let is_owed = self.is_one_owed();
        let Some(record) = self
            .records
            .get_mut(&id)
            .filter(|record| !record.is_draining())
        else {
            return;
        };
        let name = &self.settings.name;
        let attempt = record.attempt;
        let is_given_up = attempt >= max_attempts;
        if is_given_up
            && !is_owed
            && let Some(before) = self.scaled_from.take()
        {
            self.dead.add(record, error.to_string());
            tracing::error!(deployment = %name, %error, attempt, "there are as many replicas as before");
            self.records.remove(&id);
            self.target.num_replicas = before;
            self.trigger = StatusTrigger::ReplicaStartupFailed;
            self.completed = StatusTrigger::ReplicaStartupFailed;
            self.refused = Some(GaveUp::new(error));
            return;
        }
        let pause = (is_owed || !is_given_up).then(|| pause_after(attempt));
        self.dead.add(record, error.to_string());
        record.state = State::Failed {
            cause: error.to_string(),
            again_at: pause.and_then(|pause| Instant::now().checked_add(pause)),
        };
        if is_given_up {
            self.gave_up = Some(GaveUp::new(error));
        }
        if self.had > 0 {
            self.trigger = StatusTrigger::ReplicaStartupFailed;
            self.completed = StatusTrigger::Unspecified;
        }
        match pause {
            Some(pause) => {
                let pause = pause.as_secs_f64();
                tracing::warn!(deployment = %name, %error, attempt, pause, "a replica could not be built; will try again");
                if is_owed && attempt >= max_attempts.min(LASTING_ATTEMPTS) {
                    self.is_short(format!("{error:?}"), attempt, pause);
                }
            }
            None => tracing::error!(deployment = %name, %error, attempt, "gave up on a replica"),
        }
    }

    /// Whether there are fewer replicas than there have been.
    fn is_one_owed(&self) -> bool {
        let up = self.records.values().filter(|record| record.is_up());
        up.count() < self.had
    }

    /// One that was given up is tried again in the place of one that was lost since.
    pub(super) fn try_what_is_owed(&mut self) {
        let there = |record: &&Record| record.is_up() || record.is_coming();
        let owed = self
            .had
            .saturating_sub(self.records.values().filter(there).count());
        let given_up = self.records.values_mut().filter_map(|record| {
            let attempt = record.attempt;
            match &mut record.state {
                State::Failed {
                    again_at: again_at @ None,
                    ..
                } => Some((attempt, again_at)),
                _ => None,
            }
        });
        for (attempt, again_at) in given_up.take(owed) {
            *again_at = Instant::now().checked_add(pause_after(attempt));
        }
    }

    /// Says in the status why a replica is missing that was there, and when the next one is tried.
    fn is_short(&mut self, cause: String, attempt: u32, pause: f64) {
        let tried = match attempt {
            0 => "it is being replaced".to_owned(),
            1 => format!("it is replaced after {pause:.1} s"),
            more => format!(
                "{more} attempts to replace it have failed; the next one follows {pause:.1} s after the last"
            ),
        };
        self.shortfall = Some(format!("{cause}\nnote: {tried}"));
    }

    /// A replica does not pass its health checks, and is replaced: at once if it has been there for a while, or else
    /// after a pause, as one that could not be built.
    pub(super) fn is_not_healthy(&mut self, id: ReplicaId, error: &Error) {
        self.lost_replica = true;
        self.replicas.discard(id);
        let Some(record) = self.records.get_mut(&id) else {
            return;
        };
        if record.begun.elapsed() >= LASTING {
            record.attempt = 0;
        }
        let (attempt, pause) = (record.attempt, pause_after(record.attempt));
        self.dead.add(record, error.to_string());
        record.state = State::Failed {
            cause: error.to_string(),
            again_at: Instant::now().checked_add(pause),
        };
        self.trigger = StatusTrigger::HealthCheckFailed;
        self.completed = StatusTrigger::Unspecified;
        self.is_short(format!("{error:?}"), attempt, pause.as_secs_f64());
    }

    /// A `reconfigure` that returned an error has left its replica as it was. After a panic the replica is
    /// neither as it was nor as it should be, and is replaced.
    pub(super) fn could_not_reconfigure(&mut self, id: ReplicaId, error: &Error) {
        let name = &self.settings.name;
        // Unavailable: a call has broken it meanwhile.
        if matches!(error.kind(), ErrorKind::Panicked | ErrorKind::Unavailable) {
            tracing::error!(deployment = %name, replica = %id, %error, "a replica was lost while it was reconfigured, and is being replaced");
            return self.discard(id, error.message());
        }
        tracing::error!(deployment = %name, replica = %id, %error, "a replica refused its `user_config`");
        self.refuse_config(id, error);
        if self.has_refused_the_config_in_force(id) {
            return self.discard(id, error.message()); // its successor has it from the beginning
        }
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
        self.discard(id, error.message());
    }

    /// No other replica gets a `user_config` that one has refused, unless another one is wanted already. Those that
    /// have it get the previous one again: all of them have the same.
    fn refuse_config(&mut self, id: ReplicaId, error: &Error) {
        if !self.has_refused_the_config_in_force(id) {
            return;
        }
        let Some(ConfigChange { previous, number }) = self.config_change.take() else {
            return;
        };
        let refused = std::mem::replace(&mut self.target.config, number);
        if previous.is_none() {
            // None of them can be as before: they are replaced.
            let others = self.records.values_mut().filter(|record| record.id != id);
            for record in others.filter(|record| record.config == refused) {
                record.version = OUTDATED;
            }
        }
        self.replicas.revert_user_config(previous);
        self.trigger = StatusTrigger::ReplicaStartupFailed;
        self.completed = StatusTrigger::ReplicaStartupFailed;
        self.refused = Some(GaveUp::new(error));
    }

    fn has_refused_the_config_in_force(&self, id: ReplicaId) -> bool {
        self.records.get(&id).is_some_and(|record| {
            matches!(record.state, State::Updating { .. })
                && record.version == self.target.version
                && record.config == self.target.config
        })
    }

    /// A replica is lost, and is not waited for.
    pub(super) fn discard(&mut self, id: ReplicaId, why: &str) {
        self.lost_replica = true;
        self.replicas.discard(id);
        let is_up = |record: &&Record| !record.is_draining();
        if let Some(record) = self.records.get(&id).filter(is_up) {
            self.dead.add(record, why);
            self.records.remove(&id);
        }
    }

    /// Calls are refused, those that wait included, while no replica will take them.
    pub(super) fn refuse_calls_without_replicas(&mut self) {
        if self.refuses_calls {
            return;
        }
        if let Some(why) = self.why_none_takes_calls() {
            self.replicas.fail(Some(&why));
            self.refuses_calls = true;
        }
    }

    fn why_none_takes_calls(&self) -> Option<String> {
        let name = &self.settings.name;
        if self.is_scaled_to_none() {
            // Also while its last replicas finish their calls: they take no others.
            return Some(format!(
                "`{name}` is scaled to 0 replicas\n\
                 help: raise its `num_replicas`, for example with `DeploymentControl::scale`"
            ));
        }
        let gave_up = self.gave_up.as_ref()?;
        let all_failed = self.records.values().all(Record::has_failed);
        let cause = gave_up.causes.lines().next().unwrap_or_default();
        all_failed.then(|| format!("`{name}` could not replace a replica: {cause}"))
    }

    /// Calls wait for a replica again.
    pub(super) fn accept_calls(&mut self) {
        if std::mem::take(&mut self.refuses_calls) {
            self.replicas.fail(None);
        }
    }

    /// Whether the user wants no replica, and calls start none.
    pub(super) fn is_scaled_to_none(&self) -> bool {
        self.target.num_replicas == 0 && self.scaling.is_none() && self.phase != Phase::Stopping
    }
}

/// How long to wait after the n-th failed attempt in a row.
fn pause_after(attempt: u32) -> Duration {
    let Some(doublings) = attempt.checked_sub(1) else {
        return Duration::ZERO;
    };
    let pause = FIRST_PAUSE.saturating_mul(1 << doublings.min(16));
    jittered(pause.min(LONGEST_PAUSE))
}
