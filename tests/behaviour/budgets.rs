//! Limits of a graph whose options are computed, so that the compiler cannot add them up.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use serve_runtime::prelude::*;
use serve_runtime::{ErrorKind, Machine, deploy_on, topology::GraphLimits};

static BUILT: AtomicUsize = AtomicUsize::new(0);

#[deployment(
    name = "model",
    num_replicas = 1,
    max_ongoing_requests = 8,
    max_queued_requests = 8,
    num_cpus = 2,
    num_gpus = 0.25,
    budget_ms = 20
)]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        BUILT.fetch_add(1, SeqCst);
        Model
    }

    async fn forward(&self, image: u32) -> u32 {
        image + 1
    }
}

#[deployment(num_cpus = 0.5)]
async fn double(number: u32) -> u32 {
    2 * number
}

#[graph(slo_ms = 50, max_cpus = 6.5, max_gpus = 1)]
fn limited(num_replicas: u32, budget_ms: u64, num_gpus: f64) -> u32 {
    let first = Model::bind()
        .num_replicas(num_replicas)
        .budget(Duration::from_millis(budget_ms));
    let second = Model::bind().num_gpus(num_gpus);
    input(|image: u32| double(second.forward(first.forward(image))))
}

#[test]
fn the_limits_are_in_the_topology() {
    let limits = GraphLimits::NONE
        .slo(Duration::from_millis(50))
        .max_cpus(6.5)
        .max_gpus(1.0);
    assert_eq!(LimitedGraph::TOPOLOGY.limits, limits);
    assert_eq!(
        LimitedGraph::TOPOLOGY.deployments[1].options.budget,
        Some(Duration::from_millis(20))
    );
}

#[tokio::test]
async fn computed_options_are_added_up_before_anything_is_built() {
    for (application, over) in [
        (
            limited(2, 31, 0.5),
            "graph `limited`: the longest path takes 51 ms, but `slo_ms` is 50: \
             `first.forward` 31 + `second.forward` 20\n\
             note: `double` has no `budget_ms` and counts as 0\n\
             help: raise `slo_ms`, or lower a `budget_ms` of this path",
        ),
        (
            limited(3, 30, 0.25),
            "graph `limited`: the replicas need 8.5 CPUs, but `max_cpus` is 6.5: \
             `first` 3 replicas x 2 + `second` 1 x 2 + `double` 1 x 0.5\n\
             help: raise `max_cpus`, or lower what a replica needs or how many there are",
        ),
        (
            limited(2, 30, 0.75),
            "graph `limited`: the replicas need 1.25 GPUs, but `max_gpus` is 1: \
             `first` 2 replicas x 0.25 + `second` 1 x 0.75\n\
             help: raise `max_gpus`, or lower what a replica needs or how many there are",
        ),
    ] {
        let error = deploy(application).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(error.to_string(), over);
    }
    assert_eq!(BUILT.load(SeqCst), 0);

    let machine = Machine::detect().num_cpus(6.5).num_gpus(1);
    let app = deploy_on(machine, limited(2, 30, 0.5)).await.unwrap();
    assert_eq!(app.call(1).await.unwrap(), 6);
    assert_eq!(BUILT.load(SeqCst), 3);
}
