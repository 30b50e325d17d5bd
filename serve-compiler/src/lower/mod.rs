//! Syntax to plain data: resolves names, parses signatures, builds the graph.

mod batch;
mod batch_shape;
mod choose;
mod config;
mod consumers;
pub(crate) mod deployment;
mod expr;
mod fan_out;
mod forbidden;
mod found;
pub(crate) mod graph;
mod habits;
mod handles;
mod lifecycle;
mod listed;
mod misplaced;
mod multiplexed;
mod node;
pub(crate) mod not_deployable;
pub(crate) mod params;
mod plain;
mod region;
mod scope;
mod statement;
mod streams;
mod unbound;
mod waiting;
