//! A thousand clients that vanish mid-request.

use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::json;
use serve_runtime::prelude::*;

use crate::support::http::{Request, serve_with};
use crate::support::{Count, OnDrop, Stage};

const CLIENTS: usize = 1_000;
/// Calls that run at the same time, at the first node.
const INSIDE: u32 = 8;

/// The node at which clients vanish: some while it runs, the others while they wait for a place.
#[deployment(max_ongoing_requests = INSIDE, max_queued_requests = 2_000)]
struct First {
    stage: Stage,
    started: Count,
}

#[deployment]
impl First {
    fn new(stage: Stage, started: Count) -> Self {
        First { stage, started }
    }

    async fn run(&self, number: u32) -> u32 {
        self.started.add();
        self.stage.hold().await;
        number
    }
}

/// Another node, on a thread that is held.
#[deployment(max_queued_requests = 2_000)]
struct Beside {
    stage: Stage,
    started: Count,
}

#[deployment]
impl Beside {
    fn new(stage: Stage, started: Count) -> Self {
        Beside { stage, started }
    }

    fn run(&self, number: u32) -> u32 {
        self.started.add();
        self.stage.block();
        number
    }
}

/// A value that a request holds until its last node takes it, or until it is dropped.
#[derive(Clone)]
struct Guest(#[allow(dead_code)] Arc<OnDrop>);

#[deployment]
struct Arriving {
    arrived: Count,
    gone: Count,
}

#[deployment]
impl Arriving {
    fn new(arrived: Count, gone: Count) -> Self {
        Arriving { arrived, gone }
    }

    async fn run(&self) -> Guest {
        self.arrived.add();
        Guest(Arc::new(self.gone.on_drop()))
    }
}

#[deployment]
struct Downstream {
    started: Count,
}

#[deployment]
impl Downstream {
    fn new(started: Count) -> Self {
        Downstream { started }
    }

    async fn run(&self, _guest: Guest, a: u32, b: u32) -> u32 {
        self.started.add();
        a + b
    }
}

#[derive(Clone)]
struct Watched {
    arrived: Count,
    gone: Count,
    first: (Stage, Count),
    beside: (Stage, Count),
    downstream: Count,
}

#[graph]
fn pipeline(watched: Watched) -> u32 {
    let arriving = Arriving::bind(watched.arrived, watched.gone);
    let first = First::bind(watched.first.0, watched.first.1);
    let beside = Beside::bind(watched.beside.0, watched.beside.1);
    let downstream = Downstream::bind(watched.downstream);
    input(|number: u32| {
        let guest = arriving.run();
        downstream.run(guest, first.run(number), beside.run(number))
    })
}

/// Waits until each worker has finished what it was doing: both run a task at the same time.
async fn both_workers_are_done() {
    let both = Arc::new(std::sync::Barrier::new(2));
    let tasks = [Arc::clone(&both), both].map(|both| tokio::spawn(async move { both.wait() }));
    join_all(tasks).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_clients_that_vanish_leave_nothing_behind() {
    let watched = Watched {
        arrived: Count::new(),
        gone: Count::new(),
        first: (Stage::new(), Count::new()),
        beside: (Stage::new(), Count::new()),
        downstream: Count::new(),
    };
    let server = serve_with(pipeline(watched.clone()), |options| {
        options.max_ongoing_requests = CLIENTS;
    })
    .await;
    let (first, beside) = (&watched.first, &watched.beside);

    let post = |number: u32| Request::post("/").json(json!(number)).start(server.address);
    let clients = join_all((0..CLIENTS as u32).map(post)).await;
    watched.arrived.reaches(CLIENTS).await;
    first.0.entered(INSIDE).await;
    beside.0.entered(1).await;
    assert_eq!(
        server.post(json!(0)).await.status,
        503,
        "every place is taken"
    );
    drop(clients);
    watched.gone.reaches(CLIENTS).await;
    both_workers_are_done().await; // the last request may still be dropping its calls
    let started = (first.1.get(), beside.1.get(), watched.downstream.get());
    assert_eq!((started.1, started.2), (1, 0));

    // Their places are free again: as many requests as before are admitted, and answered.
    first.0.release(CLIENTS);
    beside.0.release(CLIENTS + 1); // also the one that was running when its client vanished
    let again = join_all((0..CLIENTS as u32).map(|number| server.post(json!(number)))).await;
    for (number, answer) in again.iter().enumerate() {
        assert_eq!(answer.ok(), json!(2 * number));
    }
    assert_eq!(first.1.get() - started.0, CLIENTS);
    assert_eq!(
        beside.1.get() - started.1,
        CLIENTS,
        "a call was made without a caller"
    );
    assert_eq!(watched.downstream.get(), CLIENTS);
    assert_eq!(first.0.left().get(), first.1.get(), "all have left");
}
