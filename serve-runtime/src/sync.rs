//! What the runtime's own protocols are made of.
//!
//! `tests/loom` compiles `queue/`, `gate/` and `in_flight.rs` with loom's primitives in place of these, and
//! runs them in every interleaving.

pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, atomic};

/// Passed on in the order of asking.
pub(crate) use tokio::sync::Mutex as Turn;
pub(crate) use tokio::sync::Notify;

pub(crate) use crate::util::lock;
