//! What a deployment can define besides its constructor: `check_health`, `reconfigure` and `warm_up`.

use std::any::Any;
use std::sync::Arc;

use futures_util::future::LocalBoxFuture;
use tokio::runtime::Handle;
use tokio::sync::RwLock;

use crate::panics::catch;
use crate::{Error, ErrorKind, Result};

/// A deployment's `user_config`, of the type that its `reconfigure` takes.
pub(crate) type UserConfig = Arc<dyn Any + Send + Sync>;

/// A call of one of them: returned already, or to be waited for.
pub enum Lifecycle<'a> {
    /// What a `fn` returned.
    Now(Result<()>),
    /// What an `async fn` returned.
    Later(LocalBoxFuture<'a, Result<()>>),
}

impl Lifecycle<'_> {
    /// Its result. Blocks, so it must not be called on one of the runtime's threads.
    fn finish(self, runtime: &Handle) -> Result<()> {
        match self {
            Lifecycle::Now(result) => result,
            Lifecycle::Later(future) => runtime.block_on(future),
        }
    }
}

/// An instance, lent to `reconfigure`.
pub enum Lent<'a, D> {
    /// Calls may be in flight at it.
    Shared(&'a D),
    /// Nothing else has it.
    Exclusive(&'a mut D),
}

impl<'a, D> Lent<'a, D> {
    /// For a method with `&self`.
    pub fn shared(self) -> &'a D {
        match self {
            Lent::Shared(instance) => instance,
            Lent::Exclusive(instance) => instance,
        }
    }

    /// For a method with `&mut self`, whose engine keeps its instances behind a lock.
    pub fn exclusive(self) -> Result<&'a mut D> {
        match self {
            Lent::Exclusive(instance) => Ok(instance),
            Lent::Shared(_) => Err(Error::failed("the replica is shared without a lock")),
        }
    }
}

/// What callers see of a shared instance of `D`: itself, or a lock around it.
pub trait Cell<D>: From<D> + Send + Sync + 'static {
    /// Whether it is a lock.
    const IS_LOCKED: bool;

    /// Reads it. May block.
    fn lend_to_read<R>(&self, with: impl FnOnce(&D) -> R) -> R;

    /// Changes it, exclusively if there is a lock. May block.
    fn lend_to_change<R>(&self, with: impl FnOnce(Lent<'_, D>) -> R) -> R;
}

impl<D: Send + Sync + 'static> Cell<D> for D {
    const IS_LOCKED: bool = false;

    fn lend_to_read<R>(&self, with: impl FnOnce(&D) -> R) -> R {
        with(self)
    }

    fn lend_to_change<R>(&self, with: impl FnOnce(Lent<'_, D>) -> R) -> R {
        with(Lent::Shared(self))
    }
}

impl<D: Send + Sync + 'static> Cell<D> for RwLock<D> {
    const IS_LOCKED: bool = true;

    fn lend_to_read<R>(&self, with: impl FnOnce(&D) -> R) -> R {
        with(&self.blocking_read())
    }

    fn lend_to_change<R>(&self, with: impl FnOnce(Lent<'_, D>) -> R) -> R {
        with(Lent::Exclusive(&mut self.blocking_write()))
    }
}

/// These functions of a deployment, as `#[deployment]` found them.
pub(crate) struct Hooks<D> {
    pub(crate) check_health: fn(&D) -> Lifecycle<'_>,
    pub(crate) warm_up: fn(&D) -> Lifecycle<'_>,
    pub(crate) reconfigure: for<'a> fn(Lent<'a, D>, &UserConfig) -> Lifecycle<'a>,
}

/// Whether a `reconfigure` panicked, so that its replica is neither as it was nor as it should be.
pub(crate) fn panicked(reconfigured: &Result<()>) -> bool {
    let error = reconfigured.as_ref().err();
    error.is_some_and(|error| error.kind() == ErrorKind::Panicked)
}

impl<D> Clone for Hooks<D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D> Copy for Hooks<D> {}

impl<D> Hooks<D> {
    /// Blocks. A panic is returned as an error.
    pub(crate) fn check_health(&self, instance: &D, runtime: &Handle) -> Result<()> {
        catch(|| (self.check_health)(instance).finish(runtime))
    }

    /// Blocks. A panic is returned as an error.
    pub(crate) fn warm_up(&self, instance: &D, runtime: &Handle) -> Result<()> {
        catch(|| (self.warm_up)(instance).finish(runtime))
    }

    /// Blocks. A panic is returned as an error.
    pub(crate) fn reconfigure(
        &self,
        instance: Lent<'_, D>,
        config: &UserConfig,
        runtime: &Handle,
    ) -> Result<()> {
        catch(|| (self.reconfigure)(instance, config).finish(runtime))
    }
}
