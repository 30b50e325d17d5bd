//! The task: hears what happened, asks what is to be done, and does it.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use super::reconcile::{Action, Target, reconcile};
use super::record::{Health, Record, State};
use super::replicas::Replicas;
use super::scaling::Scaling;
use super::settings::Settings;
use super::status::{DeploymentStatus, GaveUp, Published, ReplicaStatus, Status};
use super::supply::Supply;
use crate::autoscale::Replicas as Counted;
use crate::replica::{Event, ReplicaId};
use crate::{Error, ErrorKind, Result};

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
    Reconfigure,
    Update(Box<Settings>),
    Stop,
}

/// What a task of a replica came to.
enum Outcome {
    Started(ReplicaId, Result<()>),
    Retired(ReplicaId),
    Reconfigured(ReplicaId, Result<()>),
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
    /// Why a replica was given up, since the last command.
    gave_up: Option<GaveUp>,
    /// Whether a replica was lost since the last command.
    has_lost_one: bool,
    /// Whether the engine refuses every call.
    failed: bool,
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
            gave_up: None,
            has_lost_one: false,
            failed: false,
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

    fn obey(&mut self, number: u64, command: Command) {
        match command {
            Command::Scale(num_replicas) => self.target.num_replicas = num_replicas,
            Command::Reconfigure => self.target.config += 1,
            Command::Update(settings) => {
                self.target.num_replicas = settings.num_replicas;
                self.target.rolling_update_percentage = settings.rolling_update_percentage;
                self.target.version += 1;
                self.supply.forget_first();
                self.scaling = settings.autoscaling_config.map(Scaling::new);
                self.settings = *settings;
            }
            Command::Stop => {
                self.target.num_replicas = 0;
                self.scaling = None;
                self.supply.forget_first();
            }
        }
        self.command = number;
        self.start_anew();
    }

    /// What failed for good before may be tried again.
    fn start_anew(&mut self) {
        self.gave_up = None;
        self.target.halted = false;
        self.has_lost_one = false;
        self.records
            .retain(|_, record| !matches!(record.state, State::Failed { again_at: None, .. }));
        if std::mem::take(&mut self.failed) {
            self.replicas.fail(None);
        }
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
            Outcome::Started(id, Ok(())) => self.set(id, self.ready()),
            Outcome::Started(id, Err(error)) => {
                let most = self.settings.max_constructor_retry_count;
                self.could_not_start(id, &error, most);
            }
            Outcome::Retired(id) => drop(self.records.remove(&id)),
            Outcome::Reconfigured(id, Ok(())) => self.set(id, self.ready()),
            Outcome::Reconfigured(id, Err(error)) => self.could_not_reconfigure(id, &error),
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

    fn next_check(&self) -> Option<Instant> {
        let period = self.settings.health_check_period;
        let checks = self.replicas.checks_health();
        checks.then(|| Instant::now().checked_add(period)).flatten()
    }

    /// It is tried again, but no more than `most` times.
    fn could_not_start(&mut self, id: ReplicaId, error: &Error, most: u32) {
        let Some(record) = self
            .records
            .get_mut(&id)
            .filter(|record| !record.is_draining())
        else {
            return;
        };
        let name = &self.settings.name;
        let attempt = record.attempt;
        let more = attempt < most;
        let pause = FIRST_PAUSE
            .saturating_mul(1 << (attempt - 1).min(16))
            .min(LONGEST_PAUSE);
        record.state = State::Failed {
            cause: error.to_string(),
            again_at: more.then(|| Instant::now() + pause),
        };
        if more {
            tracing::warn!(deployment = %name, %error, attempt, "a replica could not be built; will try again");
            return;
        }
        tracing::error!(deployment = %name, %error, attempt, "gave up on a replica");
        self.gave_up = Some(GaveUp::new(error));
    }

    /// One that returned an error has left all as it was. One that panicked is neither as it was nor as it
    /// should be, and is replaced.
    fn could_not_reconfigure(&mut self, id: ReplicaId, error: &Error) {
        let name = &self.settings.name;
        // Or that a call has broken meanwhile.
        if matches!(error.kind(), ErrorKind::Panicked | ErrorKind::Unavailable) {
            tracing::error!(deployment = %name, replica = %id, %error, "a replica was lost as it was reconfigured, and is being replaced");
            return self.discard(id);
        }
        tracing::error!(deployment = %name, replica = %id, %error, "a replica refused its `user_config`");
        self.target.halted = true;
        self.gave_up = Some(GaveUp::new(error));
        let ready = self.ready();
        if let Some(record) = self.records.get_mut(&id)
            && let State::Updating { before } = record.state
        {
            record.config = before;
            record.state = ready;
        }
    }

    fn checked(&mut self, id: ReplicaId, result: Result<()>) {
        let next_check = self.next_check();
        let Some(Record {
            state: State::Ready(health),
            ..
        }) = self.records.get_mut(&id)
        else {
            return;
        };
        health.next_check = next_check;
        let Err(error) = result else {
            health.failures = 0;
            return;
        };
        health.failures += 1;
        let name = &self.settings.name;
        let failures = health.failures;
        tracing::warn!(deployment = %name, replica = %id, %error, failures, "a health check failed");
        if failures >= HEALTH_CHECK_FAILURES {
            tracing::error!(deployment = %name, replica = %id, "a replica is not healthy and is being replaced");
            self.discard(id);
        }
    }

    /// A replica is of no more use. Nobody waits for it.
    fn discard(&mut self, id: ReplicaId) {
        self.has_lost_one = true;
        self.replicas.discard(id);
        if self
            .records
            .get(&id)
            .is_some_and(|record| !record.is_draining())
        {
            self.records.remove(&id);
        }
    }

    fn act(&mut self) {
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
        }
        self.fail_if_nothing_is_left();
    }

    fn start(&mut self, attempt: u32) {
        let id = ReplicaId(self.next_id);
        self.next_id += 1;
        let mut record = Record {
            id,
            state: State::Starting(None),
            version: self.target.version,
            config: self.target.config,
            attempt,
        };
        let (name, demand) = (&self.settings.name, &self.settings.demand);
        match self.supply.take(name, id, demand) {
            Ok(grant) => {
                let started = self.replicas.add(id, grant);
                let started = async move { Outcome::Started(id, started.await) };
                record.state = State::Starting(Some(self.tasks.spawn(started)));
                self.records.insert(id, record);
            }
            // What a replica of the old kind has is what one of the new kind needs.
            Err(_) if let Some(outdated) = self.outdated() => self.retire(outdated),
            Err(_) if self.records.values().any(Record::is_draining) => {}
            Err(error) => {
                let most = match self.has_lost_one {
                    true => ATTEMPTS_TO_FIND_ROOM,
                    false => 1,
                };
                self.records.insert(id, record);
                self.could_not_start(id, &error, most);
            }
        }
    }

    /// A replica that is to be replaced by an update.
    fn outdated(&self) -> Option<ReplicaId> {
        let is_outdated =
            |record: &&Record| record.version != self.target.version && !record.is_draining();
        self.records
            .values()
            .find(is_outdated)
            .map(|record| record.id)
    }

    /// It has a limited time to finish its calls.
    fn retire(&mut self, id: ReplicaId) {
        let Some(record) = self.records.get_mut(&id) else {
            return;
        };
        let before = std::mem::replace(&mut record.state, State::Draining);
        if let State::Starting(Some(task)) = before {
            task.abort();
        }
        let (replicas, limit) = (
            Arc::clone(&self.replicas),
            self.settings.graceful_shutdown_timeout,
        );
        let name = Arc::clone(&self.settings.name);
        self.tasks.spawn(async move {
            if timeout(limit, replicas.retire(id)).await.is_err() {
                tracing::warn!(deployment = %name, replica = %id, "a replica did not finish its calls in time");
            }
            replicas.discard(id);
            Outcome::Retired(id)
        });
    }

    fn reconfigure(&mut self, id: ReplicaId) {
        let config = self.target.config;
        if let Some(record) = self.records.get_mut(&id) {
            record.state = State::Updating {
                before: record.config,
            };
            record.config = config;
        }
        let reconfigured = self.replicas.reconfigure(id);
        self.tasks
            .spawn(async move { Outcome::Reconfigured(id, reconfigured.await) });
    }

    fn wake(&mut self) {
        self.check_health();
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

    fn check_health(&mut self) {
        let (now, limit) = (Instant::now(), self.settings.health_check_timeout);
        for record in self.records.values_mut() {
            let State::Ready(health) = &mut record.state else {
                continue;
            };
            if health.next_check.is_none_or(|next_check| next_check > now) {
                continue;
            }
            health.next_check = None;
            let (id, answer) = (record.id, self.replicas.check_health(record.id));
            self.tasks.spawn(async move {
                let answer = timeout(limit, answer).await.unwrap_or_else(|_| {
                    let message = format!("no answer within {} s", limit.as_secs_f64());
                    Err(Error::unavailable(message))
                });
                Outcome::Checked(id, answer)
            });
        }
    }

    /// Those who wait for a replica are told that there will be none.
    fn fail_if_nothing_is_left(&mut self) {
        let is_left = |record: &Record| record.is_up() || record.is_coming();
        let Some(gave_up) = &self.gave_up else {
            return;
        };
        if self.failed || self.records.values().any(is_left) {
            return;
        }
        let cause = gave_up.causes.lines().next().unwrap_or_default();
        let name = &self.settings.name;
        self.replicas.fail(Some(&format!(
            "`{name}` could not replace a replica: {cause}"
        )));
        self.failed = true;
    }

    /// When there is something to do though nothing happens.
    fn next_wake(&self) -> Option<Instant> {
        let wake = |record: &Record| match &record.state {
            State::Failed { again_at, .. } => *again_at,
            State::Ready(health) => health.next_check,
            _ => None,
        };
        let scaling = self.scaling.as_ref().map(Scaling::next);
        self.records.values().filter_map(wake).chain(scaling).min()
    }

    fn publish(&self) {
        (self.on_capacity)(self.replicas.capacity());
        let replicas = self.records.values().map(|record| ReplicaStatus {
            id: record.id.0,
            state: record.shown(),
            message: record.message(),
        });
        let message = self.gave_up.as_ref().map(|gave_up| gave_up.causes.clone());
        let status = DeploymentStatus {
            name: self.settings.name.to_string(),
            status: self.status(),
            message: message.unwrap_or_default(),
            target_num_replicas: self.target.num_replicas,
            replicas: replicas.collect(),
        };
        self.published.send_replace(Published {
            status,
            command: self.command,
            failure: self.gave_up.clone(),
        });
    }

    /// Whether there are as many replicas as there are to be, all of them as they are to be.
    fn is_as_wanted(&self) -> bool {
        let as_wanted = |record: &&Record| {
            record.is_ready()
                && record.version == self.target.version
                && record.config == self.target.config
        };
        let num_as_wanted = self.records.values().filter(as_wanted).count();
        num_as_wanted == self.target.num_replicas as usize
    }

    fn status(&self) -> Status {
        let is_in_motion = |record: &Record| {
            record.is_coming() || matches!(record.state, State::Updating { .. } | State::Draining)
        };
        let in_motion = self.records.values().any(is_in_motion);
        match &self.gave_up {
            Some(_) if in_motion => Status::Updating,
            Some(_) if self.records.values().any(Record::is_up) => Status::Unhealthy,
            Some(_) => Status::DeployFailed,
            None if in_motion || !self.is_as_wanted() => Status::Updating,
            None => Status::Healthy,
        }
    }
}

/// For ever, if there is no such moment.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
