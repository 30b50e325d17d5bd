//! A call of a loader.

use std::future::Future;
use std::sync::{Arc, mpsc};

use tokio::sync::oneshot;

use super::Cache;
use super::cache::{Found, Waiter};
use crate::isolated::isolated;
use crate::private::isolate;
use crate::{Error, Result, Shared};

/// A model, from a cache or by loading it.
pub async fn load<M, F>(
    cache: Option<Arc<Cache<M>>>,
    model_id: &str,
    load: impl FnOnce() -> F,
) -> Result<Shared<M>>
where
    M: Send + Sync + 'static,
    F: Future<Output = Result<M>>,
{
    let load = async || {
        let outcome = isolate(load()).await;
        outcome.unwrap_or_else(|payload| Err(Error::panicked(payload)))
    };
    let Some(cache) = cache else {
        return load().await.map(Shared::new);
    };
    loop {
        let channel = || {
            let (answer, waiting) = oneshot::channel();
            // Whoever waits may have gone.
            let waiter: Waiter<M> = Box::new(|result| drop(answer.send(result)));
            (waiter, waiting)
        };
        match cache.find(model_id, channel) {
            Found::Loaded(model) => return Ok(model),
            Found::Missing(loading) => return loading.finish(load().await),
            Found::Waiting(waiting) => {
                if let Ok(result) = waiting.await {
                    return result;
                }
            }
        }
    }
}

/// A model, from a cache or by loading it, where code may block.
pub fn load_blocking<M: Send + Sync + 'static>(
    cache: Option<Arc<Cache<M>>>,
    model_id: &str,
    load: impl FnOnce() -> Result<M>,
) -> Result<Shared<M>> {
    let Some(cache) = cache else {
        return isolated(load).map(Shared::new);
    };
    loop {
        // Not one of tokio's, which may not be waited for in an `async fn`; this may be called there.
        let channel = || {
            let (answer, waiting) = mpsc::channel();
            let waiter: Waiter<M> = Box::new(move |result| drop(answer.send(result)));
            (waiter, waiting)
        };
        match cache.find(model_id, channel) {
            Found::Loaded(model) => return Ok(model),
            Found::Missing(loading) => return loading.finish(isolated(load)),
            Found::Waiting(waiting) => {
                if let Ok(result) = waiting.recv() {
                    return result;
                }
            }
        }
    }
}
