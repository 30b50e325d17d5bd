//! What several rooms need and no library has.

mod lock;
pub(crate) mod tokio_runtime;

pub(crate) use self::lock::lock;
