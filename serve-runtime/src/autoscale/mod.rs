//! How many replicas a deployment should have: the policy, and what drives it without a deployment.
//!
//! ```text
//! load --> window (average over look_back_period) --> policy (pure) --> target number of replicas
//! ```
//!
//! An [`Autoscaler`] is the two together. It has no clock and starts nothing: who calls
//! [`Autoscaler::observe`] says what time it is and how much there is to do, and sees to the replicas.
//! A running deployment does that, and `simulate`, with the feature `cli`, does the same with a model of one, so that what
//! a simulation shows is what the policy does.
//!
//! The rules are [Ray Serve's][ray]; [`policy`] has them.
//!
//! [ray]: https://github.com/ray-project/ray/blob/master/python/ray/serve/autoscaling_policy.py

mod autoscaler;
pub mod policy;
#[cfg(any(feature = "cli", test))] // its tests need its random numbers
pub mod simulate;
mod window;

pub use autoscaler::{Autoscaler, Load, Replicas};
pub use serve_topology::AutoscalingConfig;
