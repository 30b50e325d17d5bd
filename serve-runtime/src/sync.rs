//! What the runtime's own protocols are made of.
//!
//! `tests/loom` compiles `queue/`, `gate.rs` and `counted.rs` with loom's primitives in the place of
//! these, and runs them in every interleaving.

pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, atomic};

/// Handed on in the order of asking.
pub(crate) use tokio::sync::Mutex as Turn;
pub(crate) use tokio::sync::Notify;
