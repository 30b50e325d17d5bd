//! Batches: how they form, and what each call of one gets.
#![allow(clippy::unwrap_used, unreachable_pub)]

mod bounds;
mod errors;
mod forming;
mod graphs;
mod life;
#[allow(dead_code, reason = "shared with other tests")]
#[path = "../behaviour/support/mod.rs"]
mod support;
mod watched;
