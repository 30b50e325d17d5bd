//! What several rooms need and no library has.

pub(crate) mod tokio_runtime;
