//! Calls of a loader.

use std::future::Future;
use std::sync::{Arc, mpsc};

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use super::Cache;
use super::cache::{Found, Loading, Waiter};
use super::models::InCall;
use super::room::Room;
use super::task::spawn;
use crate::panics::{catch, isolate};
use crate::{Error, Result, Shared};

/// Calls an `async` loader.
pub(crate) type Load<D, M> = for<'a> fn(&'a D, &'a str) -> BoxFuture<'a, Result<M>>;

/// Where the result of a load arrives.
pub(super) type Answer<M> = oneshot::Receiver<Result<Shared<M>>>;

/// Returns a model from the cache, or has it loaded by a [task](super::task).
pub(crate) async fn load<D, M>(
    replica: &D,
    method: &'static str,
    max: usize,
    model_id: &str,
    load: Load<D, M>,
) -> Result<Shared<M>>
where
    D: Send + Sync + 'static,
    M: Send + Sync + 'static,
{
    let Some((call, cache)) = cache::<D, M>(method, max) else {
        return isolated(load(replica, model_id)).await.map(Shared::new);
    };
    let spawn = |loading| spawn(&call, replica, loading, load);
    let load = || load(replica, model_id);
    find(&call, &cache, model_id, spawn, load).await
}

/// The same at a replica that is not called in place: the load is part of its call.
pub(crate) async fn load_in_call<D, M, F>(
    method: &'static str,
    max: usize,
    model_id: &str,
    load: impl FnOnce() -> F,
) -> Result<Shared<M>>
where
    D: 'static,
    M: Send + Sync + 'static,
    F: Future<Output = Result<M>>,
{
    let Some((call, cache)) = cache::<D, M>(method, max) else {
        return isolated(load()).await.map(Shared::new);
    };
    find(&call, &cache, model_id, Err, load).await
}

/// `spawn` has a task load it, unless it returns the load: then `load` loads it.
async fn find<M, F>(
    call: &InCall,
    cache: &Arc<Cache<M>>,
    model_id: &str,
    spawn: impl FnOnce(Loading<M>) -> Result<Answer<M>, Loading<M>>,
    load: impl FnOnce() -> F,
) -> Result<Shared<M>>
where
    M: Send + Sync + 'static,
    F: Future<Output = Result<M>>,
{
    loop {
        match cache.find(model_id, &call.uses, channel) {
            Found::Loaded(model) => return Ok(model),
            Found::Missing(loading) => {
                let answer = match spawn(loading) {
                    Ok(answer) => answer,
                    Err(loading) => return in_call(call, loading, load).await,
                };
                let _waits = call.models.wanted.waits();
                return answer.await.unwrap_or_else(|_| Err(given_up()));
            }
            Found::Waiting(answer) => {
                if call.uses.any() {
                    cache.hurry(model_id);
                }
                let _waiting = cache.waits_for(model_id)?;
                let _waits = call.models.wanted.waits();
                if let Ok(result) = answer.await {
                    return result;
                }
            }
        }
    }
}

/// Loads a model in the call that asks for it.
async fn in_call<M, F>(
    call: &InCall,
    loading: Loading<M>,
    load: impl FnOnce() -> F,
) -> Result<Shared<M>>
where
    M: Send + Sync + 'static,
    F: Future<Output = Result<M>>,
{
    let room = room(&loading, call.uses.any()).await;
    let answer = loading.waiter(&call.uses, channel);
    let load = call.for_a_load().scope(isolated(load()));
    let result = loading.chain().scope(load).await;
    loading.finish(room, result);
    answer.await.unwrap_or_else(|_| Err(given_up()))
}

/// Room for a model; `uses_others` says that its call uses other models.
pub(super) async fn room<M: Send + Sync + 'static>(
    loading: &Loading<M>,
    uses_others: bool,
) -> Room<M> {
    match uses_others {
        true => loading.cache.room_now(),
        false => loading.cache.room(&loading.id).await,
    }
}

/// Returns a model from the cache, or loads it, in code that may block.
pub(crate) fn load_blocking<D, M>(
    method: &'static str,
    max: usize,
    model_id: &str,
    load: impl FnOnce() -> Result<M>,
) -> Result<Shared<M>>
where
    D: 'static,
    M: Send + Sync + 'static,
{
    let Some((call, cache)) = cache::<D, M>(method, max) else {
        return catch(load).map(Shared::new);
    };
    // Not a tokio channel: its `blocking_recv` panics in async code, where this may be called.
    let channel = || {
        let (answer, waiting) = mpsc::channel();
        (Waiter::Blocking(answer), waiting)
    };
    loop {
        match cache.find(model_id, &call.uses, channel) {
            Found::Loaded(model) => return Ok(model),
            Found::Missing(loading) => {
                let (room, answer) = (cache.room_now(), loading.waiter(&call.uses, channel));
                let load = || call.for_a_load().sync_scope(|| catch(load));
                let result = loading.chain().sync_scope(load);
                loading.finish(room, result);
                return answer.recv().unwrap_or_else(|_| Err(given_up()));
            }
            Found::Waiting(answer) => {
                cache.hurry(model_id); // the thread may be the one that has to end a use
                let _waiting = cache.waits_for(model_id)?;
                if let Ok(result) = answer.recv() {
                    return result;
                }
            }
        }
    }
}

/// The call that the calling code is part of, and the cache of its loader; `None` outside of a replica.
fn cache<D: 'static, M: Send + Sync + 'static>(
    method: &'static str,
    max: usize,
) -> Option<(InCall, Arc<Cache<M>>)> {
    let call = InCall::current()?;
    let cache = call.cache::<D, M>(method, max)?;
    Some((call, cache))
}

pub(super) fn channel<M>() -> (Waiter<M>, Answer<M>) {
    let (answer, waiting) = oneshot::channel();
    (Waiter::Async(answer), waiting)
}

/// The result of a load; a panic is an error.
pub(super) async fn isolated<M>(load: impl Future<Output = Result<M>>) -> Result<M> {
    let outcome = isolate(load).await;
    outcome.unwrap_or_else(|payload| Err(Error::panicked(payload)))
}

fn given_up() -> Error {
    Error::unavailable("the load of a model was given up: its replica is shut down")
}
