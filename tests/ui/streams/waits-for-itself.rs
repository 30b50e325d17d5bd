use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    fn words(&self, n: u64) -> impl Iterator<Item = u64> {
        0..n
    }

    fn score(&self, n: u64) -> u64 {
        n
    }
}

#[deployment(max_ongoing_requests = 1)]
struct InPlace;

#[deployment]
impl InPlace {
    fn new() -> Self {
        InPlace
    }

    async fn words(&self, n: u64) -> Streaming<u64> {
        Streaming::new(futures_util::stream::iter(0..n))
    }
}

#[deployment]
struct Changed;

#[deployment]
impl Changed {
    fn new() -> Self {
        Changed
    }

    async fn words(&mut self, n: u64) -> Streaming<u64> {
        Streaming::new(futures_util::stream::iter(0..n))
    }
}

#[deployment]
async fn join(words: Streaming<u64>, score: u64) -> u64 {
    drop(words);
    score
}

#[deployment]
async fn zip(one: Streaming<u64>, other: Streaming<u64>) -> u64 {
    drop((one, other));
    0
}

#[graph]
fn on_one_thread() -> u64 {
    let model = Model::bind();
    input(|n: u64| join(model.words(n), model.score(n)))
}

#[graph]
fn two_streams() {
    let one = InPlace::bind();
    let two = InPlace::bind().max_ongoing_requests(2);
    let changed = Changed::bind().max_ongoing_requests(2);
    route("/one", |n: u64| -> u64 { zip(one.words(n), one.words(n)) });
    route("/two", |n: u64| -> u64 { zip(two.words(n), two.words(n)) });
    route("/changed", |n: u64| -> u64 { zip(changed.words(n), changed.words(n)) });
}

#[graph]
fn changed() -> u64 {
    let changed = Changed::bind().num_replicas(1);
    input(|n: u64| zip(changed.words(n), changed.words(n + 1)))
}

#[graph]
fn for_each_item() -> Vec<u64> {
    let model = Model::bind().num_replicas(8);
    input(|items: Vec<u64>| items.map(|n| join(model.words(n), model.score(n))))
}

// `deploy` checks what is computed.
#[graph]
fn computed(replicas: u32) -> u64 {
    let model = Model::bind().num_replicas(replicas);
    input(|n: u64| join(model.words(n), model.score(n)))
}

fn main() {
    let _ = (on_one_thread(), two_streams(), changed(), for_each_item(), computed(1));
}
