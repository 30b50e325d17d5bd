//! A node that is ready makes progress, whatever the others of its request do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serve_runtime::prelude::*;
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;

use crate::support::within;

/// More than any of these tests should need. A hog that has read so much gives up.
const ENOUGH: usize = 1_000_000;
/// Tokio's budget of one poll.
const BUDGET: usize = 128;

/// What the nodes of one request share.
#[derive(Clone, Default)]
struct Watched {
    read: Arc<AtomicUsize>,
    done: Arc<AtomicBool>,
}

impl Watched {
    fn read(&self) -> usize {
        self.read.load(Ordering::Relaxed)
    }

    #[track_caller]
    fn assert_fair(&self) {
        assert!(self.read() < ENOUGH, "the others starved");
    }
}

#[deployment]
struct Nodes(Watched);

#[deployment]
impl Nodes {
    fn new(watched: Watched) -> Self {
        Nodes(watched)
    }

    /// Always has something to read, until another node is done.
    async fn hog(&self, x: u64) -> u64 {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        sender.send(x).unwrap();
        while let Some(x) = receiver.recv().await {
            let read = self.0.read.fetch_add(1, Ordering::Relaxed) + 1;
            if read == ENOUGH || self.0.done.load(Ordering::Relaxed) {
                break;
            }
            sender.send(x).unwrap();
        }
        x
    }

    /// What it waits for is there.
    async fn ready(&self, x: u64) -> Result<u64> {
        let (sender, receiver) = oneshot::channel();
        let _ = sender.send(x);
        Ok(receiver.await?)
    }

    async fn timer(&self, x: u64) -> u64 {
        sleep(Duration::from_millis(1)).await;
        x
    }

    /// A hog or not, by the number.
    async fn either(&self, x: u64) -> Result<u64> {
        match x {
            0 => Ok(self.done(self.ready(x).await?).await),
            x => Ok(self.hog(x).await),
        }
    }

    async fn done(&self, x: u64) -> u64 {
        self.0.done.store(true, Ordering::Relaxed);
        x
    }
}

#[deployment]
fn compute(x: u64) -> u64 {
    x + 1
}

#[graph]
fn beside(watched: Watched) -> (u64, u64) {
    let nodes = Nodes::bind(watched);

    route("/ready", |x: u64| {
        (nodes.hog(x), nodes.done(nodes.ready(x)))
    });
    route("/two_hogs", |x: u64| -> (u64, u64, u64) {
        (nodes.hog(x), nodes.hog(x + 1), nodes.done(nodes.ready(x)))
    });
    route("/hog_last", |x: u64| -> (u64, u64) {
        let done = nodes.done(nodes.ready(x));
        (nodes.hog(x), done)
    });
    route("/timer", |x: u64| -> (u64, u64) {
        (nodes.hog(x), nodes.done(nodes.timer(x)))
    });
    route("/compute", |x: u64| -> (u64, u64) {
        (nodes.hog(x), nodes.done(compute(x)))
    });
    route(
        "/after_items",
        |items: Vec<u64>, x: u64| -> (Vec<u64>, u64) {
            (items.map(|x| nodes.hog(x)), nodes.done(nodes.ready(x)))
        },
    );
    route(
        "/before_items",
        |items: Vec<u64>, x: u64| -> (u64, Vec<u64>) {
            let hogs = items.map(|x| nodes.hog(x));
            (nodes.done(nodes.ready(nodes.ready(nodes.ready(x)))), hogs)
        },
    );
    route("/items", |items: Vec<u64>| -> Vec<u64> {
        items.map(|x| nodes.either(x))
    });
    route("/within_items", |items: Vec<u64>| -> Vec<(u64, u64)> {
        items.map(|x| (nodes.hog(x), nodes.done(nodes.ready(x))))
    });
}

#[graph]
fn around(watched: Watched) -> (u64, u64) {
    let nodes = Nodes::bind(watched.clone());
    let inner = inner::bind(watched);

    route("/hog_outside", |x: u64| {
        (nodes.hog(x), nodes.done(inner.ready(x)))
    });
    route("/hog_inside", |x: u64| -> (u64, u64) {
        (inner.hog(x), nodes.done(nodes.ready(x)))
    });
    route("/all_inside", |x: u64| -> (u64, u64) { inner.both(x) });
}

#[graph]
fn inner(watched: Watched) -> u64 {
    let nodes = Nodes::bind(watched);

    route("/ready", |x: u64| nodes.ready(nodes.ready(x)));
    route("/hog", |x: u64| -> u64 { nodes.hog(x) });
    route("/both", |x: u64| -> (u64, u64) {
        (nodes.hog(x), nodes.done(nodes.ready(x)))
    });
}

/// More nodes than one state machine has.
#[graph]
fn in_parts(watched: Watched) -> (u64, u64) {
    let nodes = Nodes::bind(watched);

    input(|x: u64| {
        let hogs = nodes.hog(x);
        let x = nodes.ready(nodes.ready(nodes.ready(nodes.ready(nodes.ready(nodes.ready(x))))));
        let x = nodes.ready(nodes.ready(nodes.ready(nodes.ready(nodes.ready(nodes.ready(x))))));
        let x = nodes.ready(nodes.ready(nodes.ready(nodes.ready(nodes.ready(nodes.ready(x))))));
        let x = nodes.ready(nodes.ready(nodes.ready(nodes.ready(nodes.ready(nodes.ready(x))))));
        let x = nodes.ready(nodes.ready(nodes.ready(nodes.ready(nodes.ready(nodes.ready(x))))));
        let x = nodes.ready(nodes.ready(nodes.ready(nodes.ready(nodes.ready(nodes.ready(x))))));
        (hogs, nodes.done(x))
    })
}

/// Runs a request in a task of its own, as only such a task has a budget.
async fn spawned<T: Send + 'static>(call: impl Future<Output = Result<T>> + Send + 'static) -> T {
    within(tokio::spawn(call)).await.unwrap().unwrap()
}

macro_rules! fair {
    ($name:ident, $graph:ident, $route:ident, ($($input:expr),*), $turns:expr) => {
        #[tokio::test]
        async fn $name() {
            let watched = Watched::default();
            let app = deploy($graph(watched.clone())).await.unwrap();
            let handle = Deployed::handle(&app).clone();
            spawned(async move { handle.$route($($input),*).await }).await;
            watched.assert_fair();
            let turns: Option<usize> = $turns;
            if let Some(turns) = turns {
                let read = watched.read();
                assert!(read <= turns * BUDGET, "{read} were read before it was its turn");
            }
        }
    };
}

fair!(
    a_node_that_is_ready_runs_after_two_turns_of_a_hog,
    beside,
    ready,
    (1),
    Some(3)
);
fair!(
    a_node_that_is_ready_runs_after_the_turns_of_each_hog,
    beside,
    two_hogs,
    (1),
    Some(5)
);
fair!(
    a_node_before_a_hog_runs_at_once,
    beside,
    hog_last,
    (1),
    Some(1)
);
fair!(a_timer_fires_beside_a_hog, beside, timer, (1), None);
fair!(
    an_answer_of_a_thread_arrives_beside_a_hog,
    beside,
    compute,
    (1),
    None
);
fair!(
    a_node_runs_after_the_items_of_a_fan_out,
    beside,
    after_items,
    (vec![1, 2, 3], 1),
    Some(9)
);
fair!(
    an_item_runs_beside_items_before_and_after_it,
    beside,
    items,
    (vec![1, 2, 0, 3, 4]),
    Some(9)
);
fair!(
    the_second_item_runs_beside_the_others,
    beside,
    items,
    (vec![1, 0, 2, 3]),
    Some(9)
);
fair!(
    the_nodes_of_an_item_are_fair,
    beside,
    within_items,
    (vec![1, 2, 3]),
    Some(12)
);
fair!(
    a_graph_in_a_graph_runs_beside_a_hog,
    around,
    hog_outside,
    (1),
    Some(6)
);
fair!(
    a_node_runs_beside_a_graph_with_a_hog,
    around,
    hog_inside,
    (1),
    Some(6)
);
fair!(
    the_nodes_of_a_graph_in_a_graph_are_fair,
    around,
    all_inside,
    (1),
    Some(3)
);
fair!(
    the_parts_of_a_large_graph_are_fair,
    in_parts,
    call,
    (1),
    Some(3)
);
fair!(
    a_node_beside_the_items_of_a_fan_out_runs,
    beside,
    before_items,
    (vec![1, 2, 3], 1),
    Some(16)
);
