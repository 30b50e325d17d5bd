//! Plain data to tokens. Nothing here can fail: what comes in was checked.

mod bound;
mod budget;
mod build;
mod call;
mod choice;
pub(crate) mod deployment_fn;
pub(crate) mod deployment_impl;
pub(crate) mod deployment_type;
pub(crate) mod describe;
mod entry;
mod executor;
mod fake;
mod fan_out;
pub(crate) mod graph;
mod graph_handle;
pub(crate) mod handle;
pub(crate) mod inert;
mod loose;
pub(crate) mod marker;
mod method;
mod operand;
mod options;
pub(crate) mod picture;
mod step;
mod topology;
pub(crate) mod warning;
