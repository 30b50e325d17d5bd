//! A typed serving graph: deployments, graphs that the compiler has checked, and the runtime that
//! serves them.
#![cfg_attr(not(feature = "http"), allow(dead_code))]

// Generated code names this crate by its name, also in the crate's own tests.
#[allow(unused_extern_crates)]
extern crate self as serve_runtime;

mod application;
#[cfg(feature = "cli")]
mod cli;
mod deployment;
mod error;
mod gate;
mod graph;
#[cfg(feature = "http")]
pub mod ingress;
pub mod prelude;
#[doc(hidden)]
pub mod private;
mod queue;
mod replica;
mod request;
mod shared;

pub use application::{Application, Deployable, Deployed, deploy};
#[cfg(feature = "cli")]
pub use cli::{Cli, run};
pub use deployment::{Bound, Callable, Deployment, Handle};
pub use error::{BoxError, Error, ErrorKind, Overloaded, Result};
pub use graph::Graph;
pub use request::{Request, request};
pub use serve_macros::{deployment, graph};
pub use serve_topology as topology;
pub use shared::Shared;
