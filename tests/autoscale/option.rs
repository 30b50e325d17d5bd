//! `autoscaling_config`: its place in the topology, and the checks of computed values.

use std::time::Duration;

use serve_runtime::prelude::*;
use serve_runtime::{Machine, deploy_on};

const MOST: u32 = 6;

#[deployment(
    num_cpus = 2,
    autoscaling_config(
        min_replicas = 0,
        initial_replicas = 1,
        max_replicas = MOST,
        target_ongoing_requests = 3,
        metrics_interval_s = 1.5,
        look_back_period_s = 20,
        upscaling_factor = 0.5,
        downscaling_factor = 1,
        upscale_delay_s = 0,
        downscale_delay_s = 60,
        downscale_to_zero_delay_s = 120,
    )
)]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    fn forward(&self, number: u32) -> u32 {
        number + 1
    }
}

const MODEL: AutoscalingConfig = AutoscalingConfig::new()
    .min_replicas(0)
    .initial_replicas(1)
    .max_replicas(6)
    .target_ongoing_requests(3.0)
    .metrics_interval(Duration::from_millis(1500))
    .look_back_period(Duration::from_secs(20))
    .upscaling_factor(0.5)
    .downscaling_factor(1.0)
    .upscale_delay(Duration::ZERO)
    .downscale_delay(Duration::from_secs(60))
    .downscale_to_zero_delay(Duration::from_secs(120));

#[deployment(autoscaling_config = MODEL, max_ongoing_requests = 4)]
async fn constant(number: u32) -> u32 {
    number
}

#[graph]
fn four(config: AutoscalingConfig) -> u32 {
    let as_declared = Model::bind();
    let fixed = Model::bind().num_replicas(2);
    let other = Model::bind()
        .autoscaling_config(AutoscalingConfig::new().max_replicas(9).initial_replicas(2));
    let computed = Model::bind().autoscaling_config(config);
    input(|number: u32| {
        let number = fixed.forward(as_declared.forward(number));
        constant(computed.forward(other.forward(number)))
    })
}

#[test]
fn the_topology_has_the_known_fields() {
    let deployments = FourGraph::TOPOLOGY.deployments;
    let configs = deployments.iter().map(|it| it.options.autoscaling_config);
    let other = AutoscalingConfig::new().max_replicas(9).initial_replicas(2);
    let expected = [Some(MODEL), None, Some(other), Some(MODEL), Some(MODEL)];
    assert_eq!(configs.collect::<Vec<_>>(), expected);
    assert_eq!(deployments[1].options.num_replicas, 2);
    assert_eq!(deployments[3].set_at_build, ["autoscaling_config"]);
    assert_eq!(Model::OPTIONS.autoscaling_config, Some(MODEL));
}

/// Independent of the machine that runs the tests.
fn roomy() -> Machine {
    Machine::detect().num_cpus(32.0)
}

#[tokio::test]
async fn deploy_checks_computed_fields() {
    let config = AutoscalingConfig::new().max_replicas(2);
    for (wrong, message) in [
        (
            config.min_replicas(3),
            "`max_replicas` must be at least `min_replicas`, but is 2",
        ),
        (
            config.target_ongoing_requests(0.0),
            "`target_ongoing_requests` must be a number above 0, but is 0",
        ),
    ] {
        let error = deploy(four(wrong)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let expected = format!("deployment `computed`: `autoscaling_config`: {message}");
        assert_eq!(error.to_string(), expected);
    }
    let app = deploy_on(roomy(), four(config)).await.unwrap();
    assert_eq!(app.call(0).await.unwrap(), 4);
}

#[graph(max_cpus = 20)]
fn limited(config: AutoscalingConfig) -> u32 {
    let model = Model::bind().autoscaling_config(config);
    input(|number: u32| model.forward(number))
}

#[tokio::test]
async fn a_budget_counts_the_maximum_number_of_replicas() {
    let config = |max_replicas| AutoscalingConfig::new().max_replicas(max_replicas);
    let error = deploy(limited(config(11))).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "graph `limited`: the replicas need 22 CPUs, but `max_cpus` is 20: `model` 11 replicas x 2 (`max_replicas`)\n\
         help: raise `max_cpus`, or lower what a replica needs or how many there are"
    );
    drop(deploy_on(roomy(), limited(config(10))).await.unwrap());
}
