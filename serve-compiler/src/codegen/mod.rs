//! Plain data to tokens. Nothing here can fail: what comes in was checked.

pub(crate) mod deployment;
mod executor;
pub(crate) mod graph;
mod path;
