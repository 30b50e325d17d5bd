//! Lets a test watch batches and hold them.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use serve_runtime::Result;

use crate::support::{Stage, waits, within};

/// Records the batches that ran, in order; each waits on the stage first.
#[derive(Clone)]
pub struct Watched<T> {
    pub stage: Stage,
    batches: Arc<Mutex<Vec<Vec<T>>>>,
}

impl<T: Clone> Watched<T> {
    pub fn new() -> Self {
        Watched {
            stage: Stage::new(),
            batches: Arc::default(),
        }
    }

    /// Holds no batch.
    pub fn open() -> Self {
        let watched = Self::new();
        watched.stage.release(1000);
        watched
    }

    /// For a batched method: records the batch, and waits until released.
    pub fn ran(&self, batch: &[T]) {
        self.batches.lock().unwrap().push(batch.to_vec());
        self.stage.block();
    }

    pub fn batches(&self) -> Vec<Vec<T>> {
        self.batches.lock().unwrap().clone()
    }
}

pub type Call<T> = Pin<Box<dyn Future<Output = Result<T>>>>;

/// Makes the first call, waits until its batch is held, and then queues the others.
pub async fn held<T, B: Clone>(
    watched: &Watched<B>,
    calls: impl IntoIterator<Item = impl Future<Output = Result<T>> + 'static>,
) -> Vec<Call<T>> {
    let mut held: Vec<Call<T>> = Vec::new();
    for call in calls {
        let mut call: Call<T> = Box::pin(call);
        assert!(waits(&mut call).await);
        if held.is_empty() {
            watched.stage.entered(1).await;
        }
        held.push(call);
    }
    held
}

/// Releases all batches, and returns the results of the calls.
pub async fn released<T, B: Clone>(watched: &Watched<B>, calls: Vec<Call<T>>) -> Vec<Result<T>> {
    watched.stage.release(1000);
    let mut results = Vec::new();
    for call in calls {
        results.push(within(call).await);
    }
    results
}
