//! Batches form of the calls that wait, in order.

use serve_runtime::prelude::*;

use crate::support::{waits, within};
use crate::watched::{Watched, held, released};

#[deployment]
struct Doubler(Watched<u32>);

#[deployment]
impl Doubler {
    fn new(watched: Watched<u32>) -> Self {
        Doubler(watched)
    }

    #[batch(max_batch_size = 3, batch_wait_timeout_s = 0)]
    fn double(&self, numbers: Vec<u32>) -> Vec<u32> {
        self.0.ran(&numbers);
        numbers.iter().map(|number| number * 2).collect()
    }

    fn note(&self, number: u32) {
        self.0.ran(&[number]);
    }
}

fn call(doubler: &Handle<Doubler>, number: u32) -> impl Future<Output = Result<u32>> + use<> {
    let doubler = doubler.clone();
    async move { doubler.double(number).await }
}

#[tokio::test]
async fn batches_form_while_the_replica_is_busy() {
    let watched = Watched::new();
    let app = deploy(Doubler::bind(watched.clone())).await.unwrap();
    let calls = held(&watched, (1..=8).map(|number| call(&app, number))).await;
    let doubled: Vec<u32> = released(&watched, calls)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(doubled, [2, 4, 6, 8, 10, 12, 14, 16]);
    // The first call did not wait for others.
    let batches = [vec![1], vec![2, 3, 4], vec![5, 6, 7], vec![8]];
    assert_eq!(watched.batches(), batches);
}

#[tokio::test]
async fn calls_one_at_a_time_are_batches_of_one() {
    let watched = Watched::open();
    let app = deploy(Doubler::bind(watched.clone())).await.unwrap();
    for number in 1..=3 {
        assert_eq!(within(app.double(number)).await.unwrap(), number * 2);
    }
    assert_eq!(watched.batches(), [[1], [2], [3]]);
}

#[tokio::test]
async fn calls_of_other_methods_keep_their_turn() {
    let watched = Watched::new();
    let app = deploy(Doubler::bind(watched.clone())).await.unwrap();
    let first = held(&watched, [call(&app, 1)]).await;
    let handle = app.clone();
    let mut other = Box::pin(async move { handle.note(100).await });
    assert!(waits(&mut other).await);
    let later = [2, 3].map(|number| Box::pin(call(&app, number)));
    let mut waiting = Vec::new();
    for mut call in later {
        assert!(waits(&mut call).await);
        waiting.push(call);
    }
    released(&watched, first).await;
    within(other).await.unwrap();
    for call in waiting {
        within(call).await.unwrap();
    }
    assert_eq!(watched.batches(), [vec![1], vec![100], vec![2, 3]]);
}

#[tokio::test]
async fn replicas_share_the_calls_that_wait() {
    let watched = Watched::new();
    let app = deploy(Doubler::bind(watched.clone()).num_replicas(2))
        .await
        .unwrap();
    let mut calls = held(&watched, [call(&app, 1)]).await;
    calls.extend(held(&watched, (2..=6).map(|number| call(&app, number))).await);
    // Two batches are held; later calls wait for either.
    assert_eq!(watched.batches(), [[1], [2]]);
    watched.stage.release(1);
    watched.stage.entered(1).await;
    assert_eq!(watched.batches()[2], [3, 4, 5]);
    released(&watched, calls).await;
    assert_eq!(watched.batches()[3], [6]);
}

fn stats(app: &Deployed<Handle<Doubler>>) -> Vec<serve_runtime::batch::Stats> {
    let control = Deployed::control(app);
    control.deployment::<Doubler>("Doubler").unwrap().batches()
}

#[tokio::test]
async fn calls_whose_callers_have_gone_are_left_out() {
    let watched = Watched::new();
    let app = deploy(Doubler::bind(watched.clone())).await.unwrap();
    let mut calls = held(&watched, (1..=6).map(|number| call(&app, number))).await;
    for gone in [4, 2, 1] {
        drop(calls.remove(gone));
    }
    for result in released(&watched, calls).await {
        result.unwrap();
    }
    assert_eq!(watched.batches(), [vec![1], vec![4, 6]]);
    assert_eq!(stats(&app)[0].gone, 3);
}

#[tokio::test]
async fn a_batch_whose_callers_have_all_gone_does_not_run() {
    let watched = Watched::new();
    let app = deploy(Doubler::bind(watched.clone())).await.unwrap();
    let mut calls = held(&watched, (1..=3).map(|number| call(&app, number))).await;
    calls.truncate(1);
    released(&watched, calls).await;
    within(app.double(9)).await.unwrap();
    assert_eq!(watched.batches(), [[1], [9]]);
}

#[tokio::test]
async fn sizes_and_waits_can_be_read() {
    let watched = Watched::new();
    let app = deploy(Doubler::bind(watched.clone())).await.unwrap();
    assert_eq!(stats(&app)[0].batches, 0);
    let calls = held(&watched, (1..=5).map(|number| call(&app, number))).await;
    released(&watched, calls).await;
    let stats = &stats(&app)[0];
    assert_eq!(stats.method, "Doubler.double");
    assert_eq!((stats.batches, stats.calls), (3, 5));
    // Two batches of one call each, and one of three.
    let sizes = stats.sizes.iter().filter(|(_, count)| *count > 0);
    assert_eq!(sizes.copied().collect::<Vec<_>>(), [(1, 2), (4, 1)]);
    assert_eq!(stats.waits.iter().map(|(_, count)| count).sum::<u64>(), 5);
}

#[deployment]
#[batch(batch_wait_timeout_s = 0.0)]
fn whose(stages: Vec<Watched<String>>) -> Vec<Vec<String>> {
    let id = |request: Request| request.id().unwrap_or("none").to_owned();
    let ids: Vec<String> = Request::batch().into_iter().map(id).collect();
    let own = id(Request::current());
    stages[0].ran(&[own]);
    vec![ids; stages.len()]
}

#[tokio::test]
async fn a_batch_knows_its_requests() {
    let watched = Watched::new();
    let app = deploy(whose::bind()).await.unwrap();
    let call = |id: &str| {
        let (app, watched) = (app.clone(), watched.clone());
        let request = Request::new(id);
        request.scope(async move { app.call(watched).await })
    };
    let calls = held(&watched, ["a", "b", "c"].map(call)).await;
    let ids: Vec<_> = released(&watched, calls)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(ids, [vec!["a"], vec!["b", "c"], vec!["b", "c"]]);
    // The current request has an id only in a batch of one call.
    assert_eq!(watched.batches(), [["a"], ["none"]]);
    assert_eq!(Request::batch().len(), 1);
}
