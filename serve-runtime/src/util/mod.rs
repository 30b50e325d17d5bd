//! What several rooms need and no library has.

#[cfg(any(feature = "config", feature = "testing"))]
pub(crate) mod suggest;
pub(crate) mod tokio_runtime;
