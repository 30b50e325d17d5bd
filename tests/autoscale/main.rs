//! Autoscaling seen from outside: the option, and the command that simulates it.
#![allow(clippy::unwrap_used)] // a test that cannot continue fails

mod option;
mod simulate;
