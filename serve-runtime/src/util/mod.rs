//! Small tools that several modules need and no library has.

pub(crate) mod feature_gates;
pub(crate) mod jitter;
mod lock;
pub(crate) mod tokio_runtime;

pub(crate) use self::lock::lock;
