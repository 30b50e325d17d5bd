//! Options that are changed while calls are made: the replicas stay, if they can.

use serve_runtime::config::{ApplicationConfig, DeploymentConfig};
use serve_runtime::prelude::*;
use serve_runtime::{ErrorKind, ReplicaState};

use crate::load::Load;
use crate::support::{Count, Stage, waits, within};

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Scale {
    factor: u32,
}

macro_rules! deployments {
    ($($Name:ident { $($method:tt)* })*) => { $(
        #[deployment(num_replicas = 2)]
        struct $Name {
            configured: Count,
            factor: u32,
        }

        #[deployment]
        impl $Name {
            fn new(built: Count, configured: Count) -> Self {
                built.add();
                $Name { configured, factor: 1 }
            }

            fn reconfigure(&mut self, scale: Scale) -> Result<()> {
                self.configured.add();
                if scale.factor == 0 {
                    return Err(Error::failed("nothing is left of nothing"));
                }
                self.factor = scale.factor;
                Ok(())
            }

            $($method)*
        }
    )* };
}

deployments! {
    InPlace {
        async fn run(&self) -> u32 {
            tokio::task::yield_now().await;
            self.factor
        }
    }
    Computing {
        fn run(&self) -> u32 {
            self.factor
        }
    }
    Both {
        async fn run(&self) -> u32 {
            tokio::task::yield_now().await;
            self.factor
        }

        fn compute(&self) -> u32 {
            self.factor
        }
    }
}

fn of(name: &str, options: &str) -> DeploymentConfig {
    let config =
        ApplicationConfig::from_yaml(&format!("deployments: [{{ name: {name}, {options} }}]"));
    config.unwrap().deployments.remove(0)
}

macro_rules! keeps_its_replicas {
    ($Name:ident, $method:ident) => {{
        let (built, configured) = (Count::new(), Count::new());
        let bound = $Name::bind(built.clone(), configured.clone());
        let bound = bound.user_config(Scale { factor: 1 });
        let app = deploy(bound).await.unwrap();
        let control = Deployed::control(&app)
            .deployment::<$Name>(stringify!($Name))
            .unwrap();
        let handle = Deployed::handle(&app).clone();
        let load = Load::start(4, move || {
            let handle = handle.clone();
            async move { handle.$method().await.map(drop) }
        });
        let change = async |options: &str| {
            load.continues(20).await;
            within(control.configure(&of("any", options))).await
        };
        let is_now = |num_replicas: usize, factor: u32| {
            let ready = control.status().count(ReplicaState::Ready);
            let handle = Deployed::handle(&app).clone();
            async move {
                assert_eq!(ready, num_replicas);
                for _ in 0..6 {
                    assert_eq!(handle.$method().await.unwrap(), factor);
                }
            }
        };

        change("max_queued_requests: 50, max_ongoing_requests: 20")
            .await
            .unwrap();
        change("health_check_period_s: 1, rolling_update_percentage: 0.1")
            .await
            .unwrap();
        change("num_replicas: 3, user_config: { factor: 7 }")
            .await
            .unwrap();
        is_now(3, 7).await;
        assert_eq!(built.get(), 3);
        let given = configured.get();
        change("user_config: { factor: 7 }").await.unwrap();
        assert_eq!(configured.get(), given, "it is what they have");
        is_now(3, 7).await;

        let error = change("user_config: { factor: 0 }, num_replicas: 2")
            .await
            .unwrap_err();
        let message = error.message().lines().next();
        assert_eq!(message, Some("nothing is left of nothing"));
        is_now(3, 7).await; // all of it, or nothing
        // They are built with the configuration of the others.
        change("num_replicas: 4").await.unwrap();
        is_now(4, 7).await;
        let built_before = built.get();

        // For other resources, replicas are replaced.
        change("resources: {}, memory: 1").await.unwrap();
        is_now(4, 7).await;
        assert_eq!(built.get(), built_before + 4);
        load.ends_well().await;
    }};
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_in_place_stay() {
    keeps_its_replicas!(InPlace, run);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_on_threads_stay() {
    keeps_its_replicas!(Computing, run);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_of_both_stay() {
    keeps_its_replicas!(Both, compute);
}

#[deployment(max_ongoing_requests = 1)]
struct Narrow {
    stage: Stage,
}

#[deployment]
impl Narrow {
    fn new(stage: Stage) -> Self {
        Narrow { stage }
    }

    async fn run(&self) {
        self.stage.hold().await;
    }
}

#[tokio::test]
async fn a_higher_limit_admits_calls_that_wait() {
    admits_calls_that_wait("max_ongoing_requests: 3").await;
}

#[tokio::test]
async fn no_limit_admits_calls_that_wait() {
    admits_calls_that_wait("max_ongoing_requests: null").await;
}

async fn admits_calls_that_wait(change: &str) {
    let stage = Stage::new();
    let app = deploy(Narrow::bind(stage.clone())).await.unwrap();
    let calls: Vec<_> = (0..3)
        .map(|_| {
            let handle = Deployed::handle(&app).clone();
            tokio::spawn(async move { handle.run().await })
        })
        .collect();
    stage.entered(1).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(stage.max_inside(), 1);
    let control = Deployed::control(&app)
        .deployment::<Narrow>("Narrow")
        .unwrap();
    within(control.configure(&of("any", change))).await.unwrap();
    stage.entered(2).await;
    stage.release(3);
    for call in calls {
        within(call).await.unwrap().unwrap();
    }
}

#[deployment]
async fn bare(factor: u32, number: u32) -> u32 {
    factor + number
}

#[graph]
fn changing(built: Count, configured: Count) -> u32 {
    let model = Computing::bind(built, configured);
    input(|number: u32| bare(model.run(), number))
}

#[tokio::test]
async fn a_file_changes_all_options_or_none() {
    let (built, configured) = (Count::new(), Count::new());
    let app = changing(built.clone(), configured.clone());
    let written = app.config().unwrap();
    let app = deploy(app).await.unwrap();
    within(Deployed::control(&app).configure(&written))
        .await
        .unwrap();

    for (wrong, expected) in [
        (
            "{ name: changed, deployments: [] }",
            "the configuration is for `changed`, but this is `changing`",
        ),
        (
            "deployments: [{ name: model, num_replicas: 3 }, { name: modle }]",
            "graph `changing` has no deployment `modle`",
        ),
        (
            "deployments: [{ name: model, num_replicas: 3, user_config: { factor: two } }]",
            "deployment `model`: `user_config.factor`: invalid type: string \"two\", expected u32",
        ),
        (
            "deployments: [{ name: model, num_replicas: 3 }, { name: bare, num_replicas: 2 }]",
            "deployment `bare` has no replicas, so nothing of it can be changed while it runs",
        ),
        (
            "deployments: [{ name: model, num_replicas: 0 }]",
            "deployment `model`: `num_replicas` must be a whole number from 1 to 10000, but is 0",
        ),
    ] {
        let wrong = ApplicationConfig::from_yaml(wrong).unwrap();
        let error = within(Deployed::control(&app).configure(&wrong))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let first = error.message().lines().next().unwrap().to_owned();
        assert_eq!(first, expected);
        assert_eq!((built.get(), configured.get()), (2, 0), "{first}");
    }

    let refused = "deployments: [{ name: model, user_config: { factor: 0 } }]";
    let refused =
        within(Deployed::control(&app).configure(&ApplicationConfig::from_yaml(refused).unwrap()))
            .await;
    let refused = refused.unwrap_err();
    assert_eq!(
        refused.message(),
        "deployment `model`: nothing is left of nothing\nnote: what was before is in force again"
    );

    let right = "deployments: [{ name: model, num_replicas: 3, user_config: { factor: 5 } }]";
    within(Deployed::control(&app).configure(&ApplicationConfig::from_yaml(right).unwrap()))
        .await
        .unwrap();
    assert_eq!(app.call(1).await.unwrap(), 6);
    assert_eq!(
        Deployed::control(&app).status()[0].count(ReplicaState::Ready),
        3
    );
}

#[tokio::test]
async fn autoscaling_options_can_be_changed() {
    let app = deploy(InPlace::bind(Count::new(), Count::new()))
        .await
        .unwrap();
    let control = Deployed::control(&app)
        .deployment::<InPlace>("InPlace")
        .unwrap();
    let at_least =
        |replicas| format!("autoscaling_config: {{ min_replicas: {replicas}, max_replicas: 6 }}");
    for (options, expected) in [
        (at_least(4), 4),
        // Within its bounds, the number of replicas stays until the load asks for another.
        (at_least(1), 4),
        ("num_replicas: 1".to_owned(), 1),
    ] {
        within(control.configure(&of("any", &options)))
            .await
            .unwrap();
        assert_eq!(control.status().count(ReplicaState::Ready), expected);
    }
}

#[tokio::test]
async fn options_are_applied_even_if_the_caller_does_not_wait() {
    let bound = Computing::bind(Count::new(), Count::new()).user_config(Scale { factor: 1 });
    let app = deploy(bound).await.unwrap();
    let control = Deployed::control(&app)
        .deployment::<Computing>("Computing")
        .unwrap();
    for (asked, then) in [(2, 1), (3, 2)] {
        let mut reconfigured = Box::pin(control.reconfigure(Scale { factor: asked }));
        assert!(waits(&mut reconfigured).await);
        drop(reconfigured);
        // Not the configuration that they are given by now, but the previous one.
        let options = format!("user_config: {{ factor: {then} }}");
        within(control.configure(&of("any", &options)))
            .await
            .unwrap();
        assert_eq!(app.run().await.unwrap(), then);
    }
}

/// Reconfigures for as long as the stage blocks.
#[deployment]
struct Slow(Stage);

#[deployment]
impl Slow {
    fn new(stage: Stage) -> Self {
        Slow(stage)
    }

    fn reconfigure(&mut self, scale: Scale) {
        if scale.factor > 1 {
            self.0.block();
        }
    }

    fn run(&self) -> u32 {
        1
    }
}

#[graph]
fn slow(stage: Stage) -> u32 {
    let slow = Slow::bind(stage).user_config(Scale { factor: 1 });
    input(|| slow.run())
}

#[tokio::test]
async fn a_control_that_changes_options_does_not_keep_the_application_running() {
    let stage = Stage::new();
    let app = deploy(slow(stage.clone())).await.unwrap();
    let (control, handle) = (Deployed::control(&app), Deployed::handle(&app).clone());
    let config =
        ApplicationConfig::from_yaml("deployments: [{ name: slow, user_config: { factor: 2 } }]")
            .unwrap();
    let mut configured = Box::pin(control.configure(&config));
    assert!(waits(&mut configured).await);
    stage.entered(1).await;
    drop(app);
    let refused = within(handle.call()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unavailable);
    within(configured).await.unwrap_err();
    stage.release(1);
}
