//! Faults, made for real: every request is answered, once, and what is left goes on.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod constructors;
mod drops;
mod flood;
mod hang;
mod letting_go;
mod panics;
mod reconfigure;
mod runtimes;
mod scaling;
mod served;
mod tally;
mod torn;

use serve_tests::support;
