//! The shape of a serving graph, and its pictures.
//!
//! A [`Topology`] is plain constant data: the `#[graph]` macro writes it out as a `const`, so it
//! can be read, asserted on and drawn without deploying anything. The module `render`, behind the
//! feature of that name, turns one into SVG, Mermaid, Graphviz DOT or JSON. With the feature `serde`, all
//! of it can be written, and an [`AutoscalingConfig`] read as well.
#![cfg_attr(docsrs, feature(doc_cfg))] // shows which feature an item needs

mod autoscaling;
mod batch;
pub mod budget;
mod limits;
mod lookup;
mod options;
#[cfg(feature = "render")]
pub mod render;
mod topology;

pub use autoscaling::{AutoscalingConfig, OutOfRange};
pub use batch::Batch;
pub use limits::Limits;
pub use lookup::method;
pub use options::Options;
pub use topology::{
    Arm, BoundDeployment, Choice, Edge, Endpoint, Entry, Execution, FanOut, HandleEdge, Method,
    Node, Param, Topology,
};
