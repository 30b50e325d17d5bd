//! What a controller knows of each replica.

use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::status::ReplicaState;
use crate::engine::ReplicaId;

/// One replica, from its beginning until it is gone.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) id: ReplicaId,
    /// When it was begun.
    pub(super) begun: Instant,
    pub(super) state: State,
    /// Of which constructor it is.
    pub(super) version: u64,
    /// Which `user_config` it has, or is being given.
    pub(super) config: u64,
    /// How often a replica in its place has been begun, this one among them.
    pub(super) attempt: u32,
}

/// Where it is in its life.
#[derive(Debug)]
pub(super) enum State {
    /// It is being built.
    Starting(Option<Start>),
    /// It takes calls.
    Ready(Health),
    /// It is being reconfigured, and had that `user_config` before.
    Updating { before: u64 },
    /// It takes no more calls, and finishes those that it has.
    Draining,
    /// It could not be built. Another attempt is made then, if there is one to come.
    Failed {
        cause: String,
        again_at: Option<Instant>,
    },
}

/// The task that builds a replica.
#[derive(Debug)]
pub(super) struct Start {
    pub(super) task: AbortHandle,
    /// An error once the task has ended, and with it all that it may have added.
    pub(super) ended: oneshot::Receiver<Never>,
}

/// What is never sent.
#[derive(Debug)]
pub(super) enum Never {}

impl Start {
    /// Calls it off, and waits for its end: it may be at work, and add the replica all the same.
    pub(super) async fn call_off(self) {
        self.task.abort();
        let _ = self.ended.await;
    }
}

/// How a replica has been found when it was asked.
#[derive(Debug)]
pub(super) struct Health {
    pub(super) next_check: Option<Instant>,
    /// Checks that failed in a row.
    pub(super) failures: u32,
}

impl Record {
    /// Whether it takes calls, or will when it has been reconfigured.
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

    /// Whether it is going to take calls, as far as is known.
    pub(super) fn is_coming(&self) -> bool {
        match &self.state {
            State::Starting(_) => true,
            State::Failed { again_at, .. } => again_at.is_some(),
            _ => false,
        }
    }

    /// Whether it could not be built, and nobody tries it again.
    pub(super) fn is_given_up(&self) -> bool {
        matches!(self.state, State::Failed { again_at: None, .. })
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
