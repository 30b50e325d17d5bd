//! Steady load: callers that call again as soon as they are answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serve_runtime::Error;
use tokio::task::JoinSet;

/// Callers that are running.
pub struct Load {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    callers: JoinSet<Vec<Error>>,
}

impl Load {
    /// Starts that many callers, which call until they are stopped.
    pub fn start<F, C>(callers: usize, call: C) -> Self
    where
        C: Fn() -> F + Clone + Send + 'static,
        F: Future<Output = serve_runtime::Result<()>> + Send,
    {
        let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let mut load = Load {
            stop,
            answered,
            callers: JoinSet::new(),
        };
        for _ in 0..callers {
            let (stop, answered) = (Arc::clone(&load.stop), Arc::clone(&load.answered));
            let call = call.clone();
            load.callers.spawn(async move {
                let mut failed = Vec::new();
                while !stop.load(Ordering::SeqCst) {
                    match call().await {
                        Ok(()) => drop(answered.fetch_add(1, Ordering::SeqCst)),
                        Err(error) => failed.push(error),
                    }
                    tokio::task::yield_now().await;
                }
                failed
            });
        }
        load
    }

    /// Waits for that many further answers.
    pub async fn continues(&self, answers: usize) {
        let until = self.answered.load(Ordering::SeqCst) + answers;
        crate::support::within(async {
            while self.answered.load(Ordering::SeqCst) < until {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// Asserts that no call has failed.
    #[track_caller]
    pub fn ends_well(mut self) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            self.stop.store(true, Ordering::SeqCst);
            while let Some(failed) = self.callers.join_next().await {
                let failed = failed.unwrap();
                assert!(failed.is_empty(), "{caller}: {failed:?}");
            }
        }
    }
}
