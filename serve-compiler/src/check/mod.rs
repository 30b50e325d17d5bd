//! Reads what was understood and reports what cannot be; one file per family.

mod autoscaling;
pub(crate) mod batch;
pub(crate) mod cycles;
pub(crate) mod idle_options;
mod literal;
pub(crate) mod multiplexed;
pub(crate) mod options;
mod resources;
pub(crate) mod unused;
