//! Several models in one replica: loaded when a call needs one, kept while they are among the most recently used.
//!
//! | file | what |
//! |---|---|
//! | `cache.rs` | the models of one loader at one replica: least recently used, one load at a time for each |
//! | `load.rs` | a call of a loader, in `async` code and in code that may block |
//! | `load_cycles.rs` | loads that would wait for themselves, which is an error |
//! | `models.rs` | the models of all loaders of a replica, and how code finds them |
//! | `known.rs` | which models a replica has, to choose a replica for a call |
//!
//! A replica's models are in scope while code runs for it. Only calls of deployments with a
//! `#[multiplexed]` loader have that scope; others do not pay for it.

use serve_topology::options::MultiplexedOption;

mod cache;
mod known;
mod load;
mod load_cycles;
mod models;

#[allow(unreachable_pub)] // generated code uses it without naming it
pub use cache::Cache;
pub(crate) use known::{Known, ModelHold};
pub use load::{load, load_blocking};
use models::Loader;
pub(crate) use models::{Models, cache};

/// The number of models that a replica keeps; 0 is a compile error.
#[track_caller]
pub const fn max_num_models(max_num_models_per_replica: usize) -> usize {
    let option = MultiplexedOption::MaxNumModelsPerReplica.spec();
    if let Some(wrong) = option.refuse(max_num_models_per_replica as f64) {
        wrong.panic()
    }
    max_num_models_per_replica
}
