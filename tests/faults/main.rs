//! Faults, made for real: every request is answered, once, and what is left goes on.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod constructors;
mod drops;
mod flood;
mod hang;
mod panics;
mod reconfigure;
mod scaling;
#[allow(dead_code)]
#[path = "../behaviour/support/mod.rs"]
mod support;
mod tally;
mod torn;
