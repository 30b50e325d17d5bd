//! Does what `reconcile` decides.

use std::time::SystemTime;

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

use super::{ATTEMPTS_TO_FIND_ROOM, Outcome, Run};
use crate::Error;
use crate::controller::reconcile::{Action, reconcile};
use crate::controller::record::{Record, Start, State};
use crate::engine::ReplicaId;
use crate::panics::isolate;

impl Run {
    pub(super) fn act(&mut self) {
        let records: Vec<&Record> = self.records.values().collect();
        for action in reconcile(&self.target, &records, Instant::now()) {
            match action {
                Action::Start { attempt } => self.start(attempt),
                Action::Forget(id) => drop(self.records.remove(&id)),
                Action::Retire(id) => self.retire(id),
                Action::Reconfigure(id) => self.reconfigure(id),
            }
        }
        let up = self
            .records
            .values()
            .filter(|record| record.is_up())
            .count();
        let wanted = self.target.num_replicas.max(1) as usize;
        self.had = self.had.max(up).min(wanted);
        if self.has_reached_target() {
            self.gave_up = None; // it was reached in spite of failures
            self.config_change = None;
            self.scaled_from = None;
            self.shortfall = None;
            if !self.is_changing() {
                self.scales = None;
                self.trigger = self.completed;
            }
        }
        self.try_what_is_owed();
        self.forget_slow_starts();
        self.refuse_calls_without_replicas();
    }

    pub(super) fn start(&mut self, attempt: u32) {
        let id = ReplicaId(self.next_id);
        self.accept_calls(); // a closed engine needs no replica
        let mut record = Record {
            id,
            begun: Instant::now(),
            started: SystemTime::now(),
            state: State::Starting(None),
            version: self.target.version,
            config: self.target.config,
            attempt,
        };
        let (name, demand) = (&self.settings.name, &self.settings.demand);
        match self.grants.take(name, id, demand) {
            Ok(grant) => {
                let started = self.replicas.add(id, grant);
                let (ends, ended) = oneshot::channel();
                let started = async move {
                    let _ends = ends;
                    Outcome::Started(id, started.await)
                };
                let task = self.spawn(started, move |panic| Outcome::Started(id, Err(panic)));
                record.state = State::Starting(Some(Start { task, ended }));
                self.list(record);
            }
            // A replica of the old version has the resources that the new one needs.
            Err(_) if let Some(outdated) = self.outdated() => self.retire(outdated),
            Err(_) if self.records.values().any(Record::is_draining) => {}
            Err(error) => {
                let max_attempts = match self.lost_replica {
                    true => ATTEMPTS_TO_FIND_ROOM,
                    false => 1,
                };
                self.list(record);
                self.could_not_start(id, &error, max_attempts);
            }
        }
    }

    /// Lists a replica. Its number counts as used from now on.
    fn list(&mut self, record: Record) {
        self.next_id = record.id.0 + 1;
        self.records.insert(record.id, record);
    }

    /// A replica that an update has to replace.
    pub(super) fn outdated(&self) -> Option<ReplicaId> {
        let is_outdated =
            |record: &&Record| record.version != self.target.version && !record.is_draining();
        self.records
            .values()
            .find(is_outdated)
            .map(|record| record.id)
    }

    /// Lets a replica finish its calls, for a limited time.
    pub(super) fn retire(&mut self, id: ReplicaId) {
        let Some(record) = self.records.get_mut(&id) else {
            return;
        };
        let start = match std::mem::replace(&mut record.state, State::Draining) {
            State::Starting(start) => start,
            _ => None,
        };
        let limit = self.settings.graceful_shutdown_timeout;
        let (replicas, name) = (Arc::clone(&self.replicas), Arc::clone(&self.settings.name));
        let retired = async move {
            if let Some(start) = start {
                start.abort().await;
            }
            if timeout(limit, replicas.retire(id)).await.is_err() {
                tracing::warn!(deployment = %name, replica = %id, "a replica did not finish its calls in time");
            }
            replicas.discard(id);
            Outcome::Retired(id)
        };
        let (replicas, name) = (Arc::clone(&self.replicas), Arc::clone(&self.settings.name));
        self.spawn(retired, move |error| {
            tracing::error!(deployment = %name, replica = %id, %error, "a replica failed while it was shutting down");
            replicas.discard(id);
            Outcome::Retired(id)
        });
    }

    /// Reconfigures a replica, which may take as long as one that does not answer health checks.
    pub(super) fn reconfigure(&mut self, id: ReplicaId) {
        let config = self.target.config;
        if let Some(record) = self.records.get_mut(&id) {
            record.state = State::Updating {
                before: record.config,
            };
            record.config = config;
        }
        let reconfigured = self.answer(id, self.patience(), self.replicas.reconfigure(id));
        let reconfigured = async move { Outcome::Reconfigured(id, reconfigured.await) };
        self.spawn(reconfigured, move |panic| {
            Outcome::Reconfigured(id, Some(Err(panic)))
        });
    }

    /// Starts a task of a replica. It has an outcome even if the user's code panics where this is not expected, as
    /// in a `Drop`: otherwise the record would stay as it is for ever.
    pub(super) fn spawn(
        &mut self,
        outcome: impl Future<Output = Outcome> + Send + 'static,
        panicked: impl FnOnce(Error) -> Outcome + Send + 'static,
    ) -> AbortHandle {
        let outcome = isolate(outcome);
        self.tasks.spawn(async move {
            let outcome = outcome.await;
            outcome.unwrap_or_else(|payload| panicked(Error::panicked(payload)))
        })
    }
}
