//! Scale, reconfigure and update under load: no call fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serve_runtime::prelude::*;
use serve_runtime::{ReplicaState, Status};

use crate::load::Load;
use crate::support::{Count, OnDrop, within};

/// Lets a test count replicas and what happens to them.
#[derive(Clone)]
pub struct Watched {
    built: Count,
    dropped: Count,
    /// Replicas that are being reconfigured, and the maximum at a time.
    updating: Arc<AtomicU32>,
    most_updating: Arc<AtomicU32>,
}

impl Watched {
    fn new() -> Self {
        Watched {
            built: Count::new(),
            dropped: Count::new(),
            updating: Arc::default(),
            most_updating: Arc::default(),
        }
    }

    fn build(&self) -> OnDrop {
        self.built.add();
        self.dropped.on_drop()
    }

    fn update(&self) {
        let now = self.updating.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_updating.fetch_max(now, Ordering::SeqCst);
        for _ in 0..50 {
            std::thread::yield_now();
        }
        self.updating.fetch_sub(1, Ordering::SeqCst);
    }
}

#[derive(Clone, Debug)]
pub struct Config {
    factor: u32,
}

macro_rules! deployments {
    ($($Name:ident { $($method:tt)* })*) => { $(
        #[deployment(num_replicas = 3)]
        struct $Name {
            watched: Watched,
            version: u32,
            factor: u32,
            _dropped: OnDrop,
        }

        #[deployment]
        impl $Name {
            fn new(watched: Watched, version: u32) -> Self {
                let _dropped = watched.build();
                $Name { watched, version, factor: 1, _dropped }
            }

            fn reconfigure(&mut self, config: Config) -> Result<()> {
                self.watched.update();
                if config.factor == 0 {
                    return Err(Error::failed("nothing is left of nothing"));
                }
                self.factor = config.factor;
                Ok(())
            }

            $($method)*
        }
    )* };
}

deployments! {
    InPlace {
        async fn run(&self) -> (u32, u32) {
            tokio::task::yield_now().await;
            (self.version, self.factor)
        }
    }
    Computing {
        fn run(&self) -> (u32, u32) {
            (self.version, self.factor)
        }
    }
    Both {
        async fn run(&self) -> (u32, u32) {
            tokio::task::yield_now().await;
            (self.version, self.factor)
        }

        fn compute(&self) -> (u32, u32) {
            (self.version, self.factor)
        }
    }
}

/// The same test for each engine.
macro_rules! of_each_engine {
    ($test:ident) => {
        mod $test {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn in_place() {
                $test!(InPlace, run);
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_threads() {
                $test!(Computing, run);
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn both() {
                $test!(Both, compute);
            }
        }
    };
}

macro_rules! scale {
    ($Name:ident, $method:ident) => {{
        let watched = Watched::new();
        let app = deploy($Name::bind(watched.clone(), 1)).await.unwrap();
        let control = Deployed::control(&app)
            .deployment::<$Name>(stringify!($Name))
            .unwrap();
        let handle = Deployed::handle(&app).clone();
        let load = Load::start(6, move || {
            let handle = handle.clone();
            async move { handle.$method().await.map(drop) }
        });
        for num_replicas in [5, 1, 4, 2, 3] {
            load.continues(20).await;
            within(control.scale(num_replicas)).await.unwrap();
            let status = control.status();
            assert_eq!(status.status, Status::Healthy);
            assert_eq!(status.count(ReplicaState::Ready), num_replicas as usize);
            assert_eq!(status.replicas.len(), num_replicas as usize);
        }
        load.continues(20).await;
        load.ends_well().await;
        watched.dropped.reaches(watched.built.get() - 3).await;
        within(Deployed::shutdown(app)).await;
        watched.dropped.reaches(watched.built.get()).await;
    }};
}
of_each_engine!(scale);

macro_rules! reconfigure {
    ($Name:ident, $method:ident) => {{
        let watched = Watched::new();
        let bound = $Name::bind(watched.clone(), 1).user_config(Config { factor: 2 });
        let app = deploy(bound).await.unwrap();
        assert_eq!(app.$method().await.unwrap(), (1, 2));
        watched.most_updating.store(0, Ordering::SeqCst);
        let control = Deployed::control(&app)
            .deployment::<$Name>(stringify!($Name))
            .unwrap();
        let handle = Deployed::handle(&app).clone();
        let load = Load::start(6, move || {
            let handle = handle.clone();
            async move { handle.$method().await.map(drop) }
        });
        for factor in 3..8 {
            load.continues(20).await;
            within(control.reconfigure(Config { factor }))
                .await
                .unwrap();
            for _ in 0..6 {
                assert_eq!(app.$method().await.unwrap(), (1, factor));
            }
        }
        load.ends_well().await;
        assert_eq!(watched.most_updating.load(Ordering::SeqCst), 1);
        assert_eq!(watched.built.get(), 3);
        // Replicas that are built later also have it.
        within(control.scale(4)).await.unwrap();
        for _ in 0..8 {
            assert_eq!(app.$method().await.unwrap(), (1, 7));
        }
    }};
}
of_each_engine!(reconfigure);

macro_rules! update {
    ($Name:ident, $method:ident) => {{
        let watched = Watched::new();
        let app = deploy($Name::bind(watched.clone(), 1)).await.unwrap();
        let control = Deployed::control(&app)
            .deployment::<$Name>(stringify!($Name))
            .unwrap();
        let handle = Deployed::handle(&app).clone();
        let load = Load::start(6, move || {
            let handle = handle.clone();
            async move { handle.$method().await.map(drop) }
        });
        for version in 2..5 {
            load.continues(20).await;
            within(control.update($Name::bind(watched.clone(), version)))
                .await
                .unwrap();
            for _ in 0..6 {
                assert_eq!(app.$method().await.unwrap(), (version, 1));
            }
        }
        load.ends_well().await;
        assert_eq!(watched.built.get(), 12);
        watched.dropped.reaches(9).await;
        let out_of_range = $Name::bind(watched.clone(), 9).num_replicas(u32::MIN);
        control.update(out_of_range).await.unwrap_err();
        assert_eq!(app.$method().await.unwrap(), (4, 1));
    }};
}
of_each_engine!(update);

#[tokio::test]
async fn a_config_that_is_refused_changes_nothing() {
    let watched = Watched::new();
    let bound = Computing::bind(watched.clone(), 1).user_config(Config { factor: 2 });
    let app = deploy(bound).await.unwrap();
    let control = Deployed::control(&app)
        .deployment::<Computing>("Computing")
        .unwrap();
    let refused = within(control.reconfigure(Config { factor: 0 })).await;
    assert_eq!(refused.unwrap_err().message(), "nothing is left of nothing");
    let status = control.status();
    assert_eq!(
        (status.status, status.count(ReplicaState::Ready)),
        (Status::Healthy, 3)
    );
    assert_eq!(status.message, "nothing is left of nothing");
    // Replicas that are built later have the previous one as well.
    within(control.scale(5)).await.unwrap();
    for _ in 0..10 {
        assert_eq!(app.run().await.unwrap(), (1, 2));
    }
    within(control.reconfigure(Config { factor: 3 }))
        .await
        .unwrap();
    for _ in 0..10 {
        assert_eq!(app.run().await.unwrap(), (1, 3));
    }
    assert_eq!((watched.built.get(), watched.dropped.get()), (5, 0));
    assert_eq!(control.status().status, Status::Healthy);
}

/// Its `reconfigure` panics at 0.
#[deployment(num_replicas = 2)]
struct Fragile {
    factor: u32,
    built: Count,
}

#[deployment]
impl Fragile {
    fn new(built: Count) -> Self {
        built.add();
        Fragile { factor: 1, built }
    }

    async fn reconfigure(&mut self, factor: &u32) {
        // Only in the replicas of the start.
        assert!(*factor > 1 || self.built.get() > 2, "as asked");
        self.factor = *factor;
    }

    async fn run(&self) -> u32 {
        self.factor
    }
}

#[tokio::test]
async fn a_replica_that_panics_when_it_is_reconfigured_is_replaced() {
    let built = Count::new();
    let app = deploy(Fragile::bind(built.clone())).await.unwrap();
    let control = Deployed::control(&app)
        .deployment::<Fragile>("Fragile")
        .unwrap();
    within(control.reconfigure(0)).await.unwrap();
    for _ in 0..4 {
        assert_eq!(app.run().await.unwrap(), 0);
    }
    assert_eq!(built.get(), 3);
}

/// Its second version cannot be built.
#[deployment(num_replicas = 2, max_constructor_retry_count = 1)]
struct Picky {
    version: u32,
}

#[deployment]
impl Picky {
    fn new(version: u32) -> Result<Self> {
        match version {
            2 => Err(Error::failed("no such weights")),
            version => Ok(Picky { version }),
        }
    }

    async fn run(&self) -> u32 {
        self.version
    }
}

#[graph]
fn one_picky() -> u32 {
    let model = Picky::bind(1);
    input(|| model.run())
}

#[tokio::test]
async fn an_update_that_cannot_be_built_leaves_the_old_replicas() {
    let app = deploy(one_picky()).await.unwrap();
    let control = Deployed::control(&app)
        .deployment::<Picky>("model")
        .unwrap();
    let error = within(control.update(Picky::bind(2))).await.unwrap_err();
    assert_eq!(error.message(), "no such weights");
    let status = control.status();
    assert_eq!(
        (status.status, status.count(ReplicaState::Ready)),
        (Status::Unhealthy, 2)
    );
    assert!(status.message.contains("no such weights"), "{status:?}");
    assert_eq!(app.call().await.unwrap(), 1);
    Deployed::control(&app).health().unwrap();
    within(control.update(Picky::bind(3))).await.unwrap();
    assert_eq!(app.call().await.unwrap(), 3);
    assert_eq!(Deployed::control(&app).status()[0].status, Status::Healthy);
}

#[tokio::test]
async fn a_deployment_is_found_by_its_variable_and_type() {
    let app = deploy(one_picky()).await.unwrap();
    let error = Deployed::control(&app)
        .deployment::<Picky>("modle")
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no deployment `modle`\nhelp: the deployments are `model`"
    );
    let error = Deployed::control(&app)
        .deployment::<InPlace>("model")
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "deployment `model` is of the type `Picky`, not `InPlace`"
    );
}

#[tokio::test]
async fn an_update_keeps_the_name() {
    let app = deploy(Picky::bind(1).name("fussy")).await.unwrap();
    let control = Deployed::control(&app)
        .deployment::<Picky>("Picky")
        .unwrap();
    within(control.update(Picky::bind(3))).await.unwrap();
    assert_eq!(control.status().name, "fussy");
}

#[tokio::test]
async fn a_deployment_that_has_been_shut_down_cannot_be_changed() {
    let app = deploy(one_picky()).await.unwrap();
    let control = Deployed::control(&app)
        .deployment::<Picky>("model")
        .unwrap();
    drop(app);
    let error = within(control.scale(3)).await.unwrap_err();
    assert_eq!(error.message(), "the deployment has been shut down");
}

#[graph]
fn three_of_a_kind() -> (u32, u32, u32) {
    let first = Picky::bind(1);
    let second = Picky::bind(4).name("renamed");
    let inner = one_picky::bind();
    input(|| (first.run(), second.run(), inner.call()))
}

#[tokio::test]
async fn a_deployment_has_one_name_everywhere() {
    let app = deploy(three_of_a_kind()).await.unwrap();
    let control = Deployed::control(&app);
    let names: Vec<String> = control.status().into_iter().map(|it| it.name).collect();
    assert_eq!(names, ["first", "renamed", "inner/model"]);
    for name in &names {
        let deployment = control.deployment::<Picky>(name).unwrap();
        assert_eq!(deployment.status().name, *name);
    }
    for unknown in ["second", "Picky", "model"] {
        let error = control.deployment::<Picky>(unknown).unwrap_err();
        let expected = format!(
            "there is no deployment `{unknown}`\n\
             help: the deployments are `first`, `renamed`, `inner/model`"
        );
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn the_name_of_a_type_finds_the_only_deployment_of_that_type() {
    let app = deploy(one_picky()).await.unwrap();
    let control = Deployed::control(&app);
    let deployment = control.deployment::<Picky>("Picky").unwrap();
    assert_eq!(deployment.status().name, "model");
}
