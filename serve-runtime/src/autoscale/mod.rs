//! How many replicas a deployment should have: the policy, and the autoscaler that drives it.
//!
//! ```text
//! load --> window (average over look_back_period) --> policy (pure) --> target number of replicas
//! ```
//!
//! An [`Autoscaler`] combines the window and the policy. It has no clock and starts nothing: the caller of
//! [`Autoscaler::observe`] passes the time and the load, and starts or stops the replicas.
//! A running deployment is one such caller. `simulate`, with the feature `cli`, is another: it drives the same
//! autoscaler with a model of a deployment, so a simulation shows what the real policy does.
//!
//! The rules are [Ray Serve's][ray]; [`policy`] lists them.
//!
//! [ray]: https://github.com/ray-project/ray/blob/master/python/ray/serve/autoscaling_policy.py

mod autoscaler;
pub mod policy;
#[cfg(any(feature = "cli", test))] // the tests of the policy need its random numbers
pub mod simulate;
mod window;

pub use autoscaler::{Autoscaler, Load, Replicas};
pub use serve_topology::AutoscalingConfig;
