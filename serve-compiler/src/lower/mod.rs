//! Syntax to plain data: resolves names, understands signatures, builds the graph.

mod batch;
pub(crate) mod choose;
mod config;
mod consumers;
pub(crate) mod deployment;
mod expr;
mod fan_out;
mod forbidden;
pub(crate) mod graph;
mod handles;
mod lifecycle;
mod multiplexed;
mod node;
pub(crate) mod owned;
mod params;
pub(crate) mod plain;
mod region;
mod scope;
mod statement;
mod streams;
