//! What a graph function defines itself, and lists of deployments.

use serve_runtime::prelude::*;

#[deployment]
async fn repeat(text: String, times: usize) -> String {
    text.repeat(times)
}

#[deployment]
async fn words(text: String) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

#[deployment]
async fn joined(lengths: Vec<usize>, mode: usize) -> String {
    format!("{lengths:?} {mode}")
}

#[graph]
fn own_items(by: usize) -> String {
    use std::cmp::max;

    const LEAST: usize = 2;

    enum Mode {
        Fast,
        Slow,
    }

    fn at_least(times: usize) -> usize {
        max(times, LEAST)
    }

    let _ = by;
    input(|text: String, fast: bool, times: usize| {
        let mode = if fast { Mode::Fast } else { Mode::Slow };
        match mode {
            Mode::Fast => text,
            Mode::Slow => repeat(text, at_least(times)),
        }
    })
}

#[tokio::test]
async fn an_input_block_uses_the_items_of_its_graph_function() {
    let app = deploy(own_items(1)).await.unwrap();
    assert_eq!(app.call("a".into(), true, 3).await.unwrap(), "a");
    assert_eq!(app.call("a".into(), false, 3).await.unwrap(), "aaa");
    assert_eq!(app.call("a".into(), false, 0).await.unwrap(), "aa");
}

#[graph]
fn lengths() -> String {
    input(|text: String| {
        let words = words(text);
        let lengths = words.map(|word| word.len());
        let first = match words.first() {
            Some(first) => repeat(first.clone(), 2),
            None => "none".to_owned(),
        };
        joined(lengths, first.len())
    })
}

#[tokio::test]
async fn map_without_a_node_gives_a_list_and_a_borrowed_part_is_copied() {
    let app = deploy(lengths()).await.unwrap();
    assert_eq!(app.call("ab cde".into()).await.unwrap(), "[2, 3] 4");
}

#[deployment]
struct Model {
    name: &'static str,
}

#[deployment]
impl Model {
    fn new(name: &'static str) -> Self {
        Model { name }
    }

    async fn run(&self, text: String) -> String {
        text + self.name
    }
}

#[deployment]
struct Chain {
    models: Vec<Handle<Model>>,
}

#[deployment]
impl Chain {
    fn new(models: Vec<Handle<Model>>) -> Self {
        Chain { models }
    }

    async fn run(&self, mut text: String) -> Result<String> {
        for model in &self.models {
            text = model.run(text).await?;
        }
        Ok(text)
    }
}

#[deployment]
struct Last {
    models: [Handle<Model>; 2],
}

#[deployment]
impl Last {
    fn new(models: [Handle<Model>; 2]) -> Self {
        Last { models }
    }

    async fn run(&self, text: String) -> Result<String> {
        self.models[1].run(text).await
    }
}

#[graph]
fn lists() -> String {
    let chain = Chain::bind(vec![Model::bind("a"), Model::bind("b").num_replicas(2)]);
    let last = Last::bind([Model::bind("c"), Model::bind("d")]);

    input(|text: String| last.run(chain.run(text)))
}

#[tokio::test]
async fn a_list_in_a_bind_is_a_deployment_for_each_element() {
    let app = deploy(lists()).await.unwrap();
    assert_eq!(app.call("x".into()).await.unwrap(), "xabd");

    let names = ListsGraph::TOPOLOGY.deployments.iter();
    let names: Vec<&str> = names.map(|deployment| deployment.name).collect();
    let wanted = [
        "model[0]", "model[1]", "chain", "model[2]", "model[3]", "last",
    ];
    assert_eq!(names, wanted);
}

#[deployment]
struct Sampler {
    rate: u32,
}

#[deployment]
impl Sampler {
    fn new(rate: u32) -> Self {
        Sampler { rate }
    }

    async fn run(&self, number: u32) -> u32 {
        number * self.rate
    }
}

#[graph]
fn shadowed(rate: u32) -> u32 {
    let rate = Sampler::bind(rate);

    input(|number: u32| rate.run(number))
}

macro_rules! graph_of {
    ($name:ident -> $output:ty, $ty:ty) => {
        #[deployment]
        async fn fallible(number: u32) -> $ty {
            Ok(number)
        }

        #[graph]
        fn $name() -> $output {
            input(|number: u32| fallible(number))
        }
    };
}

graph_of!(of_a_macro -> u32, Result<u32>);

#[tokio::test]
async fn a_variable_may_have_the_name_of_a_parameter_and_types_may_come_from_a_macro() {
    let app = deploy(shadowed(3)).await.unwrap();
    assert_eq!(app.call(2).await.unwrap(), 6);
    let app = deploy(of_a_macro()).await.unwrap();
    assert_eq!(app.call(2).await.unwrap(), 2);
}

#[deployment]
async fn parsed(texts: Vec<String>) -> Vec<Result<u32, std::num::ParseIntError>> {
    texts.iter().map(|text| text.parse()).collect()
}

#[deployment]
async fn counted(good: usize, first: u32, all: u32) -> Vec<u32> {
    vec![good as u32, first, all]
}

fn named(rate: u32) -> u32 {
    rate
}

#[graph]
fn results() -> Vec<u32> {
    let sampler = Sampler::bind(named(2));

    input(|texts: Vec<String>, named: u32| {
        let parsed = parsed(texts);
        let good = parsed.iter().filter(|number| number.is_ok()).count();
        let first = match &parsed[0] {
            Ok(number) => *number,
            Err(_) => 0,
        };
        let all = parsed
            .iter()
            .map(|number| match number {
                Ok(number) => *number,
                Err(_) => 0,
            })
            .sum::<u32>();
        counted(good, first, all + sampler.run(named))
    })
}

#[tokio::test]
async fn values_that_are_results_are_matched_as_in_rust() {
    let app = deploy(results()).await.unwrap();
    let texts = ["3", "x", "4"].map(str::to_owned).to_vec();
    assert_eq!(app.call(texts, 1).await.unwrap(), [2, 3, 9]);
}
