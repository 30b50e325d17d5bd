//! Every option that there is, each in one row of a table: its name, what it takes, and its default.
//!
//! The checks of the macros, the reader of sources, the builders' checks, files, pictures and the tables of
//! the docs go by these rows. An option is one case of an enum - [`DeploymentOption`], [`GraphOption`],
//! [`BatchOption`], [`MultiplexedOption`], [`AutoscalingOption`] - and each place that has to know it matches
//! all cases, so that rustc names what a new one misses.

mod autoscaling;
mod batch;
mod deployment;
mod graph;
mod multiplexed;
mod range;
mod table;
#[cfg(feature = "serde")]
mod wire;

pub use autoscaling::{AutoscalingConfig, AutoscalingOption};
pub use batch::{Batch, BatchOption};
pub use deployment::{DeploymentOption, Options};
pub use graph::{GraphLimits, GraphOption};
pub use multiplexed::MultiplexedOption;
pub use range::OutOfRange;
pub use table::{Kind, OptionSpec, milliseconds, seconds, seconds_for};
