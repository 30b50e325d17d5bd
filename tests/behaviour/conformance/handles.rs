//! Classes that are handed to the constructors of others.

use std::collections::HashMap;

use serde_json::json;
use serve_runtime::prelude::*;

use super::{assert_answers, names};
use crate::support::http::serve;

#[deployment]
async fn hello() -> &'static str {
    "hello"
}

#[deployment]
struct Driver {
    function: Handle<hello>,
}

#[deployment]
impl Driver {
    fn new(function: Handle<hello>) -> Self {
        Driver { function }
    }

    async fn drive(&self) -> Result<&'static str> {
        self.function.call().await
    }
}

#[graph]
fn driver_and_function() -> &'static str {
    let function = hello::bind();
    let driver = Driver::bind(function);

    input(|| driver.drive())
}

#[tokio::test]
async fn a_driver_then_a_function() {
    assert_answers!(driver_and_function(), (), null => "hello");
}

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

#[deployment]
struct CombineBoth {
    left: Handle<Model>,
    right: Handle<Model>,
}

#[deployment]
impl CombineBoth {
    fn new(left: Handle<Model>, right: Handle<Model>) -> Self {
        CombineBoth { left, right }
    }

    async fn forward(&self, number: i64) -> Result<f64> {
        Ok(self.left.forward(number).await? + self.right.forward(number).await?)
    }
}

#[graph]
fn bound_twice() -> f64 {
    let left = Model::bind(2, 1.0);
    let right = Model::bind(3, 1.0);
    let both = CombineBoth::bind(left, right);

    input(|number: i64| both.forward(number))
}

#[graph]
fn handed_twice() -> f64 {
    let model = Model::bind(2, 1.0);
    let both = CombineBoth::bind(model, model);

    input(|number: i64| both.forward(number))
}

#[tokio::test]
async fn one_class_bound_twice_is_two_deployments() {
    assert_answers!(bound_twice(), (1), 1 => 5.0);
    assert_eq!(names::<BoundTwiceGraph>(), ["left", "right", "both"]);
}

#[tokio::test]
async fn one_bound_class_handed_out_twice_is_one_deployment() {
    assert_answers!(handed_twice(), (1), 1 => 4.0);
    assert_eq!(names::<HandedTwiceGraph>(), ["model", "both"]);
}

#[deployment]
struct Inner;

#[deployment]
impl Inner {
    fn new() -> Self {
        Inner
    }

    fn get(&self) -> i64 {
        2
    }
}

#[deployment]
struct Middle {
    inner: Handle<Inner>,
}

#[deployment]
impl Middle {
    fn new(inner: Handle<Inner>) -> Self {
        Middle { inner }
    }

    async fn get(&self) -> Result<i64> {
        self.inner.get().await
    }
}

#[deployment]
struct Outer {
    middle: Handle<Middle>,
}

#[deployment]
impl Outer {
    fn new(middle: Handle<Middle>) -> Self {
        Outer { middle }
    }

    async fn get(&self) -> Result<i64> {
        self.middle.get().await
    }
}

#[graph]
fn two_constructors() -> i64 {
    let inner = Inner::bind();
    let middle = Middle::bind(inner);
    let outer = Outer::bind(middle);

    input(|| outer.get())
}

#[tokio::test]
async fn a_handle_behind_two_constructors() {
    assert_answers!(two_constructors(), (), null => 2);
}

#[deployment]
struct Chooser {
    models: HashMap<String, Handle<Model>>,
}

#[deployment]
impl Chooser {
    fn new(models: HashMap<String, Handle<Model>>) -> Self {
        Chooser { models }
    }

    async fn choose(&self, key: String, number: i64) -> Result<f64> {
        let unknown = || Error::invalid_input(format!("no model {key}"));
        self.models
            .get(&key)
            .ok_or_else(unknown)?
            .forward(number)
            .await
    }
}

#[graph]
fn chosen_by_key() -> f64 {
    let one = Model::bind(1, 1.0);
    let ten = Model::bind(10, 1.0);
    let chooser = Chooser::bind(HashMap::from([("one".into(), one), ("ten".into(), ten)]));

    input(|key: String, number: i64| chooser.choose(key, number))
}

#[tokio::test]
async fn handles_in_a_map_chosen_by_key() {
    assert_answers!(chosen_by_key(), ("one".into(), 2), { "key": "one", "number": 2 } => 2.0);
    assert_answers!(chosen_by_key(), ("ten".into(), 2), { "key": "ten", "number": 2 } => 20.0);
}
