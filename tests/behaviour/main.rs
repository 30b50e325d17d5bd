//! Graphs at work, called through handles and over HTTP.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod first;
