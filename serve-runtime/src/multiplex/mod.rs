//! Several models in one replica: loaded when a call needs one, kept while they are among the most recently used.
//!
//! | file | what |
//! |---|---|
//! | `cache.rs` | the models of one loader at one replica: least recently used, one load at a time for each |
//! | `load.rs` | a call of a loader, in `async` code and in code that may block |
//! | `task.rs`, `wanted.rs` | a load as a task of its own, and when it is given up |
//! | `room.rs`, `in_use.rs` | how many models there may be, and which of them calls use |
//! | `load_cycles.rs` | loads that would wait for themselves, which is an error |
//! | `models.rs` | the models of all loaders of a replica, and how code finds them |
//! | `known.rs` | which models a replica has, to choose a replica for a call |
//!
//! A replica's models are in scope while code runs for it. Only calls of deployments with a
//! `#[multiplexed]` loader have that scope; others do not pay for it.

use serve_topology::options::MultiplexedOption;

mod cache;
mod in_use;
mod known;
mod load;
mod load_cycles;
mod models;
mod room;
mod task;
mod wanted;

use cache::Cache;
pub(crate) use in_use::InUse;
pub(crate) use known::{Known, ModelHold};
pub(crate) use load::{Load, load, load_blocking, load_in_call};
use models::Loader;
pub(crate) use models::{Home, Kept, Models};

/// The number of models that a replica keeps; 0 is a compile error.
#[track_caller]
pub const fn max_num_models(max_num_models_per_replica: usize) -> usize {
    let option = MultiplexedOption::MaxNumModelsPerReplica.spec();
    if let Some(wrong) = option.refuse(max_num_models_per_replica as f64) {
        wrong.panic()
    }
    max_num_models_per_replica
}
