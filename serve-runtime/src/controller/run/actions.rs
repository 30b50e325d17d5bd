//! Does what `reconcile` says.

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
        if self.is_as_wanted() {
            self.gave_up = None; // what could not be has come to be all the same
            self.config_before = None;
        }
        self.forget_slow_starts();
        self.fail_if_nothing_is_left();
    }

    pub(super) fn start(&mut self, attempt: u32) {
        let id = ReplicaId(self.next_id);
        let mut record = Record {
            id,
            begun: Instant::now(),
            state: State::Starting(None),
            version: self.target.version,
            config: self.target.config,
            attempt,
        };
        let (name, demand) = (&self.settings.name, &self.settings.demand);
        match self.supply.take(name, id, demand) {
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
            // What a replica of the old kind has is what one of the new kind needs.
            Err(_) if let Some(outdated) = self.outdated() => self.retire(outdated),
            Err(_) if self.records.values().any(Record::is_draining) => {}
            Err(error) => {
                let most = match self.has_lost_one {
                    true => ATTEMPTS_TO_FIND_ROOM,
                    false => 1,
                };
                self.list(record);
                self.could_not_start(id, &error, most);
            }
        }
    }

    /// Its number is used from now on.
    fn list(&mut self, record: Record) {
        self.next_id = record.id.0 + 1;
        self.records.insert(record.id, record);
    }

    /// A replica that is to be replaced by an update.
    pub(super) fn outdated(&self) -> Option<ReplicaId> {
        let is_outdated =
            |record: &&Record| record.version != self.target.version && !record.is_draining();
        self.records
            .values()
            .find(is_outdated)
            .map(|record| record.id)
    }

    /// It has a limited time to finish its calls.
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
                start.call_off().await;
            }
            if timeout(limit, replicas.retire(id)).await.is_err() {
                tracing::warn!(deployment = %name, replica = %id, "a replica did not finish its calls in time");
            }
            replicas.discard(id);
            Outcome::Retired(id)
        };
        let (replicas, name) = (Arc::clone(&self.replicas), Arc::clone(&self.settings.name));
        self.spawn(retired, move |error| {
            tracing::error!(deployment = %name, replica = %id, %error, "a replica was let go, and its end went wrong");
            replicas.discard(id);
            Outcome::Retired(id)
        });
    }

    /// It takes no longer than one may that does not answer health checks.
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

    /// A task of a replica. It comes to something also if what the user wrote panics where nobody expects it,
    /// as in a `Drop`: a record would stay as it is for ever.
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
