//! Building one replica's instance.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use tokio::runtime::Handle;

use crate::{Error, Result};

/// How often a replica that is to replace a panicked one is tried before it is given up.
const ATTEMPTS: u32 = 4;
/// How long to wait after the first failed attempt; twice as long after each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Calls a deployment's `new` with its bound arguments, as often as replicas are wanted.
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

    /// Builds an instance on this thread, which must not be one of the runtime's.
    pub(crate) fn build(&self, runtime: &Handle) -> Result<D> {
        let build = || match &self.0 {
            Make::Now(make) => make(),
            Make::Later(make) => runtime.block_on(make()),
        };
        catch_unwind(AssertUnwindSafe(build))
            .unwrap_or_else(|payload: Box<dyn Any + Send>| Err(Error::panicked(payload)))
    }

    /// Builds an instance in place of a broken one: several attempts, further and further apart.
    /// `wanted` is asked before each.
    pub(crate) fn rebuild(&self, runtime: &Handle, wanted: impl Fn() -> bool) -> Result<D> {
        let mut pause = FIRST_PAUSE;
        let mut attempt = 1;
        loop {
            match self.build(runtime) {
                Err(error) if attempt < ATTEMPTS && wanted() => {
                    tracing::warn!(%error, attempt, "a replica could not be replaced; will try again");
                }
                result => return result,
            }
            std::thread::sleep(pause);
            pause *= 2;
            attempt += 1;
        }
    }
}

/// Runs a replica's work on a thread of its own, named after it. It is not one of the runtime's
/// blocking threads: the runtime would wait for it when it is dropped.
pub(super) fn on_thread(
    deployment: &str,
    replica: usize,
    work: impl FnOnce() + Send + 'static,
) -> Result<()> {
    let thread = std::thread::Builder::new().name(format!("{deployment}#{replica}"));
    thread.spawn(work).map_err(Error::unavailable)?;
    Ok(())
}
