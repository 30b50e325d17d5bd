//! The shape of a serving graph, and its pictures.
//!
//! A [`Topology`] is plain constant data: the `#[graph]` macro writes it out as a `const`, so it
//! can be read, asserted on and drawn without deploying anything. The module `render`, behind the
//! feature of that name, turns one into SVG, Mermaid, Graphviz DOT or JSON. With the feature `serde`, all
//! of it can be written, and an [`AutoscalingConfig`] read as well.
//!
//! Its structs grow: they are made by `new` and by setters that a `const` can call.
#![cfg_attr(docsrs, feature(doc_cfg))] // shows which feature an item needs

pub mod budget;
mod lookup;
mod nearest;
#[doc(hidden)]
pub mod options;
#[cfg(feature = "render")]
pub mod render;
mod setters;
mod text;
mod topology;

pub use lookup::method;
#[doc(hidden)]
pub use nearest::nearest;
pub use options::{AutoscalingConfig, Batch, GraphLimits, Options, OutOfRange};
#[doc(hidden)]
pub use options::{milliseconds, seconds, seconds_for};
pub use topology::{
    Arm, BoundDeployment, Choice, Edge, Endpoint, Entry, Execution, FanOut, HandleEdge, Method,
    Node, Param, Topology,
};
