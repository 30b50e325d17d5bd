//! Generated code that only tests need: without the feature `testing` it is nothing.

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
