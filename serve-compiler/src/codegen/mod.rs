//! Plain data to tokens. Nothing here can fail: what comes in was checked.

pub(crate) mod deployment_fn;
pub(crate) mod deployment_impl;
pub(crate) mod deployment_type;
pub(crate) mod describe;
mod executor;
pub(crate) mod graph;
pub(crate) mod handle;
pub(crate) mod inert;
pub(crate) mod marker;
mod method;
mod operand;
mod options;
pub(crate) mod text;
pub(crate) mod topology;
