//! What a file that declares deployments and graphs needs: `use serve_runtime::prelude::*;`

pub use crate::{
    Application, AutoscalingConfig, Deployment, Error, ErrorKind, Graph, Handle, Result, Shared,
    deploy, deployment, graph,
};
