//! A controller, and replicas that do what the test says.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serve_topology::Options;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout};

use crate::controller::{Controller, Grants, Replicas, Role, Settings};
use crate::engine::{Event, Line, Load, ReplicaId, UserConfig};
use crate::request::admission::ExpectedWait;
use crate::resources::{Demand, Grant, LazyLedger, Ledger, Machine, Resources, Wanted};
use crate::{Error, Result};

/// Far longer than anything here takes, by the clock of the tests.
const TOO_LONG: Duration = Duration::from_secs(1_000);

/// Replicas that log what they are asked, and answer when the test says so.
#[derive(Default)]
pub(super) struct Script {
    log: Mutex<Vec<String>>,
    answers: Mutex<BTreeMap<String, oneshot::Sender<Result<()>>>>,
    grants: Mutex<BTreeMap<u64, Grant>>,
    /// A number; none is 0.
    config: Mutex<Option<UserConfig>>,
    pub(super) load: Mutex<Load>,
    pub(super) line: Mutex<Line>,
    pub(super) looks: AtomicUsize,
    /// How often calls that nobody polls were skipped.
    pub(super) skips: AtomicUsize,
    checks: bool,
    /// Once the next start has been answered, it reports that and waits, while it blocks its thread.
    pub(super) blocks_start: Mutex<Option<(Sender<()>, Receiver<()>)>>,
}

impl Script {
    /// With a `check_health`, or without.
    pub(super) fn with_checks(checks: bool) -> Self {
        Script {
            checks,
            ..Script::default()
        }
    }

    fn write(&self, line: String) {
        self.log.lock().unwrap().push(line);
    }

    /// Logs it, and waits for the answer; an answer that cannot come any more is an error.
    fn ask(&self, what: &str, id: ReplicaId) -> BoxFuture<'static, Result<()>> {
        let (answer, answered) = oneshot::channel();
        let line = format!("{what} {id}");
        self.answers.lock().unwrap().insert(line.clone(), answer);
        self.write(line);
        async {
            answered
                .await
                .unwrap_or_else(|_| Err(Error::failed("no answer")))
        }
        .boxed()
    }

    /// Answers; `false` if the answer is not waited for.
    pub(super) fn answer(&self, what: &str, answer: Result<()>) -> bool {
        let asked = self.answers.lock().unwrap().remove(what);
        asked.is_some_and(|asked| asked.send(answer).is_ok())
    }

    /// What has been asked since the last call of this.
    pub(super) fn log(&self) -> Vec<String> {
        std::mem::take(&mut *self.log.lock().unwrap())
    }

    /// The number in each replica's grant.
    pub(super) fn numbers(&self) -> Vec<(u64, Option<usize>)> {
        let grants = self.grants.lock().unwrap();
        let numbers = grants
            .iter()
            .map(|(id, grant)| (*id, grant.context().number()));
        numbers.collect()
    }

    /// The `user_config` of the next replica.
    pub(super) fn set_config(&self) -> u32 {
        number(self.config.lock().unwrap().as_ref())
    }

    /// Gives a replica's grant back.
    pub(super) fn give_back(&self, id: u64) {
        drop(self.grants.lock().unwrap().remove(&id));
    }
}

fn number(config: Option<&UserConfig>) -> u32 {
    let number = config.and_then(|config| config.downcast_ref::<u32>());
    number.copied().unwrap_or_default()
}

impl Replicas for Script {
    fn add(&self, id: ReplicaId, grant: Grant) -> BoxFuture<'static, Result<()>> {
        self.grants.lock().unwrap().insert(id.0, grant);
        let (built, blocks) = (
            self.ask("start", id),
            self.blocks_start.lock().unwrap().take(),
        );
        let added = move |built| {
            if let Some((begins, ends)) = blocks {
                begins.send(()).unwrap();
                let _ = ends.recv();
            }
            built
        };
        built.map(added).boxed()
    }

    /// An error is a panic.
    fn retire(&self, id: ReplicaId) -> BoxFuture<'static, ()> {
        self.ask("retire", id).map(Result::unwrap).boxed()
    }

    fn discard(&self, id: ReplicaId) {
        self.write(format!("discard {id}"));
    }

    fn check_health(&self, id: ReplicaId) -> BoxFuture<'static, Result<()>> {
        self.ask("check", id)
    }

    fn reconfigure(&self, id: ReplicaId) -> BoxFuture<'static, Result<()>> {
        self.ask("reconfigure", id)
    }

    fn set_user_config(&self, config: Option<UserConfig>) -> Option<UserConfig> {
        self.write(format!("configure {}", number(config.as_ref())));
        std::mem::replace(&mut *self.config.lock().unwrap(), config)
    }

    fn revert_user_config(&self, previous: Option<UserConfig>) {
        self.set_user_config(previous);
    }

    #[cfg(feature = "config")]
    fn limits_changed(&self) {
        self.write("limits".to_owned());
    }

    fn busy_until(&self, _id: ReplicaId) -> Option<Instant> {
        None
    }

    fn fail(&self, cause: Option<&str>) {
        self.write(cause.map_or("open".to_owned(), |cause| format!("fail: {cause}")));
    }

    fn load(&self) -> Load {
        self.looks.fetch_add(1, Ordering::SeqCst);
        *self.load.lock().unwrap()
    }

    fn lines(&self) -> Vec<Line> {
        vec![*self.line.lock().unwrap()]
    }

    fn skip_unpolled(&self) {
        self.skips.fetch_add(1, Ordering::SeqCst);
    }

    fn end_watch(&self) {
        self.write("end watch".to_owned());
    }

    fn capacity(&self) -> Option<usize> {
        None
    }

    fn checks_health(&self) -> bool {
        self.checks
    }
}

/// A controller of such replicas. The clock stands still unless the test sleeps.
pub(super) struct Play {
    pub(super) script: Arc<Script>,
    pub(super) controller: Arc<Controller>,
    pub(super) events: mpsc::UnboundedSender<Event>,
    pub(super) expected_wait: Arc<ExpectedWait>,
}

pub(super) fn settings(options: &Options<'_>) -> Settings {
    let demand = Demand::of(options, None, false).unwrap();
    Settings {
        watches: true,
        ..Settings::new("Model".into(), options, demand)
    }
}

impl Play {
    pub(super) fn of(script: Script, options: &Options<'_>, machine: Machine) -> Self {
        let (script, settings) = (Arc::new(script), settings(options));
        let resources = Resources::from(LazyLedger::from(Some(Ledger::from(machine))));
        let wanted = Wanted {
            deployment: "Model".into(),
            num_replicas: settings.num_replicas as usize,
            demand: settings.demand.clone(),
        };
        let grants = resources.take_all(&[wanted]).unwrap().remove(0);
        let (events, received) = mpsc::unbounded_channel();
        let replicas: Arc<dyn Replicas> = script.clone();
        let grants = Grants::new(grants, resources);
        let expected_wait = Arc::default();
        let role = Role {
            on_capacity: Box::new(|_| {}),
            expected_wait: Arc::clone(&expected_wait),
            clocks: Arc::default(),
            callers: vec!["its calls are of the node `score`".to_owned()],
        };
        let controller = Controller::spawn(replicas, settings, grants, received, role);
        Play {
            script,
            controller: Arc::new(controller),
            events,
            expected_wait,
        }
    }

    pub(super) fn new(options: &Options<'_>) -> Self {
        Play::of(Script::default(), options, Machine::empty())
    }

    /// With that many replicas, all of them started.
    pub(super) async fn started(options: &Options<'_>) -> Self {
        let play = Play::new(options);
        play.settle().await;
        for line in play.script.log() {
            assert!(play.script.answer(&line, Ok(())), "{line}");
        }
        play.settle().await;
        play
    }

    /// Waits until all tasks have done what they can do.
    pub(super) async fn settle(&self) {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }

    /// What has been asked until all tasks wait.
    pub(super) async fn next(&self) -> Vec<String> {
        self.settle().await;
        self.script.log()
    }

    /// What is asked next, however long that takes.
    pub(super) async fn later(&self) -> Vec<String> {
        let begun = Instant::now();
        loop {
            let log = self.script.log();
            if !log.is_empty() {
                return log;
            }
            assert!(begun.elapsed() < TOO_LONG, "nothing is asked");
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Answers; returns what is asked next.
    pub(super) async fn after(&self, what: &str, answer: Result<()>) -> Vec<String> {
        assert!(
            self.script.answer(what, answer),
            "`{what}` is not waited for"
        );
        self.next().await
    }

    /// Sends a command, without waiting until it has been carried out.
    pub(super) fn command<F>(
        &self,
        command: impl FnOnce(Arc<Controller>) -> F,
    ) -> tokio::task::JoinHandle<Result<()>>
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let mut command = Box::pin(command(Arc::clone(&self.controller)));
        // Sent at once, so that the test decides the order.
        let early = (&mut command).now_or_never();
        tokio::spawn(async move {
            match early {
                Some(result) => result,
                // The clock advances when all tasks wait.
                None => timeout(TOO_LONG, command).await.expect("an end"),
            }
        })
    }

    pub(super) fn scale(&self, num_replicas: u32) -> tokio::task::JoinHandle<Result<()>> {
        self.command(|controller| async move { controller.scale(num_replicas).await })
    }

    pub(super) fn reconfigure(&self, config: u32) -> tokio::task::JoinHandle<Result<()>> {
        self.command(|controller| async move { controller.reconfigure(Arc::new(config)).await })
    }

    pub(super) fn update(&self, options: &Options<'_>) -> tokio::task::JoinHandle<Result<()>> {
        self.update_with(options, None)
    }

    /// An update that also brings a `user_config`, as the blueprint of a deployment does.
    pub(super) fn update_with(
        &self,
        options: &Options<'_>,
        config: Option<u32>,
    ) -> tokio::task::JoinHandle<Result<()>> {
        let (settings, script) = (settings(options), Arc::clone(&self.script));
        let install = Box::new(move || {
            let config = config.map(|config| -> UserConfig { Arc::new(config) });
            *script.config.lock().unwrap() = config;
        });
        self.command(|controller| async move { controller.update(settings, install).await })
    }
}
