//! Reads the parsed items and reports what is wrong; one file per family of options or rules.

mod autoscaling;
pub(crate) mod batch;
pub(crate) mod callees;
pub(crate) mod cycles;
pub(crate) mod idle_options;
mod literal;
pub(crate) mod multiplexed;
pub(crate) mod named;
pub(crate) mod options;
mod resources;
pub(crate) mod served;
pub(crate) mod unused;
