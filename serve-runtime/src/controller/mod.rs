//! What keeps a deployment as it is wanted: one task, which starts, watches, replaces, reconfigures and
//! stops its replicas.
//!
//! ```text
//! commands ---\                         /--> start, retire, reconfigure, check
//! events ------> target + records -> reconcile
//! outcomes ---/                         \--> status
//! ```
//!
//! `reconcile.rs` is the whole policy, as a pure function; `run.rs` does what it says,
//! with `run/` for each kind of thing to do.

mod reconcile;
mod record;
mod replicas;
mod run;
mod scaling;
mod settings;
mod status;
mod supply;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

pub(crate) use replicas::{Engaged, Replicas};
use run::{Command, Run};
#[cfg(feature = "config")]
pub(crate) use settings::Changed;
pub(crate) use settings::Settings;
pub(crate) use status::Published;
pub use status::{DeploymentStatus, ReplicaState, ReplicaStatus, Status};
pub(crate) use supply::Supply;

use crate::replica::{Event, UserConfig};
use crate::{Error, Result};

/// Speaks to the task, which ends when nobody does any more; what replicas there are then is the engine's to stop.
pub(crate) struct Controller {
    commands: mpsc::UnboundedSender<(u64, Command)>,
    last_command: AtomicU64,
    published: watch::Receiver<Published>,
    task: AbortHandle,
}

impl Controller {
    /// Begins to start replicas.
    pub(crate) fn spawn(
        replicas: Arc<dyn Replicas>,
        settings: Settings,
        supply: Supply,
        events: mpsc::UnboundedReceiver<Event>,
        on_capacity: Box<dyn Fn(Option<usize>) + Send + Sync>,
    ) -> Self {
        let (commands, received) = mpsc::unbounded_channel();
        let (run, published) = Run::new(replicas, settings, supply, on_capacity);
        let task = Handle::current().spawn(run.run(received, events));
        Controller {
            commands,
            last_command: AtomicU64::new(0),
            published,
            task: task.abort_handle(),
        }
    }

    /// What is known now.
    pub(crate) fn status(&self) -> DeploymentStatus {
        self.published.borrow().status.clone()
    }

    /// Waits until all replicas are there.
    ///
    /// # Errors
    ///
    /// If it gave up on one of them.
    pub(crate) async fn started(&self) -> Result<()> {
        self.reached(0).await
    }

    /// So many replicas, from now on.
    pub(crate) async fn scale(&self, num_replicas: u32) -> Result<()> {
        self.command(Command::Scale(num_replicas)).await
    }

    /// All replicas get another `user_config`; if one refuses it, those that come later get the one before.
    pub(crate) async fn reconfigure(&self, config: UserConfig) -> Result<()> {
        self.command(Command::Reconfigure(config)).await
    }

    /// Keeps to other settings from now on.
    #[cfg(feature = "config")]
    pub(crate) async fn change(
        &self,
        settings: Settings,
        changed: Changed,
        user_config: Option<UserConfig>,
    ) -> Result<()> {
        let change = Command::Change {
            settings: Box::new(settings),
            changed,
            user_config,
        };
        self.command(change).await
    }

    /// All replicas are replaced by ones of the blueprint as it is now.
    pub(crate) async fn update(&self, settings: Settings) -> Result<()> {
        self.command(Command::Update(Box::new(settings))).await
    }

    /// Takes no more commands but to stop. Refuses who waits for a replica, if there is to be none.
    pub(crate) fn drain(&self) {
        self.send(Command::Drain);
    }

    /// Lets all replicas go, and waits for the end of those that still work.
    pub(crate) async fn stop(&self) {
        let mut published = self.published.clone();
        self.send(Command::Stop);
        // An error is the end of the task, which has nothing left to do then.
        let _ = published
            .wait_for(|published| published.status.replicas.is_empty())
            .await;
    }

    /// Ends the task.
    pub(crate) fn abort(&self) {
        self.task.abort();
    }

    async fn command(&self, command: Command) -> Result<()> {
        let number = self.send(command);
        self.reached(number).await
    }

    fn send(&self, command: Command) -> u64 {
        let number = self.last_command.fetch_add(1, Ordering::Relaxed) + 1;
        let _ = self.commands.send((number, command)); // who waits for it is told that the task ended
        number
    }

    /// Waits until a command has been carried out.
    async fn reached(&self, command: u64) -> Result<()> {
        let mut published = self.published.clone();
        let settled = published
            .wait_for(|published| published.command >= command && published.is_decided())
            .await
            .map_err(|_| shut_down())?;
        match &settled.failure {
            None => Ok(()),
            Some(gave_up) => Err(Error::new(gave_up.kind, gave_up.causes.clone())),
        }
    }
}

/// What is told whoever commands too late.
fn shut_down() -> Error {
    Error::unavailable("the deployment has been shut down")
}

#[cfg(test)]
mod tests;
