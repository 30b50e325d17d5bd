//! When a refused caller should try again: as soon as those that wait have begun, as fast as they did lately.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::select;
use serde_json::json;
use serve_runtime::prelude::*;
use serve_runtime::{OverloadReason, Overloaded};
use tokio::time::sleep;

use crate::support::http::{Answer, Request, Served, answer, serve, serve_with};
use crate::support::{Stage, waits, within};

#[deployment]
struct OnThread {
    stage: Stage,
}

#[deployment]
impl OnThread {
    fn new(stage: Stage) -> Self {
        OnThread { stage }
    }

    fn run(&self, number: u32) -> u32 {
        self.stage.block();
        number
    }
}

#[deployment(max_ongoing_requests = 1)]
struct InPlace {
    stage: Stage,
}

#[deployment]
impl InPlace {
    fn new(stage: Stage) -> Self {
        InPlace { stage }
    }

    async fn run(&self, number: u32) -> u32 {
        self.stage.hold().await;
        number
    }
}

/// Calls until it is told how long those that wait will wait. The first refusals know nothing.
async fn told<T: std::fmt::Debug>(call: impl AsyncFn() -> Result<T>) -> Overloaded {
    within(async {
        loop {
            let refused = call().await.unwrap_err().downcast::<Overloaded>().unwrap();
            if refused.retry_after.is_some() {
                return refused;
            }
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await
}

// A macro, because the two handles have different types.
macro_rules! a_call_is_told {
    ($test:ident, $Deployment:ident) => {
        #[tokio::test]
        async fn $test() {
            let stage = Stage::new();
            let bound = $Deployment::bind(stage.clone()).max_queued_requests(1);
            let app = deploy(bound).await.unwrap();
            let (mut one, mut two) = (pin!(app.run(1)), pin!(app.run(2)));
            assert!(waits(&mut one).await);
            stage.entered(1).await;
            assert!(waits(&mut two).await);
            let refused = told(async || app.run(3).await).await;
            let is_full = matches!(refused.reason, OverloadReason::QueueFull { .. });
            assert!(is_full, "{refused:?}");
            stage.release(2);
        }
    };
}

a_call_is_told!(a_call_to_a_full_queue_is_told, OnThread);
a_call_is_told!(a_call_to_a_full_line_is_told, InPlace);

#[graph(max_ongoing_requests = 2)]
fn limited(stage: Stage) -> u32 {
    let model = OnThread::bind(stage);

    input(|number: u32| model.run(number))
}

#[tokio::test]
async fn a_request_to_a_full_graph_is_told_of_the_deployment_that_it_needs() {
    let stage = Stage::new();
    let app = deploy(limited(stage.clone())).await.unwrap();
    let (mut one, mut two) = (pin!(app.call(1)), pin!(app.call(2)));
    assert!(waits(&mut one).await);
    stage.entered(1).await;
    assert!(waits(&mut two).await);
    let refused = told(async || app.call(3).await).await;
    let is_full = matches!(refused.reason, OverloadReason::GraphFull { .. });
    assert!(is_full, "{refused:?}");
    stage.release(2);
}

#[graph]
fn queued(stage: Stage) -> u32 {
    let model = OnThread::bind(stage).max_queued_requests(1);

    input(|number: u32| model.run(number))
}

#[graph]
fn unlimited(stage: Stage) -> u32 {
    let model = OnThread::bind(stage);

    input(|number: u32| model.run(number))
}

fn request(number: u32) -> Request {
    Request::post("/").json(json!(number))
}

/// Sends until the client is told to wait for longer than it is told to where nothing is known.
async fn refused(address: std::net::SocketAddr) -> Answer {
    within(async {
        loop {
            let refused = request(3).send(address).await;
            assert_eq!(refused.status, 503);
            let seconds: u32 = refused.headers["retry-after"].parse().unwrap();
            if seconds > 1 {
                assert!(seconds <= 60);
                return refused;
            }
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await
}

/// Fills a place at work and one in a queue; returns what a client is told then.
async fn refused_by(server: Served, stage: Stage) -> Answer {
    let first = request(1).start(server.address).await;
    stage.entered(1).await;
    // Of two more, one gets a place.
    let second = Box::pin(request(2).send(server.address));
    let third = Box::pin(request(2).send(server.address));
    let (_, waiting) = select(second, third).await.factor_first();
    let refused = refused(server.address).await;
    stage.release(2);
    assert_eq!(answer(first).await.ok(), 1);
    assert_eq!(waiting.await.ok(), 2);
    refused
}

#[tokio::test]
async fn a_client_is_told_where_the_queue_of_a_deployment_is_full() {
    let stage = Stage::new();
    let server = serve(queued(stage.clone())).await;
    let refused = refused_by(server, stage).await;
    assert!(refused.body.contains("`model`"), "{refused:?}");
}

#[tokio::test]
async fn a_client_is_told_where_the_server_is_full() {
    let stage = Stage::new();
    let served = serve_with(unlimited(stage.clone()), |options| {
        options.max_ongoing_requests = 2;
    });
    let refused = refused_by(served.await, stage).await;
    assert!(refused.body.contains("in flight"), "{refused:?}");
}
