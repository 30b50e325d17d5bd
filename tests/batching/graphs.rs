//! Batched methods in graphs, through handles, and replaced by fakes.

use std::time::Duration;

use serve_runtime::prelude::*;
use serve_runtime::testing;

use crate::support::{waits, within};
use crate::watched::{Watched, held, released};

#[derive(Debug)]
struct Image(u32); // not `Clone`

#[deployment]
struct Model(Watched<u32>);

#[deployment]
impl Model {
    fn new(watched: Watched<u32>) -> Self {
        Model(watched)
    }

    #[batch(max_batch_size = 4, batch_wait_timeout_s = 0)]
    fn rate(&self, images: Vec<Shared<Image>>, thresholds: Vec<u32>) -> Vec<bool> {
        let numbers: Vec<u32> = images.iter().map(|image| image.0).collect();
        self.0.ran(&numbers);
        let pairs = images.iter().zip(thresholds);
        pairs
            .map(|(image, threshold)| image.0 > threshold)
            .collect()
    }
}

#[deployment]
async fn read(number: u32) -> Image {
    Image(number)
}

#[deployment]
async fn describe(image: &Image, large: bool) -> String {
    format!("{} {large}", image.0)
}

#[graph]
fn rated(watched: Watched<u32>) -> String {
    let model = Model::bind(watched);
    input(|number: u32| {
        let image = read(number);
        describe(image, model.rate(image, 10))
    })
}

#[tokio::test]
async fn requests_of_a_graph_meet_in_a_batch() {
    let watched = Watched::new();
    let app = deploy(rated(watched.clone())).await.unwrap();
    let call = |number| {
        let app = app.clone();
        async move { app.call(number).await }
    };
    let calls = held(&watched, [1, 20, 3].map(call)).await;
    let answers: Vec<String> = released(&watched, calls)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(answers, ["1 false", "20 true", "3 false"]);
    assert_eq!(watched.batches(), [vec![1], vec![20, 3]]);
}

#[graph]
fn all_rated(watched: Watched<u32>) -> Vec<bool> {
    let model = Model::bind(watched);
    input(|numbers: Vec<u32>| numbers.map(|number| model.rate(read(number), 10)))
}

#[tokio::test]
async fn a_fan_out_fills_batches() {
    let watched = Watched::new();
    let app = deploy(all_rated(watched.clone())).await.unwrap();
    let handle = app.clone();
    let mut call = Box::pin(async move { handle.call((0..20).collect()).await });
    assert!(waits(&mut call).await);
    watched.stage.entered(1).await;
    watched.stage.release(1000);
    let answer: Vec<bool> = within(call).await.unwrap();
    assert_eq!(
        answer,
        (0..20).map(|number| number > 10).collect::<Vec<_>>()
    );
    let batches = watched.batches();
    assert_eq!(batches.concat(), (0..20).collect::<Vec<_>>());
    // The calls that arrived during the first batch are enough to fill the next.
    assert_eq!(batches[1].len(), 4, "{batches:?}");
}

#[deployment]
#[batch(max_batch_size = 2)]
fn twice<N: Into<u64> + Clone>(numbers: Vec<N>) -> Vec<u64> {
    numbers
        .into_iter()
        .map(|number| number.into() * 2)
        .collect()
}

#[deployment]
struct Holder(Handle<twice<u8>>);

#[deployment]
impl Holder {
    fn new(twice: Handle<twice<u8>>) -> Self {
        Holder(twice)
    }

    async fn four_times(&self, number: u8) -> Result<u64> {
        Ok(self.0.call(number).await? * 2)
    }
}

#[graph]
fn multiplied() -> u64 {
    let doubling = twice::<u8>::bind();
    let holder = Holder::bind(doubling);
    input(|number: u8, further: u32| sum(holder.four_times(number), twice::<u32>(further)))
}

#[deployment]
async fn sum(a: u64, b: u64) -> u64 {
    a + b
}

#[tokio::test]
async fn a_batched_function_can_still_be_called_directly() {
    let app = deploy(multiplied()).await.unwrap();
    assert_eq!(within(app.call(3, 5)).await.unwrap(), 22);
    assert_eq!(twice(vec![1_u8, 2]), [2, 4]);
}

#[tokio::test]
async fn a_fake_takes_one_call() {
    let model = Model::fake().rate(|image, threshold| image.0 == threshold);
    let app = deploy(rated(Watched::new()).with("model", model))
        .await
        .unwrap();
    assert_eq!(within(app.call(10)).await.unwrap(), "10 true");
    let handle = testing::handle(twice::<u8>::fake(u64::from));
    assert_eq!(within(handle.call(3)).await.unwrap(), 3);
}

#[test]
fn the_topology_has_the_options_of_a_batch() {
    let node = RatedGraph::TOPOLOGY
        .nodes
        .iter()
        .find(|node| node.name == "model.rate")
        .unwrap();
    let batch = node.method.batch.unwrap();
    assert_eq!(
        (batch.max_batch_size, batch.batch_wait_timeout),
        (4, Duration::ZERO)
    );
    assert_eq!(node.method.output, "bool");
    assert_eq!(node.method.params[0].ty, "Shared<Image>");
}

/// Has methods in place, on threads, and with exclusive access.
#[deployment]
struct Counter {
    total: u32,
    watched: Watched<u32>,
}

impl Counter {
    const AT_MOST: u32 = 2;
}

#[deployment]
impl Counter {
    fn new(watched: Watched<u32>) -> Self {
        Counter { total: 0, watched }
    }

    #[batch(max_batch_size = Self::AT_MOST, batch_wait_timeout_s = 0.0)]
    fn add(&mut self, numbers: Vec<u32>) -> Vec<u32> {
        self.watched.ran(&numbers);
        let add = |number| {
            self.total += number;
            self.total
        };
        numbers.into_iter().map(add).collect()
    }

    async fn total(&self) -> u32 {
        self.total
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn replicas_that_are_also_called_in_place_make_batches() {
    let watched = Watched::new();
    let app = deploy(Counter::bind(watched.clone())).await.unwrap();
    let call = |number| {
        let app = app.clone();
        async move { app.add(number).await }
    };
    let calls = held(&watched, [1, 2, 3, 4].map(call)).await;
    let totals: Vec<u32> = released(&watched, calls)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(totals, [1, 3, 6, 10]);
    assert_eq!(within(app.total()).await.unwrap(), 10);
    assert_eq!(watched.batches(), [vec![1], vec![2, 3], vec![4]]);
}
