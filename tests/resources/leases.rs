//! Replicas return their resources when they are gone.

use std::sync::Arc;

use serve_runtime::prelude::*;
use serve_runtime::testing;
use serve_runtime::{Ledger, Machine, deploy_on};
use tokio::sync::{Mutex, oneshot};

use crate::within;

fn one_license() -> Ledger {
    Ledger::from(Machine::empty().resources([("license", 1.0)]))
}

#[deployment(resources = [("license", 1)])]
struct Compute;

#[deployment]
impl Compute {
    fn new() -> Self {
        Compute
    }

    fn double(&self, number: u32) -> u32 {
        2 * number
    }
}

#[deployment(resources = [("license", 1)])]
struct InPlace;

#[deployment]
impl InPlace {
    fn new() -> Self {
        InPlace
    }

    async fn double(&self, number: u32) -> u32 {
        2 * number
    }
}

#[deployment(resources = [("license", 1)])]
struct Mixed;

#[deployment]
impl Mixed {
    fn new() -> Self {
        Mixed
    }

    async fn double(&self, number: u32) -> u32 {
        2 * number
    }

    fn treble(&self, number: u32) -> u32 {
        3 * number
    }
}

#[deployment(resources = [("license", 1)])]
async fn bare(number: u32) -> u32 {
    2 * number
}

/// Deploys twice: the second deploy has to wait until the first application is shut down, although handles of the
/// first still exist.
macro_rules! is_given_back_after_a_shutdown {
    ($bind:expr, $handle:ident => $call:expr) => {
        let ledger = one_license();
        let first = deploy_on(ledger.clone(), $bind).await.unwrap();
        let $handle = Deployed::handle(&first).clone();
        assert_eq!($call.await.unwrap(), 4);
        let refused = deploy_on(ledger.clone(), $bind).await.unwrap_err();
        let note = "1 x 1 = 1 of `license`, but none of the machine's 1 is free";
        assert!(refused.to_string().contains(note), "{refused}");

        within(Deployed::shutdown(first)).await;
        assert_eq!($call.await.unwrap_err().kind(), ErrorKind::Unavailable);
        let second = deploy_on(ledger, $bind).await.unwrap();
        let $handle = Deployed::handle(&second);
        assert_eq!($call.await.unwrap(), 4);
    };
}

#[tokio::test]
async fn by_every_engine() {
    is_given_back_after_a_shutdown!(Compute::bind(), it => it.double(2));
    is_given_back_after_a_shutdown!(InPlace::bind(), it => it.double(2));
    is_given_back_after_a_shutdown!(Mixed::bind(), it => it.double(2));
}

#[tokio::test]
async fn by_a_function_without_replicas() {
    let ledger = one_license();
    let first = deploy_on(ledger.clone(), bare::bind()).await.unwrap();
    deploy_on(ledger.clone(), bare::bind()).await.unwrap_err();
    Deployed::shutdown(first).await;
    drop(deploy_on(ledger, bare::bind()).await.unwrap());
}

type Gate = Arc<Mutex<Option<oneshot::Receiver<()>>>>;

#[deployment(resources = [("license", 1)])]
struct Slow;

#[deployment]
impl Slow {
    async fn new(gate: Gate) -> Self {
        let opened = gate.lock().await.take();
        if let Some(opened) = opened {
            let _ = opened.await;
        }
        Slow
    }

    fn run(&self) -> u32 {
        1
    }
}

#[deployment]
struct Broken;

#[deployment]
impl Broken {
    fn new() -> Result<Self> {
        Err(Error::failed("no such file"))
    }

    fn run(&self) -> u32 {
        1
    }
}

#[graph]
fn failing(gate: Gate) -> u32 {
    let slow = Slow::bind(gate);
    let broken = Broken::bind();
    input(|| slow.run() + broken.run())
}

/// While a constructor still runs after its deploy has failed, its resources are not given to others.
#[tokio::test]
async fn after_a_failed_deploy_once_the_last_constructor_is_done() {
    let ledger = one_license();
    let (open, gate) = oneshot::channel();
    let gate = Arc::new(Mutex::new(Some(gate)));
    let failed = within(deploy_on(ledger.clone(), failing(gate))).await;
    let error = failed.unwrap_err();
    assert!(format!("{error:?}").contains("no such file"), "{error:?}");
    let taken = deploy_on(ledger.clone(), Compute::bind()).await;
    assert_eq!(taken.unwrap_err().kind(), ErrorKind::InvalidInput);

    open.send(()).unwrap();
    let given_back = async {
        while deploy_on(ledger.clone(), Compute::bind()).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    within(given_back).await;
}

#[graph]
fn licensed() -> u32 {
    let model = Compute::bind();
    input(|number: u32| model.double(number))
}

#[tokio::test]
async fn a_fake_needs_nothing() {
    let fake = Compute::fake().double(|_| 7);
    let app = licensed().with("model", fake);
    let app = deploy_on(Machine::empty(), app).await.unwrap();
    assert_eq!(app.call(1).await.unwrap(), 7);
    let handle = testing::handle(Compute::fake().double(|_| 8));
    assert_eq!(handle.double(1).await.unwrap(), 8);
}
