//! Plain data to tokens. Nothing here can fail: what comes in was checked.

mod budget;
pub(crate) mod deployment_fn;
pub(crate) mod deployment_impl;
pub(crate) mod deployment_type;
mod executor;
pub(crate) mod graph;
mod handle;
pub(crate) mod inert;
pub(crate) mod marker;
mod method;
mod operand;
mod options;
mod text;
mod topology;
pub(crate) mod warning;
