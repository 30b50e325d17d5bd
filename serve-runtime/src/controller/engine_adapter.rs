//! A deployment's engine as its controller sees it, whatever type it runs.

use std::sync::{Arc, Mutex, MutexGuard};

use futures_util::future::BoxFuture;
use tokio::time::Instant;

use crate::batch::Stats;
use crate::controller::desired_options::DesiredOptions;
use crate::deployment::Callable;
use crate::engine::{Blueprint, Engine, Line, Load, ReplicaId, Replicated, UserConfig};
use crate::panics::{catch_drop_panic, drop_quietly};
use crate::resources::Grant;
use crate::util::lock;
use crate::{Error, Result};

/// What a controller can do to replicas. [`Replicated`] says what each method does.
pub(crate) trait Replicas: Send + Sync {
    fn add(&self, id: ReplicaId, grant: Grant) -> BoxFuture<'static, Result<()>>;
    fn retire(&self, id: ReplicaId) -> BoxFuture<'static, ()>;
    fn discard(&self, id: ReplicaId);
    fn check_health(&self, id: ReplicaId) -> BoxFuture<'static, Result<()>>;
    /// Gives a replica the `user_config` that is set.
    fn reconfigure(&self, id: ReplicaId) -> BoxFuture<'static, Result<()>>;
    /// Sets the `user_config` of later replicas; returns the previous one.
    fn set_user_config(&self, config: Option<UserConfig>) -> Option<UserConfig>;
    /// The `user_config` set last is refused: later replicas get the previous one.
    fn revert_user_config(&self, previous: Option<UserConfig>);
    fn busy_until(&self, id: ReplicaId) -> Option<Instant>;
    fn fail(&self, cause: Option<&str>);
    fn load(&self) -> Load;
    fn lines(&self) -> Vec<Line>;
    fn skip_unpolled(&self);
    /// Calls that wait are told of again.
    fn end_watch(&self);
    fn capacity(&self) -> Option<usize>;
    #[cfg(feature = "config")]
    fn limits_changed(&self);
    /// Whether the deployment has a `check_health`.
    fn checks_health(&self) -> bool;
}

/// What a [`DeploymentControl`](crate::DeploymentControl) does to replicas of `D`, besides its controller.
pub(crate) trait ReplicasOf<D>: Send + Sync {
    fn load(&self) -> Load;
    fn batches(&self) -> Vec<Stats>;
    /// Later replicas are made like this.
    fn set_blueprint(&self, blueprint: Blueprint<D>);
    fn close(&self);
    fn wait_idle(&self) -> BoxFuture<'_, ()>;
    fn stop(&self);
}

/// An engine, and how its next replica is made.
pub(crate) struct EngineAdapter<D: Callable> {
    engine: Arc<D::Engine>,
    options: Arc<DesiredOptions>,
    blueprint: Mutex<Blueprint<D>>,
}

impl<D: Callable> EngineAdapter<D> {
    pub(crate) fn new(
        engine: Arc<D::Engine>,
        blueprint: Blueprint<D>,
        options: Arc<DesiredOptions>,
    ) -> Self {
        EngineAdapter {
            engine,
            options,
            blueprint: Mutex::new(blueprint),
        }
    }

    fn blueprint(&self) -> MutexGuard<'_, Blueprint<D>> {
        lock(&self.blueprint)
    }
}

impl<D: Callable> Replicas for EngineAdapter<D>
where
    D::Engine: Replicated<D>,
{
    fn add(&self, id: ReplicaId, grant: Grant) -> BoxFuture<'static, Result<()>> {
        let blueprint = self.blueprint().clone();
        self.engine.add(id, blueprint, Arc::new(grant))
    }

    fn retire(&self, id: ReplicaId) -> BoxFuture<'static, ()> {
        self.engine.retire(id)
    }

    fn discard(&self, id: ReplicaId) {
        // This may drop the last reference to an instance, and runs on the controller's own task.
        catch_drop_panic(|| self.engine.discard(id));
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

    fn revert_user_config(&self, previous: Option<UserConfig>) {
        if let Some(refused) = self.set_user_config(previous.clone()) {
            self.options.revert_user_config(&refused, previous);
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

    fn lines(&self) -> Vec<Line> {
        self.engine.lines()
    }

    fn skip_unpolled(&self) {
        self.engine.skip_unpolled();
    }

    fn end_watch(&self) {
        if let Ok(plan) = self.engine.plan() {
            plan.watched.end();
        }
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

impl<D: Callable> ReplicasOf<D> for EngineAdapter<D>
where
    D::Engine: Replicated<D>,
{
    fn load(&self) -> Load {
        self.engine.load()
    }

    fn batches(&self) -> Vec<Stats> {
        self.engine.batches()
    }

    fn set_blueprint(&self, blueprint: Blueprint<D>) {
        let previous = std::mem::replace(&mut *self.blueprint(), blueprint);
        // With the bound arguments, which may have a `Drop` that panics.
        drop_quietly(previous);
    }

    fn close(&self) {
        self.engine.close();
    }

    fn wait_idle(&self) -> BoxFuture<'_, ()> {
        self.engine.wait_idle()
    }

    fn stop(&self) {
        self.engine.stop();
    }
}
