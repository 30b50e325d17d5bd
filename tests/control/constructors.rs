//! Constructors that fail: tried again after longer and longer pauses, and given up in the end.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serve_runtime::prelude::*;
use serve_runtime::{ReplicaState, Status};
use tokio::time::Instant;

/// Records when it was tried, and fails a number of times.
#[derive(Clone)]
struct Tries {
    at: Arc<Mutex<Vec<Instant>>>,
    failures: usize,
}

#[deployment(max_constructor_retry_count = 4)]
struct Model;

#[deployment]
impl Model {
    fn new(tries: Tries) -> Result<Self> {
        let mut at = tries.at.lock().unwrap();
        at.push(Instant::now());
        match at.len() > tries.failures {
            true => Ok(Model),
            false => Err(Error::failed("no weights")),
        }
    }

    async fn run(&self) {}
}

fn tries(failures: usize) -> Tries {
    Tries {
        at: Arc::default(),
        failures,
    }
}

#[graph]
fn one(tries: Tries) -> () {
    let model = Model::bind(tries);
    input(|| model.run())
}

#[tokio::test(start_paused = true)]
async fn are_tried_again_after_longer_and_longer_pauses() {
    let tries = tries(3);
    let app = deploy(one(tries.clone())).await.unwrap();
    app.call().await.unwrap();
    let at = tries.at.lock().unwrap().clone();
    let pauses: Vec<Duration> = at.windows(2).map(|two| two[1] - two[0]).collect();
    for (pause, wanted) in pauses.iter().zip([100, 200, 400]) {
        // Up to a fifth less, so that what failed together is not tried together again.
        assert!(
            *pause >= Duration::from_millis(wanted) * 4 / 5,
            "{pauses:?}"
        );
    }
    assert_eq!(pauses.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn are_given_up_in_the_end_with_the_cause() {
    let tries = tries(4);
    let error = deploy(one(tries.clone())).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "deployment `model` could not be started: no weights"
    );
    assert_eq!(tries.at.lock().unwrap().len(), 4);
}

/// Panics on request, and can be built once.
#[deployment(max_constructor_retry_count = 2)]
struct Once;

#[deployment]
impl Once {
    fn new(tries: Tries) -> Result<Self> {
        let mut at = tries.at.lock().unwrap();
        at.push(Instant::now());
        match at.len() {
            1 => Ok(Once),
            _ => Err(Error::upstream("the disk is full")),
        }
    }

    async fn panic(&self) {
        panic!("as asked")
    }
}

#[tokio::test(start_paused = true)]
async fn of_a_successor_are_in_the_status() {
    let app = deploy(Once::bind(tries(0))).await.unwrap();
    app.panic().await.unwrap_err();
    let error = app.panic().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let status = &Deployed::control(&app).status()[0];
    assert_eq!(status.status, Status::Unhealthy);
    assert_eq!(status.status.to_string(), "UNHEALTHY");
    assert_eq!(status.status_trigger.to_string(), "REPLICA_STARTUP_FAILED");
    let message =
        "the disk is full\nnote: 2 attempts to replace it have failed; the next one follows 0.";
    assert!(status.message.starts_with(message), "{}", status.message);
    assert_eq!(status.replicas[0].state, ReplicaState::Failed);
    assert_eq!(status.replicas[0].message, "the disk is full");
}
