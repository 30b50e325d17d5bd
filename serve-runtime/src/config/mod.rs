//! A server and its applications as a file: `build` writes it, `run --config` applies it.
//!
//! An operator can set the options that a program binds, without building the binary again. The file is that of Ray
//! Serve's `serve build` and `serve deploy`:
//!
//! ```yaml
//! http_options:
//!   host: 0.0.0.0
//!   port: 8000
//!
//! applications:
//! - name: kept
//!   route_prefix: /kept              # null: not served over HTTP
//!   import_path: kept:kept           # the graph
//!   deployments:
//!   - name: filter                   # or its type, `Filter`, if no other deployment has it
//!     num_replicas: ${REPLICAS:-2}   # from the environment
//!     max_queued_requests: 100
//!     user_config:
//!       threshold: 0.6
//! ```
//!
//! A file for one application may have the application at its top, without the list: `name:`, `deployments:` and the others
//! beside `http_options:`. A file may also be JSON, which is a subset of YAML.
//!
//! [`Config`], [`HttpOptions`], [`ApplicationConfig`] and [`DeploymentConfig`] list the keys. A deployment is named by the
//! variable that it is bound to, as in [`ApplicationControl::deployment`](crate::ApplicationControl::deployment).
//! **Options that a file leaves out stay as they are bound**, so a file may be as short as one option of one deployment.
//! `max_ongoing_requests: null` removes a bound limit.
//!
//! The options of an application that runs are those of the program, with those of the file that was applied last: what
//! a file does not say is as it is bound, whatever an earlier file said. A file is applied to all applications that it
//! names, or to none.
//!
//! # What is Ray Serve's
//!
//! | key | here |
//! |---|---|
//! | `num_replicas: auto` | an `autoscaling_config` with `max_replicas: 100`, and with the fields that are given beside it |
//! | `max_queued_requests: -1` | `null` |
//! | `ray_actor_options` | its `num_cpus`, `num_gpus`, `memory` and `resources` are those of the deployment |
//! | `smoothing_factor`, `upscale_smoothing_factor`, `downscale_smoothing_factor` | `upscaling_factor` and `downscaling_factor`, if those are not given |
//! | `upscaling_factor: null`, `downscaling_factor: null`, `target_ongoing_requests: null` | the default |
//! | `host: null` and others of `http_options` | as the program sets it |
//! | `import_path` of another program | a warning, if there is only one application, which is meant; otherwise an error |
//! | `args` | an error: the arguments are set in code |
//! | other keys of Ray Serve's that say something | a warning: they have no meaning here and are ignored |
//! | keys that nobody knows | an error with the nearest name |
//!
//! [`Config::warnings`] has the warnings, each with `file:line:column`; they are logged when the file is applied. They are errors
//! with [`Config::strict`], and with `--strict` on the command line.
//!
//! # Variables
//!
//! In a value of a file, `${VAR}` is replaced by that variable of the environment, and `${VAR:-default}` by the default if the
//! variable is not set or empty. `$${` is a plain `${`. The result is one value, whatever is in it; without quotes it may be a
//! number, `true`, `false` or `null`, with quotes it is a text. Keys are not replaced, and neither is the JSON of a request
//! ([`Config::from_value`]).
//!
//! Values of variables may be secrets: what is written and shown - [`Config::to_yaml`], JSON, `Debug`,
//! [`Application::config`](crate::Application::config), errors, the log - has the variable and not its value. The exceptions
//! are [`Config::expanded`], what your `reconfigure` says of a value that it refuses, and the sums of resources that do not
//! fit.
//!
//! # In a program
//!
//! [`Server::with_config`](crate::ingress::Server::with_config) applies a file to a server. For one application without a
//! server there are [`Application::config`](crate::Application::config) and
//! [`Application::with_config`](crate::Application::with_config):
//!
//! ```
//! use serve_runtime::config::{ApplicationConfig, Config};
//! use serve_runtime::prelude::*;
//!
//! #[derive(Clone, serde::Serialize, serde::Deserialize)]
//! struct Limits {
//!     threshold: f32,
//! }
//!
//! #[deployment]
//! struct Filter {
//!     limits: Limits,
//! }
//!
//! #[deployment]
//! impl Filter {
//!     fn new() -> Self {
//!         Filter { limits: Limits { threshold: 0.5 } }
//!     }
//!
//!     fn reconfigure(&mut self, limits: Limits) {
//!         self.limits = limits;
//!     }
//!
//!     fn keep(&self, score: f32) -> bool {
//!         score > self.limits.threshold
//!     }
//! }
//!
//! #[graph]
//! fn kept() -> bool {
//!     let filter = Filter::bind().num_replicas(2);
//!     input(|score: f32| filter.keep(score))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<()> {
//! let file = "
//! deployments:
//! - name: filter
//!   user_config: { threshold: 0.9 }
//! ";
//! let configured = kept().with_config(&ApplicationConfig::from_yaml(file)?)?;
//! assert_eq!(configured.config()?.deployments[0].num_replicas, Some(2)); // as it is bound
//! let app = deploy(configured).await?;
//! assert!(!app.call(0.7).await?);
//!
//! let rays = "
//! applications:
//! - name: kept
//!   runtime_env: { pip: [numpy] }
//!   deployments:
//!   - name: Filter
//!     ray_actor_options: { num_cpus: 0.5 }
//! ";
//! let config = Config::from_yaml(rays)?;
//! assert_eq!(config.warnings(), ["4:3: `runtime_env` has no meaning here and is ignored"]);
//! assert!(config.clone().strict().is_err());
//! assert_eq!(config.applications[0].deployments[0].num_cpus, Some(0.5));
//!
//! let wrong = ApplicationConfig::from_yaml("deployments: [{ name: filter, user_config: { threshold: high } }]")?;
//! let error = kept().with_config(&wrong).err().unwrap();
//! assert!(error.to_string().starts_with("deployment `filter`: `user_config.threshold`: invalid type: string"));
//! # Ok(())
//! # }
//! ```
//!
//! # Requirements on a `user_config`
//!
//! It is read from a file if its type is [`serde::Deserialize`], and written to one if it is
//! [`serde::Serialize`]; a program that does neither needs neither. If a generic deployment's `reconfigure`
//! takes its type parameter, these traits must be among the bounds of its `impl` block. Numbers must be finite, as
//! in JSON. `null` is a value: for an `Option`, it is `None`.
//!
//! This module needs the feature `config`, which is on by default.

mod apply;
#[allow(
    missing_debug_implementations,
    reason = "generated code uses its types; users do not"
)]
pub(crate) mod arguments;
mod check;
mod deployment;
mod difference;
mod field;
mod file;
mod http;
mod live;
mod node;
mod options;
mod origin;
#[allow(
    missing_debug_implementations,
    reason = "generated code uses its types; users do not"
)]
pub(crate) mod probe;
mod read;
mod set_only;
mod setting;
#[cfg(feature = "control")]
pub(crate) mod stored;
mod user_config;
mod write;

#[cfg(feature = "http")]
pub(crate) use apply::import_path;
pub use deployment::DeploymentConfig;
pub use file::{ApplicationConfig, Config};
pub use http::HttpOptions;
#[cfg(feature = "http")]
pub(crate) use live::{Plan, carry_out};
pub(crate) use origin::Origin;
pub use setting::Setting;
pub(crate) use user_config::{Read, Write, read, write};
