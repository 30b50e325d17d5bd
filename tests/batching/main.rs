//! Batches: how they form, and what each call of one gets.
#![allow(clippy::unwrap_used, unreachable_pub)]

mod bounds;
mod errors;
mod forming;
mod graphs;
mod life;
mod watched;

use serve_tests::support;
