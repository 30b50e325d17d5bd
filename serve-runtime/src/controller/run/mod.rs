//! The task: waits for something to happen, asks `reconcile` what to do, and does it.

mod actions;
mod commands;
mod failures;
mod health;
mod pace;
mod publish;
mod slow;
mod standstill;
mod wakeup;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use self::slow::SlowStarts;
use self::standstill::Watch;
pub(super) use self::wakeup::Command;
use self::wakeup::{Outcome, Wakeup};
use super::dead::Dead;
use super::reconcile::Target;
use super::record::{Health, Record, State};
use super::scaling::Scaling;
use super::settings::Settings;
use super::status::{DeploymentStatus, GaveUp, Published, Status, StatusTrigger};
use crate::autoscale::Replicas as Counted;
use crate::controller::Role;
use crate::controller::engine_adapter::Replicas;
use crate::controller::grants::Grants;
use crate::engine::{Event, ReplicaId, UserConfig};

/// How long to wait after the first failed attempt to build a replica; twice as long after each further
/// one.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest of these waits.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long a replica has to be there before it is replaced at once where it is not healthy any more.
const LASTING: Duration = Duration::from_secs(60);
/// How many failed attempts to replace a lost replica are more than a moment's trouble.
const LASTING_ATTEMPTS: u32 = 3;
/// How many times a successor of a lost replica is tried if the machine has no room for it: the resources of the
/// lost one are free only when its last call has ended, which takes a while.
const ATTEMPTS_TO_FIND_ROOM: u32 = 9;
/// The version of replicas that are replaced, whatever is wanted.
const OUTDATED: u64 = u64::MAX;
/// How many health checks in a row may fail before a replica is replaced, as in Ray Serve.
const HEALTH_CHECK_FAILURES: u32 = 3;

/// How far the deployment is from its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Commands are carried out.
    Running,
    /// Commands are refused; calls are still answered, and replicas kept.
    Draining,
    /// All replicas are retired.
    Stopping,
}

/// A `user_config` that the replicas are being given.
struct ConfigChange {
    /// The one that all of them had before.
    previous: Option<UserConfig>,
    /// Its number.
    number: u64,
}

pub(super) struct Run {
    replicas: Arc<dyn Replicas>,
    settings: Settings,
    scaling: Option<Scaling>,
    grants: Grants,
    role: Role,
    target: Target,
    records: BTreeMap<ReplicaId, Record>,
    next_id: u64,
    tasks: JoinSet<Outcome>,
    phase: Phase,
    /// The number of the last command.
    command: u64,
    /// How many versions there have been since the first.
    versions: u64,
    /// The version before the last change of options.
    #[cfg_attr(
        not(feature = "config"),
        expect(dead_code, reason = "options do not change")
    )]
    undo_version: Option<u64>,
    /// How many `user_config`s there have been since the first.
    configs: u64,
    config_change: Option<ConfigChange>,
    /// Why a replica was given up since the last command.
    gave_up: Option<GaveUp>,
    /// Why the last command could not be carried out, whatever happened to the replicas since.
    refused: Option<GaveUp>,
    /// The number of replicas before the last command, if that was to scale and is still being carried out.
    scaled_from: Option<u32>,
    /// In which direction, while nothing but the number of replicas changes.
    scales: Option<Scales>,
    dead: Dead,
    /// The error of a change that the last command has undone.
    undone: Option<Arc<str>>,
    /// Whether a replica was lost since the last command.
    lost_replica: bool,
    /// How many replicas there have been at one time, of those that are wanted, or 1 if none is: that many are never
    /// given up.
    had: usize,
    /// Why replicas are missing since they were there.
    shortfall: Option<String>,
    trigger: StatusTrigger,
    /// What the trigger will be when everything is as it should be.
    completed: StatusTrigger,
    /// Whether the engine has been told to refuse every call.
    refuses_calls: bool,
    slow_starts: SlowStarts,
    /// Present while calls wait.
    watch: Option<Watch>,
    published: watch::Sender<Published>,
}

impl Run {
    pub(super) fn new(
        replicas: Arc<dyn Replicas>,
        settings: Settings,
        grants: Grants,
        role: Role,
    ) -> (Self, watch::Receiver<Published>) {
        let target = Target {
            num_replicas: settings.num_replicas,
            version: 0,
            config: 0,
            rolling_update_percentage: settings.rolling_update_percentage,
        };
        let status = DeploymentStatus {
            name: settings.name.to_string(),
            status: Status::Updating,
            status_trigger: StatusTrigger::ConfigUpdateStarted,
            message: String::new(),
            target_num_replicas: target.num_replicas,
            replicas: Vec::new(),
            recent_dead_replicas: Vec::new(),
            // They change too often to be published.
            ongoing: 0,
            queued: 0,
        };
        let (published, receiver) = watch::channel(Published {
            status,
            command: 0,
            failure: None,
            is_scaled_to_none: false,
            is_decided: false,
        });
        let run = Run {
            replicas,
            scaling: settings.autoscaling_config.map(Scaling::new),
            settings,
            grants,
            role,
            target,
            records: BTreeMap::new(),
            next_id: 0,
            tasks: JoinSet::new(),
            phase: Phase::Running,
            command: 0,
            versions: 0,
            undo_version: None,
            configs: 0,
            config_change: None,
            gave_up: None,
            refused: None,
            scaled_from: None,
            scales: None,
            dead: Dead::default(),
            undone: None,
            lost_replica: false,
            had: 0,
            shortfall: None,
            trigger: StatusTrigger::ConfigUpdateStarted,
            completed: StatusTrigger::ConfigUpdateCompleted,
            refuses_calls: false,
            slow_starts: SlowStarts::new(),
            watch: None,
            published,
        };
        (run, receiver)
    }

    /// Runs until the controller is dropped.
    pub(super) async fn run(
        mut self,
        mut commands: mpsc::UnboundedReceiver<(u64, Command)>,
        mut events: mpsc::UnboundedReceiver<Event>,
    ) {
        loop {
            self.act();
            self.publish();
            match self.wait(&mut commands, &mut events).await {
                Wakeup::Command(Some((number, command))) => self.on_command(number, command),
                Wakeup::Command(None) => return,
                Wakeup::EngineEvent(event) => self.on_event(event),
                Wakeup::TaskDone(Some(outcome)) => self.on_outcome(outcome),
                Wakeup::TaskDone(None) => {}
                Wakeup::Timer => self.on_timer(),
            }
        }
    }

    fn on_event(&mut self, event: Event) {
        match event {
            Event::Lost(id) => {
                let name = &self.settings.name;
                tracing::error!(deployment = %name, replica = %id, "a replica panicked and is being replaced");
                self.discard(id, "it panicked");
            }
            Event::Wanted => self.scale(),
            Event::Waits => self.watch(),
        }
    }

    fn on_outcome(&mut self, outcome: Outcome) {
        match outcome {
            // It was lost before its start was reported.
            Outcome::Started(id, Ok(())) if !self.records.contains_key(&id) => {
                self.replicas.discard(id);
            }
            Outcome::Started(id, Ok(())) => self.set_state(id, self.ready()),
            Outcome::Started(id, Err(error)) => {
                let max_attempts = self.settings.max_constructor_retry_count;
                self.could_not_start(id, &error, max_attempts);
            }
            Outcome::Retired(id) => drop(self.records.remove(&id)),
            Outcome::Reconfigured(id, Some(Ok(()))) => self.set_state(id, self.ready()),
            Outcome::Reconfigured(id, Some(Err(error))) => self.could_not_reconfigure(id, &error),
            Outcome::Reconfigured(id, None) => self.hung_in_reconfigure(id),
            Outcome::Checked(id, result) => self.on_checked(id, result),
        }
    }

    fn set_state(&mut self, id: ReplicaId, state: State) {
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

    fn on_timer(&mut self) {
        self.check_health();
        self.warn_of_slow_starts();
        self.look_after_those_that_wait();
        self.warn_of_a_standstill();
        let is_due = |scaling: &Scaling| scaling.next() <= Instant::now();
        if self.scaling.as_ref().is_some_and(is_due) {
            self.scale();
        }
    }

    /// Sets the number of replicas by the load, with autoscaling.
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
        tracing::info!(deployment = %name, before, target, "scaling");
        self.scales = self.only_scales(before, target);
        self.target.num_replicas = target;
        self.scaled_from = None;
        self.trigger = StatusTrigger::Autoscaling;
        self.completed = Scales::from(before, target).completed();
        self.retry_failed();
    }

    /// The direction, unless more than the number of replicas is changing.
    fn only_scales(&self, before: u32, target: u32) -> Option<Scales> {
        let is_as_wanted = self.scales.is_some() || self.status() == Status::Healthy;
        is_as_wanted.then(|| Scales::from(before, target))
    }
}

/// Which way a number of replicas changes.
#[derive(Clone, Copy)]
enum Scales {
    Up,
    Down,
}

impl Scales {
    fn from(before: u32, target: u32) -> Self {
        match target > before {
            true => Scales::Up,
            false => Scales::Down,
        }
    }

    fn status(self) -> Status {
        match self {
            Scales::Up => Status::Upscaling,
            Scales::Down => Status::Downscaling,
        }
    }

    /// What has brought it into its state once there are that many.
    fn completed(self) -> StatusTrigger {
        match self {
            Scales::Up => StatusTrigger::UpscaleCompleted,
            Scales::Down => StatusTrigger::DownscaleCompleted,
        }
    }
}
