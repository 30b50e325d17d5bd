//! What the task waits for.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::Run;
use crate::Result;
use crate::controller::record::{Record, State};
use crate::controller::scaling::Scaling;
#[cfg(feature = "config")]
use crate::controller::settings::Changed;
use crate::controller::settings::Settings;
use crate::engine::{Event, ReplicaId, UserConfig};

/// A command to the task.
pub(in crate::controller) enum Command {
    Scale(u32),
    Reconfigure(UserConfig),
    Update {
        settings: Box<Settings>,
        /// Sets how later replicas are made.
        install: Box<dyn FnOnce() + Send>,
    },
    #[cfg(feature = "config")]
    Change {
        settings: Box<Settings>,
        changed: Changed,
        /// Counts only if it has changed.
        user_config: Option<UserConfig>,
    },
    /// [`Command::Stop`] will follow.
    BeginShutdown,
    /// Retire all replicas, within that time.
    Stop(Duration),
}

/// The outcome of a task of a replica.
pub(super) enum Outcome {
    Started(ReplicaId, Result<()>),
    Retired(ReplicaId),
    /// `None` if it did not return in time.
    Reconfigured(ReplicaId, Option<Result<()>>),
    Checked(ReplicaId, Result<()>),
}

/// What the task waits for.
pub(super) enum Wakeup {
    /// `None` once the controller has been dropped.
    Command(Option<(u64, Command)>),
    EngineEvent(Event),
    /// `None` if the task was aborted.
    TaskDone(Option<Outcome>),
    Timer,
}

impl Run {
    /// Waits for the next wakeup. Commands come first, then what the engine reports.
    pub(super) async fn wait(
        &mut self,
        commands: &mut mpsc::UnboundedReceiver<(u64, Command)>,
        events: &mut mpsc::UnboundedReceiver<Event>,
    ) -> Wakeup {
        let mut timer = pin!(until(self.next_wake()));
        poll_fn(|cx| {
            if let Poll::Ready(command) = commands.poll_recv(cx) {
                return Poll::Ready(Wakeup::Command(command));
            }
            if let Poll::Ready(Some(event)) = events.poll_recv(cx) {
                return Poll::Ready(Wakeup::EngineEvent(event));
            }
            if let Poll::Ready(Some(outcome)) = self.tasks.poll_join_next(cx) {
                return Poll::Ready(Wakeup::TaskDone(outcome.ok()));
            }
            timer.as_mut().poll(cx).map(|()| Wakeup::Timer)
        })
        .await
    }

    /// When the timer has to fire.
    fn next_wake(&self) -> Option<Instant> {
        let due = |record: &Record| match &record.state {
            State::Failed { again_at, .. } => *again_at,
            State::Ready(health) => health.next_check,
            _ => None,
        };
        let scaling = self.scaling.as_ref().map(Scaling::next);
        let due = self.records.values().filter_map(due).chain(scaling);
        due.chain(self.next_slow_warning())
            .chain(self.next_look())
            .min()
    }
}

/// Waits for a moment; for ever, if there is none.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
