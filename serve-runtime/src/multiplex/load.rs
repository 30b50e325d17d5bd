//! Calls of a loader.

use std::future::Future;
use std::sync::{Arc, mpsc};

use tokio::sync::oneshot;

use super::Cache;
use super::cache::{Found, Waiter};
use crate::panics::catch;
use crate::panics::isolate;
use crate::{Error, Result, Shared};

/// Returns a model from the cache, or loads it.
pub async fn load<M, F>(
    cache: Option<Arc<Cache<M>>>,
    model_id: &str,
    load: impl FnOnce() -> F,
) -> Result<Shared<M>>
where
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
            (Waiter::Async(answer), waiting)
        };
        match cache.find(model_id, channel) {
            Found::Loaded(model) => return Ok(model),
            Found::Missing(loading) => {
                let result = loading.load().scope(load()).await;
                return loading.finish(result);
            }
            Found::Waiting(waiting) => {
                let _waiting = cache.waits_for(model_id)?;
                if let Ok(result) = waiting.await {
                    return result;
                }
            }
        }
    }
}

/// Returns a model from the cache, or loads it, in code that may block.
pub fn load_blocking<M>(
    cache: Option<Arc<Cache<M>>>,
    model_id: &str,
    load: impl FnOnce() -> Result<M>,
) -> Result<Shared<M>> {
    let Some(cache) = cache else {
        return catch(load).map(Shared::new);
    };
    loop {
        // Not a tokio channel: its `blocking_recv` panics in async code, where this may be called.
        let channel = || {
            let (answer, waiting) = mpsc::channel();
            (Waiter::Blocking(answer), waiting)
        };
        match cache.find(model_id, channel) {
            Found::Loaded(model) => return Ok(model),
            Found::Missing(loading) => {
                let result = loading.load().sync_scope(|| catch(load));
                return loading.finish(result);
            }
            Found::Waiting(waiting) => {
                let _waiting = cache.waits_for(model_id)?;
                if let Ok(result) = waiting.recv() {
                    return result;
                }
            }
        }
    }
}
