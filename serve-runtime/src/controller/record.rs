//! What a controller knows about each replica.

use std::convert::Infallible;
use std::time::SystemTime;

use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::status::ReplicaState;
use crate::engine::ReplicaId;

/// One replica, from its start until it has ended.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) id: ReplicaId,
    /// When it was started.
    pub(super) begun: Instant,
    /// The same by the calendar, for operators.
    pub(super) started: SystemTime,
    pub(super) state: State,
    /// Which constructor it is from.
    pub(super) version: u64,
    /// Which `user_config` it has, or is being given.
    pub(super) config: u64,
    /// How many times a replica in its place has been started, this time included.
    pub(super) attempt: u32,
}

/// The state of a replica, with what the controller needs to know in it.
#[derive(Debug)]
pub(super) enum State {
    /// It is being built.
    Starting(Option<Start>),
    /// It takes calls.
    Ready(Health),
    /// It is being reconfigured; `before` is the `user_config` that it had.
    Updating { before: u64 },
    /// It takes no more calls, and finishes those that it has.
    Draining,
    /// It could not be built, or was not healthy. Another attempt is made at `again_at`, if any.
    Failed {
        cause: String,
        again_at: Option<Instant>,
    },
}

/// The task that builds a replica.
#[derive(Debug)]
pub(super) struct Start {
    pub(super) task: AbortHandle,
    /// Closed once the task has ended, and cannot add the replica any more.
    pub(super) ended: oneshot::Receiver<Infallible>,
}

impl Start {
    /// Aborts it, and waits for its end: it may be running, and still add the replica.
    pub(super) async fn abort(self) {
        self.task.abort();
        let _ = self.ended.await;
    }
}

/// What is known from a replica's health checks.
#[derive(Debug)]
pub(super) struct Health {
    pub(super) next_check: Option<Instant>,
    /// How many checks in a row have failed.
    pub(super) failures: u32,
}

impl Record {
    /// Whether it takes calls, or will once it is reconfigured.
    pub(super) fn is_up(&self) -> bool {
        matches!(self.state, State::Ready(_) | State::Updating { .. })
    }

    pub(super) fn is_ready(&self) -> bool {
        matches!(self.state, State::Ready(_))
    }

    pub(super) fn is_starting(&self) -> bool {
        matches!(self.state, State::Starting(_))
    }

    pub(super) fn is_draining(&self) -> bool {
        matches!(self.state, State::Draining)
    }

    /// Whether it is expected to take calls later.
    pub(super) fn is_coming(&self) -> bool {
        match &self.state {
            State::Starting(_) => true,
            State::Failed { again_at, .. } => again_at.is_some(),
            _ => false,
        }
    }

    /// Whether it could not be built, or was not healthy.
    pub(super) fn has_failed(&self) -> bool {
        matches!(self.state, State::Failed { .. })
    }

    pub(super) fn shown(&self) -> ReplicaState {
        match &self.state {
            State::Starting(_) => ReplicaState::Starting,
            State::Ready(_) => ReplicaState::Ready,
            State::Updating { .. } => ReplicaState::Updating,
            State::Draining => ReplicaState::Draining,
            State::Failed { .. } => ReplicaState::Failed,
        }
    }

    pub(super) fn message(&self) -> String {
        match &self.state {
            State::Failed { cause, .. } => cause.clone(),
            _ => String::new(),
        }
    }
}
