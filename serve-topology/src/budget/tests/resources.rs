use super::{
    AutoscalingConfig, BoundDeployment, GraphLimits, Options, Topology, deployment, without_help,
};
use crate::budget::{over_cpus, over_gpus};

fn needing(name: &str, num_replicas: u32, num_cpus: f64) -> BoundDeployment<'_> {
    BoundDeployment {
        options: Options {
            num_replicas,
            num_cpus: Some(num_cpus),
            ..Options::DEFAULT
        },
        ..deployment(name)
    }
}

fn said(deployments: &[BoundDeployment<'_>], max_cpus: f64) -> Option<String> {
    let topology = Topology {
        deployments,
        limits: GraphLimits {
            max_cpus: Some(max_cpus),
            max_gpus: Some(0.0),
            ..GraphLimits::NONE
        },
        ..Topology::new("graph")
    };
    assert!(over_gpus(&topology).is_none());
    over_cpus(&topology).map(|text| without_help(text.as_str()))
}

#[test]
fn replicas_add_up() {
    let deployments = [
        needing("Segmentation", 2, 2.0),
        deployment("Downloader"),
        needing("Integrity", 3, 1.25),
    ];
    assert_eq!(said(&deployments, 7.75), None);
    let over = "the replicas need 7.75 CPUs, but `max_cpus` is 7.5: \
                `Segmentation` 2 replicas x 2 + `Integrity` 3 x 1.25";
    assert_eq!(said(&deployments, 7.5).as_deref(), Some(over));
}

#[test]
fn ten_tenths_are_one() {
    assert_eq!(said(&[needing("Tenth", 10, 0.1)], 1.0), None);
    assert_eq!(said(&[needing("Tenth", 3, 0.1)], 0.3), None);
    // 2.01 is stored as a little less; twice that still counts as 4.02.
    let over = "the replicas need 4.02 CPUs, but `max_cpus` is 4.01: `Near` 2 replicas x 2.01";
    assert_eq!(
        said(&[needing("Near", 2, 2.01)], 4.01).as_deref(),
        Some(over)
    );
    let over = "the replicas need 1 CPU, but `max_cpus` is 0.999: `Tenth` 10 replicas x 0.1";
    assert_eq!(
        said(&[needing("Tenth", 10, 0.1)], 0.999).as_deref(),
        Some(over)
    );
}

#[test]
fn an_option_that_is_set_at_build_counts_as_its_minimum() {
    let mut model = needing("Model", 4, 2.0);
    model.set_at_build = &["num_replicas"];
    assert_eq!(said(&[model], 2.0), None);
    let over = "the replicas need 2 CPUs, but `max_cpus` is 1: `Model` 1 replica x 2";
    assert_eq!(said(&[model], 1.0).as_deref(), Some(over));
    model.set_at_build = &["num_cpus"];
    assert_eq!(said(&[model], 0.0), None);
}

#[test]
fn an_autoscaled_deployment_counts_with_its_maximum() {
    let mut model = needing("Model", 1, 2.0);
    model.options.autoscaling_config = Some(AutoscalingConfig {
        max_replicas: 4,
        ..AutoscalingConfig::DEFAULT
    });
    assert_eq!(said(&[model], 8.0), None);
    let over = "the replicas need 10 CPUs, but `max_cpus` is 9: `Model` 4 replicas x 2 (`max_replicas`) + `Other` 1 x 2";
    assert_eq!(
        said(&[model, needing("Other", 1, 2.0)], 9.0).as_deref(),
        Some(over)
    );
    model.set_at_build = &["autoscaling_config"];
    assert_eq!(said(&[model], 2.0), None);
}

#[test]
fn the_replicas_of_bound_graphs_count() {
    let models = [needing("Model", 1, 1.0)];
    let inner = Topology {
        deployments: &models,
        ..Topology::new("inner")
    };
    let bound = |name, graph| BoundDeployment {
        graph: Some(graph),
        ..deployment(name)
    };
    let middle_deployments = [bound("deep", &inner), needing("Other", 1, 2.0)];
    let middle = Topology {
        deployments: &middle_deployments,
        ..Topology::new("middle")
    };
    let deployments = [
        bound("empty", &EMPTY),
        bound("ocr", &middle),
        needing("Last", 1, 4.0),
    ];
    let over = "the replicas need 7 CPUs, but `max_cpus` is 6: \
                `ocr/deep/Model` 1 replica x 1 + `ocr/Other` 1 x 2 + `Last` 1 x 4";
    assert_eq!(said(&deployments, 6.0).as_deref(), Some(over));
}

const EMPTY: Topology<'_> = Topology::new("empty");

#[test]
fn gpus_are_counted_separately() {
    let mut model = needing("Model", 3, 8.0);
    model.options.num_gpus = Some(0.5);
    let topology = Topology {
        deployments: &[model],
        limits: GraphLimits {
            max_gpus: Some(1.0),
            ..GraphLimits::NONE
        },
        ..Topology::new("graph")
    };
    assert!(over_cpus(&topology).is_none());
    let over = over_gpus(&topology).expect("three halves are more than one");
    assert_eq!(
        over.as_str(),
        "the replicas need 1.5 GPUs, but `max_gpus` is 1: `Model` 3 replicas x 0.5\n\
         help: raise `max_gpus`, or lower what a replica needs or how many there are"
    );
}

#[test]
fn a_sum_out_of_range_is_too_much() {
    assert!(said(&[needing("Huge", u32::MAX, f64::INFINITY)], 1e9).is_some());
}
