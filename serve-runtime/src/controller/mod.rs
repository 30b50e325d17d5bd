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

mod desired_options;
mod engine_adapter;
mod grants;
mod reconcile;
mod record;
mod run;
mod scaling;
mod settings;
mod status;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

pub(crate) use engine_adapter::{Engaged, Replicas};
pub(crate) use grants::Supply;
use run::{Command, Run};
#[cfg(feature = "config")]
pub(crate) use settings::Changed;
pub(crate) use settings::Settings;
pub(crate) use status::Published;
pub use status::{DeploymentStatus, ReplicaState, ReplicaStatus, Status};

use crate::engine::{Event, UserConfig};
use crate::{Error, Result};

/// Speaks to the task, which ends when nobody does any more; what replicas there are then is the engine's to stop.
pub(crate) struct Controller {
    commands: mpsc::UnboundedSender<(u64, Command)>,
    /// The number of the last one. Held while a command is sent, so that they come in the order of their numbers.
    last_command: Mutex<u64>,
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
            last_command: Mutex::new(0),
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
    pub(crate) fn started(&self) -> impl Future<Output = Result<()>> + Send + use<> {
        self.reached(0)
    }

    // Each of these is commanded at once, whether anybody waits for what comes of it or not.

    /// So many replicas, until the load asks for another number, if they follow it.
    pub(crate) fn scale(
        &self,
        num_replicas: u32,
    ) -> impl Future<Output = Result<()>> + Send + use<> {
        self.command(Command::Scale(num_replicas))
    }

    /// All replicas get another `user_config`; if one refuses it, those that come later get the one before.
    pub(crate) fn reconfigure(
        &self,
        config: UserConfig,
    ) -> impl Future<Output = Result<()>> + Send + use<> {
        self.command(Command::Reconfigure(config))
    }

    /// Keeps to other settings from now on.
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

    /// All replicas are replaced by ones of another blueprint, which `install` sets when it is this command's
    /// turn.
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

    /// It will be stopped, and is changed no more: calls that wait where there are no replicas, nor are to be, wait in vain.
    pub(crate) fn stops_soon(&self) {
        let _ = self.send(Command::StopSoon);
    }

    /// Lets all replicas go, and waits for the end of those that still work, up to `limit`.
    pub(crate) async fn stop(&self, limit: Duration) {
        let mut published = self.published.clone();
        let _ = self.send(Command::Stop(limit));
        // An error is the end of the task, which has nothing left to do then.
        let _ = published
            .wait_for(|published| published.status.replicas.is_empty())
            .await;
    }

    /// Ends the task.
    pub(crate) fn abort(&self) {
        self.task.abort();
    }

    fn command(&self, command: Command) -> impl Future<Output = Result<()>> + Send + use<> {
        let (number, unheard) = self.send(command);
        let reached = self.reached(number);
        async move {
            drop(unheard);
            reached.await
        }
    }

    /// The command's number. One that nobody hears comes back: who waits for it is told that the task ended,
    /// and what the user put into it is dropped where no lock is held.
    fn send(&self, command: Command) -> (u64, Option<Command>) {
        let mut last = self
            .last_command
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *last += 1;
        let unheard = self.commands.send((*last, command)).err();
        (*last, unheard.map(|unheard| unheard.0.1))
    }

    /// Waits until a command has been carried out.
    fn reached(&self, command: u64) -> impl Future<Output = Result<()>> + Send + use<> {
        let mut published = self.published.clone();
        async move {
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
}

/// What is told whoever commands too late.
fn shut_down() -> Error {
    Error::unavailable("the deployment has been shut down")
}

#[cfg(test)]
mod tests;
