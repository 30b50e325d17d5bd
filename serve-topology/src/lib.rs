//! The shape of a serving graph, and its pictures.
//!
//! A [`Topology`] is plain constant data: the `#[graph]` macro generates it as a `const`, so it can be read,
//! asserted on and drawn without a deployment. The module `render`, behind the feature of that name, renders
//! one as SVG, Mermaid, Graphviz DOT or JSON. With the feature `serde`, all of it can be serialized, and an
//! [`AutoscalingConfig`] deserialized as well.
//!
//! Its structs will get new fields: make them with `new` and with setters, which a `const` can call.
#![cfg_attr(docsrs, feature(doc_cfg))] // shows which feature an item needs

pub mod budget;
mod deployment;
#[doc(hidden)]
pub mod holds;
mod lookup;
mod nearest;
#[doc(hidden)]
pub mod options;
#[cfg(feature = "render")]
pub mod render;
#[doc(hidden)]
pub mod route;
mod setters;
mod text;
mod topology;

pub use deployment::{BoundDeployment, Execution, Loader, Method};
pub use lookup::{entry_called, method};
#[doc(hidden)]
pub use nearest::nearest;
pub use options::{AutoscalingConfig, Batch, GraphLimits, Options, OutOfRange};
#[doc(hidden)]
pub use options::{milliseconds, seconds, seconds_for};
pub use topology::{
    Arm, Choice, Constant, Edge, Endpoint, Entry, FanOut, HandleEdge, Node, Param, Topology,
};
