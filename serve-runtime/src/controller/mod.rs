//! Keeps a deployment as it should be: one task, which starts, checks, replaces, reconfigures and
//! retires its replicas.
//!
//! ```text
//! commands ---\                         /--> start, retire, reconfigure, check
//! events ------> target + records -> reconcile
//! outcomes ---/                         \--> status
//! ```
//!
//! `reconcile/` is the whole policy, as a pure function; `run/` does what it decides: a file for each kind of
//! thing to do. `record.rs` is what is known about a replica, `desired_options.rs` what the user has set last.

mod dead;
mod desired_options;
mod engine_adapter;
mod grants;
mod reconcile;
mod record;
mod run;
mod scaling;
mod settings;
mod status;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

pub(crate) use desired_options::DesiredOptions;
pub(crate) use engine_adapter::{EngineAdapter, Replicas, ReplicasOf};
pub(crate) use grants::Grants;
use run::{Command, Run};
#[cfg(feature = "config")]
pub(crate) use settings::Changed;
pub(crate) use settings::Settings;
pub(crate) use status::Published;
pub use status::{
    DeadReplica, DeploymentStatus, ReplicaState, ReplicaStatus, Status, StatusTrigger,
};

use crate::engine::{Clocks, Event, UserConfig};
use crate::request::admission::ExpectedWait;
use crate::util::lock;
use crate::{Error, Result};

/// How much a deployment takes at the moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Capacity {
    /// How many calls, those that wait included; `None` for any number.
    pub(crate) calls: Option<usize>,
    /// How many replicas accept calls.
    pub(crate) replicas: usize,
    /// Whether every call is refused.
    pub(crate) refuses: bool,
}

/// What a deployment is for its application.
pub(crate) struct Role {
    /// Called with its capacity whenever that may have changed.
    pub(crate) on_capacity: Box<dyn Fn(Capacity) + Send + Sync>,
    /// What it expects of the calls that wait is written here.
    pub(crate) expected_wait: Arc<ExpectedWait>,
    /// Which nodes call it, and which keep its places until others have run: lines of a message.
    pub(crate) callers: Vec<String>,
    /// What advances the clocks of the application's deployments.
    pub(crate) clocks: Arc<Clocks>,
}

/// Sends commands to the task, which ends when this is dropped. The engine has to stop the replicas then.
pub(crate) struct Controller {
    commands: mpsc::UnboundedSender<(u64, Command)>,
    /// The number of the last command. Locked while a command is sent, so that they arrive in the order of their
    /// numbers.
    last_command: Mutex<u64>,
    published: watch::Receiver<Published>,
    task: AbortHandle,
}

impl Controller {
    /// Starts the task, which begins to start replicas.
    pub(crate) fn spawn(
        replicas: Arc<dyn Replicas>,
        settings: Settings,
        grants: Grants,
        events: mpsc::UnboundedReceiver<Event>,
        role: Role,
    ) -> Self {
        let (commands, received) = mpsc::unbounded_channel();
        let (run, published) = Run::new(replicas, settings, grants, role);
        let task = Handle::current().spawn(run.run(received, events));
        Controller {
            commands,
            last_command: Mutex::new(0),
            published,
            task: task.abort_handle(),
        }
    }

    /// The status published last.
    pub(crate) fn status(&self) -> DeploymentStatus {
        self.published.borrow().status.clone()
    }

    /// Whether the user wants no replica, so that calls are refused.
    pub(crate) fn is_scaled_to_none(&self) -> bool {
        self.published.borrow().is_scaled_to_none
    }

    /// Waits until all replicas accept calls.
    ///
    /// # Errors
    ///
    /// If it gave up on one of them.
    pub(crate) fn started(&self) -> impl Future<Output = Result<()>> + Send + use<> {
        self.reached(0)
    }

    // Each of these sends its command at once, whether or not its future is polled.

    /// Sets the number of replicas, until autoscaling changes it, if there is any.
    pub(crate) fn scale(
        &self,
        num_replicas: u32,
    ) -> impl Future<Output = Result<()>> + Send + use<> {
        self.command(Command::Scale(num_replicas))
    }

    /// Gives all replicas another `user_config`; if one refuses it, later ones get the previous one.
    pub(crate) fn reconfigure(
        &self,
        config: UserConfig,
    ) -> impl Future<Output = Result<()>> + Send + use<> {
        self.command(Command::Reconfigure(config))
    }

    /// Applies other settings from now on.
    #[cfg(feature = "config")]
    pub(crate) fn change(
        &self,
        settings: Settings,
        changed: Changed,
        user_config: Option<UserConfig>,
    ) -> impl Future<Output = Result<()>> + Send + use<> {
        let change = Command::Change {
            settings: Box::new(settings),
            changed,
            user_config,
        };
        self.command(change)
    }

    /// Replaces all replicas by ones of another blueprint, which `install` sets when it is this command's turn.
    pub(crate) fn update(
        &self,
        settings: Settings,
        install: Box<dyn FnOnce() + Send>,
    ) -> impl Future<Output = Result<()>> + Send + use<> {
        let update = Command::Update {
            settings: Box::new(settings),
            install,
        };
        self.command(update)
    }

    /// The deployment will be stopped, and accepts no more changes.
    pub(crate) fn begin_shutdown(&self) {
        let _ = self.send(Command::BeginShutdown);
    }

    /// Retires all replicas, and waits until those with calls in flight have ended, up to `limit`.
    pub(crate) async fn stop(&self, limit: Duration) {
        let mut published = self.published.clone();
        let _ = self.send(Command::Stop(limit));
        // An error says that the task has ended, and has nothing left to do.
        let _ = published
            .wait_for(|published| published.status.replicas.is_empty())
            .await;
    }

    /// Ends the task.
    pub(crate) fn abort(&self) {
        self.task.abort();
    }

    fn command(&self, command: Command) -> impl Future<Output = Result<()>> + Send + use<> {
        let (number, unsent) = self.send(command);
        let reached = self.reached(number);
        async move {
            drop(unsent);
            reached.await
        }
    }

    /// Returns the command's number, and the command itself if the task has ended: what the user put into it has
    /// to be dropped where no lock is held. `reached` returns the error.
    fn send(&self, command: Command) -> (u64, Option<Command>) {
        let mut last = lock(&self.last_command);
        *last += 1;
        let unsent = self.commands.send((*last, command)).err();
        (*last, unsent.map(|unsent| unsent.0.1))
    }

    /// Waits until a command has been carried out.
    fn reached(&self, command: u64) -> impl Future<Output = Result<()>> + Send + use<> {
        let mut published = self.published.clone();
        async move {
            let settled = published
                .wait_for(|published| published.command >= command && published.is_decided)
                .await
                .map_err(|_| shut_down())?;
            match &settled.failure {
                None => Ok(()),
                Some(gave_up) => Err(Error::new(gave_up.kind, gave_up.causes.clone())),
            }
        }
    }
}

/// The error for a command that comes too late.
fn shut_down() -> Error {
    Error::unavailable("the deployment has been shut down")
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::Warnings;
