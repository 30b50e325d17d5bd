//! Classes: their arguments, their names, their methods, their state.

use std::sync::Arc;

use serde_json::json;
use serve_runtime::ingress::Serve;
use serve_runtime::prelude::*;

use super::{assert_answers, names};
use crate::support::Count;
use crate::support::http::serve;

#[deployment]
struct Model {
    weight: i64,
    ratio: f64,
}

#[deployment]
impl Model {
    fn new(weight: i64, ratio: f64) -> Self {
        Model { weight, ratio }
    }

    async fn forward(&self, number: i64) -> f64 {
        self.weight as f64 * self.ratio * number as f64
    }
}

#[graph]
fn one_model() -> f64 {
    let model = Model::bind(2, 0.3);

    input(|number: i64| model.forward(number))
}

#[tokio::test]
async fn a_class_with_constructor_arguments() {
    assert_answers!(one_model(), (1), 1 => 0.6);
}

#[deployment]
async fn combine(left: f64, right: f64, number: i64) -> f64 {
    left + right + number as f64
}

#[graph]
fn two_models() -> f64 {
    let first = Model::bind(1, 1.0);
    let second = Model::bind(2, 1.0);

    input(|numbers: Vec<i64>| {
        let left = first.forward(numbers[0]);
        let right = second.forward(numbers[1]);
        combine(left, right, numbers[2])
    })
}

#[tokio::test]
async fn two_models_on_parts_of_the_input_combined_with_a_third_part() {
    assert_answers!(two_models(), (vec![1, 2, 3]), [1, 2, 3] => 8.0);
}

/// Declares everything inside, and returns an application.
fn factory(number: i64) -> Application<impl Serve> {
    #[deployment]
    struct Inline {
        number: i64,
    }

    #[deployment]
    impl Inline {
        fn new(number: i64) -> Self {
            Inline { number }
        }

        async fn get(&self) -> i64 {
            self.number
        }
    }

    #[graph]
    fn inline_graph(number: i64) -> i64 {
        let inline = Inline::bind(number);

        input(|| inline.get())
    }

    inline_graph(number)
}

// The handle's type has no name outside of the factory, so that it is reached over HTTP only.
#[tokio::test]
async fn a_class_that_a_factory_declares() {
    let server = serve(factory(3)).await;
    assert_eq!(server.post(json!(null)).await.ok(), 3);
}

#[deployment]
struct Steps {
    unused: Count,
}

#[deployment]
impl Steps {
    fn new(unused: Count) -> Self {
        Steps { unused }
    }

    async fn first(&self, number: i64) -> i64 {
        number + 1
    }

    fn second(&self, number: i64) -> i64 {
        number + 2
    }

    async fn unused(&self) {
        self.unused.add();
    }
}

#[graph]
fn chained(unused: Count) -> i64 {
    let steps = Steps::bind(unused);

    input(|number: i64| steps.second(steps.first(number)))
}

#[tokio::test]
async fn two_methods_of_one_replica_in_a_chain() {
    assert_answers!(chained(Count::new()), (39), 39 => 42);
    assert_eq!(names::<ChainedGraph>(), ["steps"]);
}

#[tokio::test]
async fn a_method_that_no_node_calls_never_runs() {
    let unused = Count::new();
    assert_answers!(chained(unused.clone()), (1), 1 => 4);
    assert_eq!(unused.get(), 0);
}

#[graph]
fn named() -> f64 {
    let first = Model::bind(1, 1.0).num_replicas(2);
    let second = Model::bind(1, 1.0);
    let third = Model::bind(1, 1.0).name("Eyes").num_replicas(3);

    input(|number: i64| {
        let left = first.forward(number);
        let right = second.forward(number);
        combine(left, right, 0) + third.forward(number)
    })
}

#[tokio::test]
async fn names_are_unique_and_options_are_each_nodes_own() {
    assert_answers!(named(), (1), 1 => 3.0);
    assert_eq!(
        names::<NamedGraph>(),
        ["first", "second", "Eyes", "combine"]
    );
    let deployments = NamedGraph::TOPOLOGY.deployments.iter();
    let replicas = deployments.map(|deployment| deployment.options.num_replicas);
    assert_eq!(replicas.collect::<Vec<_>>(), [2, 1, 3, 1]);
}

#[deployment]
struct Opaque {
    array: [f32; 3],
    function: Arc<dyn Fn(f32) -> f32 + Send + Sync>,
}

#[deployment]
impl Opaque {
    fn new(array: [f32; 3], function: Arc<dyn Fn(f32) -> f32 + Send + Sync>) -> Self {
        Opaque { array, function }
    }

    fn apply(&self) -> Vec<f32> {
        self.array
            .iter()
            .map(|&number| (self.function)(number))
            .collect()
    }
}

#[graph]
fn opaque_arguments(offset: f32) -> Vec<f32> {
    let opaque = Opaque::bind(
        [1.0, 2.0, f32::NEG_INFINITY],
        Arc::new(move |n| n.max(offset)),
    );

    input(|| opaque.apply())
}

#[tokio::test]
async fn constructor_arguments_that_json_cannot_carry() {
    assert_answers!(opaque_arguments(1.5), (), null => vec![1.5, 2.0, 1.5]);
}

#[deployment]
struct Counter {
    count: i64,
}

#[deployment]
impl Counter {
    fn new() -> Self {
        Counter { count: 0 }
    }

    async fn inc(&mut self, number: i64) -> i64 {
        self.count += number;
        number
    }

    async fn get(&self, _after: i64) -> i64 {
        self.count
    }
}

// Only edges order the calls, so that they pass a value on.
#[graph]
fn counting() -> i64 {
    let counter = Counter::bind();

    input(|| {
        let one = counter.inc(1);
        let two = counter.inc(one + 1);
        counter.get(two)
    })
}

#[tokio::test]
async fn a_counter_counts_in_order() {
    assert_answers!(counting(), (), null => 3);
}
