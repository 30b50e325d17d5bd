//! Several models in one replica: loaded when a call wants one, kept while they are used most.
//!
//! | file | what |
//! |---|---|
//! | `cache.rs` | the models of one loader at one replica: least recently used, one load at a time for each |
//! | `load.rs` | a call of a loader, in `async` code and in code that may block |
//! | `under_way.rs` | loads that wait for each other in a circle, which is an error |
//! | `models.rs` | what a replica has of all its loaders, and how code gets at it |
//! | `known.rs` | which models a replica has, for whoever chooses a replica for a call |
//!
//! A replica's models are in scope while code runs for it. Only calls of deployments with a
//! `#[multiplexed]` loader have that scope; nobody else pays for it.

use serve_topology::options::MultiplexedOption;

mod cache;
mod known;
mod load;
mod models;
mod under_way;

#[allow(unreachable_pub)] // generated code has it, without naming it
pub use cache::Cache;
pub(crate) use known::{Held, Known};
pub use load::{load, load_blocking};
use models::Loader;
pub(crate) use models::{Models, cache};

/// The number of models that a replica keeps; a compile error if it is none.
#[track_caller]
pub const fn max_num_models(max_num_models_per_replica: usize) -> usize {
    let option = MultiplexedOption::MaxNumModelsPerReplica.spec();
    if let Some(wrong) = option.refuse(max_num_models_per_replica as f64) {
        wrong.panic()
    }
    max_num_models_per_replica
}
