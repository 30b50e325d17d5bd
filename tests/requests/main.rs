//! A request's context, its deadline, and its end: what happens to work that nobody waits for.
//!
//! Time stands still: nothing moves the clock but the tests themselves.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod cancelling;
mod clock;
mod context;
mod deadlines;
mod handles;
mod hopeless;
mod http;
mod queues;
mod vanishing;

use serve_tests::support;
