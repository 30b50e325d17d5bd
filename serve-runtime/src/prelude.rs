//! The imports of a file that declares deployments and graphs: `use serve_runtime::prelude::*;`

pub use crate::{
    Application, AutoscalingConfig, CallOptions, Deployed, Deployment, Error, ErrorKind, Graph,
    Handle, HandleOptions, ReplicaContext, Request, Result, Shared, Stream, Streaming, deploy,
    deployment, graph,
};
// Only the attributes, not the modules of the same name.
pub use serve_macros::{batch, multiplexed};
// Not for a graph: a function with `input(..)` and no `#[graph]` is told what it lacks.
#[doc(hidden)]
pub use crate::bounds::input_block::input;
