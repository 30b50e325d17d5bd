//! What `#[deployment]` implements, and what `bind` returns.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serve_topology::{Method, Options};

#[cfg(feature = "testing")]
use crate::replica::Fakeable;
use crate::replica::{Constructor, Engine, Plan};
use crate::{Error, Result};

/// A unit that is replicated, queued and replaced on its own.
///
/// `#[deployment]` on a `struct` or `enum` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a deployment",
    label = "not a deployment",
    note = "put `#[deployment]` on the `struct` and on its `impl` block"
)]
pub trait Deployment: Sized + 'static {
    /// What callers hold: a struct with one `async` method for each callable method.
    type Handle: Clone + fmt::Debug + 'static;
    /// The type's name.
    const NAME: &'static str;
    /// The options given on `#[deployment(..)]`.
    const OPTIONS: Options<'static>;
}

/// A deployment with methods to call.
///
/// `#[deployment]` on the `impl` block implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no methods that a graph can call",
    label = "no `impl` block of this type is a `#[deployment]`",
    note = "put `#[deployment]` on the `impl` block that holds `new` and the methods to call"
)]
pub trait Callable: Deployment {
    /// What can be called.
    const METHODS: &'static [Method<'static>];
    /// Known if its types can be what they are in a graph.
    #[doc(hidden)]
    const CHECKED: usize = 0;
    /// What runs the replicas.
    #[doc(hidden)]
    type Engine: Engine<Self>;
    /// A handle to what an engine runs.
    #[doc(hidden)]
    fn handle(engine: &Arc<Self::Engine>) -> Self::Handle;
}

/// What a caller of deployment `D` holds: a generated struct with one `async` method for each of
/// `D`'s callable methods. Cheap to clone; `Send` and `Sync`.
pub type Handle<D> = <D as Deployment>::Handle;

/// A deployment with its constructor's arguments, ready to be deployed; what `bind` returns.
///
/// The methods override what `#[deployment(..)]` says.
#[must_use = "a bound deployment does nothing until it is deployed"]
pub struct Bound<D: Callable> {
    name: Cow<'static, str>,
    options: Options<'static>,
    constructor: Constructor<D>,
    engine: Arc<D::Engine>,
}

impl<D: Callable> Bound<D> {
    #[doc(hidden)]
    pub fn new(constructor: Constructor<D>) -> Self {
        Bound {
            name: D::OPTIONS.name.unwrap_or(D::NAME).into(),
            options: D::OPTIONS,
            constructor,
            engine: Arc::new(D::Engine::new()),
        }
    }

    /// The name that logs, errors and pictures use; the type's name by default.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.rename(name.into().into());
        self
    }

    /// How many replicas run; at least 1, which is the default.
    pub fn num_replicas(mut self, num_replicas: u32) -> Self {
        self.options.num_replicas = num_replicas;
        self
    }

    /// How many calls one replica works on at the same time; at least 1. Without it an `async fn` has
    /// no limit of its own. A compute `fn` runs one call at a time whatever this says.
    pub fn max_ongoing_requests(mut self, max_ongoing_requests: u32) -> Self {
        self.options.max_ongoing_requests = Some(max_ongoing_requests);
        self
    }

    /// How many calls may wait for a replica before the next one is refused as `Overloaded`; 100 by
    /// default.
    pub fn max_queued_requests(mut self, max_queued_requests: u32) -> Self {
        self.options.max_queued_requests = max_queued_requests;
        self
    }

    /// How many CPU cores one replica needs, fractions allowed.
    pub fn num_cpus(mut self, num_cpus: f64) -> Self {
        self.options.num_cpus = Some(num_cpus);
        self
    }

    /// How many GPUs one replica needs, fractions allowed.
    pub fn num_gpus(mut self, num_gpus: f64) -> Self {
        self.options.num_gpus = Some(num_gpus);
        self
    }

    /// How long a call may take, in milliseconds; at least 1. It counts against the `slo_ms` of the graph,
    /// and ends no call.
    pub fn budget_ms(mut self, budget_ms: u32) -> Self {
        self.options.budget_ms = Some(budget_ms);
        self
    }

    /// A handle; its calls are refused until the deployment is deployed.
    pub(crate) fn handle(&self) -> D::Handle {
        D::handle(&self.engine)
    }

    pub(crate) fn into_parts(self) -> Result<(Plan<D>, Arc<D::Engine>)> {
        check(&self.name, &self.options)?;
        let plan = Plan {
            name: self.name.into(),
            num_replicas: self.options.num_replicas as usize,
            max_ongoing_requests: self.options.max_ongoing_requests,
            max_queued_requests: self.options.max_queued_requests,
            constructor: self.constructor,
        };
        Ok((plan, self.engine))
    }

    /// A fake answers every call from now on.
    #[cfg(feature = "testing")]
    pub(crate) fn fake(self, replies: crate::testing::Replies) {
        self.engine.fake().set(replies);
    }

    pub(crate) fn options(&self) -> Options<'static> {
        self.options
    }

    pub(crate) fn rename(&mut self, name: Cow<'static, str>) {
        self.name = name;
    }

    pub(crate) fn deployment_name(&self) -> &str {
        &self.name
    }
}

/// Options that were computed, so that the compiler could not check them.
fn check(deployment: &str, options: &Options<'_>) -> Result<()> {
    let refuse = |wrong: &str| {
        let message = format!("deployment `{deployment}`: {wrong}");
        Err(Error::invalid_input(message))
    };
    if options.num_replicas == 0 {
        return refuse("`num_replicas` must be at least 1, but is 0");
    }
    if options.max_ongoing_requests == Some(0) {
        return refuse("`max_ongoing_requests` must be at least 1, but is 0");
    }
    if options.budget_ms == Some(0) {
        return refuse("`budget_ms` must be at least 1, but is 0");
    }
    for (option, value) in [
        ("num_cpus", options.num_cpus),
        ("num_gpus", options.num_gpus),
    ] {
        if let Some(value) = value.filter(|value| !value.is_finite() || *value < 0.0) {
            return refuse(&format!("`{option}` must be 0 or more, but is {value}"));
        }
    }
    Ok(())
}
