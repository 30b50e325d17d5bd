//! Health checks.

use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::{Instant, timeout_at};

use super::{HEALTH_CHECK_FAILURES, Outcome, Run};
use crate::controller::record::{Health, Record, State};
use crate::engine::ReplicaId;
use crate::{Error, Result};

impl Run {
    pub(super) fn next_check(&self) -> Option<Instant> {
        let period = self.settings.health_check_period;
        let checks = self.replicas.checks_health();
        checks.then(|| Instant::now().checked_add(period)).flatten()
    }

    pub(super) fn check_health(&mut self) {
        let (now, limit) = (Instant::now(), self.settings.health_check_timeout);
        let is_due = |health: &Health| health.next_check.is_some_and(|check| check <= now);
        let mut due = Vec::new();
        for record in self.records.values_mut() {
            if let State::Ready(health) = &mut record.state
                && is_due(health)
            {
                health.next_check = None;
                due.push(record.id);
            }
        }
        for id in due {
            let answer = self.answer(id, limit, self.replicas.check_health(id));
            let checked = async move {
                let late = || {
                    let message = format!("no answer within {} s", limit.as_secs_f64());
                    Err(Error::unavailable(message))
                };
                Outcome::Checked(id, answer.await.unwrap_or_else(late))
            };
            self.spawn(checked, move |panic| Outcome::Checked(id, Err(panic)));
        }
    }

    /// A replica's answer; `None` if that takes longer than `limit`. A call that it makes counts as a hang only
    /// after its deadline: the time starts there.
    pub(super) fn answer(
        &self,
        id: ReplicaId,
        limit: Duration,
        answer: BoxFuture<'static, Result<()>>,
    ) -> impl Future<Output = Option<Result<()>>> + use<> {
        let now = Instant::now();
        let from = self.replicas.busy_until(id).unwrap_or(now).max(now);
        let until = from.checked_add(limit);
        async move {
            match until {
                Some(until) => timeout_at(until, answer).await.ok(),
                None => Some(answer.await),
            }
        }
    }

    /// How long a replica that does not answer is waited for.
    pub(super) fn patience(&self) -> Duration {
        let timeout = self.settings.health_check_timeout;
        timeout.saturating_mul(HEALTH_CHECK_FAILURES)
    }

    pub(super) fn on_checked(&mut self, id: ReplicaId, result: Result<()>) {
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
            self.is_not_healthy(id, &error);
        }
    }
}
