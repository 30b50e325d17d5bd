//! Batches of replicas that panic or stop.

use serve_runtime::prelude::*;

use crate::support::{Count, within};
use crate::watched::{Watched, held, released};

#[deployment]
struct Fragile {
    watched: Watched<u32>,
    served: u32,
}

const UNLUCKY: u32 = 13;

#[deployment]
impl Fragile {
    fn new(watched: Watched<u32>, built: Count) -> Self {
        built.add();
        Fragile { watched, served: 0 }
    }

    /// How many calls this replica has served.
    #[batch(max_batch_size = 2, batch_wait_timeout_s = 0)]
    fn serve(&mut self, numbers: Vec<u32>) -> Vec<u32> {
        self.watched.ran(&numbers);
        self.served += numbers.len() as u32;
        assert!(!numbers.contains(&UNLUCKY), "unlucky");
        vec![self.served; numbers.len()]
    }
}

fn call(app: &Handle<Fragile>, number: u32) -> impl Future<Output = Result<u32>> + use<> {
    let app = app.clone();
    async move { app.serve(number).await }
}

#[tokio::test]
async fn a_panic_fails_its_batch_alone_and_the_replica_is_replaced() {
    let (watched, built) = (Watched::new(), Count::new());
    let app = deploy(Fragile::bind(watched.clone(), built.clone()))
        .await
        .unwrap();
    let numbers = [0, 1, UNLUCKY, 3, 4];
    let calls = held(&watched, numbers.map(|number| call(&app, number))).await;
    let results = released(&watched, calls).await;
    assert_eq!(results[0].as_ref().unwrap(), &1);
    for result in &results[1..3] {
        let error = result.as_ref().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Panicked);
        assert_eq!(error.message(), "panicked: unlucky");
    }
    // A new replica begins to count.
    for result in &results[3..] {
        assert_eq!(result.as_ref().unwrap(), &2);
    }
    assert_eq!(built.get(), 2);
}

#[tokio::test]
async fn a_shutdown_answers_calls_that_wait_for_a_batch() {
    let watched = Watched::new();
    let app = deploy(Fragile::bind(watched.clone(), Count::new()))
        .await
        .unwrap();
    let handle = app.clone();
    let calls = held(&watched, [1, 2, 3].map(|number| call(&app, number))).await;
    let shutdown = tokio::spawn(Deployed::shutdown(app));
    for result in released(&watched, calls).await {
        result.unwrap();
    }
    within(shutdown).await.unwrap();
    assert_eq!(watched.batches(), [vec![1], vec![2, 3]]);
    let error = within(handle.serve(4)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    // A refused call is in no batch.
    assert_eq!(watched.batches().len(), 2);
}

#[tokio::test]
async fn without_a_shutdown_waiting_calls_are_refused() {
    let watched = Watched::new();
    let app = deploy(Fragile::bind(watched.clone(), Count::new()))
        .await
        .unwrap();
    let calls = held(&watched, [1, 2, 3].map(|number| call(&app, number))).await;
    drop(app);
    let results = released(&watched, calls).await;
    assert!(results[0].is_ok());
    for result in &results[1..] {
        assert_eq!(result.as_ref().unwrap_err().kind(), ErrorKind::Unavailable);
    }
}

#[deployment]
struct Two;

#[deployment]
impl Two {
    fn new() -> Self {
        Two
    }

    #[batch(max_batch_size = 2)]
    fn first(&self, numbers: Vec<u32>) -> Vec<u32> {
        numbers
    }

    #[batch]
    fn second(&self, names: Vec<String>) -> Vec<String> {
        names
    }
}

/// Two calls cannot make the same thing at the same time if it is there before the first call.
#[tokio::test]
async fn what_batches_need_is_there_before_the_first_call() {
    let app = deploy(Two::bind()).await.unwrap();
    let batches = Deployed::control(&app).deployment::<Two>("Two").unwrap();
    let methods = batches.batches().into_iter().map(|stats| stats.method);
    assert_eq!(methods.collect::<Vec<_>>(), ["Two.first", "Two.second"]);
    let (first, second) = tokio::join!(app.first(1), app.second("a".to_owned()));
    assert_eq!((first.unwrap(), second.unwrap()), (1, "a".to_owned()));
}
