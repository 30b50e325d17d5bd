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
pub struct Constructor<D>(Arc<dyn Fn() -> LocalBoxFuture<'static, Result<D>> + Send + Sync>);

impl<D> Clone for Constructor<D> {
    fn clone(&self) -> Self {
        Constructor(Arc::clone(&self.0))
    }
}

impl<D> Constructor<D> {
    /// A constructor from a function that makes one instance.
    pub fn new<F>(make: F) -> Self
    where
        F: Fn() -> LocalBoxFuture<'static, Result<D>> + Send + Sync + 'static,
    {
        Constructor(Arc::new(make))
    }

    /// Builds an instance on this thread, which must not be one of the async workers'.
    pub(crate) fn build(&self, runtime: &Handle) -> Result<D> {
        let build = || runtime.block_on((self.0)());
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
