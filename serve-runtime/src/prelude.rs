//! What a file that declares deployments and graphs needs: `use serve_runtime::prelude::*;`

pub use crate::{
    Application, AutoscalingConfig, CallOptions, Deployed, Deployment, Error, ErrorKind, Graph,
    Handle, HandleOptions, ReplicaContext, Request, Result, Shared, Stream, Streaming, deploy,
    deployment, graph,
};
// The attributes alone, and not a module.
pub use serve_macros::{batch, multiplexed};
