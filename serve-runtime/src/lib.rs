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
//! # Features
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `http` | yes | [`ingress`]: the HTTP server |
//! | `cli` | yes | [`run`]: the command line; a topology as Mermaid, DOT and JSON |
//! | `config` | no | [`config`]: an application's options as a file, `build` and `--config` |
//! | `pictures` | no | SVG, from the command line and on a graph's page of the documentation |
//! | `multipart` | no | forms over HTTP: a part for each input |
//! | `ndarray` | no | [`NdArray`]: arrays in JSON and as `.npy` |
//! | `image` | no | images as [`NdArray`]s |
//! | `serde` | yes | a [`Shared`] value is written and read as the value in it |
//! | `nvml` | no | NVIDIA's GPUs are found: [`Machine::detect`] |
//! | `testing` | no | [`testing`]: fakes, and requests in every order; for the dependencies of tests |
//!
//! The dependencies of `http` take 28 s of CPU time in a clean dev build, those of `cli` 10, of `config` 11, of
//! `pictures` 11. With the defaults, a small program takes 94 s, one with axum and clap 65.
//!
//! # Other crates in its signatures
//!
//! | crate | where | at hand as |
//! |---|---|---|
//! | `axum` 0.8 | [`ingress::Server::routes`], [`Cli::routes`] | [`axum`] |
//! | `ndarray` 0.17 | what an [`NdArray`] is made of | [`ndarray`] |
//! | `futures-core` 0.3 | what a streaming method returns | [`Stream`] |
//!
//! They are below 1.0, so that a new minor version of theirs is a breaking change here; take them from this crate, and
//! they are always of the right version. From 1.0 on there are `tokio` (`Instant`) and `serde`.
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

// Generated code names this crate by its name, also in the crate's own tests.
#[allow(unused_extern_crates)]
extern crate self as serve_runtime;

mod application;
pub mod autoscale;
pub mod batch;
pub mod bounds;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "config")]
pub mod config;
mod controller;
mod deployment;
mod engine;
mod error;
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
mod handle;
#[cfg(feature = "http")]
pub mod ingress;
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
#[cfg(feature = "testing")]
pub mod testing;
mod util;

pub use application::{Application, ApplicationControl, Deployable, Deployed, deploy, deploy_on};
/// The framework whose routers [`ingress::Server::routes`] and [`Cli::routes`] take.
#[cfg(feature = "http")]
pub use axum;
#[cfg(feature = "cli")]
pub use cli::{Cli, run};
pub use controller::{DeploymentStatus, ReplicaState, ReplicaStatus, Status};
pub use deployment::{Bound, Callable, Deployment, Handle, Reconfigurable};
pub use error::{BoxError, Error, ErrorKind, OverloadReason, Overloaded, Result};
/// What an `async fn` of a deployment may return, `-> impl Stream<Item = T>`: the one of the `futures` crates.
pub use futures_core::Stream;
pub use graph::{Entry, Graph};
#[cfg(feature = "ndarray")]
pub use nd_array::{Dtype, NdArray};
/// What an [`NdArray`] is made of.
#[cfg(feature = "ndarray")]
pub use ndarray;
pub use request::call_options::{CallOptions, HandleOptions};
pub use request::context::Request;
pub use resources::{Ledger, Machine, ReplicaContext};
/// Has a method be called for several calls at a time: the batches form by themselves, of what waits.
///
/// It stands on a `fn` of an `impl` block with [`deployment`](macro@deployment), or below the
/// `#[deployment]` of a `fn`. Each parameter is a `Vec`, and so is the result: `Vec<T>`, or
/// `Result<Vec<T>>`, whose error goes to every call of the batch; with `Vec<Result<T>>` each call has an
/// error of its own. Callers, and edges of a graph, hand over one value and get one.
///
/// | option | default | meaning |
/// |---|---|---|
/// | `max_batch_size = 8` | 10 | how many calls a batch may have; at least 1 |
/// | `batch_wait_timeout_s = 0.002` | 0.01 | how long a batch may wait for further calls, where that pays; 0: never |
/// | `cost = path`, `max_batch_cost = 4096` | none | what a call costs, `fn(&T) -> usize`, and how much a batch may cost |
/// | `group_by = path` | none | only calls for which `fn(&T) -> K` gives the same are in one batch |
///
/// **No replica is idle while a call waits for a batch to fill up.** One that is free takes what is there,
/// and batches form while all are busy. Only if that is faster does it wait, at most
/// `batch_wait_timeout_s`: the time of a batch as a line of its size, and when calls come, are learnt
/// while it runs. (Ray Serve's batches always wait until they are full or the time is over.)
///
/// Calls are taken in order; with `group_by`, in order within a group, and the group of the oldest call
/// comes first. One that costs more than `max_batch_cost` is a batch by itself. Calls whose callers have
/// gone are left out. A panic fails its batch alone. `cost` and `group_by` run where the call is made, with
/// all its values, and [`Request::batch`] tells the requests of a batch.
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
/// | `num_replicas = 2` | 1 | instances; at least 1 |
/// | `autoscaling_config(max_replicas = 4)` | none | lets the number of replicas follow the load, in place of `num_replicas`; its fields are those of [`AutoscalingConfig`] |
/// | `max_ongoing_requests = 64` | no limit | calls of `async fn` that one replica works on at a time; at least 1 |
/// | `max_queued_requests = 8` | 100 | calls that may wait; the next one fails as [`ErrorKind::Overloaded`] |
/// | `num_cpus = 1`, `num_gpus = 0.5` | none | what a replica needs of the [`Machine`]; also added up against the graph's `max_cpus` and `max_gpus` |
/// | `memory = 4 << 30` | none | the bytes of memory that a replica needs |
/// | `resources = [("license", 1)]` | none | what else a replica needs, by names of your own |
/// | `max_constructor_retry_count = 5` | 3 | how often the construction of a replica is tried, with a back-off, before it is given up; at least 1 |
/// | `health_check_period_s = 5` | 10 | how often a replica is asked how it is, if there is a `check_health` |
/// | `health_check_timeout_s = 2` | 30 | how long the answer may take; a `reconfigure`, three times that |
/// | `graceful_shutdown_timeout_s = 60` | 20 | how long a replica that is shutting down may take to finish its calls |
/// | `rolling_update_percentage = 0.5` | 0.2 | how large a part of the replicas may be replaced or reconfigured at a time; one may be in any case |
/// | `budget_ms = 20` | none | how long a call may take; added up against the graph's `slo_ms`, and ends no call; at least 1 |
/// | `name = "resnet"` | the type's name | what it is called where no variable names it, as in `deploy(Model::bind())`; in a graph, its variable or [`Bound::name`] does |
///
/// Behind `bind`, the methods of [`Bound`] have the same names, but times are `Duration`s and their names have no
/// unit: `.health_check_period(Duration::from_secs(5))`.
///
/// On its **`impl` block** it takes none. `new` is the constructor, which `bind` calls once for each
/// replica; it may be `async` and may return a `Result`. Every method with a receiver can be called
/// from a graph and through [`Handle`]: an `async fn` in place, a `fn` on its replica's own thread; one
/// with `&mut self` while no other call is at that replica. A `fn` with [`batch`](macro@batch) takes
/// several calls at a time; one with [`multiplexed`](macro@multiplexed) loads models for the others.
///
/// Two methods are the runtime's alone, `fn` or `async fn`, and return `Result<()>` or nothing:
///
/// - `check_health(&self)` is called every `health_check_period_s`; a replica for which it fails, or does not
///   answer, three times in a row is replaced. A replica on a thread is asked between two calls: one that hangs
///   is found so, but not before the deadline of its request. In place a call that hangs is ended by its
///   deadline alone.
/// - `reconfigure(&mut self, config)`, or with `&self`, is given the `user_config` that the deployment is
///   bound with, and each later one: [`DeploymentControl::reconfigure`]. It returns an error only if it has
///   left all as it was.
///
/// On a **function** it takes the options, and the function itself stays callable as it is. An
/// `async fn` without `max_ongoing_requests` costs nothing over calling it.
///
/// A parameter is taken by value, `T`, or by reference, `&T`; in a graph, consumers by reference share
/// one value, consumers by value get clones of it, the last one the value itself. A return type whose
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
/// | `route_prefix = "/content"` | `/` | the path that it is served at |
/// | `slo_ms = 200` | none | what the `budget_ms` along its longest path may come to at most |
/// | `request_timeout_s = 2.5` | none | how long a request may take; it ends then as [`ErrorKind::DeadlineExceeded`]; above 0 |
/// | `max_cpus = 8`, `max_gpus = 1.5` | none | what all its replicas may need together at most |
///
/// What is over a limit is a compile error that shows the sum; [`topology::budget`] says what counts.
/// Where options are computed, as in `.num_replicas(n)`, [`deploy`] adds up again, before any replica is
/// built.
///
/// The body binds deployments - `let model = Model::bind(path).num_replicas(2);` - between any other
/// Rust, and ends with the input block, `input(|name: Type, ..| { .. })`. In the block, a method call on
/// a bound variable is a node; so is a call of a lower-case path, which is a function deployment;
/// anything else is a plain expression over values. A bound variable among the arguments of another
/// one's `bind` becomes a [`Handle`] there.
///
/// A node starts as soon as its own inputs are there, and runs exactly once. The first error ends the
/// request and names its node. What is bound or computed and not used is a compile error.
///
/// `match` and `if` with nodes in their arms are choices: only the chosen arm's nodes run.
/// `items.map(|item| ..)` with nodes in the closure does the same for each item of a `Vec`, `VecDeque`,
/// array or `Option`, in order, as many at a time as the replicas take. In place of one input block,
/// `route("/path", |name: Type| ..);` may be repeated: entries that share the deployments, each a
/// method of the graph's handle. A graph can be bound in another graph as a deployment is.
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
/// Has a replica keep the models that a method loads: many models of one kind, served by few replicas.
///
/// It stands on a loader of an `impl` block with [`deployment`](macro@deployment), `async fn` or `fn`, which
/// takes the id of a model and returns the model or a `Result` of it. In its place, callers get a
/// `Result<Shared<Model>>`: the model from the replica's cache, or a newly loaded one.
///
/// | option | default | meaning |
/// |---|---|---|
/// | `max_num_models_per_replica = 5` | 3 | how many models a replica keeps; at least 1 |
///
/// Whoever calls says which model it is for, by [`CallOptions::model_id`] or over HTTP by the
/// header `serve_multiplexed_model_id`; [`Request::model_id`] tells it.
///
/// - **One load at a time** for each model and replica: calls that want the same one wait for it. Where it
///   fails or panics, so do they; the next call tries again. Where the call that loads it goes away, one
///   of those that wait loads it.
/// - The **least recently used** model goes before another one is loaded. Calls that have it keep it until
///   they are over: it is dropped with the last one.
/// - A call **goes where its model is**: in place, to a replica that has it and has room, else to one with
///   few models; on threads, to a free replica that has it, else to any. A replica that becomes free takes
///   a call for a model that it has before others, within bounds. Calls without a model id are not
///   overtaken. The calls of a [`batch`](macro@batch) are for one model.
///
/// - Methods that [stream](Streaming) use the replica's models, too, for each item.
/// - A loader may ask for **other models**, of its own or of another loader. One that waits for itself, also by
///   way of others or of another call, gets an error that shows the circle; the runtime does not follow it into
///   tasks that it spawns.
///
/// The models belong to the replica, not to the value: a method that is called directly, as in a unit test,
/// or in a task that it has spawned, is not at a replica, and its loader loads with every call. They stay when
/// the deployment is [reconfigured](DeploymentControl::reconfigure), as in Ray Serve: what a loader took from
/// the configuration is as it was when it loaded. They go with the replica, so that
/// [`update`](DeploymentControl::update) has all of them loaded anew.
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
