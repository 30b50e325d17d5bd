//! What stood once goes on standing: replicas that are lost, or are not healthy.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::json;
use serve_runtime::prelude::*;
use serve_runtime::{ErrorKind, Health, ReplicaState, Status, StatusTrigger};

use crate::support::http::serve;
use crate::support::{Count, within};

/// A store that answers or does not, for constructors.
#[derive(Clone)]
struct Store {
    is_down: Arc<AtomicBool>,
    asked: Count,
}

impl Store {
    fn new() -> Self {
        Store {
            is_down: Arc::default(),
            asked: Count::new(),
        }
    }

    fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::SeqCst);
    }

    fn ask(&self) -> Result<()> {
        self.asked.add();
        match self.is_down.load(Ordering::SeqCst) {
            true => Err(Error::upstream("the store does not answer")),
            false => Ok(()),
        }
    }
}

macro_rules! stored {
    ($($Name:ident { $($run:tt)* })*) => { $(
        #[deployment(max_constructor_retry_count = 1)]
        struct $Name;

        #[deployment]
        impl $Name {
            fn new(store: Store) -> Result<Self> {
                store.ask().map(|()| $Name)
            }

            $($run)*
        }
    )* };
}

stored! {
    InPlace {
        async fn run(&self, fatal: bool) {
            assert!(!fatal, "as asked");
        }
    }
    Computing {
        fn run(&self, fatal: bool) {
            assert!(!fatal, "as asked");
        }
    }
}

macro_rules! is_tried_until_it_stands_again {
    ($Name:ident) => {{
        let store = Store::new();
        let app = deploy($Name::bind(store.clone())).await.unwrap();
        let control = Deployed::control(&app);
        store.set_down(true);
        app.run(true).await.unwrap_err();
        // Far more than the one attempt that the first replica had.
        store.asked.reaches(4).await;
        let error = within(app.run(false)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(
            error.message().contains("the store does not answer"),
            "{error}"
        );
        let status = control.status().remove(0);
        assert_eq!(status.status, Status::Unhealthy);
        assert_eq!(status.status_trigger, StatusTrigger::ReplicaStartupFailed);
        assert!(
            status.message.contains("the next one follows"),
            "{status:?}"
        );
        control.health().unwrap_err();

        store.set_down(false);
        within(async {
            while app.run(false).await.is_err() {
                tokio::task::yield_now().await
            }
        })
        .await;
        // The first call may be answered before the controller has heard of the replica.
        within(async {
            while control.status()[0].status != Status::Healthy {
                tokio::task::yield_now().await;
            }
        })
        .await;
        assert_eq!(control.status()[0].message, "");
        assert_eq!(control.health().unwrap(), Health::Ok);
    }};
}

#[tokio::test]
async fn a_lost_replica_in_place_is_tried_until_it_stands_again() {
    is_tried_until_it_stands_again!(InPlace);
}

#[tokio::test]
async fn a_lost_replica_on_a_thread_is_tried_until_it_stands_again() {
    is_tried_until_it_stands_again!(Computing);
}

#[tokio::test]
async fn what_never_stood_is_given_up() {
    let store = Store::new();
    store.set_down(true);
    let error = deploy(InPlace::bind(store.clone())).await.unwrap_err();
    assert!(
        error.message().ends_with(": the store does not answer"),
        "{error}"
    );
    assert_eq!(store.asked.get(), 1);
}

#[deployment(num_replicas = 3)]
struct Model {
    version: u32,
    is_well: bool,
}

#[deployment]
impl Model {
    fn new(version: u32, is_well: bool, built: Count) -> Self {
        built.add();
        Model { version, is_well }
    }

    fn check_health(&self) -> Result<()> {
        match self.is_well {
            true => Ok(()),
            false => Err(Error::failed("never well")),
        }
    }

    async fn version(&self) -> u32 {
        self.version
    }
}

#[tokio::test]
async fn an_update_to_replicas_that_are_never_healthy_keeps_those_that_serve() {
    let built = Count::new();
    let app = deploy(Model::bind(1, true, built.clone())).await.unwrap();
    let control = Deployed::control(&app);
    let model = control.deployment::<Model>("Model").unwrap();
    let update = within(model.update(Model::bind(2, false, built.clone()))).await;
    let message = "its first health check failed: never well";
    assert_eq!(update.unwrap_err().message(), message);
    assert_eq!(built.get(), 3 + 3, "one replica was tried three times");
    let status = model.status();
    assert_eq!(status.status, Status::Unhealthy);
    assert_eq!(status.status_trigger, StatusTrigger::ReplicaStartupFailed);
    assert_eq!(status.message, message);
    assert_eq!(status.count(ReplicaState::Ready), 3);
    for _ in 0..6 {
        assert_eq!(app.version().await.unwrap(), 1);
    }
    let degraded = Health::Degraded(vec!["Model".to_owned()]);
    assert_eq!(control.health().unwrap(), degraded);

    within(model.update(Model::bind(3, true, built)))
        .await
        .unwrap();
    assert_eq!(app.version().await.unwrap(), 3);
    assert_eq!(
        model.status().status_trigger,
        StatusTrigger::ConfigUpdateCompleted
    );
    assert_eq!(control.health().unwrap(), Health::Ok);
}

#[tokio::test]
async fn what_is_never_healthy_is_not_deployed() {
    let error = deploy(Model::bind(1, false, Count::new()))
        .await
        .unwrap_err();
    let message =
        "deployment `Model` could not be started: its first health check failed: never well";
    assert_eq!(error.message(), message);
}

macro_rules! warmed {
    ($($Name:ident { $($run:tt)* })*) => { $(
        #[deployment]
        struct $Name(AtomicUsize);

        #[deployment]
        impl $Name {
            fn new() -> Self {
                $Name(AtomicUsize::new(0))
            }

            fn reconfigure(&mut self, by: usize) {
                *self.0.get_mut() += by;
            }

            async fn warm_up(&self) -> Result<()> {
                match self.0.fetch_add(1, Ordering::SeqCst) {
                    10 => Ok(()),
                    0 => Err(Error::failed("cold")),
                    _ => panic!("it is warm already"),
                }
            }

            $($run)*
        }
    )* };
}

warmed! {
    WarmInPlace {
        async fn run(&self) -> usize {
            self.0.load(Ordering::SeqCst)
        }
    }
    WarmComputing {
        fn run(&self) -> usize {
            self.0.load(Ordering::SeqCst)
        }
    }
}

#[tokio::test]
async fn a_replica_is_warmed_up_once_after_its_configuration() {
    let app = deploy(WarmInPlace::bind().user_config(10)).await.unwrap();
    assert_eq!(app.run().await.unwrap(), 11);
    let app = deploy(WarmComputing::bind().user_config(10)).await.unwrap();
    assert_eq!(app.run().await.unwrap(), 11);
    let error = deploy(WarmComputing::bind()).await.unwrap_err();
    assert!(error.message().ends_with(": cold"), "{error}");
}

#[graph]
fn two_of_them(store: Store) -> () {
    let model = Computing::bind(store).num_replicas(2);
    input(|fatal: bool| model.run(fatal))
}

#[tokio::test]
async fn health_tells_degraded_from_down_and_the_process_lives_in_any_case() {
    let store = Store::new();
    let server = serve(two_of_them(store.clone())).await;
    let health = async || server.get("/-/healthz").await;
    assert_eq!(health().await.ok(), json!({ "status": "ok" }));
    store.set_down(true);
    assert_eq!(server.post(json!(true)).await.status, 500);
    let is_degraded = json!({ "status": "degraded", "unhealthy": ["model"] });
    within(async { while health().await.json() != is_degraded {} }).await;
    assert_eq!(health().await.status, 200);
    assert_eq!(server.post(json!(false)).await.status, 200);

    assert_eq!(server.post(json!(true)).await.status, 500);
    within(async { while health().await.status == 200 {} }).await;
    let down = health().await;
    assert_eq!(down.status, 503);
    assert_eq!(
        down.json()["error"],
        "`model` has no replica, and could not build one"
    );
    assert_eq!(server.get("/-/livez").await.ok(), json!({ "status": "ok" }));

    store.set_down(false);
    within(async { while health().await.json() != json!({ "status": "ok" }) {} }).await;
}
