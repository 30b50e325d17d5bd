//! What several rooms need and no library has.

mod lock;
#[cfg(any(feature = "config", feature = "testing"))]
pub(crate) mod suggest;
pub(crate) mod tokio_runtime;

pub(crate) use self::lock::lock;
