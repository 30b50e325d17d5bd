//! A stream keeps its place until it is read: what its request waits for meanwhile never keeps it waiting for ever.

use std::time::Duration;

use serve_runtime::ApplicationControl;
use serve_runtime::prelude::*;

use crate::support::within;

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

    async fn score(&self, n: u64) -> u64 {
        n
    }
}

#[deployment]
async fn sum(mut words: Streaming<u64>, score: u64) -> Result<u64> {
    let mut sum = score;
    while let Some(word) = words.next().await {
        sum += word?;
    }
    Ok(sum)
}

#[deployment]
async fn zip(mut one: Streaming<u64>, mut other: Streaming<u64>) -> Result<u64> {
    let mut sum = 0;
    while let (Some(one), Some(other)) = (one.next().await, other.next().await) {
        sum += one? + other?;
    }
    Ok(sum)
}

#[deployment]
async fn late(n: u64) -> u64 {
    tokio::time::sleep(Duration::from_millis(20)).await;
    n
}

#[graph]
fn on_one_thread(replicas: u32) -> u64 {
    let model = Model::bind().num_replicas(replicas);
    input(|n: u64| sum(model.words(n), model.score(n)))
}

#[graph]
fn in_place(places: u32) -> u64 {
    let model = InPlace::bind().max_ongoing_requests(places);
    input(|n: u64| sum(model.words(n), model.score(n)))
}

#[tokio::test]
async fn what_one_request_could_not_survive_is_refused_with_the_arithmetic() {
    let error = deploy(on_one_thread(1)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "graph `on_one_thread`: a request of `/` would wait for itself for ever: `model.words` keeps its place at \
         `model` until `sum` reads it, which waits for `model.score`\n\
         note: that takes 2 places at one time, but `model` has 1 replica x 1 call on a thread = 1\n\
         help: raise `num_replicas` of `model`, or bind a deployment of its own for one of the calls"
    );
    let error = deploy(in_place(1)).await.unwrap_err();
    assert!(
        error.to_string().contains("1 replica x 1 call = 1"),
        "{error}"
    );
}

#[deployment]
async fn add(one: u64, other: u64) -> u64 {
    one + other
}

#[graph]
fn two_pairs(replicas: u32) -> u64 {
    let model = Model::bind().num_replicas(replicas);
    let other = Model::bind().num_replicas(replicas);
    input(|n: u64| {
        let one = zip(model.words(n), other.words(late(n)));
        let two = zip(model.words(late(n)), other.words(n));
        add(one, two)
    })
}

#[deployment]
async fn total(sums: Vec<u64>) -> u64 {
    sums.into_iter().sum()
}

#[graph]
fn pairs_of_items() -> u64 {
    let model = Model::bind().num_replicas(9);
    let other = Model::bind();
    input(|numbers: Vec<u64>| total(numbers.map(|n| zip(model.words(n), other.words(late(n))))))
}

#[tokio::test]
async fn streams_of_one_request_that_could_wait_for_each_other_are_refused_or_have_places() {
    let error = deploy(two_pairs(1)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "graph `two_pairs`: a request of `/` could wait for itself for ever: its streams keep places at `model` and \
         at other deployments until their readers start, which wait for streams of the others\n\
         note: that takes 2 places at one time, but `model` has 1 x 1 = 1\n\
         help: raise `num_replicas` of `model`, or read one of two streams that have the same reader to its end in a \
         node of its own"
    );
    let error = deploy(pairs_of_items()).await.unwrap_err();
    let note = "that takes a place for each item of a fan-out, but `model` has 9 x 1 = 9";
    assert!(error.to_string().contains(note), "{error}");

    let app = deploy(two_pairs(2)).await.unwrap();
    let requests = (0..20).map(|n| app.call(n));
    let sums = within(futures_util::future::join_all(requests)).await;
    for (n, sum) in sums.into_iter().enumerate() {
        let n = n as u64;
        assert_eq!(sum.unwrap(), 2 * n * n.saturating_sub(1));
    }
}

#[tokio::test]
async fn requests_that_keep_places_while_they_wait_do_not_wait_for_each_other() {
    let threads = deploy(on_one_thread(2)).await.unwrap();
    let calls = futures_util::future::try_join_all((0..20).map(|n| threads.call(n)));
    let sums: Vec<u64> = (0..20u64).map(|n| n + (0..n).sum::<u64>()).collect();
    assert_eq!(within(calls).await.unwrap(), sums);
    let in_place = deploy(in_place(3)).await.unwrap();
    let calls = futures_util::future::try_join_all((0..20).map(|n| in_place.call(n)));
    assert_eq!(within(calls).await.unwrap(), sums);
}

#[graph]
fn crossed() {
    let one = Model::bind();
    let other = Model::bind();
    route("/one", |n: u64| -> u64 {
        zip(one.words(n), other.words(late(n)))
    });
    route("/other", |n: u64| -> u64 {
        zip(one.words(late(n)), other.words(n))
    });
}

#[tokio::test]
async fn requests_that_take_streams_in_opposite_orders_do_not_wait_for_each_other() {
    let app = deploy(crossed()).await.unwrap();
    for _ in 0..3 {
        let both = async { tokio::join!(app.one(10), app.other(10), app.one(5), app.other(5)) };
        let (one, other, third, fourth) = within(both).await;
        assert_eq!((one.unwrap(), other.unwrap()), (90, 90));
        assert_eq!((third.unwrap(), fourth.unwrap()), (20, 20));
    }
}

#[tokio::test]
async fn a_request_that_waits_for_such_places_ends_at_its_deadline() {
    let app = deploy(crossed()).await.unwrap();
    // Its streams are in flight until it is dropped.
    let mut keeps = Box::pin(app.one(1));
    assert!(crate::support::waits(&mut keeps).await);
    let options = CallOptions::new().timeout(Duration::from_millis(10));
    let hurried = app.options(options);
    // The first one comes to its end only if it is polled.
    let error = within(hurried.other(1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    within(keeps).await.unwrap();
}

/// Keeps a place of the model, and waits for another: only its own code knows.
#[deployment]
struct Holder {
    model: Handle<Model>,
}

#[deployment]
impl Holder {
    fn new(model: Handle<Model>) -> Self {
        Holder { model }
    }

    async fn both(&self, n: u64) -> Result<u64> {
        let mut words = self.model.words(n).await?;
        let score = self.model.score(n).await?;
        let first = words.next().await.transpose()?;
        Ok(score + first.unwrap_or_default())
    }
}

#[deployment]
struct HolderInPlace {
    model: Handle<InPlace>,
}

#[deployment]
impl HolderInPlace {
    fn new(model: Handle<InPlace>) -> Self {
        HolderInPlace { model }
    }

    async fn both(&self, n: u64) -> Result<u64> {
        let _words = self.model.words(n).await?;
        self.model.score(n).await
    }
}

#[graph]
fn held() -> u64 {
    let model = Model::bind();
    let holder = Holder::bind(model);
    input(|n: u64| holder.both(n))
}

#[graph]
fn held_in_place() -> u64 {
    let model = InPlace::bind();
    let holder = HolderInPlace::bind(model);
    input(|n: u64| holder.both(n))
}

/// What the status says of a call that never begins. The clock stops only after the deployment: nothing is watched by one
/// that stands.
async fn reported<T>(
    control: ApplicationControl,
    mut hangs: impl Future<Output = T> + Unpin,
) -> String {
    let status = || control.status().swap_remove(0);
    while (status().ongoing, status().queued) != (1, 1) {
        assert!(crate::support::waits(&mut hangs).await);
    }
    tokio::time::pause();
    tokio::time::sleep(Duration::from_secs(31)).await;
    let message = status().message;
    drop(hangs);
    // The clock is ahead of threads, which end their calls in their own time.
    while (status().ongoing, status().queued) != (0, 0) {
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(Duration::from_secs(61)).await;
    assert_eq!(status().message, "", "nothing waits any more");
    message
}

const TOLD: &str = "no call has begun for 30 s, while 1 waits: the one in flight is a stream that is not read to its end\n\
                    note: its calls are of the deployment `holder`, which has its handle";

#[tokio::test]
async fn calls_that_wait_for_ever_are_reported_with_what_keeps_them() {
    let app = deploy(held()).await.unwrap();
    // More words than a thread makes ahead.
    let hangs = Box::pin(app.call(100));
    assert_eq!(reported(Deployed::control(&app), hangs).await, TOLD);
}

#[tokio::test]
async fn so_are_those_that_wait_in_place() {
    let app = deploy(held_in_place()).await.unwrap();
    let hangs = Box::pin(app.call(1));
    assert_eq!(reported(Deployed::control(&app), hangs).await, TOLD);
}
