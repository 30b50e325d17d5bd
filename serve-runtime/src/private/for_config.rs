//! Generated code that only files with options need: without the feature `config` it is nothing.

/// Items for files.
#[cfg(feature = "config")]
#[doc(hidden)]
#[macro_export]
macro_rules! __for_config {
    ($($code:tt)*) => { $($code)* };
}

/// Items for files.
#[cfg(not(feature = "config"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __for_config {
    ($($code:tt)*) => {};
}

pub use crate::__for_config as for_config;
