//! Syntax to plain data: resolves names, understands signatures, builds the graph.

mod config;
pub(crate) mod deployment;
mod expr;
mod forbidden;
pub(crate) mod graph;
mod handles;
mod owned;
mod params;
mod plain;
mod scope;
mod statement;
