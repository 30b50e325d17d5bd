//! Helpers that the tests of graphs share. Each folder beside it is a test binary of its own.
#![allow(missing_docs, clippy::unwrap_used)] // a test that cannot continue fails

#[allow(missing_debug_implementations, reason = "no test prints them")]
pub mod support;
