//! Streams: through graphs and handles, how they end, and what they hold until then.
//!
//! Nothing depends on time: producers report their progress, and wait until the test lets them continue.
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
mod waiting;

use serve_tests::support;
