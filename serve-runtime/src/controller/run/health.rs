//! Asks replicas how they are.

use tokio::time::{Instant, timeout};

use super::{HEALTH_CHECK_FAILURES, Outcome, Run};
use crate::controller::record::{Record, State};
use crate::replica::ReplicaId;
use crate::{Error, Result};

impl Run {
    pub(super) fn next_check(&self) -> Option<Instant> {
        let period = self.settings.health_check_period;
        let checks = self.replicas.checks_health();
        checks.then(|| Instant::now().checked_add(period)).flatten()
    }

    pub(super) fn check_health(&mut self) {
        let (now, limit) = (Instant::now(), self.settings.health_check_timeout);
        for record in self.records.values_mut() {
            let State::Ready(health) = &mut record.state else {
                continue;
            };
            if health.next_check.is_none_or(|next_check| next_check > now) {
                continue;
            }
            health.next_check = None;
            let (id, answer) = (record.id, self.replicas.check_health(record.id));
            self.tasks.spawn(async move {
                let answer = timeout(limit, answer).await.unwrap_or_else(|_| {
                    let message = format!("no answer within {} s", limit.as_secs_f64());
                    Err(Error::unavailable(message))
                });
                Outcome::Checked(id, answer)
            });
        }
    }

    pub(super) fn checked(&mut self, id: ReplicaId, result: Result<()>) {
        let next_check = self.next_check();
        let Some(Record {
            state: State::Ready(health),
            ..
        }) = self.records.get_mut(&id)
        else {
            return;
        };
        health.next_check = next_check;
        let Err(error) = result else {
            health.failures = 0;
            return;
        };
        health.failures += 1;
        let name = &self.settings.name;
        let failures = health.failures;
        tracing::warn!(deployment = %name, replica = %id, %error, failures, "a health check failed");
        if failures >= HEALTH_CHECK_FAILURES {
            tracing::error!(deployment = %name, replica = %id, "a replica is not healthy and is being replaced");
            self.discard(id);
        }
    }
}
