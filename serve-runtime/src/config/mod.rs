//! An application's options as a file: `build` writes it, `run --config` applies it.
//!
//! An operator can set the options that a graph binds to its deployments, without building the binary
//! again:
//!
//! ```yaml
//! name: kept
//! deployments:
//! - name: filter
//!   num_replicas: 2
//!   max_queued_requests: 100
//!   user_config:
//!     threshold: 0.6
//! ```
//!
//! The names are Ray Serve's; [`DeploymentConfig`] lists them. A deployment is named by the variable that it
//! is bound to, as in [`ApplicationControl::deployment`](crate::ApplicationControl::deployment). **Options that a file leaves out
//! stay as they are bound**, so a file may be as short as one option of one deployment. `max_ongoing_requests: null`
//! removes a bound limit. A file may also be JSON, which is a subset of YAML.
//!
//! The options of an application that runs are those of the program, with those of the file that was applied last: what
//! a file does not say is as it is bound, whatever an earlier file said. A file is applied whole or not at all.
//!
//! A program uses [`Application::config`](crate::Application::config) and
//! [`Application::with_config`](crate::Application::with_config):
//!
//! ```
//! use serve_runtime::config::Config;
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
//! let configured = kept().with_config(&Config::from_yaml(file)?)?;
//! assert_eq!(configured.config()?.deployments[0].num_replicas, Some(2)); // as it is bound
//! let app = deploy(configured).await?;
//! assert!(!app.call(0.7).await?);
//!
//! let wrong = Config::from_yaml("deployments: [{ name: filter, user_config: { threshold: high } }]")?;
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
//! This module needs the feature `config`, which is not on by default.

mod application;
#[allow(
    missing_debug_implementations,
    reason = "generated code uses its types; users do not"
)]
pub(crate) mod arguments;
mod deployment;
mod difference;
mod file;
mod live;
mod options;
mod places;
#[allow(
    missing_debug_implementations,
    reason = "generated code uses its types; users do not"
)]
pub(crate) mod probe;
mod set_only;
mod setting;
mod user_config;
mod yaml;

pub use file::{Config, DeploymentConfig};
pub use setting::Setting;
pub(crate) use user_config::{Read, Write, read, write};
