//! The runtime's queue, gate and count of requests, out of the very files that the runtime is made of.
//!
//! What they are made of themselves is loom's here (`sync.rs`), so that `cargo test -p serve-loom` runs
//! each model in every interleaving of its threads, up to the number of preemptions that it says.
//!
//! tokio's `Notify` and `Mutex` exist for loom only inside of tokio. `notify.rs` and `turn.rs` are small
//! ones that promise the same: a mistake in how the runtime uses them is found, one in tokio is not.
//! The set of replicas that are called in place is read through `arc-swap`, which loom does not know:
//! it is not here, but how its calls are counted is (`models/holders.rs`).
// The models use less of these files than the runtime does, and fail by panicking.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

#[path = "../../../serve-runtime/src/counted.rs"]
mod counted;
#[path = "../../../serve-runtime/src/gate.rs"]
mod gate;
#[path = "../../../serve-runtime/src/replica/id.rs"]
mod id;
#[path = "../../../serve-runtime/src/multiplex/known.rs"]
mod known;
#[path = "../../../serve-runtime/src/let_go.rs"]
mod let_go;
pub mod models;
mod notify;
#[path = "../../../serve-runtime/src/replica/places.rs"]
mod places;
#[path = "../../../serve-runtime/src/queue/mod.rs"]
mod queue;
mod sync;
mod turn;

mod multiplex {
    pub(crate) use crate::known::Known;
}

mod replica {
    pub use crate::id::ReplicaId;
}

mod request {
    /// No request of a model has one: there is no clock.
    pub(crate) fn deadline() -> Option<tokio::time::Instant> {
        None
    }
}
