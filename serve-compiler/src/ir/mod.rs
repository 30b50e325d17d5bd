//! Plain data with spans: what the checks read and the code is generated from.

pub(crate) mod deployment;
pub(crate) mod graph;
pub(crate) mod id;
