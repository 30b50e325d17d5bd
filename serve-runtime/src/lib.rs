//! A typed serving graph: deployments, graphs that the compiler has checked, and the runtime that
//! serves them.
//!
//! [`deployment`](macro@deployment) makes a struct or a function a unit that is replicated and queued
//! on its own; [`graph`](macro@graph) makes a function that looks like calling them a directed acyclic
//! graph. [`deploy`] runs one in this process, [`run`] serves it over HTTP.
//!
//! ```
//! use serve_runtime::prelude::*;
//!
//! #[deployment]
//! struct Scaler {
//!     factor: f64,
//! }
//!
//! #[deployment]
//! impl Scaler {
//!     fn new(factor: f64) -> Self {
//!         Scaler { factor }
//!     }
//!
//!     /// A `fn` runs on its replica's own thread, an `async fn` in place.
//!     fn scale(&self, x: f64) -> f64 {
//!         x * self.factor
//!     }
//! }
//!
//! #[deployment]
//! async fn add(a: f64, b: f64) -> f64 {
//!     a + b
//! }
//!
//! /// 2x + 3x, the two products side by side.
//! #[graph]
//! fn products(first: f64) -> f64 {
//!     let double = Scaler::bind(first);
//!     let triple = Scaler::bind(first + 1.0);
//!
//!     input(|x: f64| add(double.scale(x), triple.scale(x)))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<()> {
//! let app = deploy(products(2.0)).await?;
//! assert_eq!(app.call(10.0).await?, 50.0);
//! assert_eq!(ProductsGraph::TOPOLOGY.nodes[0].name, "double.scale");
//! # Ok(())
//! # }
//! ```
//!
#![doc = include_str!("features.md")]
#![cfg_attr(docsrs, feature(doc_cfg))] // shows which feature an item needs
#![cfg_attr(
    not(all(
        feature = "http",
        feature = "cli",
        feature = "config",
        feature = "testing",
        feature = "ndarray"
    )),
    allow(rustdoc::broken_intra_doc_links)
)]

// Generated code refers to this crate by its name, also in the crate's own tests.
#[allow(unused_extern_crates)]
extern crate self as serve_runtime;

mod application;
pub mod autoscale;
pub mod batch;
#[allow(
    missing_debug_implementations,
    reason = "generated code uses its types; users do not"
)]
pub mod bounds;
#[cfg(feature = "cli")] // in Cargo.toml: serve-runtime = { .., features = ["cli"] }
pub mod cli;
#[cfg(feature = "config")] // in Cargo.toml: serve-runtime = { .., features = ["config"] }
pub mod config;
#[cfg(feature = "control")] // in Cargo.toml: serve-runtime = { .., features = ["control"] }
pub mod control_plane;
mod controller;
mod deployment;
#[allow(
    missing_debug_implementations,
    reason = "generated code uses its types; users do not"
)]
mod engine;
mod error;
#[allow(
    missing_debug_implementations,
    reason = "generated code uses its types; users do not"
)]
mod executor;
mod graph;
#[cfg(all(
    doctest,
    feature = "cli",
    feature = "testing",
    feature = "image",
    feature = "multipart"
))]
mod guide;
#[allow(
    missing_debug_implementations,
    reason = "generated code uses its types; users do not"
)]
mod handle;
#[cfg(feature = "http")] // in Cargo.toml: serve-runtime = { .., features = ["http"] }
pub mod ingress;
#[allow(
    missing_debug_implementations,
    reason = "generated code uses its types; users do not"
)]
mod multiplex;
#[cfg(feature = "ndarray")]
mod nd_array;
mod panics;
pub mod prelude;
#[doc(hidden)]
pub mod private;
mod request;
mod resources;
mod service;
mod shared;
mod streaming;
mod sync;
#[cfg(feature = "testing")] // in Cargo.toml: serve-runtime = { .., features = ["testing"] }
pub mod testing;
mod util;

pub use application::{
    Application, ApplicationControl, Deployable, Deployed, Health, deploy, deploy_on,
};
/// The framework whose routers [`Server::routes`] takes.
#[cfg(feature = "http")] // in Cargo.toml: serve-runtime = { .., features = ["http"] }
pub use axum;
#[cfg(feature = "cli")] // in Cargo.toml: serve-runtime = { .., features = ["cli"] }
pub use cli::run;
pub use controller::{
    DeadReplica, DeploymentStatus, ReplicaState, ReplicaStatus, Status, StatusTrigger,
};
pub use deployment::{Bound, Callable, Deployment, Handle, Reconfigurable};
pub use error::{BoxError, Error, ErrorKind, OverloadReason, Overloaded, Result};
/// The return type of a streaming `async fn`, `-> impl Stream<Item = T>`: the trait of the `futures` crates.
pub use futures_core::Stream;
pub use graph::{Entry, Graph};
#[cfg(feature = "http")] // in Cargo.toml: serve-runtime = { .., features = ["http"] }
pub use ingress::{Server, ServerOptions};
#[cfg(feature = "ndarray")] // in Cargo.toml: serve-runtime = { .., features = ["ndarray"] }
pub use nd_array::{Dtype, NdArray};
/// The crate of the arrays in an [`NdArray`].
#[cfg(feature = "ndarray")]
pub use ndarray;
pub use request::call_options::{CallOptions, HandleOptions};
pub use request::context::Request;
pub use resources::{Ledger, Machine, ReplicaContext};
/// Batches the calls of a method: a batch forms from the calls that wait.
///
/// Put it on a `fn` of an `impl` block with [`deployment`](macro@deployment), or below the
/// `#[deployment]` of a `fn`. Each parameter is a `Vec`, and so is the result: `Vec<T>`, or
/// `Result<Vec<T>>`, whose error is returned to every call of the batch; with `Vec<Result<T>>` each call has
/// an error of its own. Callers, and edges of a graph, pass one value and get one.
///
/// | option | default | meaning |
/// |---|---|---|
/// | `max_batch_size = 8` | 10 | how many calls a batch may have; at least 1 |
/// | `batch_wait_timeout_s = 0.002` | 0.01 | how long a batch may wait for further calls, if that is faster; 0: never |
/// | `cost = path`, `max_batch_cost = 4096` | none | the cost of a call, `fn(&T) -> usize`, and the maximum cost of a batch |
/// | `group_by = path` | none | a batch has only calls with the same key, `fn(&T) -> K` |
///
/// **No replica is idle while a call waits for a batch to fill up.** A free replica takes the calls that wait,
/// and batches form while all replicas are busy. A replica waits only if that is faster, and at most
/// `batch_wait_timeout_s`: while it runs, it learns the time of a batch as a linear function of its size, and
/// the rate of arrivals. (Ray Serve's batches always wait until they are full or the timeout has passed.)
///
/// Calls are taken in order; with `group_by`, in order within a group, and the group of the oldest call
/// is first. A call that costs more than `max_batch_cost` is a batch by itself. Calls whose callers have
/// gone are left out. A panic fails its batch alone. `cost` and `group_by` run where the call is made, with
/// all its values. [`Request::batch`] returns the requests of a batch.
///
/// ```
/// use serve_runtime::prelude::*;
///
/// #[deployment]
/// struct Encoder;
///
/// #[deployment]
/// impl Encoder {
///     fn new() -> Self {
///         Encoder
///     }
///
///     #[batch(max_batch_size = 32, cost = tokens, max_batch_cost = 4096)]
///     fn encode(&self, texts: Vec<String>) -> Result<Vec<usize>> {
///         Ok(texts.iter().map(String::len).collect())
///     }
/// }
///
/// fn tokens(text: &str) -> usize {
///     text.split(' ').count()
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let encoder = deploy(Encoder::bind()).await?;
/// assert_eq!(encoder.encode("one text".into()).await?, 8);
/// # Ok(())
/// # }
/// ```
pub use serve_macros::batch;
/// Makes a struct, an enum or a function a deployment: a unit that is replicated, queued and
/// replaced on its own.
///
/// On a **struct or enum** it takes the options:
///
/// | option | default | meaning |
/// |---|---|---|
/// | `num_replicas = 2` | 1 | instances; 1 to 10,000 |
/// | `autoscaling_config(max_replicas = 4)` | none | makes the number of replicas follow the load, in place of `num_replicas`; its fields are those of [`AutoscalingConfig`] |
/// | `max_ongoing_requests = 64` | no limit | calls of `async fn` that one replica works on at the same time; at least 1 |
/// | `max_queued_requests = 8` | not set | calls that may wait; the next one fails as [`ErrorKind::Overloaded`]. Not set: calls of requests that have begun all wait, and of calls from outside of any request at most 100 |
/// | `num_cpus = 1`, `num_gpus = 0.5` | none | the resources of the [`Machine`] that a replica needs; also added up against the graph's `max_cpus` and `max_gpus` |
/// | `memory = 4 << 30` | none | the bytes of memory that a replica needs |
/// | `resources = [("license", 1)]` | none | other resources that a replica needs, by names that you choose |
/// | `max_constructor_retry_count = 5` | 3 | how often the construction of a replica is tried, with a back-off, before the runtime gives up; what was there is tried for ever; at least 1 |
/// | `health_check_period_s = 5` | 10 | how often `check_health` is called, if there is one |
/// | `health_check_timeout_s = 2` | 30 | how long a health check may take; a `reconfigure` may take three times that |
/// | `graceful_shutdown_timeout_s = 60` | 20 | how long a replica that is shutting down may take to finish its calls |
/// | `rolling_update_percentage = 0.5` | 0.2 | the fraction of the replicas that may be replaced or reconfigured at a time; at least one always may be |
/// | `budget_ms = 20` | none | how long a call may take; added up against the graph's `slo_ms`; a longer call is not ended; at least 1 |
/// | `name = "resnet"` | the type's name | its name where no variable names it, as in `deploy(Model::bind())`; in a graph, its variable or [`Bound::name`] names it |
///
/// [`Bound`] has methods of these names, but for times, which have no unit: `.health_check_period(Duration::from_secs(5))`.
///
/// On its **`impl` block** it takes none. `new` is the constructor, which `bind` calls once for each
/// replica; it may be `async` and may return a `Result`. Every method with a receiver can be called
/// from a graph and through [`Handle`]: an `async fn` in place, a `fn` on its replica's own thread; one
/// with `&mut self` while no other call is at that replica. A `fn` with [`batch`](macro@batch) takes
/// several calls at a time; one with [`multiplexed`](macro@multiplexed) loads models for the others.
///
/// Only the runtime calls these three methods. Each is a `fn` or `async fn`, and returns `Result<()>` or nothing:
///
/// - `warm_up(&self)` is called once, before a replica takes calls; then `check_health(&self)`, and again every
///   `health_check_period_s`. If the first check fails, so has the construction; if three in a row fail or do not answer,
///   the replica is replaced. On a thread it is checked between two calls, so that a replica that hangs is detected,
///   but not before the deadline of its request. In place, only its deadline ends a call that hangs.
/// - `reconfigure(&mut self, config)`, or with `&self`, gets the `user_config` that the deployment is
///   bound with, and each later one: [`DeploymentControl::reconfigure`]. If it returns an error, it must
///   have left everything as it was.
///
/// On a **function** it takes the options, and the function itself stays callable as it is. An
/// `async fn` without `max_ongoing_requests` costs nothing over a direct call.
///
/// A parameter is taken by value, `T`, or by reference, `&T`. In a graph, consumers by reference share
/// one value; consumers by value get clones, and the last one gets the value itself. A return type whose
/// last segment is `Result` is fallible; edges carry its `Ok` value.
///
/// ```
/// use serve_runtime::prelude::*;
/// use std::path::Path;
///
/// #[deployment(num_replicas = 2)]
/// struct Words {
///     known: Vec<String>,
/// }
///
/// #[deployment]
/// impl Words {
///     fn new(list: &Path) -> Result<Self> {
///         let text = std::fs::read_to_string(list)?;
///         Ok(Words { known: text.lines().map(str::to_owned).collect() })
///     }
///
///     fn count(&self, text: &str) -> usize {
///         text.split(' ').filter(|word| self.known.iter().any(|known| known == word)).count()
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// # let list = std::env::temp_dir().join(format!("words-{}", std::process::id()));
/// # std::fs::write(&list, "tea\ncoffee")?;
/// // A deployment can also be deployed without a graph.
/// let words = deploy(Words::bind(list.as_path())).await?;
/// assert_eq!(words.count(Shared::new("no tea for me".to_owned())).await?, 1);
/// # Ok(())
/// # }
/// ```
pub use serve_macros::deployment;
/// Makes a function a graph: `fn name(configuration) -> Output` becomes a type `NameGraph` that implements
/// [`Graph`], and a function `name(configuration) -> Application<NameGraph>` for [`deploy`] or [`run`].
///
/// | option | default | meaning |
/// |---|---|---|
/// | `route_prefix = "/content"` | `/` | the path at which it is served |
/// | `slo_ms = 200` | none | the maximum sum of `budget_ms` along its longest path |
/// | `request_timeout_s = 2.5` | none | how long a request may take; a longer one fails as [`ErrorKind::DeadlineExceeded`]; above 0 |
/// | `max_ongoing_requests = 500` | 1,000 where nothing else limits | how many requests each entry works on at a time; the next one fails as [`ErrorKind::Overloaded`]; at least 1 |
/// | `max_cpus = 8`, `max_gpus = 1.5` | none | the maximum that all its replicas together may need |
///
/// Exceeding a limit is a compile error that shows the sum; [`topology::budget`] says what counts.
/// If options are computed, as in `.num_replicas(n)`, [`deploy`] adds up again before it builds any
/// replica.
///
/// The body binds deployments - `let model = Model::bind(path).num_replicas(2);` - between any other
/// Rust, and ends with the input block, `input(|name: Type, ..| { .. })`. In the block, a method call on
/// a bound variable is a node; so is a call of a lower-case path, which is a function deployment.
/// Anything else is a plain expression over values. A bound variable that is an argument of another
/// `bind` becomes a [`Handle`] there.
///
/// A node starts as soon as its own inputs are ready, and runs exactly once. The first error ends the
/// request and names its node. A deployment that is bound, or a value that is computed, and never used is a
/// compile error.
///
/// `match` and `if` with nodes in their arms are choices: only the chosen arm's nodes run.
/// `items.map(|item| ..)` with nodes in the closure does the same for each item of a `Vec`, `VecDeque`,
/// array or `Option`, in order, as many at a time as the replicas take. In place of one input block,
/// `route("/path", |name: Type| ..);` may be repeated: these entries share the deployments, and each is a
/// method of the graph's handle. A graph can be bound in another graph, as a deployment is.
///
/// ```
/// use serve_runtime::prelude::*;
///
/// #[deployment]
/// async fn upper(text: &str) -> String {
///     text.to_uppercase()
/// }
///
/// #[deployment]
/// async fn length(text: &str) -> usize {
///     text.len()
/// }
///
/// #[deployment]
/// async fn join(text: String, length: usize, mark: char) -> String {
///     format!("{text} {length}{mark}")
/// }
///
/// /// A text in capitals, and how long it is.
/// #[graph(route_prefix = "/describe")]
/// fn describe() -> String {
///     input(|text: String| {
///         let capitals = upper(text);
///         let length = length(text); // the same value: both run side by side
///         join(capitals, length, '!')
///     })
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let app = deploy(describe()).await?;
/// assert_eq!(app.call("tea".into()).await?, "TEA 3!");
/// # Ok(())
/// # }
/// ```
pub use serve_macros::graph;
/// Caches the models that a method loads: few replicas serve many models of one kind.
///
/// Put it on a loader of an `impl` block with [`deployment`](macro@deployment), an `async fn` or `fn` that
/// takes the id of a model and returns the model or a `Result` of it. It is replaced by a method that returns a
/// `Result<Shared<Model>>`: the model from the replica's cache, or a newly loaded one.
///
/// | option | default | meaning |
/// |---|---|---|
/// | `max_num_models_per_replica = 5` | 3 | how many models a replica keeps; at least 1 |
///
/// The caller says which model a call is for, with [`CallOptions::model_id`] or over HTTP with the
/// header `serve_multiplexed_model_id`; [`Request::model_id`] returns it.
///
/// - **One load at a time** for each model and replica: other calls for the same model wait for it. If it
///   fails or panics, they fail as well; the next call tries again. If the call that loads it is dropped, one
///   of the waiting calls loads it.
/// - The **least recently used** model is evicted before another one is loaded. Calls that use it keep it until
///   they end: it is dropped with the last of them.
/// - A call **is routed to its model**: in place, to a replica that has it and has room, otherwise to one with
///   few models; on threads, to a free replica that has it, otherwise to any. A replica that becomes free
///   prefers calls for models that it has, within bounds. Calls without a model id are not
///   overtaken. The calls of a [`batch`](macro@batch) are for one model.
///
/// - Methods that [stream](Streaming) also use the replica's models, for each item.
/// - A loader may load **other models**, with itself or with another loader. A loader that waits for itself,
///   directly or through other loaders or calls, gets an error that shows the cycle. The runtime does not
///   follow it into tasks that it spawns.
///
/// The models belong to the replica, not to the value. A method that is called directly, as in a unit test,
/// or in a task that it has spawned, is not at a replica: its loader loads with every call. Models stay when
/// the deployment is [reconfigured](DeploymentControl::reconfigure), as in Ray Serve: a model keeps the
/// configuration with which it was loaded. They are dropped with the replica, so
/// [`update`](DeploymentControl::update) loads all of them anew.
///
/// ```
/// use serve_runtime::prelude::*;
///
/// #[deployment(num_replicas = 2)]
/// struct Translator;
///
/// #[deployment]
/// impl Translator {
///     fn new() -> Self {
///         Translator
///     }
///
///     #[multiplexed(max_num_models_per_replica = 3)]
///     async fn model(&self, model_id: &str) -> Result<Vec<String>> {
///         Ok(vec![format!("{model_id}: ")]) // reads the model's weights
///     }
///
///     async fn run(&self, text: String) -> Result<String> {
///         let request = Request::current();
///         let model = self.model(request.model_id().unwrap_or("fr")).await?;
///         Ok(model.concat() + &text)
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let translator = deploy(Translator::bind()).await?;
/// let german = translator.options(CallOptions::new().model_id("de"));
/// assert_eq!(german.run("tea".into()).await?, "de: tea");
/// # Ok(())
/// # }
/// ```
pub use serve_macros::multiplexed;
pub use serve_topology as topology;
pub use serve_topology::AutoscalingConfig;
pub use service::DeploymentControl;
pub use shared::Shared;
pub use streaming::Streaming;
