//! A graph of a thousand nodes: how much room a request takes, and how much stack.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod room;
#[cfg(not(clippy))] // it takes clippy minutes
mod thousand;
