//! Changes to deployments while they are called: scaled, reconfigured, updated, checked and replaced.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod admission;
mod autoscaling;
mod changes;
mod configuration;
mod constructors;
mod counts;
mod ends;
mod failing_changes;
mod files;
mod health;
mod load;
mod options;
mod ray_files;
mod scaled_to_none;
mod shutdowns;
mod standing;

use serve_tests::support;
