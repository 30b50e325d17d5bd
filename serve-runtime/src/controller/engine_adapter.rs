//! A deployment's replicas as its controller sees them, whatever type they are of.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use tokio::time::Instant;

use crate::application::bound_options::BoundOptions;
use crate::controller::desired_options::SetOptions;
use crate::deployment::Callable;
use crate::engine::{Blueprint, Engine, Load, ReplicaId, UserConfig};
use crate::panics::catch;
use crate::resources::Grant;
use crate::{Error, Result};

/// What a controller can do to replicas. [`Engine`] says what each of it means.
pub(crate) trait Replicas: Send + Sync {
    fn add(&self, id: ReplicaId, grant: Grant) -> BoxFuture<'static, Result<()>>;
    fn retire(&self, id: ReplicaId) -> BoxFuture<'static, ()>;
    fn discard(&self, id: ReplicaId);
    fn check_health(&self, id: ReplicaId) -> BoxFuture<'static, Result<()>>;
    /// Gives a replica the `user_config` that is set.
    fn reconfigure(&self, id: ReplicaId) -> BoxFuture<'static, Result<()>>;
    /// The next replicas are given this; what they would have been given comes back.
    fn set_user_config(&self, config: Option<UserConfig>) -> Option<UserConfig>;
    /// What was given last is refused: the next replicas are given the one before.
    fn take_back_user_config(&self, before: Option<UserConfig>);
    fn busy_until(&self, id: ReplicaId) -> Option<Instant>;
    fn fail(&self, cause: Option<&str>);
    fn load(&self) -> Load;
    fn capacity(&self) -> Option<usize>;
    #[cfg(feature = "config")]
    fn limits_changed(&self);
    /// Whether there is anything to check.
    fn checks_health(&self) -> bool;
}

/// An engine, how its next replica is made, and what is set.
pub(crate) struct Engaged<D: Callable> {
    pub(crate) engine: Arc<D::Engine>,
    pub(crate) set: SetOptions,
    blueprint: Mutex<Blueprint<D>>,
}

impl<D: Callable> Engaged<D> {
    pub(crate) fn new(engine: Arc<D::Engine>, blueprint: Blueprint<D>, set: BoundOptions) -> Self {
        Engaged {
            engine,
            set: SetOptions::new(set),
            blueprint: Mutex::new(blueprint),
        }
    }

    /// The next replicas are made like this.
    pub(crate) fn set_blueprint(&self, blueprint: Blueprint<D>) {
        let before = std::mem::replace(&mut *self.blueprint(), blueprint);
        // With what the user bound, which may have a `Drop` that panics.
        let _ = catch(|| {
            drop(before);
            Ok(())
        });
    }

    fn blueprint(&self) -> MutexGuard<'_, Blueprint<D>> {
        self.blueprint
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: Callable> Replicas for Engaged<D> {
    fn add(&self, id: ReplicaId, grant: Grant) -> BoxFuture<'static, Result<()>> {
        let blueprint = self.blueprint().clone();
        self.engine.add(id, blueprint, Arc::new(grant))
    }

    fn retire(&self, id: ReplicaId) -> BoxFuture<'static, ()> {
        self.engine.retire(id)
    }

    fn discard(&self, id: ReplicaId) {
        // Whoever holds an instance last drops it, and this is the controller's own task.
        let _ = catch(|| {
            self.engine.discard(id);
            Ok(())
        });
    }

    fn check_health(&self, id: ReplicaId) -> BoxFuture<'static, Result<()>> {
        let hooks = self.blueprint().hooks;
        self.engine.check_health(id, hooks)
    }

    fn reconfigure(&self, id: ReplicaId) -> BoxFuture<'static, Result<()>> {
        let Blueprint {
            user_config, hooks, ..
        } = self.blueprint().clone();
        match user_config {
            Some(config) => self.engine.reconfigure(id, hooks, config),
            None => Box::pin(async { Err(Error::failed("there is no `user_config`")) }),
        }
    }

    fn set_user_config(&self, config: Option<UserConfig>) -> Option<UserConfig> {
        std::mem::replace(&mut self.blueprint().user_config, config)
    }

    fn take_back_user_config(&self, before: Option<UserConfig>) {
        if let Some(refused) = self.set_user_config(before.clone()) {
            self.set.take_back(&refused, before);
        }
    }

    fn busy_until(&self, id: ReplicaId) -> Option<Instant> {
        self.engine.busy_until(id)
    }

    fn fail(&self, cause: Option<&str>) {
        self.engine.fail(cause);
    }

    fn load(&self) -> Load {
        self.engine.load()
    }

    fn capacity(&self) -> Option<usize> {
        self.engine.capacity()
    }

    #[cfg(feature = "config")]
    fn limits_changed(&self) {
        self.engine.limits_changed();
    }

    fn checks_health(&self) -> bool {
        D::CHECKS_HEALTH
    }
}
