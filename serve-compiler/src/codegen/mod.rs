//! Turns plain data into tokens. Nothing here can fail: the data was checked.

pub(crate) mod deployment;
mod executor;
pub(crate) mod graph;
mod path;
