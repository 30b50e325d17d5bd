//! The options of `#[multiplexed(..)]`.

use super::table::{Kind, option, table};

table! {
    /// An option of a loader.
    MultiplexedOption {
        /// The number of models that a replica keeps.
        MaxNumModelsPerReplica => option("max_num_models_per_replica", Kind::Count).by_default(3.0),
    }
}
