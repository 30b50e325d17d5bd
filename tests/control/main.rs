//! Changes to deployments while they are called: scaled, reconfigured, updated, checked and replaced.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod admission;
mod autoscaling;
mod changes;
mod constructors;
mod counts;
mod ends;
mod health;
mod load;
mod options;
mod shutdowns;

use serve_tests::support;
