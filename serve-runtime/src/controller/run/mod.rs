//! The task: hears what happened, asks what is to be done, and does it.

mod actions;
mod commands;
mod failures;
mod health;
mod publish;
mod slow;

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use self::slow::SlowStarts;
use super::reconcile::Target;
use super::record::{Health, Record, State};
use super::scaling::Scaling;
#[cfg(feature = "config")]
use super::settings::Changed;
use super::settings::Settings;
use super::status::{DeploymentStatus, GaveUp, Published, Status};
use crate::Result;
use crate::autoscale::Replicas as Counted;
use crate::controller::engine_adapter::Replicas;
use crate::controller::grants::Supply;
use crate::engine::{Event, ReplicaId, UserConfig};

/// How long to wait after the first failed attempt to build a replica; twice as long after each further
/// one.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest of these waits.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// How often a replica in place of a lost one is tried if the machine has no room for it: what the lost one
/// had is there only when its last call is over, which takes a while.
const ATTEMPTS_TO_FIND_ROOM: u32 = 9;
/// How many health checks in a row may fail before a replica is replaced, as in Ray Serve.
const HEALTH_CHECK_FAILURES: u32 = 3;

/// What is asked of the task.
pub(super) enum Command {
    Scale(u32),
    Reconfigure(UserConfig),
    Update {
        settings: Box<Settings>,
        /// Sets how the next replicas are made.
        install: Box<dyn FnOnce() + Send>,
    },
    #[cfg(feature = "config")]
    Change {
        settings: Box<Settings>,
        changed: Changed,
        /// If that has changed.
        user_config: Option<UserConfig>,
    },
    /// [`Command::Stop`] is to come.
    StopSoon,
    /// Within that time.
    Stop(Duration),
}

/// What a task of a replica came to.
enum Outcome {
    Started(ReplicaId, Result<()>),
    Retired(ReplicaId),
    /// `None` if it has not answered in time.
    Reconfigured(ReplicaId, Option<Result<()>>),
    Checked(ReplicaId, Result<()>),
}

/// What the task waits for.
enum Happened {
    /// `None` if there is nobody left to command it.
    Commanded(Option<(u64, Command)>),
    Heard(Event),
    CameTo(Option<Outcome>),
    Woke,
}

pub(super) struct Run {
    replicas: Arc<dyn Replicas>,
    settings: Settings,
    scaling: Option<Scaling>,
    supply: Supply,
    on_capacity: Box<dyn Fn(Option<usize>) + Send + Sync>,
    target: Target,
    records: BTreeMap<ReplicaId, Record>,
    next_id: u64,
    tasks: JoinSet<Outcome>,
    command: u64,
    /// The `user_config` that all replicas had, while they are given another one.
    config_before: Option<Option<UserConfig>>,
    /// Why a replica was given up, since the last command.
    gave_up: Option<GaveUp>,
    /// Why the last command could not be carried out, whatever has become of the replicas since.
    refused: Option<GaveUp>,
    slow_starts: SlowStarts,
    /// Whether a replica was lost since the last command.
    has_lost_one: bool,
    /// It is going to let all replicas go: nothing else can be asked of it any more.
    is_stopping: bool,
    /// Whether the engine refuses every call.
    failed: bool,
    /// Before it does so, calls are waited for.
    stops_soon: bool,
    published: watch::Sender<Published>,
}

impl Run {
    pub(super) fn new(
        replicas: Arc<dyn Replicas>,
        settings: Settings,
        supply: Supply,
        on_capacity: Box<dyn Fn(Option<usize>) + Send + Sync>,
    ) -> (Self, watch::Receiver<Published>) {
        let target = Target {
            num_replicas: settings.num_replicas,
            version: 0,
            config: 0,
            rolling_update_percentage: settings.rolling_update_percentage,
            halted: false,
        };
        let status = DeploymentStatus {
            name: settings.name.to_string(),
            status: Status::Updating,
            message: String::new(),
            target_num_replicas: target.num_replicas,
            replicas: Vec::new(),
            // They change too often to be published.
            ongoing: 0,
            queued: 0,
        };
        let (published, receiver) = watch::channel(Published {
            status,
            command: 0,
            failure: None,
        });
        let run = Run {
            replicas,
            scaling: settings.autoscaling_config.map(Scaling::new),
            settings,
            supply,
            on_capacity,
            target,
            records: BTreeMap::new(),
            next_id: 0,
            tasks: JoinSet::new(),
            command: 0,
            config_before: None,
            gave_up: None,
            refused: None,
            slow_starts: SlowStarts::new(),
            has_lost_one: false,
            is_stopping: false,
            failed: false,
            stops_soon: false,
            published,
        };
        (run, receiver)
    }

    /// Until whoever commands has gone.
    pub(super) async fn run(
        mut self,
        mut commands: mpsc::UnboundedReceiver<(u64, Command)>,
        mut events: mpsc::UnboundedReceiver<Event>,
    ) {
        loop {
            self.act();
            self.publish();
            match self.happens(&mut commands, &mut events).await {
                Happened::Commanded(Some((number, command))) => self.obey(number, command),
                Happened::Commanded(None) => return,
                Happened::Heard(event) => self.hear(event),
                // Only a task that was called off has none.
                Happened::CameTo(outcome) => {
                    outcome.into_iter().for_each(|outcome| self.note(outcome))
                }
                Happened::Woke => self.wake(),
            }
        }
    }

    /// Waits for whatever is next.
    async fn happens(
        &mut self,
        commands: &mut mpsc::UnboundedReceiver<(u64, Command)>,
        events: &mut mpsc::UnboundedReceiver<Event>,
    ) -> Happened {
        let mut woke = pin!(until(self.next_wake()));
        poll_fn(|cx| {
            if let Poll::Ready(command) = commands.poll_recv(cx) {
                return Poll::Ready(Happened::Commanded(command));
            }
            if let Poll::Ready(Some(event)) = events.poll_recv(cx) {
                return Poll::Ready(Happened::Heard(event));
            }
            if let Poll::Ready(Some(outcome)) = self.tasks.poll_join_next(cx) {
                return Poll::Ready(Happened::CameTo(outcome.ok()));
            }
            woke.as_mut().poll(cx).map(|()| Happened::Woke)
        })
        .await
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Lost(id) => {
                let name = &self.settings.name;
                tracing::error!(deployment = %name, replica = %id, "a replica panicked and is being replaced");
                self.discard(id);
            }
            Event::Wanted => self.scale(),
        }
    }

    fn note(&mut self, outcome: Outcome) {
        match outcome {
            // It was lost before it was known to be there.
            Outcome::Started(id, Ok(())) if !self.records.contains_key(&id) => {
                self.replicas.discard(id);
            }
            Outcome::Started(id, Ok(())) => self.set(id, self.ready()),
            Outcome::Started(id, Err(error)) => {
                let most = self.settings.max_constructor_retry_count;
                self.could_not_start(id, &error, most);
            }
            Outcome::Retired(id) => drop(self.records.remove(&id)),
            Outcome::Reconfigured(id, Some(Ok(()))) => self.set(id, self.ready()),
            Outcome::Reconfigured(id, Some(Err(error))) => self.could_not_reconfigure(id, &error),
            Outcome::Reconfigured(id, None) => self.hung_in_reconfigure(id),
            Outcome::Checked(id, result) => self.checked(id, result),
        }
    }

    fn set(&mut self, id: ReplicaId, state: State) {
        if let Some(record) = self.records.get_mut(&id)
            && !record.is_draining()
        {
            record.state = state;
        }
    }

    fn ready(&self) -> State {
        State::Ready(Health {
            next_check: self.next_check(),
            failures: 0,
        })
    }

    fn wake(&mut self) {
        self.check_health();
        self.warn_of_slow_starts();
        let is_due = |scaling: &Scaling| scaling.next() <= Instant::now();
        if self.scaling.as_ref().is_some_and(is_due) {
            self.scale();
        }
    }

    /// As many replicas as the load asks for, if they follow it.
    fn scale(&mut self) {
        let Some(scaling) = &mut self.scaling else {
            return;
        };
        let ready = self.records.values().filter(|record| record.is_ready());
        let replicas = Counted {
            running: ready.count() as u32,
            target: self.target.num_replicas,
        };
        let Some(target) = scaling.observe(self.replicas.load(), replicas) else {
            return;
        };
        let name = &self.settings.name;
        let before = self.target.num_replicas;
        tracing::info!(deployment = %name, before, target, "another number of replicas");
        self.target.num_replicas = target;
        self.start_anew();
    }

    /// When there is something to do though nothing happens.
    fn next_wake(&self) -> Option<Instant> {
        let wake = |record: &Record| match &record.state {
            State::Failed { again_at, .. } => *again_at,
            State::Ready(health) => health.next_check,
            _ => None,
        };
        let scaling = self.scaling.as_ref().map(Scaling::next);
        let wakes = self.records.values().filter_map(wake).chain(scaling);
        wakes.chain(self.next_slow_warning()).min()
    }
}

/// For ever, if there is no such moment.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
