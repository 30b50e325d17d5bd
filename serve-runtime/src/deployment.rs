//! The traits that `#[deployment]` implements, and the type that `bind` returns.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serve_topology::options::DeploymentOption;
use serve_topology::{AutoscalingConfig, Loader, Method, Options};

use crate::Result;
use crate::application::bound_options::{BoundOptions, Described};
use crate::batch::Batchers;
use crate::bounds;
use crate::bounds::generated::Generated;
use crate::controller::Settings;
use crate::engine::{Blueprint, Constructor, Engine, Hooks, Lent, Lifecycle, LiveLimits};
use crate::request::caller::Caller;
use crate::resources::Wanted;
use crate::service::Serves;

/// A unit that is replicated, queued and replaced on its own.
///
/// `#[deployment]` on a `struct` or `enum` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a deployment",
    label = "not a deployment",
    note = "put `#[deployment]` on the `struct` and on its `impl` block"
)]
pub trait Deployment: Generated + Sized + 'static {
    /// The handle that callers hold: a struct with one `async` method for each callable method.
    type Handle: Clone + fmt::Debug + 'static;
    /// The name of the type.
    const NAME: &'static str;
    /// The options given on `#[deployment(..)]`.
    const OPTIONS: Options<'static>;
}

/// A deployment with methods to call.
///
/// `#[deployment]` on the `impl` block implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no methods that a graph can call",
    label = "no `impl` block of this type has `#[deployment]`",
    note = "put `#[deployment]` on the `impl` block that holds `new` and the methods to call"
)]
pub trait Callable: Deployment {
    /// The methods that can be called.
    const METHODS: &'static [Method<'static>];
    /// Evaluates only if all its types are valid in a graph.
    #[doc(hidden)]
    const CHECKED: usize = 0;
    /// The engine that runs the replicas.
    #[doc(hidden)]
    type Engine: Serves<Self>;
    /// Whether all of its `async fn` take `&mut self`.
    #[doc(hidden)]
    const EXCLUSIVE: bool = false;
    /// Whether it loads models by the model id of a call.
    #[doc(hidden)]
    const MULTIPLEXED: bool = false;
    /// The methods that load its models.
    #[doc(hidden)]
    const LOADERS: &'static [Loader<'static>] = &[];
    /// Adds a batcher for each batched method.
    #[doc(hidden)]
    fn add_batchers(_batchers: &mut Batchers) {}
    /// Whether it has a `check_health`.
    #[doc(hidden)]
    const CHECKS_HEALTH: bool = false;
    /// Calls `check_health`.
    #[doc(hidden)]
    fn check_health(_replica: &Self) -> Lifecycle<'_> {
        Lifecycle::Now(Ok(()))
    }
    /// Calls `warm_up`.
    #[doc(hidden)]
    fn warm_up(_replica: &Self) -> Lifecycle<'_> {
        Lifecycle::Now(Ok(()))
    }
    /// Calls `reconfigure`; the configuration has the type that it takes.
    #[doc(hidden)]
    fn reconfigure<'a>(
        _replica: Lent<'a, Self>,
        _config: &(dyn Any + Send + Sync),
    ) -> Lifecycle<'a> {
        Lifecycle::Now(Ok(()))
    }
    /// How its `user_config` is read and written, if it takes one.
    #[cfg(feature = "config")]
    #[doc(hidden)]
    fn user_config_format() -> Option<crate::config::probe::UserConfigFormat> {
        None
    }
    /// A handle to an engine of this deployment.
    #[doc(hidden)]
    fn handle(engine: &Arc<Self::Engine>, caller: Caller) -> Self::Handle;
}

/// A deployment with a method `reconfigure`, so that it can have a `user_config`.
///
/// `#[deployment]` on an `impl` block with a `reconfigure` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `reconfigure`, so it takes no `user_config`",
    label = "no method of it takes the configuration",
    note = "write `fn reconfigure(&mut self, config: ..)` in its `#[deployment]` impl block"
)]
pub trait Reconfigurable: Callable {
    /// The argument of `reconfigure`.
    type UserConfig: bounds::UserConfig;
}

/// The handle to a deployment `D`: a generated struct with one `async` method for each of
/// `D`'s callable methods. Cheap to clone; `Send` and `Sync`.
pub type Handle<D> = <D as Deployment>::Handle;

/// A deployment with its constructor's arguments, ready to be deployed; `bind` returns it.
///
/// The methods override the options of `#[deployment(..)]`, and a [file](crate::config) overrides both.
#[must_use = "a bound deployment does nothing until it is deployed"]
pub struct Bound<D: Callable> {
    set: Box<BoundOptions>,
    constructor: Constructor<D>,
    engine: Arc<D::Engine>,
}

impl<D: Callable> fmt::Debug for Bound<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bound").field(&self.set.name).finish()
    }
}

impl<D: Callable> Bound<D> {
    #[doc(hidden)]
    pub fn new(constructor: Constructor<D>) -> Self {
        Bound {
            set: BoundOptions::new(Described {
                ty: D::NAME,
                options: &const { D::OPTIONS },
                #[cfg(feature = "config")]
                format: D::user_config_format(),
                has_threads: D::Engine::HAS_THREADS,
                is_replicated: D::Engine::REPLICATED,
                is_exclusive: D::EXCLUSIVE,
            }),
            constructor,
            engine: Arc::new(D::Engine::new()),
        }
    }

    /// The name of the deployment, in place of the variable that it is bound to: in files, in
    /// [`ApplicationControl::deployment`](crate::ApplicationControl::deployment), in logs, statuses and errors.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.set.name = name.into().into();
        self.set.is_named = true;
        self
    }

    /// How many replicas run; at least 1, which is the default. Replaces an `autoscaling_config`.
    pub fn num_replicas(mut self, num_replicas: u32) -> Self {
        self.set.options = self.set.options.num_replicas(num_replicas);
        self
    }

    /// Makes the number of replicas follow the load, in place of `num_replicas`.
    pub fn autoscaling_config(mut self, autoscaling_config: AutoscalingConfig) -> Self {
        self.set.options.autoscaling_config = Some(autoscaling_config);
        self
    }

    /// How many calls one replica works on at the same time; at least 1. Without it an `async fn` has
    /// no limit of its own. A compute `fn` always runs one call at a time.
    pub fn max_ongoing_requests(mut self, max_ongoing_requests: u32) -> Self {
        self.set.options.max_ongoing_requests = Some(max_ongoing_requests);
        self
    }

    /// How many calls may wait for a replica before the next one is refused as `Overloaded`.
    ///
    /// Without it, the calls of requests that have begun all wait, as their number is limited by the graph, and of
    /// calls from outside of any request at most 100.
    pub fn max_queued_requests(mut self, max_queued_requests: u32) -> Self {
        self.set.options.max_queued_requests = Some(max_queued_requests);
        self
    }

    /// How many CPU cores one replica needs, fractions allowed. The thread of a compute replica that needs
    /// whole ones is pinned to cores of its own.
    pub fn num_cpus(mut self, num_cpus: f64) -> Self {
        self.set.options.num_cpus = Some(num_cpus);
        self
    }

    /// How many GPUs one replica needs: a fraction of one, which it shares, or a whole number of them.
    pub fn num_gpus(mut self, num_gpus: f64) -> Self {
        self.set.options.num_gpus = Some(num_gpus);
        self
    }

    /// How much memory one replica needs, in bytes.
    pub fn memory(mut self, bytes: u64) -> Self {
        self.set.options.memory = Some(bytes);
        self
    }

    /// The other resources of the [`Machine`](crate::Machine) that one replica needs, in place of those on
    /// `#[deployment(..)]`: `.resources([("license", 1)])`.
    pub fn resources<N: Into<String>, A: Into<f64>>(
        mut self,
        resources: impl IntoIterator<Item = (N, A)>,
    ) -> Self {
        let resources = resources.into_iter();
        let resources = resources.map(|(name, amount)| (name.into(), amount.into()));
        self.set.resources = Some(resources.collect());
        self
    }

    /// How long a call may take, at least 1 ms; rounded up to whole milliseconds. It counts against the `slo_ms`
    /// of the graph. A call that takes longer is not ended.
    pub fn budget(mut self, budget: Duration) -> Self {
        let milliseconds = budget.as_nanos().div_ceil(1_000_000);
        let milliseconds = u64::try_from(milliseconds).unwrap_or(u64::MAX);
        self.set.options.budget = Some(Duration::from_millis(milliseconds));
        self
    }

    /// How often `check_health` is called, if the deployment has one; above 0, and 10 s by default. A replica
    /// whose check fails three times in a row is replaced.
    pub fn health_check_period(mut self, health_check_period: Duration) -> Self {
        self.set.options.health_check_period = health_check_period;
        self
    }

    /// How long a health check may take before it counts as failed; above 0, and 30 s by default.
    ///
    /// A replica on a thread answers between two calls. If a call's request has a deadline, the check's time
    /// counts from that deadline. A call without a deadline may take at most three times this timeout, if the
    /// deployment has a `check_health`; longer counts as a hang: its replica is replaced, and its caller gets an
    /// error. In place a check runs beside the calls, and only its deadline ends a call that never returns.
    ///
    /// A `reconfigure` may take three times this timeout, including the calls before it: see
    /// [`DeploymentControl::reconfigure`](crate::DeploymentControl::reconfigure).
    pub fn health_check_timeout(mut self, health_check_timeout: Duration) -> Self {
        self.set.options.health_check_timeout = health_check_timeout;
        self
    }

    /// How long a replica that is shutting down may take to finish its calls; 20 s by default. After that, the
    /// caller of a call on its thread gets [`Unavailable`](crate::ErrorKind::Unavailable); a call in place
    /// continues in its caller.
    ///
    /// When an application is shut down, it is also how long each deployment may take in all, from the moment
    /// that the last request of its graph has been answered: see
    /// [`Deployed::shutdown`](crate::Deployed::shutdown).
    pub fn graceful_shutdown_timeout(mut self, graceful_shutdown_timeout: Duration) -> Self {
        self.set.options.graceful_shutdown_timeout = graceful_shutdown_timeout;
        self
    }

    /// How often the construction of a replica is tried, at growing intervals, before the runtime gives up;
    /// at least 1, and 3 by default.
    pub fn max_constructor_retry_count(mut self, max_constructor_retry_count: u32) -> Self {
        self.set.options.max_constructor_retry_count = max_constructor_retry_count;
        self
    }

    /// The fraction of the replicas that may be replaced or reconfigured at a time, from 0 to 1; 0.2 by
    /// default. At least one always may be.
    pub fn rolling_update_percentage(mut self, rolling_update_percentage: f64) -> Self {
        self.set.options.rolling_update_percentage = rolling_update_percentage;
        self
    }

    /// The argument of `reconfigure`, which is called once a replica is built. It can be changed while the
    /// deployment runs: [`DeploymentControl::reconfigure`](crate::DeploymentControl::reconfigure).
    pub fn user_config(mut self, user_config: D::UserConfig) -> Self
    where
        D: Reconfigurable,
    {
        self.set.user_config = Some(Arc::new(user_config));
        self
    }

    /// A handle; its calls are refused until the deployment is deployed.
    pub(crate) fn handle(&self, caller: Caller) -> D::Handle {
        D::handle(&self.engine, caller)
    }

    /// Builds the parts that run it. Checks the options.
    ///
    /// # Errors
    ///
    /// If an option is out of range.
    pub(crate) fn into_parts(self) -> Result<Parts<D>> {
        let Wanted { demand, .. } = self.set.wants()?;
        let (name, options): (Arc<str>, _) = (self.set.name.as_ref().into(), &self.set.options);
        Ok(Parts {
            settings: Settings::new(Arc::clone(&name), options, demand),
            limits: LiveLimits::new(options.max_ongoing_requests, options.max_queued_requests),
            name,
            variable: self.set.variable.as_ref().into(),
            blueprint: Blueprint {
                constructor: self.constructor,
                user_config: self.set.user_config.clone(),
                hooks: Hooks {
                    check_health: D::check_health,
                    warm_up: D::warm_up,
                    reconfigure: |replica, config| D::reconfigure(replica, &**config),
                },
            },
            engine: self.engine,
            set: self.set,
        })
    }

    pub(crate) fn into_options(self) -> Box<BoundOptions> {
        self.set
    }

    /// The options as they are set so far.
    pub(crate) fn options(&self) -> &BoundOptions {
        &self.set
    }

    pub(crate) fn options_mut(&mut self) -> &mut BoundOptions {
        &mut self.set
    }

    #[cfg(feature = "testing")]
    pub(crate) fn engine(&self) -> &Arc<D::Engine> {
        &self.engine
    }
}

/// Ensures that each option has a builder: a new one is a compile error here.
const _: () = {
    #[allow(dead_code)]
    fn set<D: Callable>(option: DeploymentOption) {
        match option {
            DeploymentOption::Name => {
                let _ = |bound: Bound<D>| bound.name("");
            }
            DeploymentOption::NumReplicas => {
                let _ = Bound::<D>::num_replicas;
            }
            DeploymentOption::AutoscalingConfig => {
                let _ = Bound::<D>::autoscaling_config;
            }
            DeploymentOption::MaxOngoingRequests => {
                let _ = Bound::<D>::max_ongoing_requests;
            }
            DeploymentOption::MaxQueuedRequests => {
                let _ = Bound::<D>::max_queued_requests;
            }
            DeploymentOption::NumCpus => {
                let _ = Bound::<D>::num_cpus;
            }
            DeploymentOption::NumGpus => {
                let _ = Bound::<D>::num_gpus;
            }
            DeploymentOption::Memory => {
                let _ = Bound::<D>::memory;
            }
            DeploymentOption::Resources => {
                let _ = |bound: Bound<D>| bound.resources([("", 0.0)]);
            }
            DeploymentOption::BudgetMs => {
                let _ = Bound::<D>::budget;
            }
            DeploymentOption::HealthCheckPeriodS => {
                let _ = Bound::<D>::health_check_period;
            }
            DeploymentOption::HealthCheckTimeoutS => {
                let _ = Bound::<D>::health_check_timeout;
            }
            DeploymentOption::GracefulShutdownTimeoutS => {
                let _ = Bound::<D>::graceful_shutdown_timeout;
            }
            DeploymentOption::MaxConstructorRetryCount => {
                let _ = Bound::<D>::max_constructor_retry_count;
            }
            DeploymentOption::RollingUpdatePercentage => {
                let _ = Bound::<D>::rolling_update_percentage;
            }
        }
    }
};

/// The parts that run a deployment.
pub(crate) struct Parts<D: Callable> {
    pub(crate) name: Arc<str>,
    pub(crate) variable: Arc<str>,
    pub(crate) set: Box<BoundOptions>,
    pub(crate) settings: Settings,
    pub(crate) limits: LiveLimits,
    pub(crate) blueprint: Blueprint<D>,
    pub(crate) engine: Arc<D::Engine>,
}
