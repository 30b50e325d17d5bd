//! Replicas that do not fit are refused before anything is built, with the arithmetic.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use serve_runtime::prelude::*;
use serve_runtime::{Machine, deploy_on};

static BUILT: AtomicUsize = AtomicUsize::new(0);

#[deployment(num_cpus = 4, memory = 3 << 30)]
struct Segmentation;

#[deployment]
impl Segmentation {
    fn new() -> Self {
        BUILT.fetch_add(1, SeqCst);
        Segmentation
    }

    fn forward(&self, image: u32) -> u32 {
        image + 1
    }
}

#[deployment(num_cpus = 1, resources = [("license", 1), ("fpga", 0.5)])]
struct Fruit;

#[deployment]
impl Fruit {
    fn new() -> Self {
        BUILT.fetch_add(1, SeqCst);
        Fruit
    }

    async fn name(&self, mask: u32) -> u32 {
        2 * mask
    }
}

#[deployment(num_cpus = 0.5)]
async fn add(a: u32, b: u32) -> u32 {
    a + b
}

#[graph]
fn named() -> u32 {
    let fruit = Fruit::bind().resources([("license", 1.5)]);
    input(|mask: u32| fruit.name(mask))
}

#[graph]
fn photos(num_replicas: u32) -> u32 {
    let segmentation = Segmentation::bind().num_replicas(num_replicas);
    let fruit = Fruit::bind();
    let inner = named::bind();
    input(|image: u32| {
        let mask = segmentation.forward(image);
        add(fruit.name(mask), inner.call(mask))
    })
}

fn machine() -> Machine {
    Machine::empty().num_cpus(8.0).memory(8 << 30)
}

#[tokio::test]
async fn with_all_sums_before_anything_is_built() {
    let machine = machine().resources([("license", 3.0)]);
    let error = deploy_on(machine, photos(2)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(
        error.to_string(),
        "the replicas do not fit on the machine\n\
         note: `segmentation` 2 x 4 + `fruit` 1 x 1 + `inner/fruit` 1 x 1 + `add` 1 x 0.5 = 10.5 CPUs, but the machine has 8\n\
         note: `fruit` 1 x 0.5 = 0.5 of `fpga`, but the machine has none\n\
         help: lower `num_cpus` or `num_replicas`, or say that the machine has more: `--num-cpus ..`\n\
         help: say how much of `fpga` the machine has: `--resource fpga=..`"
    );
    assert_eq!(BUILT.load(SeqCst), 0);

    let machine = self::machine()
        .num_cpus(6.5)
        .resources([("license", 2.5), ("fpga", 0.5)]);
    let app = deploy_on(machine, photos(1)).await.unwrap();
    assert_eq!(app.call(1).await.unwrap(), 8);
    assert_eq!(BUILT.load(SeqCst), 3);
}

#[deployment(num_cpus = 100_000)]
fn enormous(number: u32) -> u32 {
    number
}

#[tokio::test]
async fn also_of_the_detected_machine() {
    let error = deploy(enormous::bind()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let text = error.to_string();
    assert!(
        text.contains("`enormous` 1 x 100000 = 100000 CPUs, but the machine has "),
        "{text}"
    );
}

#[deployment]
fn modest(number: u32) -> u32 {
    number
}

#[tokio::test]
async fn undeclared_resources_are_not_counted() {
    let app = deploy_on(Machine::empty(), modest::bind()).await.unwrap();
    assert_eq!(app.call(7).await.unwrap(), 7);
}

#[tokio::test]
async fn wrong_amounts_are_refused_with_the_deployments_name() {
    for (bound, wrong) in [
        (
            modest::bind().num_gpus(1.5),
            "deployment `modest`: `num_gpus` must be a number from 0 to 1, or a larger whole number, but is 1.5",
        ),
        (
            modest::bind().resources([("license", -1)]),
            "deployment `modest`: `license` must be a number of at least 0, but is -1",
        ),
        (
            modest::bind().resources([("GPU", 1)]),
            "deployment `modest`: `GPU` of `resources` has an option of its own, `num_gpus`",
        ),
    ] {
        let error = deploy_on(machine(), bound).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(error.to_string(), wrong);
    }
}

#[test]
fn the_topology_has_the_declared_resources() {
    let options = PhotosGraph::TOPOLOGY.deployments[0].options;
    assert_eq!(options.memory, Some(3 << 30));
    let options = PhotosGraph::TOPOLOGY.deployments[1].options;
    assert_eq!(options.resources, [("license", 1.0), ("fpga", 0.5)]);
    let options = NamedGraph::TOPOLOGY.deployments[0].options;
    assert_eq!(options.resources, [("license", 1.5)]);
    let json = NamedGraph::TOPOLOGY.render("json".parse().unwrap());
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let resources = &json["deployments"][0]["options"]["resources"];
    assert_eq!(resources, &serde_json::json!({ "license": 1.5 }));
}
