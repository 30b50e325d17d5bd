//! Streams: through graphs and handles, their end, and what they hold until then.
//!
//! Nothing depends on time: producers say how far they are, and wait to be told to go on.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod commands;
mod deadlines;
mod fakes;
mod flow;
mod holding;
mod http;
mod panics;
mod producers;
mod readers;
mod serving;
mod shapes;

use serve_tests::support;
