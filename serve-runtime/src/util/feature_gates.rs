//! Gates for generated code that needs a feature of this crate. A macro can check only the features of its own crate,
//! so it wraps such code in these macros, which expand to nothing without the feature.
//!
//! Of an item of `lib.rs` whose feature is missing, rustc shows the line with the `#[cfg(..)]`: what to write is beside it.

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

/// Items for tests.
#[cfg(feature = "testing")]
#[doc(hidden)]
#[macro_export]
macro_rules! __for_tests {
    ($($code:tt)*) => { $($code)* };
}

/// Items for tests.
#[cfg(not(feature = "testing"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __for_tests {
    ($($code:tt)*) => {};
}

pub use crate::__for_tests as for_tests;
