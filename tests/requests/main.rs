//! A request's context, its deadline, and its end: what happens to work without a caller.
//!
//! Time stands still: only the tests move the clock.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod cancelling;
mod clock;
mod context;
mod deadlines;
mod handles;
mod heads;
mod hopeless;
mod http;
mod ignored;
mod queues;
mod retry_after;
mod slow_clients;
mod speeds;
mod stopping;
mod vanishing;

use serve_tests::support;
