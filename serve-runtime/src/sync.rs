//! What the runtime's own protocols are made of.
//!
//! `tests/loom` compiles `queue/`, `gate/` and `in_flight.rs` with loom's primitives in place of these, and
//! runs them in every interleaving.

pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, atomic};

pub(crate) use tokio::sync::Notify;

pub(crate) use crate::util::lock;
