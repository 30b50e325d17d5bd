//! Every kind of change with every kind of failure, under load: what served before serves afterwards, no call fails, and
//! the error and the status say what happened.

use std::sync::{Arc, Mutex};

use serve_runtime::config::ApplicationConfig;
use serve_runtime::prelude::*;
use serve_runtime::{DeploymentStatus, Ledger, Machine, ReplicaState, Status, deploy_on};

use super::load::Load;
use crate::support::{Count, within};

/// What goes wrong with replicas, from now on.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Trouble {
    None,
    CannotBuild,
    NeverHealthy,
    /// The second replica refuses its `user_config`.
    RefusesConfig,
}

#[derive(Clone)]
struct World {
    trouble: Arc<Mutex<Trouble>>,
    built: Count,
}

impl World {
    fn is(&self, trouble: Trouble) -> bool {
        *self.trouble.lock().unwrap() == trouble
    }
}

#[deployment(num_replicas = 2, num_cpus = 1.0)]
struct Model {
    world: World,
    version: u32,
    number: usize,
    factor: u32,
    is_healthy: bool,
}

#[deployment]
impl Model {
    fn new(world: World, version: u32) -> Result<Self> {
        if world.is(Trouble::CannotBuild) {
            return Err(Error::upstream("no weights"));
        }
        Ok(Model {
            version,
            number: world.built.add(),
            factor: 0,
            is_healthy: !world.is(Trouble::NeverHealthy),
            world,
        })
    }

    fn reconfigure(&mut self, factor: u32) -> Result<()> {
        if self.world.is(Trouble::RefusesConfig) && self.number == 1 {
            return Err(Error::invalid_input("too large"));
        }
        self.factor = factor;
        Ok(())
    }

    fn check_health(&self) -> Result<()> {
        match self.is_healthy {
            true => Ok(()),
            false => Err(Error::failed("never well")),
        }
    }

    async fn run(&self) -> (u32, u32) {
        (self.version, self.factor)
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Change {
    Scale,
    File(&'static str),
    Reconfigure,
    Update { num_replicas: u32, num_cpus: f64 },
}

/// A change, what goes wrong, and what the error says.
struct Case(Change, Trouble, &'static str);

const UPDATE: Change = Change::Update {
    num_replicas: 2,
    num_cpus: 1.0,
};

const CASES: &[Case] = &[
    // Refused.
    Case(
        Change::File("num_replicas: 0"),
        Trouble::None,
        "must be a whole number from 1",
    ),
    Case(
        Change::File("max_ongoing_requests: 0"),
        Trouble::None,
        "must be a whole number of at least 1",
    ),
    Case(
        Change::File("num_replicas: 3, user_config: high"),
        Trouble::None,
        "invalid type: string",
    ),
    Case(
        Change::File("num_replicas: 3, num_cpus: -1"),
        Trouble::None,
        "must be a number of at least 0",
    ),
    Case(
        Change::Update {
            num_replicas: 0,
            num_cpus: 1.0,
        },
        Trouble::None,
        "must be a whole number from 1",
    ),
    // Cannot fit.
    Case(Change::Scale, Trouble::None, "`Model` 9 x 1 = 9 CPUs"),
    Case(
        Change::File("num_replicas: 9"),
        Trouble::None,
        "`Model` 9 x 1 = 9 CPUs",
    ),
    Case(
        Change::File("num_cpus: 40, user_config: 7"),
        Trouble::None,
        "`Model` 2 x 40 = 80 CPUs",
    ),
    Case(
        Change::Update {
            num_replicas: 2,
            num_cpus: 3.0,
        },
        Trouble::None,
        "`Model` 2 x 3 = 6 CPUs",
    ),
    // The constructor fails.
    Case(
        Change::File("num_replicas: 3, max_queued_requests: 9"),
        Trouble::CannotBuild,
        "no weights",
    ),
    Case(
        Change::File("num_cpus: 2, user_config: 7"),
        Trouble::CannotBuild,
        "no weights",
    ),
    Case(UPDATE, Trouble::CannotBuild, "no weights"),
    // Never healthy.
    Case(
        Change::File("num_replicas: 3, max_queued_requests: 9"),
        Trouble::NeverHealthy,
        "never well",
    ),
    Case(
        Change::File("num_cpus: 2, user_config: 7"),
        Trouble::NeverHealthy,
        "never well",
    ),
    Case(UPDATE, Trouble::NeverHealthy, "never well"),
    // One replica refuses.
    Case(Change::Reconfigure, Trouble::RefusesConfig, "too large"),
    Case(
        Change::File("num_replicas: 3, user_config: 7"),
        Trouble::RefusesConfig,
        "too large",
    ),
    Case(
        Change::File("max_queued_requests: 9, user_config: 7"),
        Trouble::RefusesConfig,
        "too large",
    ),
];

async fn fails(case: &Case) {
    let Case(change, trouble, cause) = case;
    let world = World {
        trouble: Arc::new(Mutex::new(Trouble::None)),
        built: Count::new(),
    };
    let bound = Model::bind(world.clone(), 1).user_config(5);
    let app = deploy_on(Ledger::from(Machine::empty().num_cpus(4.0)), bound);
    let app = app.await.unwrap();
    let control = Deployed::control(&app)
        .deployment::<Model>("Model")
        .unwrap();
    let handle = Deployed::handle(&app).clone();
    let load = Load::start(3, move || {
        let handle = handle.clone();
        async move {
            assert_eq!(handle.run().await?, (1, 5));
            Ok(())
        }
    });
    // A refused `user_config` may have been in force at some replicas for a moment.
    let load = (*trouble != Trouble::RefusesConfig).then_some(load);
    *world.trouble.lock().unwrap() = *trouble;
    let changed = async {
        match change {
            Change::Scale => control.scale(9).await,
            Change::File(options) => {
                let file = format!("deployments: [{{ name: Model, {options} }}]");
                let file = ApplicationConfig::from_yaml(&file)?;
                Deployed::control(&app).configure(&file).await
            }
            Change::Reconfigure => control.reconfigure(7).await,
            Change::Update {
                num_replicas,
                num_cpus,
            } => {
                let bound = Model::bind(world.clone(), 2).user_config(6);
                control
                    .update(bound.num_replicas(*num_replicas).num_cpus(*num_cpus))
                    .await
            }
        }
    };
    let error = within(changed).await.unwrap_err();
    assert!(error.to_string().contains(cause), "{change:?}: {error}");
    let DeploymentStatus {
        status, message, ..
    } = control.status();
    let is_update = matches!(change, Change::Update { .. });
    match *trouble {
        // Nothing has happened.
        Trouble::None => assert_eq!((status, &*message), (Status::Healthy, "")),
        // It waits for the next command: to the version before, perhaps.
        _ if is_update => assert_eq!(status, Status::Unhealthy),
        _ => assert_eq!(status, Status::Healthy),
    }
    assert!(
        *trouble == Trouble::None || message.contains(cause),
        "{change:?}: {message}"
    );
    assert_eq!(control.status().count(ReplicaState::Ready), 2, "{change:?}");
    for _ in 0..4 {
        assert_eq!(app.run().await.unwrap(), (1, 5), "{change:?}");
    }
    if let Some(load) = load {
        load.continues(20).await;
        load.ends_well().await;
    }

    *world.trouble.lock().unwrap() = Trouble::None;
    let bound = Model::bind(world, 3).user_config(8);
    within(control.update(bound)).await.unwrap();
    assert_eq!(app.run().await.unwrap(), (3, 8), "{change:?}");
    let status = control.status();
    assert_eq!(
        (status.status, &*status.message),
        (Status::Healthy, ""),
        "{change:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_serves_before_a_change_that_fails_serves_afterwards() {
    for case in CASES {
        within(fails(case)).await;
    }
}
