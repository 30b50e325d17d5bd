//! All options, each in one row of a table: its name, its kind of value, and its default.
//!
//! The checks of the macros, the reader of sources, the builders' checks, files, pictures and the tables in the
//! docs all use these rows. An option is one variant of an enum - [`DeploymentOption`], [`GraphOption`],
//! [`BatchOption`], [`MultiplexedOption`], [`AutoscalingOption`] - and each place that must know it matches all
//! variants, so that rustc names the places that lack a new one.

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
pub use deployment::{DeploymentOption, MAX_QUEUED_FROM_OUTSIDE, Options};
pub use graph::{GraphLimits, GraphOption, MAX_ONGOING_BY_DEFAULT};
pub use multiplexed::MultiplexedOption;
pub use range::OutOfRange;
pub use table::{Kind, OptionSpec, milliseconds, seconds, seconds_for};
