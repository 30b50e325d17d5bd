//! Building one replica's instance.

use std::sync::Arc;

use futures_util::future::LocalBoxFuture;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::engine::ReplicaId;
use crate::engine::lifecycle::{Hooks, Lent, UserConfig};
use crate::panics::catch;
use crate::{Error, Result};

/// Calls a deployment's `new` with its bound arguments, once for each replica.
pub struct Constructor<D>(Make<D>);

enum Make<D> {
    Now(Arc<dyn Fn() -> Result<D> + Send + Sync>),
    Later(Arc<dyn Fn() -> LocalBoxFuture<'static, Result<D>> + Send + Sync>),
}

impl<D> Clone for Constructor<D> {
    fn clone(&self) -> Self {
        Constructor(match &self.0 {
            Make::Now(make) => Make::Now(Arc::clone(make)),
            Make::Later(make) => Make::Later(Arc::clone(make)),
        })
    }
}

impl<D> Constructor<D> {
    /// A constructor from a function that makes one instance. It may block.
    pub fn new(make: impl Fn() -> Result<D> + Send + Sync + 'static) -> Self {
        Constructor(Make::Now(Arc::new(make)))
    }

    /// A constructor from an `async` function that makes one instance.
    pub fn new_async<F>(make: F) -> Self
    where
        F: Fn() -> LocalBoxFuture<'static, Result<D>> + Send + Sync + 'static,
    {
        Constructor(Make::Later(Arc::new(make)))
    }

    fn construct(&self, runtime: &Handle) -> Result<D> {
        catch(|| match &self.0 {
            Make::Now(make) => make(),
            Make::Later(make) => runtime.block_on(make()),
        })
    }
}

/// How a replica is made: by `new`, by `reconfigure` if there is a `user_config`, and by `warm_up`. It is made when its
/// `check_health` has succeeded once: no call finds one that has never been healthy.
pub(crate) struct Blueprint<D> {
    pub(crate) constructor: Constructor<D>,
    pub(crate) user_config: Option<UserConfig>,
    pub(crate) hooks: Hooks<D>,
}

impl<D> Clone for Blueprint<D> {
    fn clone(&self) -> Self {
        Blueprint {
            constructor: self.constructor.clone(),
            user_config: self.user_config.clone(),
            hooks: self.hooks,
        }
    }
}

impl<D> Blueprint<D> {
    /// Builds an instance on this thread, which must not be one of the runtime's.
    pub(crate) fn build(&self, runtime: &Handle) -> Result<D> {
        let _inside = runtime.enter();
        let mut instance = self.constructor.construct(runtime)?;
        if let Some(config) = &self.user_config {
            let lent = Lent::Exclusive(&mut instance);
            self.hooks.reconfigure(lent, config, runtime)?;
        }
        self.hooks.warm_up(&instance, runtime)?;
        let checked = self.hooks.check_health(&instance, runtime);
        checked.map_err(|error| {
            let message = format!("its first health check failed: {error}");
            Error::new(error.kind(), message)
        })?;
        Ok(instance)
    }
}

/// Runs a replica's work on a thread of its own, named after it. It is not one of the runtime's
/// blocking threads: the runtime would wait for it when it is dropped.
pub(crate) fn on_thread(
    deployment: &str,
    replica: ReplicaId,
    work: impl FnOnce() + Send + 'static,
) -> Result<()> {
    let name = format!("{deployment}#{replica}").replace('\0', ""); // not allowed in a thread's name
    let thread = std::thread::Builder::new().name(name);
    thread.spawn(work).map_err(Error::unavailable)?;
    Ok(())
}

/// Runs something on a thread of its own, and waits for its result.
pub(crate) async fn off_the_runtime<T: Send + 'static>(
    deployment: &str,
    replica: ReplicaId,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let (answer, result) = oneshot::channel();
    // Sending fails if the result is not waited for any more.
    on_thread(deployment, replica, move || drop(answer.send(work())))?;
    result
        .await
        .unwrap_or_else(|_| Err(Error::unavailable("the replica's thread has ended")))
}
