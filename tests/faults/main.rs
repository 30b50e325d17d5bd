//! Real faults: every request is answered once, and the rest continues to serve.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod blame;
mod constructors;
mod drop_panics;
mod drops;
mod exclusive;
mod flood;
mod hang;
mod kept_threads;
mod panics;
mod reconfigure;
mod runtimes;
mod scaling;
mod served;
mod tally;
mod torn;
mod unpolled;

use serve_tests::support;
