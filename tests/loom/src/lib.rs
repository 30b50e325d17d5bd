//! The runtime's queue, gate and count of requests, compiled from the runtime's own files.
//!
//! Their primitives are loom's here (`sync.rs`), so that `cargo test -p serve-loom` runs each model in every
//! interleaving of its threads, up to the number of preemptions that the model gives.
//!
//! tokio's `Notify` exists for loom only inside of tokio. `notify.rs` is a small
//! replacement with the same guarantees: a mistake in how the runtime uses them is found, a mistake in tokio is not.
//! The list of replicas that are called in place is read through `arc-swap`, which loom does not know.
//! It is not modelled here, but the count of their calls is (`models/ref_count.rs`).
// The models use less of these files than the runtime does, and fail by panicking.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

#[path = "../../../serve-runtime/src/panics/drop_quietly.rs"]
mod drop_quietly;
#[path = "../../../serve-runtime/src/engine/in_place/gate/mod.rs"]
mod gate;
#[path = "../../../serve-runtime/src/engine/id.rs"]
mod id;
#[path = "../../../serve-runtime/src/request/in_flight.rs"]
mod in_flight;
#[path = "../../../serve-runtime/src/multiplex/known.rs"]
mod known;
#[path = "../../../serve-runtime/src/util/lock.rs"]
mod lock;
pub mod models;
mod notify;
#[path = "../../../serve-runtime/src/engine/threads/queue/mod.rs"]
mod queue;
mod sync;

mod multiplex {
    pub(crate) use crate::known::Known;
}

mod engine {
    pub(crate) use crate::id::ReplicaId;
}

mod panics {
    pub(crate) use crate::drop_quietly::drop_quietly;
}

mod util {
    pub(crate) use crate::lock::lock;
}

mod request {
    pub(crate) mod context {
        /// There is no clock in a model, and so no deadline.
        pub(crate) fn deadline() -> Option<tokio::time::Instant> {
            None
        }
    }
}
